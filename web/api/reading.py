"""Reading one incident: only who may, and on record (the answer to somebody else is that there is none)."""

from sqlalchemy import Connection

from crisis.access_words import Matter
from crisis.errors import NotFound
from crisis.store import audit, outflows, partial, queries
from crisis.store.disclosures import About, Happened
from crisis.store.partial import PartView
from crisis.store.queries import IncidentView
from crisis.vocabulary import IncidentId, Mode, StudentId
from web.deps import Desk

NOTHING = frozenset[Matter]()


def seen_by(desk: Desk, incident_id: IncidentId, action: str, needs: frozenset[Matter] = NOTHING) -> IncidentView:
    """One transaction for the look and its record: what cannot be put on record is not shown (PR-58).

    `needs`: what is about these matters is not there for whose view does not list them.
    """
    with desk.store.write() as tx:
        view = _view(tx, desk, incident_id, needs)
        detail = {"seq": view.incident.seq} | ({} if view.glass_until is None else {"by": "break-glass"})
        audit.record(tx, at=desk.at, actor=desk.person, action=action, subject=incident_id, detail=detail)
    return view


def _view(tx: Connection, desk: Desk, incident_id: IncidentId, needs: frozenset[Matter]) -> IncidentView:
    view = queries.incident_view(tx, desk.store.keys, desk.actor, incident_id, desk.at)
    if not needs <= view.matters:
        raise NotFound
    return view


def sent_of(
    desk: Desk, incident_id: IncidentId, action: str, sent: str, needs: frozenset[Matter] = NOTHING
) -> IncidentView:
    """The same for a program, to which it leaves: in the ledger as well. `sent` is a code of what is answered."""
    with desk.store.write() as tx:
        view = _view(tx, desk, incident_id, needs)
        incident, detail = view.incident, {"seq": view.incident.seq}
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


def seen_in_part(desk: Desk, incident_id: IncidentId) -> PartView:
    """On record with the look itself. Raises `NotFound` also for what is not this person's to know of."""
    with desk.store.write() as tx:
        view = partial.of_incident(tx, desk.actor, incident_id, desk.at)
        audit.record(tx, at=desk.at, actor=desk.person, action="status viewed", subject=incident_id)
    return view
