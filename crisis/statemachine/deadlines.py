"""When a deadline is due: wall time, school hours, school days, calendar days, in the school's own time zone.

Days are counted on the school's calendar and then turned into UTC, so that a change of clocks moves no bell by an hour.
A calendar without a school day for more than a year counts calendar days and wall time instead: no deadline vanishes.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crisis.protocols.schema import Deadline
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Clockwork

SEARCHED = 400  # days; the longest break of any school is a summer
ONE_DAY = timedelta(days=1)


def due_at(deadline: Deadline, anchor_at: datetime, calendar: SchoolCalendar) -> datetime:
    """UTC. `anchor_at` is aware; `days` 0 is the end of the same day of its clock."""
    anchor_at = anchor_at.astimezone(UTC)  # sums in local time would lose or gain the hour of a change of clocks
    within, days = deadline.within or timedelta(0), deadline.days or 0
    match deadline.clock:
        case Clockwork.WALL:
            return anchor_at + within
        case Clockwork.SCHOOL_HOURS:
            return _after_school_hours(anchor_at, within, calendar)
        case Clockwork.SCHOOL_DAY:
            return _after_school_days(anchor_at, days, calendar)
        case Clockwork.CALENDAR_DAY:
            return end_of_day(local_date(anchor_at, calendar) + timedelta(days=days), calendar)


def is_school_day(day: date, calendar: SchoolCalendar) -> bool:
    in_term = not calendar.terms or any(first <= day <= last for first, last in calendar.terms)
    return in_term and day.weekday() in calendar.weekdays and day not in calendar.days_off


def is_school_time(at: datetime, calendar: SchoolCalendar) -> bool:
    """Between the bells of a school day; the closing bell itself is no longer school time."""
    day = local_date(at, calendar)
    return is_school_day(day, calendar) and opening_bell(day, calendar) <= at < end_of_school_day(day, calendar)


def opening_bell(day: date, calendar: SchoolCalendar) -> datetime:
    return _utc(day, calendar.opens, calendar)


def end_of_school_day(day: date, calendar: SchoolCalendar) -> datetime:
    """The closing bell of that day, earlier where the calendar says so."""
    return _utc(day, calendar.early_close.get(day, calendar.closes), calendar)


def end_of_day(day: date, calendar: SchoolCalendar) -> datetime:
    """The last second before the next local midnight, also where clocks change at midnight."""
    return _utc(day + ONE_DAY, time(0), calendar) - timedelta(seconds=1)


def local_date(at: datetime, calendar: SchoolCalendar) -> date:
    return at.astimezone(ZoneInfo(calendar.zone)).date()


def _utc(day: date, wall: time, calendar: SchoolCalendar) -> datetime:
    """A wall time that clocks show twice is taken by its first reading; one they skip is as long after midnight."""
    return datetime.combine(day, wall, ZoneInfo(calendar.zone)).astimezone(UTC)


def _next_school_day(day: date, calendar: SchoolCalendar) -> date | None:
    """The day itself or the next school day; None when there is none for more than a year."""
    ahead = (day + timedelta(days=n) for n in range(SEARCHED))
    return next((found for found in ahead if is_school_day(found, calendar)), None)


def _after_school_days(anchor_at: datetime, days: int, calendar: SchoolCalendar) -> datetime:
    """The closing bell: for 0 of this school day if it is not over, else of the `days`-th school day that follows."""
    day = local_date(anchor_at, calendar)
    if not days and is_school_day(day, calendar) and anchor_at < end_of_school_day(day, calendar):
        return end_of_school_day(day, calendar)
    found: date | None = day
    for _turn in range(max(days, 1)):
        found = None if found is None else _next_school_day(found + ONE_DAY, calendar)
    if found is None:
        return end_of_day(day + timedelta(days=days), calendar)
    return end_of_school_day(found, calendar)


def _after_school_hours(anchor_at: datetime, within: timedelta, calendar: SchoolCalendar) -> datetime:
    """Counts only between the bells of school days."""
    left = within
    day = _next_school_day(local_date(anchor_at, calendar), calendar)
    while day is not None:
        begins, ends = max(anchor_at, opening_bell(day, calendar)), end_of_school_day(day, calendar)
        if begins < ends:
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        day = _next_school_day(day + ONE_DAY, calendar)
    return anchor_at + within
