"""Reading one incident: only who may, and on record (the answer to somebody else is that there is none)."""

from dataclasses import dataclass

from crisis.errors import NotFound
from crisis.policy import access
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident
from crisis.store import audit, incidents, protocols
from crisis.vocabulary import IncidentId
from web.deps import Desk


@dataclass(frozen=True, slots=True)
class Read:
    incident: Incident
    protocol: Protocol


def seen_by(desk: Desk, incident_id: IncidentId, action: str) -> Read:
    """Fails closed: what cannot be put on record is not shown."""
    with desk.store.write() as tx:
        incident = incidents.load(tx, incident_id)
        if not access.may_see(desk.actor, incident.district, incident.school, access.involved(incident)):
            raise NotFound
        protocol = protocols.by_hash(tx, incident.protocol_hash)
        audit.record(tx, at=desk.at, actor=desk.person, action=action, subject=incident_id, detail={"seq": incident.seq})
    return Read(incident, protocol)
