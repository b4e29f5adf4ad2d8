"""From what a wall clock shows to UTC, so that a change of clocks makes an overlap, never a gap.

A time that clocks skip is the first instant after it; of one that they show twice, a turn begins at the first and ends
at the second (`paging.md` 6.11).
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@cache
def zones() -> frozenset[str]:
    """Every name that this machine knows; they lie in some hundred files, which are read once."""
    return frozenset(available_timezones())


def begins(wall: datetime, zone_name: str) -> datetime:
    """The instant at which what begins at this time of the wall begins. `wall` is naive."""
    return _instant(wall, zone_name, fold=0)


def ends(wall: datetime, zone_name: str) -> datetime:
    """The instant at which what ends at this time of the wall ends. `wall` is naive."""
    return _instant(wall, zone_name, fold=1)


def shown(at: datetime, zone_name: str) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return at.astimezone(zone(zone_name)).replace(tzinfo=None)


def day_at(at: datetime, zone_name: str) -> date:
    return shown(at, zone_name).date()


@lru_cache(maxsize=16_384)
def _instant(wall: datetime, zone_name: str, fold: int) -> datetime:
    here = zone(zone_name)
    found = wall.replace(tzinfo=here, fold=fold).astimezone(UTC)
    if found.astimezone(here).replace(tzinfo=None) == wall:
        return found
    return _after_the_skip(wall, here)


def _after_the_skip(wall: datetime, here: ZoneInfo) -> datetime:
    """The change of clocks itself: between the two readings of a wall time that never was."""
    before, after = (wall.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = before.astimezone(here).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if middle.astimezone(here).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
