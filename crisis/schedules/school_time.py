"""Is it school time, and which layer of the calendars says so: holiday, school calendar, bells, closure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from crisis.schedules.rota import Calendar
from crisis.schedules.wall import begins, day_at, ends
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Layer

DAY = timedelta(days=1)


def school_time(at: datetime, calendar: Calendar) -> tuple[bool, Layer]:
    """Of layers that agree the strongest is named: a closed school is not said to be out for its bells."""
    day = day_at(at, calendar.school.zone)
    no_school = _day_off(day, calendar)
    if no_school is not None:
        return False, no_school
    opens_at, bell_at, closed_at = _hours(day, calendar)
    if closed_at is not None and at >= closed_at:
        return False, Layer.CLOSURE
    return opens_at <= at < bell_at, Layer.BELL_SCHEDULE


def edges(since: datetime, until: datetime, calendar: Calendar) -> Iterator[datetime]:
    """Every instant in the span at which the answer can change."""
    day, last = day_at(since, calendar.school.zone) - DAY, day_at(until, calendar.school.zone) + DAY
    while day <= last:
        yield begins(datetime.combine(day, time()), calendar.school.zone)
        yield from (edge for edge in _hours(day, calendar) if edge is not None)
        day += DAY


def merged(calendar: Calendar) -> SchoolCalendar:
    """All layers in one, as deadlines count by them."""
    own, closures = calendar.school, calendar.closures
    shut = {day for day, closes in closures.items() if closes is None}
    early = dict(own.early_close)
    for day, closes in closures.items():
        if closes is not None:
            early[day] = min(closes, early.get(day, own.closes))
    days_off = ((own.days_off | calendar.holidays) - own.make_up_days) | shut
    return replace(own, days_off=frozenset(days_off), early_close=early)


def _day_off(day: date, calendar: Calendar) -> Layer | None:
    own = calendar.school
    if day in calendar.closures and calendar.closures[day] is None:
        return Layer.CLOSURE
    if day in own.make_up_days:
        return None
    in_term = not own.terms or any(first <= day <= last for first, last in own.terms)
    if not in_term or day.weekday() not in own.weekdays or day in own.days_off:
        return Layer.SCHOOL_CALENDAR
    return Layer.DISTRICT_HOLIDAY if day in calendar.holidays else None


def _hours(day: date, calendar: Calendar) -> tuple[datetime, datetime, datetime | None]:
    """When the school opens and closes by its bells, and from when on it is closed instead."""
    own, closure = calendar.school, calendar.closures.get(day)
    bell = datetime.combine(day, own.early_close.get(day, own.closes))
    closed_at = None if closure is None else ends(datetime.combine(day, closure), own.zone)
    return begins(datetime.combine(day, own.opens), own.zone), ends(bell, own.zone), closed_at
