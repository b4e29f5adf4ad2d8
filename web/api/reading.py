"""Reading one incident: only who may, and on record (the answer to somebody else is that there is none)."""

from crisis.store import audit, queries
from crisis.store.queries import IncidentView
from crisis.vocabulary import IncidentId
from web.deps import Desk


def seen_by(desk: Desk, incident_id: IncidentId, action: str) -> IncidentView:
    """Fails closed: what cannot be put on record is not shown."""
    with desk.store.read() as tx:
        view = queries.incident_view(tx, desk.store.keys, desk.actor, incident_id, desk.at)
    with desk.store.write() as tx:
        detail = {"seq": view.incident.seq}
        audit.record(tx, at=desk.at, actor=desk.person, action=action, subject=incident_id, detail=detail)
    return view
