"""A school's calendar and a district's escalation ladders, as rows and as the rules read them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Select,
    Table,
    Time,
    bindparam,
    cast,
    delete,
    insert,
    literal,
    null,
    select,
    union_all,
    update,
)

from crisis.errors import NotFound, refuse_if
from crisis.ladders import Asks, Ladder, problems
from crisis.schedules.bells import Bells, must_be_bells
from crisis.schedules.rota import Calendar
from crisis.schedules.school_time import merged
from crisis.statemachine.ground import SchoolCalendar
from crisis.store import codec
from crisis.store.people_tables import DAY_OFF, EARLY_CLOSE, LADDER, SCHOOL, TERM, Found
from crisis.store.rotation_tables import CLOSURE, HOLIDAY, MAKE_UP_DAY
from crisis.vocabulary import DistrictId, Role, SchoolId, Urgency

# For a district without a school: its rotations count as if there were one.
ASSUMED = Calendar(school=SchoolCalendar(zone="UTC", opens=time(8), closes=time(15)))


_NONE: dict[str, ColumnElement[Any]] = {
    "first": cast(null(), Date),
    "last": cast(null(), Date),
    "closes": cast(null(), Time),
}


def _days(kind: str, table: Table, place: str, **columns: Column[date] | Column[time]) -> Select[tuple[object, ...]]:
    found = [columns.get(name, none).label(name) for name, none in _NONE.items()]
    return select(literal(kind).label("kind"), *found).where(table.c[place] == bindparam(place))


# Every command asks for its school's calendar, so all of it is one statement, built once.
_SCHOOL = select(SCHOOL).where(SCHOOL.c.id == bindparam("school"))
_DAYS = union_all(
    _days("off", DAY_OFF, "school", first=DAY_OFF.c.day),
    _days("early", EARLY_CLOSE, "school", first=EARLY_CLOSE.c.day, closes=EARLY_CLOSE.c.closes),
    _days("term", TERM, "school", first=TERM.c.starts_on, last=TERM.c.ends_on),
    _days("make_up", MAKE_UP_DAY, "school", first=MAKE_UP_DAY.c.day),
    _days("closure", CLOSURE, "school", first=CLOSURE.c.day, closes=CLOSURE.c.closes),
    _days("holiday", HOLIDAY, "district", first=HOLIDAY.c.day),
)
_LADDERS = select(LADDER).where(LADDER.c.district == bindparam("district")).order_by(LADDER.c.level)


def calendar(tx: Connection, school: SchoolId) -> SchoolCalendar:
    """All layers in one, as deadlines count by them."""
    return merged(layers(tx, school))


def layers(tx: Connection, school: SchoolId) -> Calendar:
    """Apart, so that an answer can say which of them decided."""
    return of_school(tx, school)[0]


def of_school(tx: Connection, school: SchoolId) -> tuple[Calendar, DistrictId]:
    """The layers, and whose school it is."""
    row = tx.execute(_SCHOOL, {"school": school}).one_or_none()
    if row is None:
        raise NotFound
    days: dict[str, list[Found]] = defaultdict(list)
    for found in tx.execute(_DAYS, {"school": school, "district": row.district}):
        days[found.kind].append(found)
    own = SchoolCalendar(
        zone=row.zone,
        opens=row.opens,
        closes=row.closes,
        weekdays=frozenset(int(day) for day in row.weekdays),
        days_off=_firsts(days["off"]),
        early_close={each.first: each.closes for each in days["early"]},
        terms=tuple(sorted((each.first, each.last) for each in days["term"])),
        make_up_days=_firsts(days["make_up"]),
    )
    closures = {each.first: each.closes for each in days["closure"]}
    return Calendar(school=own, holidays=_firsts(days["holiday"]), closures=closures), DistrictId(row.district)


def _firsts(rows: Iterable[Found]) -> frozenset[date]:
    return frozenset(row.first for row in rows)


def set_hours(
    tx: Connection, school: SchoolId, *, zone: str, opens: time, closes: time, weekdays: Iterable[int] = range(5)
) -> None:
    """A person has confirmed when this school is open. Raises `Refused`."""
    bells = Bells(zone=zone, opens=opens, closes=closes, weekdays=frozenset(weekdays))
    must_be_bells(bells)
    days = "".join(str(day) for day in sorted(bells.weekdays))
    values = {"zone": zone, "opens": opens, "closes": closes, "weekdays": days, "hours_checked": True}
    if tx.execute(update(SCHOOL).where(SCHOOL.c.id == school).values(**values)).rowcount == 0:
        raise NotFound


def close_school(tx: Connection, school: SchoolId, days: Iterable[date]) -> None:
    """Holidays and closures, added to those that are there."""
    known = set(tx.execute(select(DAY_OFF.c.day).where(DAY_OFF.c.school == school)).scalars())
    district = _district(tx, school)
    new = [{"school": school, "day": day, "district": district} for day in sorted(set(days) - known)]
    if new:
        tx.execute(insert(DAY_OFF), new)


def open_school(tx: Connection, school: SchoolId, day: date) -> None:
    """A closure that was taken back."""
    tx.execute(delete(DAY_OFF).where(DAY_OFF.c.school == school, DAY_OFF.c.day == day))


def set_holidays(tx: Connection, district: DistrictId, days: Iterable[date]) -> None:
    """Replaces the district's holidays; a school that has school on one of them says so by a make-up day."""
    tx.execute(delete(HOLIDAY).where(HOLIDAY.c.district == district))
    rows = [{"district": district, "day": day} for day in sorted(set(days))]
    if rows:
        tx.execute(insert(HOLIDAY), rows)


