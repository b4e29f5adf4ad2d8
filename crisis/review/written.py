"""What may be written in a review, by when it is due, and what it lacks before a second person reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from crisis.errors import Reason
from crisis.protocols.schema import Protocol
from crisis.review.review import Review
from crisis.review_words import Rating, ReviewCause
from crisis.statemachine.deadlines import after_school_days
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import PersonId, Phase, Urgency

ObjectiveId = NewType("ObjectiveId", str)
Objective = Phase | ObjectiveId  # a phase of the protocol, or what a drill was planned to show
SOON, USUAL = 3, 5  # school days after the close (`paging.md` 6.14)
PRESSING = frozenset({ReviewCause.HIGH_RISK, ReviewCause.EMERGENCY})
SHORT_OF = frozenset({Rating.SOME_CHALLENGES, Rating.MAJOR_CHALLENGES, Rating.UNABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Of one objective: what was seen, in numbers, and how it was rated; None: not decided."""

    rating: Rating | None = None
    strengths: int = 0
    areas: int = 0


def due_at(found: Review, calendar: SchoolCalendar) -> datetime | None:
    """The closing bell of that school day, UTC; None as long as the incident is open."""
    if not found.closed:
        return None
    pressed = PRESSING & set(found.causes) or any(page.urgency is Urgency.U1 for page in found.pages)
    return after_school_days(found.until, SOON if pressed else USUAL, calendar)


def objectives(protocol: Protocol) -> list[Phase]:
    """Of an incident, and of a drill of the same protocol: its phases, each of which is to be reached."""
    there = {step.phase for step in protocol.steps}
    return [phase for phase in Phase if phase in there and phase is not Phase.CLOSED]


def against(rating: Rating, seen: Observed) -> Reason | None:
    """A capability of which one mostly saw what should get better cannot be P (`protocols.md` 3, S48e)."""
    if rating is Rating.PERFORMED and seen.areas > seen.strengths:
        return Reason("AAR", "More was seen here that should get better than that went well: then it is not P")
    return None


def lacking(seen: Mapping[Objective, Observed]) -> Iterator[Reason]:
    """What a draft needs before somebody else reads it."""
    if any(each.rating is None for each in seen.values()):
        yield Reason("AAR", "Rate each objective first; where too little was seen, say so")
    if any(each.rating in SHORT_OF and not each.areas for each in seen.values()):
        yield Reason("AAR", "Where the rating is S, M or U, say what should get better, and why it was so")
    if any(each.rating is not None and against(each.rating, each) for each in seen.values()):
        yield Reason("AAR", "More was seen here that should get better than that went well: then it is not P")


def unsignable(written_by: PersonId | None, by: PersonId, *, closed: bool) -> Iterator[Reason]:
    """`closed`: the incident is."""
    if written_by == by:
        yield Reason("AAR", "You wrote the last of it; somebody else signs it")
    if not closed:
        yield Reason("AAR", "The incident is still open, so the figures go on; sign when it is closed")
