"""Reading one incident: only who may, and on record (the answer to somebody else is that there is none)."""

from sqlalchemy import Connection

from crisis.store import audit, outflows, queries
from crisis.store.disclosures import About, Happened
from crisis.store.queries import IncidentView
from crisis.vocabulary import IncidentId, Mode, StudentId
from web.deps import Desk


def seen_by(desk: Desk, incident_id: IncidentId, action: str) -> IncidentView:
    """Fails closed: what cannot be put on record is not shown."""
    with desk.store.read() as tx:
        view = queries.incident_view(tx, desk.store.keys, desk.actor, incident_id, desk.at)
    with desk.store.write() as tx:
        detail = {"seq": view.incident.seq}
        audit.record(tx, at=desk.at, actor=desk.person, action=action, subject=incident_id, detail=detail)
    return view


def sent_of(desk: Desk, incident_id: IncidentId, action: str, sent: str) -> IncidentView:
    """The same for a program, to which it leaves: in the ledger as well. `sent` is a code of what is answered."""
    with desk.store.read() as tx:
        view = queries.incident_view(tx, desk.store.keys, desk.actor, incident_id, desk.at)
    incident, detail = view.incident, {"seq": view.incident.seq}
    with desk.store.write() as tx:
        if incident.mode is Mode.DRILL:
            audit.record(tx, at=desk.at, actor=desk.person, action=action, subject=incident_id, detail=detail)
        else:
            happened = Happened(at=desk.at, by=desk.person, action=action, subject=incident_id, detail=detail)
            whose = outflows.about(incident)
            outflows.to_program(tx, desk.store.keys, whose, frozenset({sent}), desk.actor, happened=happened)
    return view


def sent_of_student(tx: Connection, desk: Desk, student: StudentId, action: str, *, sent: str) -> None:
    """The same of a student's record, in the transaction that reads it."""
    whose = About(district=desk.actor.district, student=student)
    happened = Happened(at=desk.at, by=desk.person, action=action, subject=student)
    outflows.to_program(tx, desk.store.keys, whose, frozenset({sent}), desk.actor, happened=happened)
