"""The calendars as those who plan see and change them, and what a change would do to who is on call."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import Connection, delete, select

from crisis.readiness_words import DayKind
from crisis.schedules.ahead import LOOKED_AHEAD
from crisis.schedules.day_changes import DayChange, changed, must_be_days
from crisis.store import audit, calendars, people, rotations
from crisis.store.people_tables import DAY_OFF, SCHOOL
from crisis.store.rotation_tables import CLOSURE, HOLIDAY, MAKE_UP_DAY
from crisis.store.rotations import Gap
from crisis.vocabulary import DistrictId, PersonId, SchoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDay:
    kind: DayKind
    day: date
    closes: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTrial:
    """Gaps of the coming 14 days, in all of the district: those that the change brings, and how many it leaves."""

    new: tuple[Gap, ...]
    after: int


def days_from(tx: Connection, school: SchoolId, today: date) -> list[KnownDay]:
    """Of the school and its district, from today on, by day."""
    district = tx.execute(select(SCHOOL.c.district).where(SCHOOL.c.id == school)).scalar_one()
    holidays = select(HOLIDAY.c.day).where(HOLIDAY.c.district == district, HOLIDAY.c.day >= today)
    off = select(DAY_OFF.c.day).where(DAY_OFF.c.school == school, DAY_OFF.c.day >= today)
    made_up = select(MAKE_UP_DAY.c.day).where(MAKE_UP_DAY.c.school == school, MAKE_UP_DAY.c.day >= today)
    closed = select(CLOSURE.c.day, CLOSURE.c.closes).where(CLOSURE.c.school == school, CLOSURE.c.day >= today)
    found = [KnownDay(kind=DayKind.HOLIDAY, day=day) for day in tx.execute(holidays).scalars()]
    found += [KnownDay(kind=DayKind.DAY_OFF, day=day) for day in tx.execute(off).scalars()]
    found += [KnownDay(kind=DayKind.MAKE_UP_DAY, day=day) for day in tx.execute(made_up).scalars()]
    found += [KnownDay(kind=DayKind.CLOSURE, day=row.day, closes=row.closes) for row in tx.execute(closed)]
    return sorted(found, key=lambda each: (each.day, each.kind))


def trial(tx: Connection, district: DistrictId, school: SchoolId, change: DayChange, at: datetime) -> CalendarTrial:
    """Nothing is stored. Raises `Refused` for what could not be saved."""
    must_be_days(change)
    until = at + LOOKED_AHEAD
    book = rotations.read(tx, district, at, until)
    every = {each.id: calendars.layers(tx, each.id) for each in people.schools(tx, district)}
    with_it = {
        each: changed(known, change) if each == school or change.kind is DayKind.HOLIDAY else known
        for each, known in every.items()
    }
    before = rotations.gaps_in(tx, district, replace(book, calendars=every), at, until)
    after = rotations.gaps_in(tx, district, replace(book, calendars=with_it), at, until)
    return CalendarTrial(new=tuple(each for each in after if each not in before), after=len(after))


def put(
    tx: Connection, district: DistrictId, school: SchoolId, change: DayChange, *, at: datetime, by: PersonId
) -> None:
    """Days that are there already stay as they are; of a closure the last word counts."""
    must_be_days(change)
    days = list(change.days())
    match change.kind:
        case DayKind.HOLIDAY:
            known = tx.execute(select(HOLIDAY.c.day).where(HOLIDAY.c.district == district)).scalars()
            calendars.set_holidays(tx, district, [*known, *days])
        case DayKind.DAY_OFF:
            calendars.close_school(tx, school, days)
        case DayKind.CLOSURE:
            for day in days:
                calendars.announce_closure(tx, school, day, change.closes)
        case DayKind.MAKE_UP_DAY:
            for day in days:
                calendars.make_up(tx, school, day)
    subject = district if change.kind is DayKind.HOLIDAY else school
    detail = {"kind": change.kind.value, "first": change.first.isoformat(), "last": change.last.isoformat()}
    audit.record(tx, at=at, actor=by, action="calendar changed", subject=subject, detail=detail)


def take_off(
    tx: Connection, district: DistrictId, school: SchoolId, known: KnownDay, *, at: datetime, by: PersonId
) -> None:
    match known.kind:
        case DayKind.HOLIDAY:
            tx.execute(delete(HOLIDAY).where(HOLIDAY.c.district == district, HOLIDAY.c.day == known.day))
        case DayKind.DAY_OFF:
            calendars.open_school(tx, school, known.day)
        case DayKind.CLOSURE:
            calendars.take_back_closure(tx, school, known.day)
        case DayKind.MAKE_UP_DAY:
            same = (MAKE_UP_DAY.c.school == school, MAKE_UP_DAY.c.day == known.day)
            tx.execute(delete(MAKE_UP_DAY).where(*same))
    subject = district if known.kind is DayKind.HOLIDAY else school
    detail = {"kind": known.kind.value, "day": known.day.isoformat()}
    audit.record(tx, at=at, actor=by, action="calendar day taken off", subject=subject, detail=detail)