def make_up(tx: Connection, school: SchoolId, day: date) -> None:
    """School on a day that would be free; a second time changes nothing."""
    tx.execute(delete(MAKE_UP_DAY).where(MAKE_UP_DAY.c.school == school, MAKE_UP_DAY.c.day == day))
    tx.execute(insert(MAKE_UP_DAY).values(school=school, day=day, district=_district(tx, school)))


def announce_closure(tx: Connection, school: SchoolId, day: date, closes: time | None = None) -> None:
    """For the weather, or another cause: the whole day, or from a time of the wall on. The last word counts."""
    take_back_closure(tx, school, day)
    tx.execute(insert(CLOSURE).values(school=school, day=day, district=_district(tx, school), closes=closes))


def take_back_closure(tx: Connection, school: SchoolId, day: date) -> None:
    tx.execute(delete(CLOSURE).where(CLOSURE.c.school == school, CLOSURE.c.day == day))


def close_early(tx: Connection, school: SchoolId, hours: Mapping[date, time]) -> None:
    for day, closes in hours.items():
        tx.execute(delete(EARLY_CLOSE).where(EARLY_CLOSE.c.school == school, EARLY_CLOSE.c.day == day))
        values = {"school": school, "day": day, "district": _district(tx, school), "closes": closes}
        tx.execute(insert(EARLY_CLOSE).values(**values))


def set_terms(
    tx: Connection, school: SchoolId, terms: Iterable[tuple[str, date, date]], *, imported: bool = False
) -> None:
    """Title, first and last day. An import replaces imported terms alone, and only where nobody set any by hand."""
    kept = select(TERM.c.school).where(TERM.c.school == school, TERM.c.imported.is_(False))
    if imported and tx.execute(kept.limit(1)).first() is not None:
        return
    tx.execute(delete(TERM).where(TERM.c.school == school))
    district = _district(tx, school)
    rows = [
        {"school": school, "district": district, "title": title, "starts_on": first, "ends_on": last}
        for title, first, last in {(first, last): (title, first, last) for title, first, last in terms}.values()
    ]
    if rows:
        tx.execute(insert(TERM), [{**row, "imported": imported} for row in rows])


def _district(tx: Connection, school: SchoolId) -> DistrictId:
    found = tx.execute(select(SCHOOL.c.district).where(SCHOOL.c.id == school)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return DistrictId(found)


def ladders(tx: Connection, district: DistrictId) -> dict[tuple[Role, Urgency], Ladder]:
    """Those that the district has changed; `crisis.ladders` has the rest."""
    rows = tx.execute(_LADDERS, {"district": district}).all()
    levels: dict[tuple[Role, Urgency], list[Found]] = defaultdict(list)
    for row in rows:
        levels[row.role, row.urgency].append(row)
    return {key: _ladder(found) for key, found in levels.items()}


def _ladder(levels: list[Found]) -> Ladder:
    first, asks = levels[0], tuple(row.asks for row in levels)
    return Ladder(
        answer_within=tuple(timedelta(seconds=row.answer_within) for row in levels),
        repeat_alarm=timedelta(seconds=first.repeat_alarm),
        asks=asks if any(each is not Asks.ROTA for each in asks) else (),
        cadence=None if first.cadence is None else codec.cadence_from_text(first.cadence),
    )


def drop_ladder(tx: Connection, district: DistrictId, role: Role, urgency: Urgency) -> None:
    """Back to the usual one of its urgency. Pages that are under way keep theirs."""
    tx.execute(delete(LADDER).where(LADDER.c.district == district, LADDER.c.role == role, LADDER.c.urgency == urgency))


def set_ladder(tx: Connection, district: DistrictId, role: Role, urgency: Urgency, ladder: Ladder) -> None:
    """Replaces one ladder whole. Pages that are under way keep theirs."""
    refuse_if(*problems(ladder))
    here = (LADDER.c.district == district, LADDER.c.role == role, LADDER.c.urgency == urgency)
    tx.execute(delete(LADDER).where(*here))
    shared = {"district": district, "role": role, "urgency": urgency}
    repeat = int(ladder.repeat_alarm.total_seconds())
    cadence = None if ladder.cadence is None else codec.cadence_text(ladder.cadence)
    rows = [
        {
            **shared,
            "level": level,
            "answer_within": int(within.total_seconds()),
            "repeat_alarm": repeat,
            "asks": ladder.asked_at(level),
            "cadence": cadence,
        }
        for level, within in enumerate(ladder.answer_within)
    ]
    tx.execute(insert(LADDER), rows)
