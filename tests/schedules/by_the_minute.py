"""Who is on call, by brute force: every minute is looked at, every wall time is found by looking at the wall.

Shares nothing with `crisis.schedules` but the values that describe a schedule. It never turns a wall time into UTC: it
lists what a wall clock shows, minute after minute, and searches the list.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crisis.schedules.rota import Calendar, Plan, Rotation, Schedule
from crisis.vocabulary import Covers, Layer, OverrideKind, PersonId

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Wall:
    """What the clock on the wall shows in each minute of a span, by number of the minute."""

    def __init__(self, zone: str, first: datetime, minutes: int) -> None:
        here = ZoneInfo(zone)
        self.first = first
        self.shown = [(first + n * MINUTE).astimezone(here).replace(tzinfo=None) for n in range(minutes)]
        self.numbers: dict[datetime, list[int]] = {}
        for number, wall in enumerate(self.shown):
            self.numbers.setdefault(wall, []).append(number)

    def number(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    def begins(self, wall: datetime) -> int:
        return self._found(wall, 0)

    def ends(self, wall: datetime) -> int:
        return self._found(wall, -1)

    def _found(self, wall: datetime, which: int) -> int:
        if wall in self.numbers:
            return self.numbers[wall][which]
        if wall < self.shown[0]:
            return -1
        if wall > self.shown[-1]:
            return len(self.shown)
        return next(number for number, shown in enumerate(self.shown) if shown > wall)


def turns(rotation: Rotation, wall: Wall) -> Iterator[tuple[int, int, PersonId]]:
    """All turns from the very first on: first minute, first minute after, whose."""
    starts, day = [], rotation.starts_on
    last_day = wall.shown[-1].date() + 2 * rotation.cycle_days * DAY
    while day <= last_day:
        starts += [datetime.combine(day + each.day * DAY, each.at) for each in rotation.handovers]
        day += rotation.cycle_days * DAY
    end = datetime.combine(rotation.ends_on, rotation.handovers[0].at) if rotation.ends_on else starts[-1]
    for number, start in enumerate(starts[:-1]):
        if start < end:
            person = rotation.people[number % len(rotation.people)]
            yield wall.begins(start), wall.ends(min(starts[number + 1], end)), person


class ByTheMinute:
    """The same question as `who`, answered from lists of minutes. Every zone in the schedule is the wall's."""

    def __init__(self, schedule: Schedule, wall: Wall) -> None:
        self.schedule, self.wall = schedule, wall
        plans = (schedule.own, schedule.district)
        self.turns = {id(each): list(turns(each, wall)) for plan in plans for each in plan.rotations}

    def __call__(self, minute: int) -> tuple[list[PersonId], Layer | None]:
        at = self.wall.first + minute * MINUTE
        away = set(self.schedule.gone)
        away |= {each.person for each in self.schedule.absences if each.starts_at <= at < each.ends_at}
        own, own_layer = self.named(self.schedule.own, minute, at)
        present = [person for person in own if person not in away]
        if present:
            return present, own_layer
        behind, layer = self.named(self.schedule.district, minute, at)
        present = [person for person in behind if person not in away]
        if present or own_layer is None:
            return present, layer
        return [], own_layer

    def named(self, plan: Plan, minute: int, at: datetime) -> tuple[list[PersonId], Layer | None]:
        found, layer = self.scheduled(plan, minute, at)
        for each in plan.overrides:
            if not each.starts_at <= at < each.ends_at:
                continue
            changed = list(found)
            if each.kind is OverrideKind.ADD and each.incoming not in changed:
                changed.append(each.incoming)  # type: ignore[arg-type]
            if each.kind is OverrideKind.REMOVE and each.outgoing in changed:
                changed.remove(each.outgoing)
            if each.kind is OverrideKind.REPLACE and each.outgoing is None:
                changed = [each.incoming]  # type: ignore[list-item]
            if each.kind is OverrideKind.REPLACE and each.outgoing in changed:
                changed[changed.index(each.outgoing)] = each.incoming  # type: ignore[arg-type, call-overload]
            changed = without_doubles(changed)
            if changed != found:
                found, layer = changed, Layer.OVERRIDE
        return found, layer

    def scheduled(self, plan: Plan, minute: int, at: datetime) -> tuple[list[PersonId], Layer | None]:
        shifts = [each.person for each in plan.shifts if each.starts_at <= at < each.ends_at]
        if shifts:
            return without_doubles(shifts), Layer.SHIFT
        in_school, layer = school_time(self.schedule.calendar, self.wall, minute)
        for covers, decided in (
            (Covers.SCHOOL_HOURS if in_school else Covers.OUT_OF_HOURS, layer),
            (Covers.ALWAYS, Layer.ROTATION),
        ):
            people = [
                person
                for each in plan.rotations
                if each.covers is covers
                for first, after, person in self.turns[id(each)]
                if first <= minute < after
            ]
            if people:
                return without_doubles(people), decided
        return [], None


def without_doubles(people: list[PersonId]) -> list[PersonId]:
    return [person for place, person in enumerate(people) if person not in people[:place]]


def school_time(calendar: Calendar, wall: Wall, minute: int) -> tuple[bool, Layer]:
    """A closure over the school's own calendar, that over the district's holidays, and on school days the bells."""
    day, own = wall.shown[minute].date(), calendar.school
    if day in calendar.closures and calendar.closures[day] is None:
        return False, Layer.CLOSURE
    if day not in own.make_up_days:
        if day.weekday() not in own.weekdays or day in own.days_off or not in_term(calendar, day):
            return False, Layer.SCHOOL_CALENDAR
        if day in calendar.holidays:
            return False, Layer.DISTRICT_HOLIDAY
    closes = calendar.closures.get(day)
    if closes is not None and minute >= wall.ends(on(day, closes)):
        return False, Layer.CLOSURE
    bell = wall.ends(on(day, own.early_close.get(day, own.closes)))
    return wall.begins(on(day, own.opens)) <= minute < bell, Layer.BELL_SCHEDULE


def in_term(calendar: Calendar, day: date) -> bool:
    return not calendar.school.terms or any(first <= day <= last for first, last in calendar.school.terms)


def on(day: date, at: time) -> datetime:
    return datetime.combine(day, at)


def changes_of_clocks(zone: str, first: datetime, last: datetime) -> list[datetime]:
    """Every minute at which the offset is another than a minute before."""
    here, found, at = ZoneInfo(zone), [], first
    while at < last:
        if offset(at, here) != offset(at + DAY, here):
            found += [at + n * MINUTE for n in range(1, 1441) if differs(at + n * MINUTE, here)]
        at += DAY
    return found


def offset(at: datetime, here: ZoneInfo) -> timedelta | None:
    return at.astimezone(here).utcoffset()


def differs(at: datetime, here: ZoneInfo) -> bool:
    return offset(at, here) != offset(at - MINUTE, here)


FIRST, LAST = datetime(2018, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ZONES = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "America/St_Johns", "America/Halifax", "America/Havana", "America/Santiago", "America/Asuncion",
    "America/Sao_Paulo", "America/Nuuk", "America/Mexico_City", "America/Phoenix", "Europe/London", "Europe/Dublin",
    "Europe/Berlin", "Europe/Chisinau", "Asia/Tehran", "Asia/Amman", "Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza",
    "Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll", "Australia/Sydney", "Australia/Adelaide",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Norfolk", "Pacific/Easter",
]  # fmt: skip
