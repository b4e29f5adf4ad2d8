"""The names that may not stand in what is written about how an incident went: student, family and staff."""

from sqlalchemy import Connection

from crisis.policy.access import called_in
from crisis.statemachine.incident import Incident
from crisis.store import incidents, names, people
from crisis.store.sealed import KeyRing
from crisis.vocabulary import StudentId


def names_in(tx: Connection, keys: KeyRing, incident: Incident) -> frozenset[str]:
    """Of everybody whom the incident names or who recorded something in it, and of all who work at its school."""
    wrote = {stored.event.by for stored in incidents.events_of(tx, incident.id) if stored.event.by is not None}
    staff = {*people.names(tx, called_in(incident) | wrote).values()}
    staff |= {each.name for each in people.staff(tx, incident.district, incident.school)}
    family = frozenset[str]() if incident.student is None else _of_record(tx, keys, incident.student)
    return family | staff


def _of_record(tx: Connection, keys: KeyRing, student: StudentId) -> frozenset[str]:
    known = people.student(tx, student)
    used = {each.use.name for each in names.of_student(tx, keys, student) if each.use is not None}
    adults = {each.name for each in people.contacts_of(tx, student)}
    return frozenset(name for name in {known.name, known.goes_by, *used, *adults} if name)
