"""A district's schedules as the rules read them: for one moment when a page is sent, or over days to look ahead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, insert, or_, select

from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.ladders import Asks
from crisis.schedules import rota, wall
from crisis.schedules.ahead import LOOKED_AHEAD, gaps
from crisis.schedules.answering import who
from crisis.schedules.rota import (
    Absence,
    Answer,
    Calendar,
    Handover,
    Override,
    Plan,
    Rotation,
    Schedule,
    Slot,
    Stretch,
    Turn,
)
from crisis.store import audit, calendars, people, standing
from crisis.store.people_tables import LADDER, PERSON, SCHOOL, SHIFT, Found
from crisis.store.rotation_tables import ABSENCE, HANDOVER, MEMBER, OVERRIDE, ROTATION
from crisis.vocabulary import Covers, DistrictId, PersonId, Role, SchoolId

MOMENT = timedelta(microseconds=1)
ALWAYS_NEEDED = ((Role.ONCALL_CLINICIAN, 0), (Role.DISTRICT_ONCALL, 0))  # also where no ladder was ever set


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All of a district's schedules that touch a span of time, read at once."""

    plans: Mapping[Slot, Plan]
    absences: tuple[Absence, ...]
    gone: frozenset[PersonId]
    calendars: Mapping[SchoolId, Calendar] = field(default_factory=dict)  # empty where no rotation asks them

    def schedule(self, slot: Slot) -> Schedule:
        """A school's plan with the district's behind it; the district's own, by the hours of its first school."""
        behind = Slot(school=None, role=slot.role, level=slot.level)
        first = next(iter(self.calendars.values()), calendars.ASSUMED)
        return Schedule(
            own=self.plans.get(slot, Plan()),
            district=self.plans.get(behind, Plan()) if slot.school is not None else Plan(),
            absences=self.absences,
            gone=self.gone,
            calendar=self.calendars.get(slot.school, first) if slot.school is not None else first,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """In these schools nobody, or only a stand-in, is on call for a role at a level."""

    schools: tuple[SchoolId, ...]
    role: Role
    level: int
    stretch: Stretch


def _at(table: Table) -> list[ColumnElement[bool]]:
    """Those of one slot, be it of the school or of the whole district."""
    place = or_(table.c.school == bindparam("school"), table.c.school.is_(None))
    return [table.c.role == bindparam("role"), table.c.level == bindparam("level"), place]


def _touching(table: Table) -> Select[tuple[object, ...]]:
    during = (table.c.starts_at < bindparam("until"), table.c.ends_at > bindparam("since"))
    return select(table).where(table.c.district == bindparam("district"), *during)


def _both(query: Select[tuple[object, ...]], table: Table) -> dict[bool, Select[tuple[object, ...]]]:
    """Of everything, and of one slot; built once, since each page asks them."""
    return {True: query, False: query.where(*_at(table))}


_ROTATIONS = _both(
    select(ROTATION).where(ROTATION.c.district == bindparam("district")).order_by(ROTATION.c.id), ROTATION
)
_SHIFTS = _both(_touching(SHIFT).order_by(SHIFT.c.starts_at, SHIFT.c.id), SHIFT)
_OVERRIDES = _both(_touching(OVERRIDE).order_by(OVERRIDE.c.made_at, OVERRIDE.c.id), OVERRIDE)
_ABSENCES = _touching(ABSENCE).order_by(ABSENCE.c.starts_at, ABSENCE.c.id)


def answer(tx: Connection, district: DistrictId, slot: Slot, *, at: datetime) -> Answer:
    """Who is on call at a moment, and which layer decided; `slot.school` is where help is needed."""
    return who(read(tx, district, at, at + MOMENT, only=slot).schedule(slot), at)


def read(tx: Connection, district: DistrictId, since: datetime, until: datetime, *, only: Slot | None = None) -> Book:
    """`only` reads no more than what answers for one slot."""
    asked = _asked(district, since, until, only)
    rotations = _rotations(tx, asked, everything=only is None)
    shifts: dict[Slot, list[Turn]] = defaultdict(list)
    for row in tx.execute(_SHIFTS[only is None], asked):
        shifts[_slot(row)].append(_turn(row))
    overrides: dict[Slot, list[Override]] = defaultdict(list)
    for row in tx.execute(_OVERRIDES[only is None], asked):
        overrides[_slot(row)].append(override_of(row))
    plans = {
        slot: Plan(rotations=tuple(rotations[slot]), shifts=tuple(shifts[slot]), overrides=tuple(overrides[slot]))
        for slot in {*rotations, *shifts, *overrides}
    }
    asks = any(each.covers is not Covers.ALWAYS for plan in plans.values() for each in plan.rotations)
    return Book(
        plans=plans,
        absences=absences(tx, district, since, until),
        gone=_gone(tx, district, plans.values()),
        calendars=_calendars(tx, district, only) if asks else {},
    )


def _asked(district: DistrictId, since: datetime, until: datetime, only: Slot | None) -> dict[str, object]:
    asked = {"district": district, "since": since, "until": until}
    return asked if only is None else {**asked, "role": only.role, "level": only.level, "school": only.school}


def _slot(row: Found) -> Slot:
    return Slot(school=row.school, role=row.role, level=row.level)


def _turn(row: Found) -> Turn:
    return Turn(id=row.id, person=row.person, starts_at=row.starts_at, ends_at=row.ends_at)


def override_of(row: Found) -> Override:
    return Override(
        id=row.id,
        kind=row.kind,
        incoming=row.incoming,
        outgoing=row.outgoing,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _rotations(tx: Connection, asked: dict[str, object], *, everything: bool) -> dict[Slot, list[Rotation]]:
    rows = tx.execute(_ROTATIONS[everything], asked).all()
    found: dict[Slot, list[Rotation]] = defaultdict(list)
    if not rows:
        return found
    these = [row.id for row in rows]
    members, handovers = defaultdict(list), defaultdict(list)
    for row in tx.execute(select(MEMBER).where(MEMBER.c.rotation.in_(these)).order_by(MEMBER.c.position)):
        members[row.rotation].append(PersonId(row.person))
    for row in tx.execute(
        select(HANDOVER).where(HANDOVER.c.rotation.in_(these)).order_by(HANDOVER.c.day, HANDOVER.c.at)
    ):
        handovers[row.rotation].append(Handover(row.day, row.at))
    for row in rows:
        found[_slot(row)].append(_rotation(row, tuple(members[row.id]), tuple(handovers[row.id])))
    return found


def _rotation(row: Found, members: tuple[PersonId, ...], handovers: tuple[Handover, ...]) -> Rotation:
    return Rotation(
        id=row.id,
        people=members,
        zone=row.zone,
        starts_on=row.starts_on,
        cycle_days=row.cycle_days,
        handovers=handovers,
        covers=row.covers,
        ends_on=row.ends_on,
    )


def absences(tx: Connection, district: DistrictId, since: datetime, until: datetime) -> tuple[Absence, ...]:
    rows = tx.execute(_ABSENCES, {"district": district, "since": since, "until": until})
    return tuple(Absence(person=row.person, starts_at=row.starts_at, ends_at=row.ends_at) for row in rows)


def _gone(tx: Connection, district: DistrictId, plans: Iterable[Plan]) -> frozenset[PersonId]:
    planned = {person for plan in plans for person in named(plan)}
    if not planned:
        return frozenset()
    off = select(PERSON.c.id).where(PERSON.c.district == district, PERSON.c.active.is_(False))
    return frozenset(PersonId(person) for person in tx.execute(off.where(PERSON.c.id.in_(planned))).scalars())


def named(plan: Plan) -> set[PersonId]:
    """Everybody whom a plan names anywhere."""
    turning = {person for each in plan.rotations for person in each.people}
    changed = {each.incoming for each in plan.overrides} | {each.outgoing for each in plan.overrides}
    return turning | {each.person for each in plan.shifts} | {person for person in changed if person is not None}


def _calendars(tx: Connection, district: DistrictId, only: Slot | None) -> dict[SchoolId, Calendar]:
    if only is not None and only.school is not None:
        return {only.school: calendars.layers(tx, only.school)}
    return {each.id: calendars.layers(tx, each.id) for each in people.schools(tx, district)}


def slots(tx: Connection, district: DistrictId, school: SchoolId) -> list[tuple[Role, int]]:
    """Every role and level that a page at a school can find by the rota: of the ladders, and those that are planned."""
    found = set(ALWAYS_NEEDED)
    by_rota = (LADDER.c.district == district, LADDER.c.asks == Asks.ROTA)
    asked = [select(LADDER.c.role, LADDER.c.level).where(*by_rota)]
    for table in (ROTATION, SHIFT):
        here = or_(table.c.school == school, table.c.school.is_(None))
        asked.append(select(table.c.role, table.c.level).where(table.c.district == district, here))
    for query in asked:
        found |= {(Role(row.role), int(row.level)) for row in tx.execute(query.distinct())}
    order = list(Role)
    return sorted(found, key=lambda each: (order.index(each[0]), each[1]))


def gaps_ahead(tx: Connection, district: DistrictId, since: datetime, *, span: timedelta = LOOKED_AHEAD) -> list[Gap]:
    """F55: every stretch of the coming days for which somebody must still be found; the earliest first."""
    return gaps_in(tx, district, read(tx, district, since, since + span), since, since + span)


def gaps_in(tx: Connection, district: DistrictId, book: Book, since: datetime, until: datetime) -> list[Gap]:
    """What is missing at several schools for the same time and cause is one gap."""
    found: dict[tuple[Role, int, Stretch], list[SchoolId]] = defaultdict(list)
    for school in people.schools(tx, district):
        for role, level in slots(tx, district, school.id):
            for gap in gaps(book.schedule(Slot(school=school.id, role=role, level=level)), since, until):
                found[role, level, gap].append(school.id)
    ordered = sorted(found.items(), key=lambda each: each[0][2].starts_at)
    return [
        Gap(schools=tuple(where), role=role, level=level, stretch=stretch) for (role, level, stretch), where in ordered
    ]


def add_rotation(
    tx: Connection, district: DistrictId, slot: Slot, rotation: Rotation, *, at: datetime, by: PersonId | None
) -> None:
    """Raises `Refused` as `must_be_possible` does."""
    must_be_possible(tx, district, slot, rotation)
    values = {"id": rotation.id, "district": district, "school": slot.school, "role": slot.role, "level": slot.level}
    tx.execute(
        insert(ROTATION).values(
            **values,
            zone=rotation.zone,
            covers=rotation.covers,
            starts_on=rotation.starts_on,
            ends_on=rotation.ends_on,
            cycle_days=rotation.cycle_days,
        )
    )
    shared = {"rotation": rotation.id, "district": district}
    members = [{**shared, "position": place, "person": person} for place, person in enumerate(rotation.people)]
    tx.execute(insert(MEMBER), members)
    tx.execute(insert(HANDOVER), [{**shared, "day": each.day, "at": each.at} for each in rotation.handovers])
    audit.record(tx, at=at, actor=by, action="rotation added", subject=rotation.id, detail={"level": slot.level})
    standing.put_on_rota(tx, rotation.people, at=at, by=by)


def must_be_possible(tx: Connection, district: DistrictId, slot: Slot, rotation: Rotation) -> None:
    """Everybody in it may hold the role and can be called (F57), so that the turn of nobody is a page into nothing."""
    rota.must_be_sound(rotation, len(rotation.people))
    if rotation.zone not in wall.zones():
        raise Refused(Reason("ROTATION", "There is no such time zone; write it as in America/New_York"))
    must_be_ours(tx, district, slot)
    for person in dict.fromkeys(rotation.people):
        must_be_fit(tx, district, person, slot.role)


def is_known(tx: Connection, district: DistrictId, rotation: str) -> bool:
    ours = select(ROTATION.c.id).where(ROTATION.c.id == rotation, ROTATION.c.district == district)
    return tx.execute(ours).first() is not None


def drop_rotation(tx: Connection, district: DistrictId, rotation: str, *, at: datetime, by: PersonId | None) -> None:
    if not is_known(tx, district, rotation):
        raise NotFound
    for table in (MEMBER, HANDOVER):
        tx.execute(delete(table).where(table.c.rotation == rotation))
    tx.execute(delete(ROTATION).where(ROTATION.c.id == rotation))
    audit.record(tx, at=at, actor=by, action="rotation dropped", subject=rotation)


def rotation_slot(tx: Connection, district: DistrictId, rotation: str) -> Slot:
    query = select(ROTATION).where(ROTATION.c.id == rotation, ROTATION.c.district == district)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _slot(row)


def must_be_ours(tx: Connection, district: DistrictId, slot: Slot) -> None:
    """F118: a school of another district is not found."""
    refuse_if(Reason("SLOT", "A level is a number from 0 on, at most 20") if not 0 <= slot.level <= 20 else None)
    if slot.school is None:
        return
    found = tx.execute(select(SCHOOL.c.district).where(SCHOOL.c.id == slot.school)).scalar_one_or_none()
    if found != district:
        raise NotFound


def must_be_fit(tx: Connection, district: DistrictId, person: PersonId, role: Role) -> None:
    """Raises `Refused` for somebody whom a page could not reach, or who may not do what it asks for."""
    known = people.actors(tx, [person]).get(person)
    if known is None or known.district != district or not known.posts:
        raise Refused(Reason("PERSON", "There is no such member of staff in this district"))
    refuse_if(
        Reason("ON-CALL", "This person's post does not let them take this role; choose somebody else")
        if role not in known.roles
        else None,
        Reason("ON-CALL", "This person has no telephone number that can be called; add one first")
        if not people.dialled(tx, [person]).get(person)
        else None,
    )
