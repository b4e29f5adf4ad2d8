"""The form of an escalation ladder: levels and cadence as a browser posts them, and back into the form."""

import hashlib
from datetime import timedelta
from typing import Annotated

from fastapi.exceptions import RequestValidationError
from pydantic import Field

from crisis.ladders import CADENCES, MOST_LEVELS, Asks, Cadence, Ladder, cadence_of
from crisis.simulating.ladders import LadderOf
from crisis.vocabulary import Role, SchoolId, Urgency
from web.forms import Sent
from web.oncall_forms import Id
from web.words import N_

SPARE = 2  # empty places for levels
WHOM, HOW_LONG = N_("Say whom this level asks."), N_("Say how long this level has.")
UNREAD = N_("Write whole seconds with commas between them, as in 0, 45, 90.")
NO_LEVEL = N_("A ladder has at least one level.")
Seconds = Annotated[int, Field(ge=0, le=100_000)]


class LadderForm(Sent):
    """`school` is the page's: for whom the preview asks. Levels without anybody to ask are not there."""

    school: Id
    role: Role = Field(title=N_("Who is paged?"))
    urgency: Urgency = Field(title=N_("How urgent?"))
    asks: dict[str, Asks] = Field(default_factory=dict, max_length=MOST_LEVELS, title=N_("Whom does it ask?"))
    within: dict[str, Seconds] = Field(default_factory=dict, title=N_("How many seconds to answer?"))
    texts: str = Field(max_length=200, title=N_("Texts after"))
    calls: str = Field(max_length=200, title=N_("Calls after"))
    ring_again: Seconds = Field(title=N_("Seconds between later calls"))
    most_calls: Seconds = Field(title=N_("Most calls to one person"))
    alarm: Seconds = Field(title=N_("Seconds between alarms"))
    previewed: str | None = None

    def whose(self) -> LadderOf:
        return self.role, self.urgency

    def places(self) -> list[str]:
        """The number that each level has in the form, in order."""
        return sorted({*self.asks, *self.within}, key=_number)

    def ladder(self) -> Ladder:
        """Raises what a wrong body raises; whether it can be is for `crisis.ladders`."""
        places = self.places()
        wrong = [(f"asks.{n}", WHOM) for n in places if n not in self.asks]
        wrong += [(f"within.{n}", HOW_LONG) for n in places if n not in self.within]
        wrong += [] if places else [("asks.1", NO_LEVEL)]
        read = {name: _spans(getattr(self, name)) for name in ("texts", "calls")}
        wrong += [(name, UNREAD) for name, spans in read.items() if spans is None]
        if wrong:
            raise RequestValidationError([{"loc": ("body", at), "msg": why, "type": "ladder"} for at, why in wrong])
        cadence = Cadence(
            texts=read["texts"] or (),
            calls=read["calls"] or (),
            ring_again=timedelta(seconds=self.ring_again),
            most_calls=self.most_calls,
        )
        return Ladder(
            answer_within=tuple(timedelta(seconds=self.within[n]) for n in places),
            asks=tuple(self.asks[n] for n in places),
            repeat_alarm=timedelta(seconds=self.alarm),
            cadence=None if cadence == CADENCES[self.urgency] else cadence,
        )


def _number(place: str) -> int:
    return int(place) if place.isascii() and place.isdigit() else MOST_LEVELS


def _spans(written: str) -> tuple[timedelta, ...] | None:
    parts = [part.strip() for part in written.split(",") if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        return None
    return tuple(timedelta(seconds=int(part)) for part in parts)


def digest(of: LadderOf, ladder: Ladder) -> str:
    """What was looked at; what is saved must be the same."""
    return hashlib.sha256(repr((of, ladder)).encode()).hexdigest()[:24]


def filled_in(of: LadderOf, ladder: Ladder, school: SchoolId) -> dict[str, tuple[str, ...]]:
    """The form as it would have been posted for this ladder."""
    cadence = cadence_of(ladder, of[1])
    fields = {
        "school": school,
        "role": of[0].value,
        "urgency": of[1].value,
        "texts": ", ".join(map(seconds, cadence.texts)),
        "calls": ", ".join(map(seconds, cadence.calls)),
        "ring_again": seconds(cadence.ring_again),
        "most_calls": str(cadence.most_calls),
        "alarm": seconds(ladder.repeat_alarm),
    }
    for level, within in enumerate(ladder.answer_within):
        fields |= {f"asks.{level + 1}": ladder.asked_at(level).value, f"within.{level + 1}": seconds(within)}
    return {name: (value,) for name, value in fields.items()}


def seconds(span: timedelta) -> str:
    return f"{span.total_seconds():g}"


class BackForm(Sent):
    school: Id
    role: Role
    urgency: Urgency
