"""Incidents that are kept apart as the two sides of a Title IX matter: entering, admitting, joining, ending (PR-43).

In force as soon as one person has entered it. The matter, that two incidents belong together, is its coordinator's to
say, and stands in no view, list, export or event of either.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection as Tx
from sqlalchemy import Row, bindparam, insert, or_, select, union, update

from crisis import clock
from crisis.access_words import Involvement, TitleIxSide
from crisis.errors import Reason, Refused, refuse_if
from crisis.policy.compartments import OPEN, Compartment, TwoSides
from crisis.statemachine.incident import Incident
from crisis.store import audit
from crisis.store.access_tables import BREAK_GLASS, INCIDENT_PERSON
from crisis.store.compartment_tables import ADMISSION, COMPARTMENT
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, PersonId, StudentId

_C, _A = COMPARTMENT.c, ADMISSION.c
_STANDING = (  # built once: each page asks
    select(COMPARTMENT, INCIDENT.c.student)
    .join(INCIDENT, INCIDENT.c.id == _C.incident)
    .where(
        _C.ended_at.is_(None),
        or_(
            _C.incident.in_(bindparam("incidents", expanding=True)),
            INCIDENT.c.student.in_(bindparam("students", expanding=True)),
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One incident that stands apart. `matter` is for the coordinator's own lists alone."""

    incident: IncidentId
    matter: str
    side: TitleIxSide
    coordinator: PersonId
    entered_by: PersonId
    entered_at: datetime


def enter(tx: Tx, incident: Incident, side: TitleIxSide, coordinator: PersonId, *, by: PersonId, at: datetime) -> None:
    """At once. Whoever sees it by a post alone sees it no more; whom it called in goes on."""
    refuse_if(
        Reason("PR-43", "Say first which student it is about") if incident.student is None else None,
        Reason("PR-43", "It is kept apart already") if standing(tx, incident.id) is not None else None,
    )
    _write(tx, incident.district, _of(clock.new_id(), incident.id, side, coordinator), by=by, at=at)
    audit.record(tx, at=at, actor=by, action="kept apart: Title IX", subject=incident.id)


def standing(tx: Tx, incident: IncidentId) -> Kept | None:
    row = tx.execute(select(COMPARTMENT).where(_C.incident == incident, _C.ended_at.is_(None))).one_or_none()
    return None if row is None else _kept(row)


def end(tx: Tx, incident: Incident, *, by: PersonId, at: datetime) -> None:
    """It was entered by mistake, or is over: the posts of the school see it again. Not by whoever entered it."""
    kept = _must_stand(tx, incident.id)
    if by == kept.entered_by:
        raise Refused(Reason("PR-43", "Somebody else than who entered it has to end it"))
    _end_row(tx, incident.id, by=by, at=at)
    audit.record(tx, at=at, actor=by, action="kept apart no more", subject=incident.id)


def admit(tx: Tx, incident: Incident, person: PersonId, *, by: PersonId, at: datetime) -> None:
    """To the side of this incident, and so to no other of the matter; the last word counts."""
    kept = _must_stand(tx, incident.id)
    if person in two_sides(tx, kept.matter).coordinators:
        raise Refused(Reason("PR-43", "The coordinator sees both sides already"))
    dismiss(tx, kept.matter, person, by=by, at=at)
    row = {"id": clock.new_id(), "district": incident.district, "matter": kept.matter, "person": person}
    tx.execute(insert(ADMISSION).values(**row, side=kept.side, entered_by=by, entered_at=at))
    audit.record(tx, at=at, actor=by, action="admitted to a side", subject=incident.id, detail={"person": person})


def dismiss(tx: Tx, matter: str, person: PersonId, *, by: PersonId, at: datetime) -> None:
    theirs = (_A.matter == matter, _A.person == person, _A.ended_at.is_(None))
    tx.execute(update(ADMISSION).where(*theirs).values(ended_by=by, ended_at=at))


def join(tx: Tx, incident: Incident, other: IncidentId, *, by: PersonId, at: datetime) -> None:
    """Two matters are one. Raises `Refused` while somebody is on both sides: the coordinator decides that first."""
    one, second = _must_stand(tx, incident.id), _must_stand(tx, other)
    refuse_if(
        Reason("PR-43", "They are one matter already") if one.matter == second.matter else None,
        Reason("PR-43", "Only the coordinator of both says that they belong together")
        if one.coordinator != second.coordinator
        else None,
    )
    text = "Somebody works on both sides; admit each of them to one side first"
    refuse_if(Reason("PR-43", text) if both_sides(tx, one, second) else None)
    people = two_sides(tx, second.matter).admitted
    for each in of_matters(tx, [second.matter]):
        _end_row(tx, each.incident, by=by, at=at)
        _write(tx, incident.district, _of(one.matter, each.incident, each.side, each.coordinator), by=by, at=at)
    for person, side in people:
        dismiss(tx, second.matter, person, by=by, at=at)
        dismiss(tx, one.matter, person, by=by, at=at)
        row = {"id": clock.new_id(), "district": incident.district, "matter": one.matter, "person": person}
        tx.execute(insert(ADMISSION).values(**row, side=side, entered_by=by, entered_at=at))
    audit.record(tx, at=at, actor=by, action="two sides joined", subject=incident.id)


def both_sides(tx: Tx, one: Kept, other: Kept) -> frozenset[PersonId]:
    """Who would be on both sides if they were one matter."""
    return two_sides(tx, one.matter).joined(two_sides(tx, other.matter)).undecided()


