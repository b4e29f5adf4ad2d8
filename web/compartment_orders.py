"""Keeping an incident apart as one side of a Title IX matter: who may is asked here, once for the page and the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from crisis.access_words import Sight, TitleIxSide
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy import access
from crisis.policy.compartments import may_keep
from crisis.statemachine.incident import Incident
from crisis.store import audit, compartments, incidents, people, queries
from crisis.store.compartments import Kept
from crisis.vocabulary import IncidentId, PersonId
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`others`: what its coordinator also keeps apart and has not joined, with who works on both."""

    incident: Incident
    kept: Kept | None
    on_side: frozenset[PersonId] = frozenset()
    joined: tuple[Kept, ...] = ()
    others: Mapping[IncidentId, frozenset[PersonId]]
    may_enter: bool
    may_keep: bool


def seen(desk: Desk, incident_id: IncidentId) -> Seen:
    """For whoever sees the whole incident; every look is on record. The other side is its coordinator's to see."""
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        audit.record(tx, at=desk.at, actor=desk.person, action="compartment viewed", subject=incident_id)
        kept = compartments.standing(tx, incident_id)
        if kept is None:
            return Seen(
                incident=incident,
                kept=None,
                others={},
                may_enter=access.may_enter_conflict(desk.actor, incident),
                may_keep=False,
            )
        coordinates = desk.person == kept.coordinator
        mine = compartments.of_coordinator(tx, desk.person) if coordinates else []
        return Seen(
            incident=incident,
            kept=kept,
            on_side=compartments.two_sides(tx, kept.matter).on(kept.side),
            joined=tuple(x for x in mine if x.matter == kept.matter and x.incident != incident_id),
            others={x.incident: compartments.both_sides(tx, kept, x) for x in mine if x.matter != kept.matter},
            may_enter=False,
            may_keep=may_keep(desk.actor, kept.coordinator),
        )


def enter(desk: Desk, incident_id: IncidentId, side: TitleIxSide, coordinator: PersonId) -> None:
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        if not access.may_enter_conflict(desk.actor, incident):
            text = "The lead, a principal of the school, the district crisis lead and the privacy officer enter this"
            raise Refused(Reason("ACCESS", text))
        _must_be_staff(tx, incident, coordinator)
        compartments.enter(tx, incident, side, coordinator, by=desk.person, at=desk.at)


def admit(desk: Desk, incident_id: IncidentId, person: PersonId) -> None:
    with desk.store.write() as tx:
        incident = _kept(tx, desk, incident_id)
        _must_be_staff(tx, incident, person)
        compartments.admit(tx, incident, person, by=desk.person, at=desk.at)


def join(desk: Desk, incident_id: IncidentId, other: IncidentId) -> None:
    """Only where this person coordinates both: nobody else is told that there is a second one."""
    with desk.store.write() as tx:
        incident = _kept(tx, desk, incident_id)
        if other not in {each.incident for each in compartments.of_coordinator(tx, desk.person)}:
            raise NotFound
        compartments.join(tx, incident, other, by=desk.person, at=desk.at)


def end(desk: Desk, incident_id: IncidentId) -> None:
    desk.must_be_fresh()
    with desk.store.write() as tx:
        compartments.end(tx, _kept(tx, desk, incident_id), by=desk.person, at=desk.at)


def _seen(tx: Connection, desk: Desk, incident_id: IncidentId) -> Incident:
    incident = incidents.load(tx, incident_id)
    if queries.sight_of(tx, desk.actor, incident, desk.at) < Sight.WHOLE:
        raise NotFound
    return incident


def _kept(tx: Connection, desk: Desk, incident_id: IncidentId) -> Incident:
    incident = _seen(tx, desk, incident_id)
    kept = compartments.standing(tx, incident_id)
    if kept is None or not may_keep(desk.actor, kept.coordinator):
        text = "The Title IX coordinator of an incident that is kept apart does this, or the privacy officer"
        raise Refused(Reason("ACCESS", text))
    return incident


def _must_be_staff(tx: Connection, incident: Incident, person: PersonId) -> None:
    staff = {each.id for each in people.staff(tx, incident.district)}
    unknown = Reason("PERSON", "There is no such member of staff in this district")
    refuse_if(None if person in staff else unknown)
