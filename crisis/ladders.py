"""Escalation ladders: whom each level asks, how long it has, and how often each of its people is called.

The defaults are those of `paging.md` 6.5. They are proposals, made from what other systems
report, to be tuned in drills.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from crisis.errors import Reason
from crisis.vocabulary import Urgency

MOST_CALLS = 6  # to one person for one page: carriers block numbers that call more often than about 16 times an hour
MOST_LEVELS = 20
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Asks(StrEnum):
    """Whom a level of a ladder asks."""

    ROTA = "rota"  # who is on call for the role at this level
    POOL = "pool"  # everybody who may take the role, all at once, and who is on call at this level
    SUPERVISORS = "supervisors"  # the district's on-call lead and the school's administrators, all at once


def _seconds(*numbers: int) -> tuple[timedelta, ...]:
    return tuple(timedelta(seconds=number) for number in numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """When each person of a level is texted and called, since the level began; calls go on after the last of these."""

    texts: tuple[timedelta, ...]
    calls: tuple[timedelta, ...]
    ring_again: timedelta = timedelta(minutes=2)
    most_calls: int = MOST_CALLS

    def all_calls(self) -> tuple[timedelta, ...]:
        """Also those that are made while later levels are asked."""
        if not self.calls:
            return ()
        more = range(1, self.most_calls - len(self.calls) + 1)
        return (*self.calls, *(self.calls[-1] + turn * self.ring_again for turn in more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The levels of a page, first to last. A level beyond `asks` asks the rota; no `cadence` is the urgency's own."""

    answer_within: tuple[timedelta, ...]
    repeat_alarm: timedelta  # between alarms once nobody answered
    asks: tuple[Asks, ...] = ()
    cadence: Cadence | None = None

    def asked_at(self, level: int) -> Asks:
        return self.asks[level] if level < len(self.asks) else Asks.ROTA

    def within(self, level: int) -> timedelta:
        """The last one's for a level that is no longer on the ladder."""
        return self.answer_within[min(level, len(self.answer_within) - 1)]


CADENCES: Mapping[Urgency, Cadence] = {
    Urgency.U1: Cadence(texts=_seconds(0, 60), calls=_seconds(0, 45, 90)),
    Urgency.U2: Cadence(texts=_seconds(0, 150), calls=_seconds(60, 180)),
    Urgency.U3: Cadence(texts=_seconds(0), calls=_seconds(300), most_calls=1),
}
FOUR = (Asks.ROTA, Asks.ROTA, Asks.POOL, Asks.SUPERVISORS)
THREE = (Asks.ROTA, Asks.ROTA, Asks.SUPERVISORS)
LADDERS: Mapping[Urgency, Ladder] = {
    Urgency.U1: Ladder(answer_within=_seconds(120) * 4, asks=FOUR, repeat_alarm=timedelta(minutes=2)),
    Urgency.U2: Ladder(answer_within=_seconds(240) * 4, asks=FOUR, repeat_alarm=timedelta(minutes=2)),
    Urgency.U3: Ladder(answer_within=_seconds(900) * 3, asks=THREE, repeat_alarm=timedelta(minutes=10)),
}


def whole(ladder: Ladder, urgency: Urgency) -> Ladder:
    """With its cadence written out, as a page keeps it."""
    return replace(ladder, cadence=ladder.cadence or CADENCES[urgency])


def cadence_of(ladder: Ladder, urgency: Urgency) -> Cadence:
    return ladder.cadence or CADENCES[urgency]


def problems(ladder: Ladder) -> Iterator[Reason]:
    """Why a district cannot have this ladder; nothing where it can."""
    levels = ladder.answer_within
    if not levels or min(*levels, ladder.repeat_alarm) < SECOND:
        yield Reason("LADDER", "Every level needs at least a second to answer, and a ladder at least one level")
        return
    if len(levels) > MOST_LEVELS or max(*levels, ladder.repeat_alarm) > HOUR:
        yield Reason("LADDER", "A ladder has at most 20 levels, and none of them, nor its alarm, waits over an hour")
    if len(ladder.asks) > len(levels):
        yield Reason("LADDER", "Say whom each level asks once for each level, not more often")
    if ladder.cadence is not None:
        yield from _problems_of(ladder.cadence, min(levels))


def _problems_of(cadence: Cadence, shortest: timedelta) -> Iterator[Reason]:
    steps = (*cadence.texts, *cadence.calls)
    if not cadence.texts or not cadence.calls:
        yield Reason("LADDER", "Everybody who is asked is both texted and called")
    elif min(steps) < timedelta(0) or max(steps) >= shortest:
        yield Reason("LADDER", "Every text and call comes before the time of its level is over")
    elif any(list(each) != sorted(set(each)) for each in (cadence.texts, cadence.calls)):
        yield Reason("LADDER", "Give the times of texts and calls in order, each once")
    if not len(cadence.calls) <= cadence.most_calls <= MOST_CALLS:
        yield Reason("LADDER", "One person is called at most six times for one page, or carriers block the number")
    if cadence.ring_again < timedelta(seconds=30):
        yield Reason("LADDER", "Leave at least half a minute between two calls to one person")
