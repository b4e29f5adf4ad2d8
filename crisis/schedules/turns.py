"""The turns of a rotation: who has it at a moment, and all turns that touch a span of time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from crisis.schedules.rota import Rotation, Turn
from crisis.schedules.wall import begins, ends, shown

DAY = timedelta(days=1)


def turns_at(rotation: Rotation, at: datetime) -> list[Turn]:
    """One, or two where clocks that were put back show the time of handing over twice."""
    return [turn for turn in turns_in(rotation, at, at) if turn.starts_at <= at < turn.ends_at]


def turns_in(rotation: Rotation, since: datetime, until: datetime) -> Iterator[Turn]:
    """Those that touch the span, in order. A day more on either side: no change of clocks is longer."""
    low, high = shown(since, rotation.zone) - DAY, shown(until, rotation.zone) + DAY
    first = max(0, _first_number(rotation, low.date()))
    last = _first_number(rotation, high.date()) + len(rotation.handovers)
    over = _wall(rotation, first)
    for number in range(first, last + 1):
        starts, over = over, _wall(rotation, number + 1)
        if over >= low and starts <= high:
            turn = _turn(rotation, number, starts, over)
            if turn is not None and turn.starts_at <= until and turn.ends_at > since:
                yield turn


def _first_number(rotation: Rotation, day: date) -> int:
    """The turn before the first of the cycle that this day is in: it may reach over."""
    return (day - rotation.starts_on).days // rotation.cycle_days * len(rotation.handovers) - 1


def _turn(rotation: Rotation, number: int, starts: datetime, over: datetime) -> Turn | None:
    """None where it would begin after the end, or where clocks skip the whole of it."""
    if rotation.ends_on is not None:
        end = datetime.combine(rotation.ends_on, rotation.handovers[0].at)
        over = min(over, end)
        if starts >= end:
            return None
    starts_at, ends_at = begins(starts, rotation.zone), ends(over, rotation.zone)
    if starts_at >= ends_at:
        return None
    person = rotation.people[number % len(rotation.people)]
    return Turn(id=rotation.id, person=person, starts_at=starts_at, ends_at=ends_at)


def _wall(rotation: Rotation, number: int) -> datetime:
    """What the wall shows when turn `number` begins."""
    cycle, place = divmod(number, len(rotation.handovers))
    handover = rotation.handovers[place]
    return datetime.combine(rotation.starts_on + (cycle * rotation.cycle_days + handover.day) * DAY, handover.at)
