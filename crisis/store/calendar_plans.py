"""The calendars as those who plan see and change them, and what a change would do to who is on call."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import Connection, delete, select

from crisis.readiness_words import DayKind
from crisis.schedules.ahead import LOOKED_AHEAD
from crisis.schedules.bells import Bells, Term, must_be_bells, must_be_terms, with_bells, with_terms
from crisis.schedules.day_changes import DayChange, changed, must_be_days, must_fit
from crisis.schedules.rota import Calendar
from crisis.store import as_seen, audit, calendars, people, rotations
from crisis.store.people_tables import DAY_OFF, EARLY_CLOSE, SCHOOL, TERM
from crisis.store.rotation_tables import CLOSURE, HOLIDAY, MAKE_UP_DAY
from crisis.store.rotations import Gap
from crisis.vocabulary import DistrictId, PersonId, SchoolId

Change = DayChange | Bells | tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDay:
    kind: DayKind
    day: date
    closes: time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """When a school is open. `checked`: a person has confirmed the bells; until then they are assumed."""

    bells: Bells
    checked: bool
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarTrial:
    """Gaps of the coming 14 days, in all of the district: those that the change brings, and how many it leaves."""

    new: tuple[Gap, ...]
    after: int


def known(tx: Connection, school: SchoolId) -> Known:
    row = tx.execute(select(SCHOOL).where(SCHOOL.c.id == school)).one()
    bells = Bells(
        zone=row.zone, opens=row.opens, closes=row.closes, weekdays=frozenset(int(day) for day in row.weekdays)
    )
    found = tx.execute(select(TERM).where(TERM.c.school == school).order_by(TERM.c.starts_on, TERM.c.ends_on))
    terms = tuple(Term(title=each.title, first=each.starts_on, last=each.ends_on) for each in found)
    return Known(bells=bells, checked=row.hours_checked, terms=terms)


def days_from(tx: Connection, school: SchoolId, today: date) -> list[KnownDay]:
    """Of the school and its district, from today on, by day."""
    district = tx.execute(select(SCHOOL.c.district).where(SCHOOL.c.id == school)).scalar_one()
    holidays = select(HOLIDAY.c.day).where(HOLIDAY.c.district == district, HOLIDAY.c.day >= today)
    off = select(DAY_OFF.c.day).where(DAY_OFF.c.school == school, DAY_OFF.c.day >= today)
    made_up = select(MAKE_UP_DAY.c.day).where(MAKE_UP_DAY.c.school == school, MAKE_UP_DAY.c.day >= today)
    closed = select(CLOSURE.c.day, CLOSURE.c.closes).where(CLOSURE.c.school == school, CLOSURE.c.day >= today)
    short = select(EARLY_CLOSE.c.day, EARLY_CLOSE.c.closes).where(
        EARLY_CLOSE.c.school == school, EARLY_CLOSE.c.day >= today
    )
    found = [KnownDay(kind=DayKind.HOLIDAY, day=day) for day in tx.execute(holidays).scalars()]
    found += [KnownDay(kind=DayKind.DAY_OFF, day=day) for day in tx.execute(off).scalars()]
    found += [KnownDay(kind=DayKind.MAKE_UP_DAY, day=day) for day in tx.execute(made_up).scalars()]
    found += [KnownDay(kind=DayKind.CLOSURE, day=row.day, closes=row.closes) for row in tx.execute(closed)]
    found += [KnownDay(kind=DayKind.SHORT_DAY, day=row.day, closes=row.closes) for row in tx.execute(short)]
    return sorted(found, key=lambda each: (each.day, each.kind))


def must_be_sound(tx: Connection, school: SchoolId, change: Change) -> None:
    """Raises `Refused`."""
    match change:
        case DayChange():
            must_be_days(change)
            must_fit(change, calendars.layers(tx, school).school)
        case Bells():
            must_be_bells(change)
        case _:
            must_be_terms(change)


def _changed(calendar: Calendar, change: Change) -> Calendar:
    match change:
        case DayChange():
            return changed(calendar, change)
        case Bells():
            return with_bells(calendar, change)
        case _:
            return with_terms(calendar, change)


def trial(tx: Connection, district: DistrictId, school: SchoolId, change: Change, at: datetime) -> CalendarTrial:
    """Nothing is stored. Raises `Refused` for what could not be saved."""
    must_be_sound(tx, school, change)
    everywhere = isinstance(change, DayChange) and change.kind is DayKind.HOLIDAY
    until = at + LOOKED_AHEAD
    book = rotations.read(tx, district, at, until)
    every = {each.id: calendars.layers(tx, each.id) for each in people.schools(tx, district)}
    with_it = {
        each: _changed(calendar, change) if each == school or everywhere else calendar
        for each, calendar in every.items()
    }
    before = rotations.gaps_in(tx, district, replace(book, calendars=every), at, until)
    after = rotations.gaps_in(tx, district, replace(book, calendars=with_it), at, until)
    return CalendarTrial(new=tuple(each for each in after if each not in before), after=len(after))


def put(
    tx: Connection, district: DistrictId, school: SchoolId, change: DayChange, *, at: datetime, by: PersonId
) -> None:
    """Days that are there already stay as they are; of a closure the last word counts."""
    must_be_sound(tx, school, change)
    days = list(change.days())
    match change.kind:
        case DayKind.HOLIDAY:
            before = tx.execute(select(HOLIDAY.c.day).where(HOLIDAY.c.district == district)).scalars()
            calendars.set_holidays(tx, district, [*before, *days])
        case DayKind.DAY_OFF:
            calendars.close_school(tx, school, days)
        case DayKind.CLOSURE:
            for day in days:
                calendars.announce_closure(tx, school, day, change.closes)
        case DayKind.MAKE_UP_DAY:
            for day in days:
                calendars.make_up(tx, school, day)
        case DayKind.SHORT_DAY:
            assert change.closes is not None  # it is sound
            calendars.close_early(tx, school, dict.fromkeys(days, change.closes))
    subject = district if change.kind is DayKind.HOLIDAY else school
    detail = {"kind": change.kind.value, "first": change.first.isoformat(), "last": change.last.isoformat()}
    audit.record(tx, at=at, actor=by, action="calendar changed", subject=subject, detail=detail)


def bell_changes(school: SchoolId) -> as_seen.Deed:
    return as_seen.Deed(school, ("bell times set",))


def term_changes(school: SchoolId) -> as_seen.Deed:
    return as_seen.Deed(school, ("terms set",))


def put_bells(
    tx: Connection, school: SchoolId, bells: Bells, *, at: datetime, by: PersonId, seen: int | None = None
) -> None:
    bell_changes(school).must_be_current(tx, seen, by)
    calendars.set_hours(
        tx, school, zone=bells.zone, opens=bells.opens, closes=bells.closes, weekdays=sorted(bells.weekdays)
    )
    audit.record(tx, at=at, actor=by, action="bell times set", subject=school)


def put_terms(
    tx: Connection, school: SchoolId, terms: tuple[Term, ...], *, at: datetime, by: PersonId, seen: int | None = None
) -> None:
    """Instead of those that were there; from then on no import changes them, unless none are left."""
    term_changes(school).must_be_current(tx, seen, by)
    must_be_terms(terms)
    calendars.set_terms(tx, school, [(each.title, each.first, each.last) for each in terms])
    audit.record(tx, at=at, actor=by, action="terms set", subject=school, detail={"number": len(terms)})


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
        case DayKind.SHORT_DAY:
            early = (EARLY_CLOSE.c.school == school, EARLY_CLOSE.c.day == known.day)
            tx.execute(delete(EARLY_CLOSE).where(*early))
    subject = district if known.kind is DayKind.HOLIDAY else school
    detail = {"kind": known.kind.value, "day": known.day.isoformat()}
    audit.record(tx, at=at, actor=by, action="calendar day taken off", subject=subject, detail=detail)
