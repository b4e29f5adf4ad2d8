"""Conflicts of interest: staff who are the student's relatives, or whom the report names, see nothing (PR-54).

In force as soon as one person has entered it; another one, who is not concerned, ends what was entered by mistake.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, exists, insert, or_, select, update

from crisis import clock
from crisis.access_words import ConflictKind
from crisis.errors import NotFound, Reason, Refused
from crisis.statemachine.incident import Incident
from crisis.store import audit, compartments
from crisis.store.access_tables import CONFLICT
from crisis.store.people_tables import TIE
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId, PersonId, Relation, StudentId

KIN = frozenset(Relation) - {Relation.CASEWORKER, Relation.OTHER}
_STUDENTS: BindParameter[object] = bindparam("students", expanding=True)
_ENTERED = select(CONFLICT.c.person, CONFLICT.c.student, CONFLICT.c.incident).where(  # built once: each page asks
    CONFLICT.c.ended_at.is_(None),
    or_(CONFLICT.c.incident.in_(bindparam("incidents", expanding=True)), CONFLICT.c.student.in_(_STUDENTS)),
)
_KIN = select(TIE.c.person, TIE.c.student).where(TIE.c.student.in_(_STUDENTS), TIE.c.relation.in_(sorted(KIN)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    id: str
    person: PersonId
    kind: ConflictKind
    entered_by: PersonId
    entered_at: datetime


def enter(
    tx: Connection, incident: Incident, person: PersonId, kind: ConflictKind, *, by: PersonId, at: datetime
) -> str:
    """At once, whatever they hold in the incident. Raises `Refused` where the student must be known first."""
    if kind is ConflictKind.RELATED and incident.student is None:
        raise Refused(Reason("PR-54", "Say first which student it is about"))
    if any(each.person == person and each.kind is kind for each in of_incident(tx, incident)):
        raise Refused(Reason("PR-54", "This was entered before"))
    new, related = clock.new_id(), kind is ConflictKind.RELATED
    place = {"student": incident.student if related else None, "incident": None if related else incident.id}
    who = {"person": person, "kind": kind, "entered_by": by, "entered_at": at}
    tx.execute(insert(CONFLICT).values(id=new, district=incident.district, **place, **who))
    audit.record(tx, at=at, actor=by, action="conflict of interest entered", subject=new)
    return new


def of_opening(tx: Connection, incident: Incident, named: Collection[PersonId], *, by: PersonId, at: datetime) -> None:
    """Whom the report names, in the transaction that opens the incident: there is no second in which they see it."""
    for person in dict.fromkeys(named):
        enter(tx, incident, person, ConflictKind.NAMED, by=by, at=at)


def end(tx: Connection, incident: Incident, conflict: str, *, by: PersonId, at: datetime) -> None:
    """Raises `NotFound` for one that does not concern this incident, `Refused` for whoever entered it."""
    found = next((each for each in of_incident(tx, incident) if each.id == conflict), None)
    if found is None:
        raise NotFound
    if by in (found.entered_by, found.person):
        raise Refused(Reason("PR-54", "Somebody else than who entered it has to end it"))
    tx.execute(update(CONFLICT).where(CONFLICT.c.id == conflict).values(ended_by=by, ended_at=at))
    audit.record(tx, at=at, actor=by, action="conflict of interest ended", subject=conflict)


def of_incident(tx: Connection, incident: Incident) -> list[Conflict]:
    """Those that somebody entered and nobody ended, the oldest first."""
    mine = or_(CONFLICT.c.incident == incident.id, CONFLICT.c.student == incident.student)
    query = select(CONFLICT).where(mine, CONFLICT.c.ended_at.is_(None))
    return [
        Conflict(id=row.id, person=row.person, kind=row.kind, entered_by=row.entered_by, entered_at=row.entered_at)
        for row in tx.execute(query.order_by(CONFLICT.c.entered_at, CONFLICT.c.id))
    ]


def names_somebody(tx: Connection, incident: Incident) -> bool:
    """Whether somebody of the staff is kept out because the report names them."""
    query = select(CONFLICT.c.id).where(CONFLICT.c.incident == incident.id, CONFLICT.c.ended_at.is_(None))
    return tx.execute(query.limit(1)).first() is not None


def people(tx: Connection, incident: Incident) -> frozenset[PersonId]:
    """Everybody who must see nothing of it: who was entered, kin by the roster, and the other side of a matter."""
    return concerned(tx, [incident])[incident.id] | compartments.of_many(tx, [incident])[incident.id].across


def concerned(tx: Connection, incidents: Collection[Incident]) -> dict[IncidentId, frozenset[PersonId]]:
    students = {each.student for each in incidents if each.student is not None}
    asked = {"incidents": [each.id for each in incidents], "students": list(students)}
    found = [(row.person, row.student, row.incident) for row in tx.execute(_ENTERED, asked)]
    found += [(person, student, None) for person, student in _kin(tx, students)]
    return {
        each.id: frozenset(
            PersonId(person)
            for person, student, incident in found
            if incident == each.id or (student is not None and student == each.student)
        )
        for each in incidents
    }


def related(tx: Connection, student: StudentId) -> frozenset[PersonId]:
    """Who is related to a student, or across from them: their record is not for them to keep, whatever their post."""
    entered = select(CONFLICT.c.person).where(CONFLICT.c.student == student, CONFLICT.c.ended_at.is_(None))
    kin = (person for person, _ in _kin(tx, [student]))
    here = frozenset(PersonId(each) for each in (*tx.execute(entered).scalars(), *kin))
    return here | compartments.across(tx, student)


def _kin(tx: Connection, students: Collection[StudentId]) -> list[tuple[str, str]]:
    if not students:
        return []
    return [(row.person, row.student) for row in tx.execute(_KIN, {"students": list(students)})]


def of_person(person: PersonId) -> ColumnElement[bool]:
    """The same, of the rows of incidents that a list reads."""
    entered = select(CONFLICT.c.id).where(
        CONFLICT.c.person == person,
        CONFLICT.c.ended_at.is_(None),
        or_(CONFLICT.c.incident == INCIDENT.c.id, CONFLICT.c.student == INCIDENT.c.student),
    )
    kin = select(TIE.c.student).where(
        TIE.c.person == person, TIE.c.student == INCIDENT.c.student, TIE.c.relation.in_(KIN)
    )
    return or_(exists(entered.correlate(INCIDENT)), exists(kin.correlate(INCIDENT)))


def entered(people: Collection[PersonId], since: datetime, until: datetime) -> Select[tuple[str, str]]:
    """For whom one was entered between the two times, with each incident that it is about."""
    mine = or_(CONFLICT.c.incident == INCIDENT.c.id, CONFLICT.c.student == INCIDENT.c.student)
    query = select(CONFLICT.c.person, INCIDENT.c.id.label("incident")).join(INCIDENT, mine)
    return query.where(CONFLICT.c.person.in_(people), CONFLICT.c.entered_at > since, CONFLICT.c.entered_at <= until)
