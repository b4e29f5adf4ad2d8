"""Sealing a closed incident, and saying that it was unfounded or entered in error: who may is asked here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crisis.access_words import IncidentMark, Matter, Sight
from crisis.errors import NotFound
from crisis.policy import access
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident
from crisis.store import audit, cut, incidents, involved, marks, people, protocols, queries
from crisis.store.marks import Mark
from crisis.vocabulary import IncidentId, PersonId
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """`may` are those that this person may make, and end; `reasons` whether they are told why each was made."""

    incident: Incident
    protocol: Protocol
    zone: str
    marks: Sequence[Mark]
    may: Sequence[IncidentMark]
    reasons: bool
    names: Mapping[PersonId, str]


def marked(desk: Desk, incident_id: IncidentId) -> Marked:
    """For whoever sees the whole incident; on record."""
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        found = marks.of_incident(tx, desk.store.keys, incident_id)
        may = [kind for kind in IncidentMark if access.may_mark(desk.actor, incident, kind)]
        _, matters = cut.view(tx, desk.actor, involved.about_of(tx, incident), incident, desk.at)
        audit.record(tx, at=desk.at, actor=desk.person, action="marks viewed", subject=incident_id)
        return Marked(
            incident=incident,
            protocol=protocols.by_hash(tx, incident.protocol_hash),
            zone=people.school(tx, incident.school).zone,
            marks=found,
            may=may,
            reasons=bool(may) or Matter.NOTES in matters,
            names=people.names(tx, {each.made_by for each in found}),
        )


def make(desk: Desk, incident_id: IncidentId, kind: IncidentMark, why: str) -> str:
    """The id of the mark, by which it is taken back."""
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        access.must_mark(desk.actor, incident, kind)
        return marks.make(tx, desk.store.keys, incident, kind, why, by=desk.person, at=desk.at)


def end(desk: Desk, incident_id: IncidentId, mark: str) -> None:
    """More people see it again: that wants somebody who has just shown who they are (PR-61)."""
    with desk.store.write() as tx:
        incident = _seen(tx, desk, incident_id)
        access.must_mark(desk.actor, incident, IncidentMark.UNFOUNDED)  # whoever seals may say this as well
        desk.must_be_fresh()
        standing = {each.id: each.kind for each in marks.of_incident(tx, desk.store.keys, incident_id)}
        if mark not in standing:
            raise NotFound
        access.must_mark(desk.actor, incident, standing[mark])
        marks.end(tx, incident, mark, by=desk.person, at=desk.at)


def sees(desk: Desk, incident_id: IncidentId) -> bool:
    """Whether there is still something here for this person, after what they have said of it."""
    with desk.store.read() as tx:
        return queries.sight_of(tx, desk.actor, incidents.load(tx, incident_id), desk.at) >= Sight.WHOLE


def _seen(tx: Connection, desk: Desk, incident_id: IncidentId) -> Incident:
    incident = incidents.load(tx, incident_id, lock=True)
    if queries.sight_of(tx, desk.actor, incident, desk.at) < Sight.WHOLE:
        raise NotFound
    return incident