def of_coordinator(tx: Tx, coordinator: PersonId) -> list[Kept]:
    query = select(COMPARTMENT).where(_C.coordinator == coordinator, _C.ended_at.is_(None))
    return [_kept(row) for row in tx.execute(query.order_by(_C.entered_at, _C.id))]


def of_matters(tx: Tx, matters: Collection[str]) -> list[Kept]:
    query = select(COMPARTMENT).where(_C.matter.in_(sorted(matters)), _C.ended_at.is_(None))
    return [_kept(row) for row in tx.execute(query.order_by(_C.entered_at, _C.id))]


def two_sides(tx: Tx, matter: str) -> TwoSides:
    kept = of_matters(tx, [matter])
    seats = {each.incident: each.side for each in kept}
    called = select(INCIDENT_PERSON.c.incident, INCIDENT_PERSON.c.person).where(
        INCIDENT_PERSON.c.incident.in_(list(seats)), INCIDENT_PERSON.c.how == Involvement.CALLED_IN
    )
    broke = select(BREAK_GLASS.c.incident, BREAK_GLASS.c.person).where(BREAK_GLASS.c.incident.in_(list(seats)))
    came = [(PersonId(row.person), seats[row.incident]) for row in tx.execute(called.union(broke))]
    admitted = tx.execute(select(_A.person, _A.side).where(_A.matter == matter, _A.ended_at.is_(None)))
    return TwoSides(
        seats=seats,
        coordinators=frozenset(each.coordinator for each in kept),
        came=tuple(came),
        admitted=tuple((PersonId(row.person), row.side) for row in admitted),
    )


def of_many(tx: Tx, incidents: Collection[Incident]) -> dict[IncidentId, Compartment]:
    """What access asks of each."""
    found = _rows(tx, [each.id for each in incidents], [each.student for each in incidents if each.student])
    if not found:
        return dict.fromkeys((each.id for each in incidents), OPEN)
    matters = {each: two_sides(tx, each) for each in {kept.matter for kept, _ in found}}
    return {each.id: _about(each, found, matters) for each in incidents}


def across(tx: Tx, student: StudentId) -> frozenset[PersonId]:
    """Who is on the other side of a matter of this student: the record is not theirs to keep either."""
    found = [kept for kept, _ in _rows(tx, [], [student])]
    return frozenset[PersonId]().union(*(two_sides(tx, each.matter).across(each.side) for each in found))


def closed_to(tx: Tx, student: StudentId, person: PersonId | None) -> bool:
    """Whether an incident of this student is kept apart, and this person is not on its side."""
    found = [kept for kept, _ in _rows(tx, [], [student])]
    return any(person not in two_sides(tx, each.matter).may_enter(each.side) for each in found)


def ended(tx: Tx, people: Collection[PersonId], since: datetime, until: datetime) -> set[tuple[PersonId, str]]:
    """Whose sight may have ended between the two times, by what was said here, and of which incident."""
    changed = union(
        *(
            select(table.c.matter).where(when > since, when <= until)
            for table in (COMPARTMENT, ADMISSION)
            for when in (table.c.entered_at, table.c.ended_at)
        )
    )
    matters = set(tx.execute(changed).scalars())
    if not matters:
        return set()
    return {(person, each.incident) for each in of_matters(tx, matters) for person in people}


def _about(incident: Incident, found: Iterable[tuple[Kept, str | None]], matters: dict[str, TwoSides]) -> Compartment:
    mine = [
        kept
        for kept, student in found
        if kept.incident == incident.id or (student is not None and student == incident.student)
    ]
    own = next((each for each in mine if each.incident == incident.id), None)
    return Compartment(
        kept=own is not None,
        admitted=frozenset() if own is None else matters[own.matter].may_enter(own.side),
        across=frozenset[PersonId]().union(*(matters[each.matter].across(each.side) for each in mine)),
    )


def _rows(tx: Tx, incidents: Collection[IncidentId], students: Collection[StudentId]) -> list[tuple[Kept, str | None]]:
    """Those of the incidents themselves, and of any other of their students."""
    asked = {"incidents": list(incidents), "students": list(students)}
    return [(_kept(row), row.student) for row in tx.execute(_STANDING, asked)]


def _of(matter: str, incident: IncidentId, side: TitleIxSide, coordinator: PersonId) -> dict[str, str]:
    return {"matter": matter, "incident": incident, "side": side, "coordinator": coordinator}


def _write(tx: Tx, district: DistrictId, row: dict[str, str], *, by: PersonId, at: datetime) -> None:
    tx.execute(insert(COMPARTMENT).values(id=clock.new_id(), district=district, **row, entered_by=by, entered_at=at))


def _end_row(tx: Tx, incident: IncidentId, *, by: PersonId, at: datetime) -> None:
    tx.execute(
        update(COMPARTMENT).where(_C.incident == incident, _C.ended_at.is_(None)).values(ended_by=by, ended_at=at)
    )


def _must_stand(tx: Tx, incident: IncidentId) -> Kept:
    found = standing(tx, incident)
    if found is None:
        raise Refused(Reason("PR-43", "It is not kept apart"))
    return found


def _kept(row: Row[tuple[object, ...]]) -> Kept:
    return Kept(
        incident=IncidentId(row.incident),
        matter=row.matter,
        side=row.side,
        coordinator=PersonId(row.coordinator),
        entered_by=PersonId(row.entered_by),
        entered_at=row.entered_at,
    )
