"""When a deadline is due: wall time, school hours, school days, calendar days, in the school's own time zone.

Days are counted on the wall calendar and then turned into UTC, so that a change of clocks moves no deadline by an hour.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from crisis.protocols.schema import Deadline
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Clockwork

SEARCHED = 400  # days; where the calendar has no school for longer, ordinary time counts on: a deadline never vanishes
END_OF_DAY = time(23, 59, 59)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def due_at(deadline: Deadline, anchor_at: datetime, calendar: SchoolCalendar) -> datetime:
    """UTC. `anchor_at` is aware; `days` 0 is the end of the same day of its clock."""
    anchor_at = anchor_at.astimezone(UTC)  # adding to a local time would count on the wall through a change of clocks
    within, days = deadline.within or timedelta(0), deadline.days or 0
    match deadline.clock:
        case Clockwork.WALL:
            return anchor_at + within
        case Clockwork.SCHOOL_HOURS:
            return _after_school_hours(anchor_at, within, calendar)
        case Clockwork.SCHOOL_DAY:
            return after_school_days(anchor_at, days, calendar)
        case Clockwork.SCHOOL_START:
            return _after_openings(anchor_at, days, calendar)
        case Clockwork.CALENDAR_DAY:
            return _end_of_day(local_date(anchor_at, calendar) + timedelta(days=days), calendar)
        case _:
            assert_never(deadline.clock)


def is_school_day(day: date, calendar: SchoolCalendar) -> bool:
    if day in calendar.make_up_days:
        return day not in calendar.days_off  # made up for, and then closed after all
    in_term = not calendar.terms or any(first <= day <= last for first, last in calendar.terms)
    return in_term and day.weekday() in calendar.weekdays and day not in calendar.days_off


def closing_bell(day: date, calendar: SchoolCalendar) -> datetime:
    return _utc(day, calendar.early_close.get(day, calendar.closes), calendar)


def opening_bell(day: date, calendar: SchoolCalendar) -> datetime:
    return _utc(day, calendar.opens, calendar)


def is_school_time(at: datetime, calendar: SchoolCalendar) -> bool:
    day = local_date(at, calendar)
    return is_school_day(day, calendar) and opening_bell(day, calendar) <= at < closing_bell(day, calendar)


def next_school_time(at: datetime, calendar: SchoolCalendar) -> datetime:
    """Now, where there is school; else the next opening bell; now again, where there is none for more than a year."""
    if is_school_time(at, calendar):
        return at
    today = local_date(at, calendar)
    before_the_bell = is_school_day(today, calendar) and at < opening_bell(today, calendar)
    found = _next_school_day(today if before_the_bell else today + timedelta(days=1), calendar)
    return at if found is None else opening_bell(found, calendar)


def local_date(at: datetime, calendar: SchoolCalendar) -> date:
    """Which day it is at the school."""
    return at.astimezone(_zone(calendar.zone)).date()


def _utc(day: date, wall: time, calendar: SchoolCalendar) -> datetime:
    """A wall time that clocks skip, or show twice, is taken by its first reading."""
    return datetime.combine(day, wall, _zone(calendar.zone)).astimezone(UTC)


def _end_of_day(day: date, calendar: SchoolCalendar) -> datetime:
    """Where clocks go back at midnight the last second comes twice, and the day ends with the second one."""
    return datetime.combine(day, END_OF_DAY.replace(fold=1), _zone(calendar.zone)).astimezone(UTC)


def _next_school_day(day: date, calendar: SchoolCalendar) -> date | None:
    """The day itself or the next school day; None when there is none for more than a year."""
    for ahead in range(SEARCHED):
        found = day + timedelta(days=ahead)
        if is_school_day(found, calendar):
            return found
    return None


def after_school_days(anchor_at: datetime, days: int, calendar: SchoolCalendar) -> datetime:
    """The closing bell: of this school day if it is not over, of the next one otherwise; then `days` school days on."""
    day = local_date(anchor_at, calendar)
    if days:
        return _nth_school_day(day, days, calendar)
    if is_school_day(day, calendar) and anchor_at < closing_bell(day, calendar):
        return closing_bell(day, calendar)
    return _nth_school_day(day, 1, calendar)


def _after_openings(anchor_at: datetime, days: int, calendar: SchoolCalendar) -> datetime:
    """The next opening bell after this moment; then `days` school days on."""
    day, count = local_date(anchor_at, calendar), days
    if not (is_school_day(day, calendar) and anchor_at < opening_bell(day, calendar)):
        count += 1
    for turn in range(count):
        found = _next_school_day(day + timedelta(days=1), calendar)
        if found is None:
            return opening_bell(day + timedelta(days=count - turn), calendar)
        day = found
    return opening_bell(day, calendar)


def _nth_school_day(day: date, count: int, calendar: SchoolCalendar) -> datetime:
    for turn in range(count):
        found = _next_school_day(day + timedelta(days=1), calendar)
        if found is None:
            return _end_of_day(day + timedelta(days=count - turn), calendar)
        day = found
    return closing_bell(day, calendar)


def _after_school_hours(anchor_at: datetime, within: timedelta, calendar: SchoolCalendar) -> datetime:
    """Counts only between the bells of school days."""
    left, at, day = within, anchor_at, local_date(anchor_at, calendar)
    for _turn in range(SEARCHED):  # days whose bells are the wrong way round count nothing, and must end as well
        found = _next_school_day(day, calendar)
        if found is None:
            break
        opens, closes = max(anchor_at, opening_bell(found, calendar)), closing_bell(found, calendar)
        if opens < closes:
            if left <= closes - opens:
                return opens + left
            left, at = left - (closes - opens), closes
        day = found + timedelta(days=1)
    return at + left
