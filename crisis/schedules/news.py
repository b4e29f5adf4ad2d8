"""When those who plan are told what is missing: once for each thing, not every day the same.

A gap is told when it is first seen in the coming 14 days, and once more when it is two days off and still there. A gap
of every weekend is therefore told again each week, one of every night once. What is told is a count: the rota says
what it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

NEAR = timedelta(days=2)
SETTLED = timedelta(minutes=10)  # whoever changes the rota makes several changes, and gaps in between
PRESSING = timedelta(hours=12)  # a gap so near is told at night as well
WAKING = (time(7), time(20))


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to settle. `key` is the same as long as it is the same thing; `from_at` None is not about a time."""

    key: str
    from_at: datetime | None = None

    def keys(self, at: datetime) -> tuple[str, ...]:
        near = self.from_at is not None and self.from_at <= at + NEAR
        return (self.key, f"{self.key}|near") if near else (self.key,)

    def is_pressing(self, at: datetime) -> bool:
        return self.from_at is not None and self.from_at <= at + PRESSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told. `news_since`: since when there is something that was not."""

    keys: frozenset[str] = frozenset()
    told_at: datetime | None = None
    news_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Next:
    told: Told
    tell: bool


def next_told(points: Iterable[Point], before: Told, at: datetime, zone: str) -> Next:
    """What was settled is forgotten, so that it is told again when it comes back."""
    found = list(points)
    now = {key: point for point in found for key in point.keys(at)}
    kept = before.keys & now.keys()
    fresh = now.keys() - before.keys
    if not fresh:
        return Next(Told(keys=kept, told_at=before.told_at), tell=False)
    since = before.news_since or at
    may = _awake(at, zone) or any(now[key].is_pressing(at) for key in fresh)
    if at < since + SETTLED or not may:
        return Next(Told(keys=kept, told_at=before.told_at, news_since=since), tell=False)
    return Next(Told(keys=frozenset(now), told_at=at), tell=True)


def _awake(at: datetime, zone: str) -> bool:
    return WAKING[0] <= at.astimezone(ZoneInfo(zone)).time() < WAKING[1]
