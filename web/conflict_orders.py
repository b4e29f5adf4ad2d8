"""Entering and ending a conflict of interest: who may is asked here, once for the page and the API."""

from dataclasses import dataclass

from sqlalchemy import Connection

from crisis.access_words import ConflictKind, Sight
from crisis.errors import NotFound, Reason, refuse_if
from crisis.policy import access
from crisis.statemachine.incident import Incident
from crisis.store import audit, conflicts, incidents, people, queries
from crisis.store.conflicts import Conflict
from crisis.vocabulary import IncidentId, PersonId
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """`by_roster` are staff whom the roster calls a relative: nobody has to enter them, nobody ends that here."""

    incident: Incident
    entered: tuple[Conflict, ...]
    by_roster: frozenset[PersonId]
    may_enter: bool


def listed(desk: Desk, incident_id: IncidentId) -> Listed:
    """For whoever sees the whole incident; every look is on record."""
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        entered = tuple(conflicts.of_incident(tx, incident))
        staff = {each.id for each in people.staff(tx, incident.district)}
        concerned = conflicts.people(tx, incident) & staff
        audit.record(tx, at=desk.at, actor=desk.person, action="conflicts viewed", subject=incident_id)
    return Listed(
        incident=incident,
        entered=entered,
        by_roster=concerned - {each.person for each in entered},
        may_enter=access.may_enter_conflict(desk.actor, incident),
    )


def enter(desk: Desk, incident_id: IncidentId, person: PersonId, kind: ConflictKind) -> None:
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        access.must_enter_conflict(desk.actor, incident, person)
        staff = {each.id for each in people.staff(tx, incident.district)}
        unknown = Reason("PERSON", "There is no such member of staff in this district")
        refuse_if(None if person in staff else unknown)
        conflicts.enter(tx, incident, person, kind, by=desk.person, at=desk.at)


def end(desk: Desk, incident_id: IncidentId, conflict: str) -> None:
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        access.must_enter_conflict(desk.actor, incident, None)
        conflicts.end(tx, incident, conflict, by=desk.person, at=desk.at)


def _seen(tx: Connection, desk: Desk, incident_id: IncidentId) -> Incident:
    incident = incidents.load(tx, incident_id)
    if queries.sight_of(tx, desk.actor, incident, desk.at) < Sight.WHOLE:
        raise NotFound
    return incident
