"""The turns of a rotation: who has it at a moment, and all turns that touch a span of time."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from crisis.schedules.rota import Rotation, Turn
from crisis.schedules.wall import begins, day_at, ends

DAY = timedelta(days=1)


def turns_at(rotation: Rotation, at: datetime) -> list[Turn]:
    """One, or two where clocks that were put back show the time of handing over twice."""
    return [turn for turn in turns_in(rotation, at, at) if turn.starts_at <= at < turn.ends_at]


def turns_in(rotation: Rotation, since: datetime, until: datetime) -> Iterator[Turn]:
    """Those that touch the span, in order. A day more on either side, because walls differ from UTC by up to one."""
    first = _number_before(rotation, day_at(since, rotation.zone) - DAY)
    last = _number_before(rotation, day_at(until, rotation.zone) + DAY) + len(rotation.handovers)
    for number in range(max(0, first), last + 1):
        turn = _turn(rotation, number)
        if turn is not None and turn.starts_at <= until and turn.ends_at > since:
            yield turn


def _number_before(rotation: Rotation, day: date) -> int:
    """The first turn of a cycle that begins no later than this day, and the one before it, which may reach over."""
    cycle = (day - rotation.starts_on).days // rotation.cycle_days
    return cycle * len(rotation.handovers) - 1


def _turn(rotation: Rotation, number: int) -> Turn | None:
    """None where it would begin after the end, or where clocks skip the whole of it."""
    starts, over = _wall(rotation, number), _wall(rotation, number + 1)
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
