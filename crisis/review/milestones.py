"""How long it took from one moment to another. What was never reached has no length; nothing is guessed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from crisis import events as ev
from crisis import page_events as pev
from crisis.review.replay import Moment
from crisis.review_words import Milestone

Sign = Callable[[Moment], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """`since` and `until` are UTC; None where the record does not hold that moment."""

    milestone: Milestone
    since: datetime | None
    until: datetime | None

    @property
    def seconds(self) -> int | None:
        """Never below 0: what was done before the incident was opened, and written down later, took no time of it."""
        if self.since is None or self.until is None:
            return None
        return max(0, round((self.until - self.since).total_seconds()))


def _is(*kinds: type[ev.Event]) -> Sign:
    return lambda moment: isinstance(moment.event, kinds)


def _guardian(moment: Moment) -> bool:
    before = moment.before
    return moment.after.guardian_reached_at is not None and (before is None or before.guardian_reached_at is None)


_OPENED = _is(ev.IncidentOpened)
_SUPERVISED = _is(ev.CustodyTaken, ev.CustodyAccepted, ev.StudentFound)
_ASKED = _is(ev.ScreenRecorded, ev.InterviewRecorded)
_RELEASED = _is(ev.CustodyReleased)
_ACCEPTED = _is(ev.HandoffAccepted)
_SIGNS: Mapping[Milestone, tuple[Sign, Sign]] = {
    Milestone.SUPERVISED: (_OPENED, _SUPERVISED),
    Milestone.ASKED: (_OPENED, _ASKED),
    Milestone.ARRIVED: (_OPENED, _is(pev.PageArrived)),
    Milestone.TIER: (_ASKED, _is(ev.TierSet)),
    Milestone.GUARDIAN: (_OPENED, _guardian),
    Milestone.RELEASED: (_guardian, _RELEASED),
    Milestone.HANDED_OFF: (_is(ev.HandoffOffered), _ACCEPTED),
    Milestone.SETTLED: (_OPENED, lambda moment: _RELEASED(moment) or _ACCEPTED(moment)),
    Milestone.CLOSED: (_OPENED, _is(ev.IncidentClosed)),
}


def lengths(row: Sequence[Moment]) -> list[Length]:
    """Of each milestone its first time. Where people wrote down times that are not in order, the earliest counts."""
    return [
        Length(milestone=milestone, since=_first(row, since), until=_first(row, until))
        for milestone, (since, until) in _SIGNS.items()
    ]


def _first(row: Sequence[Moment], sign: Sign) -> datetime | None:
    return min((moment.at for moment in row if sign(moment)), default=None)
