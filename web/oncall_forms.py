"""The forms of the page On call: what a browser posts, and which change of the schedules it asks for."""

import re
from datetime import datetime
from typing import Annotated

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field

from crisis.schedules.rota import Slot
from crisis.schedules.wall import begins, ends
from crisis.store.outlook import OwnTurn
from crisis.vocabulary import OverrideKind, PersonId, Role, SchoolId, SwapState
from web import oncall_orders
from web.deps import ID, Desk
from web.forms import Sent
from web.oncall_orders import Span
from web.words import N_

YEARS = range(2000, 2100)
_UNREAD = N_("This cannot be read; check it.")


def on_the_wall(when: datetime) -> datetime:
    """A browser's date and time have no zone: they are what the wall of the school shows."""
    if when.year not in YEARS:
        raise ValueError("not in this century")
    return when.replace(tzinfo=None)


Wall = Annotated[datetime, AfterValidator(on_the_wall)]
Id = Annotated[str, Field(pattern=ID)]


class OnCallForm(Sent):
    """`school` is the one that the page shows."""

    school: Id

    def carry_out(self, desk: Desk, zone: str) -> None:
        """`zone` is the school's."""
        raise NotImplementedError


class Timed(OnCallForm):
    starts_at: Wall = Field(title=N_("From"))
    ends_at: Wall = Field(title=N_("Until"))

    def span(self, zone: str) -> Span:
        return Span(starts_at=begins(self.starts_at, zone), ends_at=ends(self.ends_at, zone))


class ChangeByHand(Timed):
    kind: OverrideKind = Field(title=N_("What changes?"))
    slot: str = Field(title=N_("For which role and level?"))
    incoming: Id | None = Field(default=None, title=N_("Who comes in?"))
    outgoing: Id | None = Field(default=None, title=N_("Who goes out?"))

    def carry_out(self, desk: Desk, zone: str) -> None:
        named = (PersonId(self.incoming) if self.incoming else None, PersonId(self.outgoing) if self.outgoing else None)
        oncall_orders.override(desk, slot_from(self.slot, "slot"), self.kind, named, self.span(zone), key=self.key)


class Absent(Timed):
    person: Id | None = Field(default=None, title=N_("Who is away?"))

    def carry_out(self, desk: Desk, zone: str) -> None:
        oncall_orders.absence(desk, PersonId(self.person or desk.person), self.span(zone), key=self.key)


class OfferTurn(OnCallForm):
    turn: str = Field(title=N_("Which of your turns?"))
    to: Id | None = Field(default=None, title=N_("To whom?"))
    back: str | None = Field(default=None, title=N_("For which turn in return?"))

    def carry_out(self, desk: Desk, zone: str) -> None:
        """A turn in return says by itself whom it is offered to."""
        slot, _, span = turn_from(self.turn, "turn")
        taker, back = self.to, None
        if self.back is not None:
            _, taker, back = turn_from(self.back, "back")
        if taker is None or (self.to not in (None, taker)):
            raise unread("to")
        oncall_orders.offer_swap(desk, slot, PersonId(taker), span, back=back, key=self.key)


class Named(OnCallForm):
    id: Id


class EndChange(Named):
    def carry_out(self, desk: Desk, zone: str) -> None:
        oncall_orders.end_override(desk, self.id)


class EndAbsence(Named):
    def carry_out(self, desk: Desk, zone: str) -> None:
        oncall_orders.end_absence(desk, self.id)


class Accept(Named):
    def carry_out(self, desk: Desk, zone: str) -> None:
        oncall_orders.answer_swap(desk, self.id, SwapState.ACCEPTED)


class Refuse(Named):
    def carry_out(self, desk: Desk, zone: str) -> None:
        oncall_orders.answer_swap(desk, self.id, SwapState.REFUSED)


class Withdraw(Named):
    def carry_out(self, desk: Desk, zone: str) -> None:
        oncall_orders.answer_swap(desk, self.id, SwapState.WITHDRAWN)


ONCALL_FORMS: dict[str, type[OnCallForm]] = {
    "override": ChangeByHand,
    "absence": Absent,
    "swap": OfferTurn,
    "end-override": EndChange,
    "end-absence": EndAbsence,
    "accept": Accept,
    "refuse": Refuse,
    "withdraw": Withdraw,
}


def slot_value(slot: Slot) -> str:
    """As the value of a choice; a school's id holds no `|`."""
    return f"{slot.school or ''}|{slot.role}|{slot.level}"


def slot_from(value: str, field: str) -> Slot:
    try:
        school, role, level = value.split("|")
        return Slot(school=SchoolId(an_id(school)) if school else None, role=Role(role), level=int(level))
    except ValueError as error:
        raise unread(field) from error


def an_id(value: str) -> str:
    if not re.fullmatch(ID, value):
        raise ValueError("no id")
    return value


def turn_value(turn: OwnTurn) -> str:
    return f"{slot_value(turn.slot)}|{turn.person}|{turn.starts_at.isoformat()}|{turn.ends_at.isoformat()}"


def turn_from(value: str, field: str) -> tuple[Slot, PersonId, Span]:
    try:
        *slot, person, starts, over = value.split("|")
        span = Span(starts_at=an_instant(starts), ends_at=an_instant(over))
        return slot_from("|".join(slot), field), PersonId(an_id(person)), span
    except ValueError as error:
        raise unread(field) from error


def an_instant(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    if found.tzinfo is None or found.year not in YEARS:
        raise ValueError("no instant of this century")
    return found


def unread(field: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", field), "msg": _UNREAD, "type": field}])
