"""What was expected by when, and what was done: every deadline that ever counted in an incident, once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crisis.protocols.schema import Protocol, Step
from crisis.review.replay import Moment, by_order
from crisis.review_words import Kept
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.timers import LiveDeadline, live_deadlines
from crisis.vocabulary import DeadlineKind, StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`turn` is which of a series, 0 is the first. `done_at` None: it was not done. Times are UTC."""

    step: Step
    deadline: str
    kind: DeadlineKind
    turn: int
    due_at: datetime
    kept: Kept
    done_at: datetime | None = None

    @property
    def late_by(self) -> int | None:
        """Seconds; None where it was in time or is not done."""
        if self.done_at is None or self.kept is not Kept.LATE:
            return None
        return round((self.done_at - self.due_at).total_seconds())


def expected(row: Sequence[Moment], protocol: Protocol, ground: Ground, until: datetime) -> list[Expected]:
    """In the order in which they were due. One that was put off counts by its last time, as it did for the people."""
    counting = _live(row[0].after, protocol, ground)  # what the opening itself does was expected as well
    over: list[Expected] = []
    for moment in by_order(row):
        now = _live(moment.after, protocol, ground)
        over += [_ended(live, moment, protocol) for key, live in counting.items() if key not in now]
        counting = now
    over += [_still(live, until) for live in counting.values()]
    return sorted(over, key=lambda each: (each.due_at, each.step.id, each.deadline))


def _live(now: Incident, protocol: Protocol, ground: Ground) -> dict[str, LiveDeadline]:
    return {live.key: live for live in live_deadlines(now, protocol, ground)}


def _ended(live: LiveDeadline, moment: Moment, protocol: Protocol) -> Expected:
    """It counts no more: by what was just done, or because nothing waits for it any more."""
    did = live.step.id in _done_by(moment)
    if not did and live.due_at > moment.event.at:
        return _of(live, Kept.DROPPED)
    if not did:
        return _of(live, Kept.MISSED)
    kept = Kept.IN_TIME if moment.at <= live.due_at else Kept.LATE
    return replace(_of(live, kept), done_at=moment.at)


def _still(live: LiveDeadline, until: datetime) -> Expected:
    return _of(live, Kept.MISSED if live.due_at < until else Kept.WAITING)


def _of(live: LiveDeadline, kept: Kept) -> Expected:
    deadline = live.deadline
    return Expected(
        step=live.step, deadline=deadline.id, kind=deadline.kind, turn=live.turn, due_at=live.due_at, kept=kept
    )


def _done_by(moment: Moment) -> set[StepId]:
    """The steps of which this event recorded something: done, or one more of a series. To leave one out is not it."""
    before = moment.before.steps if moment.before is not None else {}
    told = {step: record for step, record in moment.after.steps.items() if record is not before.get(step)}
    return {step for step, record in told.items() if not record.waived}


def phases(found: Sequence[Expected]) -> Iterator[tuple[str, list[Expected]]]:
    """By phase of the protocol, in its order, each in the order in which it was due."""
    for phase in dict.fromkeys(each.step.phase for each in found):
        yield phase.value, [each for each in found if each.step.phase is phase]
