"""When somebody answers at an agency: read from one line, written back as one line, asked about a moment.

`mon-fri 8:00-17:00; sat 9:00-12:00`, in English or Spanish; `always` is all the time. Wall time of the school.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from crisis.errors import Reason, Refused

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANISH = ("lun", "mar", "mie", "jue", "vie", "sab", "dom")
_NUMBER = {name: day for names in (DAYS, SPANISH) for day, name in enumerate(names)}
_ALWAYS = frozenset({"always", "siempre", "24/7"})
_PART = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """On one weekday, 0 is Monday. `closes` at or before `opens` is on the next day."""

    day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Week:
    """The same hours on neighbouring days; `first` and `last` are equal for one day alone."""

    first: int
    last: int
    opens: time
    closes: time


Hours = frozenset[Span]
ALWAYS: Hours = frozenset(Span(day, time(), time()) for day in range(7))


def read_hours(text: str) -> Hours:
    """Raises `Refused` for what cannot be read, never leaving a part of it out."""
    plain = text.casefold().replace("–", "-").replace("é", "e").replace("á", "a").strip()
    if plain in _ALWAYS:
        return ALWAYS
    parts = [part.strip() for part in re.split(r"[;,\n]", plain) if part.strip()]
    if not parts:
        raise _unread()
    return frozenset(span for part in parts for span in _spans(part))


def _unread() -> Refused:
    text = "Write the hours as mon-fri 8:00-17:00; sat 9:00-12:00, or “always” where somebody always answers"
    return Refused(Reason("HOURS", text))


def _spans(part: str) -> Iterable[Span]:
    found = _PART.fullmatch(part)
    if found is None or found[1] not in _NUMBER or (found[2] or found[1]) not in _NUMBER:
        raise _unread()
    first, last = _NUMBER[found[1]], _NUMBER[found[2] or found[1]]
    opens, closes = _time(found[3], found[4]), _time(found[5], found[6])
    days = range(first, last + 1) if first <= last else (*range(first, 7), *range(last + 1))
    return [Span(day, opens, closes) for day in days]


def _time(hours: str, minutes: str) -> time:
    if (int(hours), int(minutes)) == (24, 0):
        return time()
    if int(hours) > 23 or int(minutes) > 59:
        raise _unread()
    return time(int(hours), int(minutes))


def weeks(hours: Hours) -> list[Week]:
    """Together what is the same from one day to the next, from Monday on."""
    found = []
    for (opens, closes), same in groupby(
        sorted(hours, key=lambda span: (span.opens, span.closes, span.day)), lambda span: (span.opens, span.closes)
    ):
        run = [span.day for span in same]
        for _, together in groupby(enumerate(run), lambda pair: pair[1] - pair[0]):
            days = [day for _, day in together]
            found.append(Week(days[0], days[-1], opens, closes))
    return sorted(found, key=lambda week: (week.first, week.opens))


def written(hours: Hours, days: tuple[str, ...] = DAYS) -> str:
    """One line that `read_hours` reads back as the same."""
    if hours == ALWAYS:
        return "siempre" if days is SPANISH else "always"
    return "; ".join(_line(week, days) for week in weeks(hours))


def _line(week: Week, names: tuple[str, ...]) -> str:
    days = names[week.first] if week.first == week.last else f"{names[week.first]}-{names[week.last]}"
    return f"{days} {week.opens:%H:%M}-{week.closes:%H:%M}"


def answers(hours: Hours, at: datetime, zone: str) -> bool:
    """Whether somebody answers at that moment, by the wall clock of the zone."""
    here = at.astimezone(ZoneInfo(zone))
    today, now = here.weekday(), here.time()
    return any(_covers(span, today, now) for span in hours)


def _covers(span: Span, today: int, now: time) -> bool:
    overnight = span.closes <= span.opens
    if span.day == today and span.opens <= now and (overnight or now < span.closes):
        return True
    return overnight and span.day == (today - 1) % 7 and now < span.closes
