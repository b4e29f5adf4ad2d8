"""`/api/v1/oncall`: who is on call and why, the coming days, gaps, and the changes that people make by hand."""

from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AfterValidator
from pydantic import Field as Limits

from crisis.errors import NotFound
from crisis.policy import access
from crisis.readiness_words import Lack
from crisis.schedules.rota import Answer, Handover, Rotation, Slot, Stretch
from crisis.store import people, rotations
from crisis.store.outlook import outlook
from crisis.vocabulary import Covers, Layer, OverrideKind, PersonId, Role, SchoolId, SwapState
from web import oncall_orders
from web.api.orders import EARLIEST, LATEST, Body, Id, When
from web.deps import ID, TokenHolder
from web.oncall_orders import Span

router = APIRouter(prefix="/api/v1/oncall", tags=["on call"])

School = Annotated[SchoolId, Query(pattern=ID)]
Moment = Annotated[When | None, Query(description="With a zone; now if left out.")]
IdPath = Annotated[str, Path(pattern=ID)]


def on_the_wall(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a time on the wall has no zone")
    return at


WallTime = Annotated[time, AfterValidator(on_the_wall)]
Level = Annotated[int, Limits(ge=0, le=20)]
ANSWERS: dict[str, SwapState] = {
    "accept": SwapState.ACCEPTED,
    "refuse": SwapState.REFUSED,
    "withdraw": SwapState.WITHDRAWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallNow:
    """`layer` decided; `out` would be on call but are away. Where nobody is, a page goes to the next level."""

    role: Role
    level: int
    people: tuple[PersonId, ...]
    layer: Layer | None
    source: str | None
    out: tuple[PersonId, ...]
    stand_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAhead:
    role: Role
    level: int
    stretches: list[Stretch]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapAhead:
    schools: tuple[SchoolId, ...]
    role: Role
    level: int
    stretch: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationMade:
    id: str
    not_ready: dict[PersonId, tuple[Lack, ...]]


class SlotBody(Body):
    """`school` left out is the whole district."""

    school: Id | None = None
    role: Role
    level: Level

    def slot(self) -> Slot:
        return Slot(school=SchoolId(self.school) if self.school else None, role=self.role, level=self.level)


class SpanBody(Body):
    starts_at: When
    ends_at: When

    def span(self) -> Span:
        return Span(starts_at=self.starts_at, ends_at=self.ends_at)


class NewOverride(SlotBody, SpanBody):
    kind: OverrideKind
    incoming: Id | None = None
    outgoing: Id | None = None


class NewSwap(SlotBody, SpanBody):
    """Your own turn, or a part of it; `back` is a turn of the other's that you want in return."""

    to: Id
    back: SpanBody | None = None


class NewAbsence(SpanBody):
    person: Id | None = None


class NewHandover(Body):
    """`at` is wall-clock time on a `day` of the cycle; 0 is its first."""

    day: Annotated[int, Limits(ge=0, le=365)] = 0
    at: WallTime


class NewRotation(SlotBody):
    people: Annotated[tuple[Id, ...], Limits(min_length=1, max_length=60)]
    zone: Annotated[str, Limits(max_length=60)]
    starts_on: Annotated[date, Limits(ge=EARLIEST.date(), le=LATEST.date())]
    ends_on: Annotated[date | None, Limits(ge=EARLIEST.date(), le=LATEST.date())] = None
    cycle_days: Annotated[int, Limits(ge=1, le=366)] = 7
    handovers: Annotated[tuple[NewHandover, ...], Limits(min_length=1, max_length=100)]
    covers: Covers = Covers.ALWAYS


def _now(role: Role, level: int, found: Answer) -> OnCallNow:
    return OnCallNow(
        role=role,
        level=level,
        people=found.people,
        layer=found.layer,
        source=found.source,
        out=found.out,
        stand_in=found.stand_in,
    )


@router.get("")
def on_call_now(desk: TokenHolder, school: School, at: Moment = None) -> list[OnCallNow]:
    """Who would be paged at a school, role by role and level by level, and which layer of the schedule decided."""
    access.must_see_schedules(desk.actor)
    when = (
        desk.at if at is None else max(EARLIEST, min(LATEST, at if at.tzinfo else at.replace(tzinfo=EARLIEST.tzinfo)))
    )
    with desk.store.read() as tx:
        if people.school(tx, school).district != desk.actor.district:
            raise NotFound
        return [
            _now(role, level, rotations.answer(tx, desk.actor.district, _slot(school, role, level), at=when))
            for role, level in rotations.slots(tx, desk.actor.district, school)
        ]


def _slot(school: SchoolId, role: Role, level: int) -> Slot:
    return Slot(school=school, role=role, level=level)


@router.get("/ahead")
def coming_days(desk: TokenHolder, school: School) -> list[LineAhead]:
    """The coming 14 days at a school, in stretches with one answer each."""
    access.must_see_schedules(desk.actor)
    with desk.store.read() as tx:
        found = outlook(tx, desk.actor.district, school, desk.person, desk.at)
    return [LineAhead(role=each.role, level=each.level, stretches=list(each.ahead)) for each in found.lines]


@router.get("/gaps")
def gaps_of_the_coming_days(desk: TokenHolder) -> list[GapAhead]:
    """Where nobody, or only a stand-in, is on call in the coming 14 days, in all of the district."""
    access.must_see_schedules(desk.actor)
    with desk.store.read() as tx:
        found = rotations.gaps_ahead(tx, desk.actor.district, desk.at)
    return [GapAhead(schools=each.schools, role=each.role, level=each.level, stretch=each.stretch) for each in found]


@router.post("/rotations")
def add_rotation(desk: TokenHolder, body: NewRotation) -> RotationMade:
    """People who take turns by the wall clock of a zone. For the district lead, and principals at their school.

    Who is not ready to be paged is put on the rota all the same, and is in the answer with what they lack.
    """
    turns = Rotation(
        id=oncall_orders.id_from(None),
        people=tuple(PersonId(person) for person in body.people),
        zone=body.zone,
        starts_on=body.starts_on,
        ends_on=body.ends_on,
        cycle_days=body.cycle_days,
        handovers=tuple(sorted({Handover(each.day, each.at) for each in body.handovers})),
        covers=body.covers,
    )
    not_ready = oncall_orders.rotation(desk, body.slot(), turns)
    return RotationMade(id=turns.id, not_ready=not_ready)


@router.post("/rotations/{rotation_id}/end")
def end_rotation(desk: TokenHolder, rotation_id: IdPath) -> Made:
    oncall_orders.end_rotation(desk, rotation_id)
    return Made(id=rotation_id)


@router.post("/overrides")
def add_override(desk: TokenHolder, body: NewOverride) -> Made:
    """Somebody comes in, goes out, or comes in for somebody else, for a while."""
    named = (PersonId(body.incoming) if body.incoming else None, PersonId(body.outgoing) if body.outgoing else None)
    return Made(id=oncall_orders.override(desk, body.slot(), body.kind, named, body.span()))


@router.post("/overrides/{override_id}/end")
def end_override(desk: TokenHolder, override_id: IdPath) -> Made:
    oncall_orders.end_override(desk, override_id)
    return Made(id=override_id)


@router.post("/swaps")
def offer_swap(desk: TokenHolder, body: NewSwap) -> Made:
    """Offers your turn to somebody. It stays yours until the other accepts."""
    back = body.back.span() if body.back is not None else None
    return Made(id=oncall_orders.offer_swap(desk, body.slot(), PersonId(body.to), body.span(), back=back))


@router.post("/swaps/{swap_id}/{answer}")
def answer_swap(desk: TokenHolder, swap_id: IdPath, answer: Literal["accept", "refuse", "withdraw"]) -> Made:
    """The one who was asked accepts or refuses, the one who offered withdraws."""
    oncall_orders.answer_swap(desk, swap_id, ANSWERS[answer])
    return Made(id=swap_id)


@router.post("/absences")
def add_absence(desk: TokenHolder, body: NewAbsence) -> Made:
    """You, or a person whom you plan for, are away. Nobody slides into the turn: the gap shows until it is filled."""
    return Made(id=oncall_orders.absence(desk, PersonId(body.person or desk.person), body.span()))


@router.post("/absences/{absence_id}/end")
def end_absence(desk: TokenHolder, absence_id: IdPath) -> Made:
    oncall_orders.end_absence(desk, absence_id)
    return Made(id=absence_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtIn:
    absences: int


class CalendarBody(Body):
    """An iCalendar text that holds absences and nothing else; what its entries are called is not kept."""

    school: Id
    calendar: Annotated[str, Limits(min_length=1, max_length=200_000)]


@router.post("/absences/calendar")
def bring_absences_in(desk: TokenHolder, body: CalendarBody) -> BroughtIn:
    """Your absences from your own calendar, in place of those it told before. Whole days are those of the school."""
    with desk.store.read() as tx:
        here = people.school(tx, SchoolId(body.school))
    if here.district != desk.actor.district:
        raise NotFound
    return BroughtIn(absences=oncall_orders.bring_in(desk, body.calendar, here.zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMade:
    url: str


@router.post("/feed")
def new_feed(desk: TokenHolder) -> FeedMade:
    """A secret address with your turns, for your calendar program. It is told this once and ends the one before."""
    return FeedMade(url=oncall_orders.new_feed(desk))


@router.post("/feed/end")
def end_feed(desk: TokenHolder) -> Made:
    """The address shows nothing any more."""
    oncall_orders.end_feed(desk)
    return Made(id=desk.person)
