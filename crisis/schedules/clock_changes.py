"""When the clocks of a zone change, so that a page can say what that does to a turn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """From `at` on; `by` is positive where clocks go forward: the night is shorter by that much."""

    at: datetime
    by: timedelta


def clock_changes(zone: str, since: datetime, until: datetime) -> Iterator[ClockChange]:
    """In UTC, the earliest first, to the minute."""
    here, day = ZoneInfo(zone), since.astimezone(UTC)
    while day < until:
        after = min(day + DAY, until)
        if _offset(day, here) != _offset(after, here):
            at = _between(day, after, here)
            yield ClockChange(at=at, by=_offset(after, here) - _offset(day, here))
        day = after


def _between(before: datetime, after: datetime, here: ZoneInfo) -> datetime:
    """By halves; a zone does not change twice in a day."""
    offset = _offset(before, here)
    while after - before > MINUTE:
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, here) == offset else (before, middle)
    return (after + MINUTE / 2).replace(second=0, microsecond=0)


def _offset(at: datetime, here: ZoneInfo) -> timedelta:
    return at.astimezone(here).utcoffset() or timedelta(0)
