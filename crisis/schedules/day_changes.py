"""Days that are added to a calendar or taken off it: values, so that it can be tried before it is saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from crisis.errors import Reason, refuse_if
from crisis.readiness_words import DayKind
from crisis.schedules.rota import Calendar
from crisis.statemachine.ground import SchoolCalendar

MOST_DAYS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """From the first to the last day. `closes` is a time of the wall: of a closure, or of a day that ends earlier."""

    kind: DayKind
    first: date
    last: date
    closes: time | None = None

    def days(self) -> Iterator[date]:
        yield from (self.first + timedelta(days=day) for day in range((self.last - self.first).days + 1))


def must_be_days(change: DayChange) -> None:
    """Raises `Refused`."""
    length = (change.last - change.first).days + 1
    refuse_if(
        Reason("CALENDAR", "The last day comes after the first") if length < 1 else None,
        Reason("CALENDAR", "At most 120 days at once") if length > MOST_DAYS else None,
        Reason("CALENDAR", "Only a closure can begin during the day, and a shorter day end")
        if change.closes is not None and change.kind not in (DayKind.CLOSURE, DayKind.SHORT_DAY)
        else None,
        Reason("CALENDAR", "Say at what time a shorter day ends")
        if change.closes is None and change.kind is DayKind.SHORT_DAY
        else None,
    )


def must_fit(change: DayChange, bells: SchoolCalendar) -> None:
    """Raises `Refused` for a shorter day that would be none, or longer."""
    wrong = change.kind is DayKind.SHORT_DAY and not (
        change.closes is not None and bells.opens < change.closes < bells.closes
    )
    refuse_if(Reason("CALENDAR", "A shorter day ends after the school opens and before its bell") if wrong else None)


def changed(calendar: Calendar, change: DayChange) -> Calendar:
    days = frozenset(change.days())
    match change.kind:
        case DayKind.HOLIDAY:
            return replace(calendar, holidays=calendar.holidays | days)
        case DayKind.DAY_OFF:
            return replace(calendar, school=replace(calendar.school, days_off=calendar.school.days_off | days))
        case DayKind.SHORT_DAY:
            early = {**calendar.school.early_close, **(dict.fromkeys(days, change.closes) if change.closes else {})}
            return replace(calendar, school=replace(calendar.school, early_close=early))
        case DayKind.CLOSURE:
            return replace(calendar, closures={**calendar.closures, **dict.fromkeys(days, change.closes)})
        case DayKind.MAKE_UP_DAY:
            made_up = calendar.school.make_up_days | days
            return replace(calendar, school=replace(calendar.school, make_up_days=made_up))
