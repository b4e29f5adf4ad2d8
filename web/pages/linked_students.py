"""Of the students who got an incident of their own here, those whose incidents this person may see."""

from crisis.statemachine.incident import Incident
from crisis.store import queries
from crisis.vocabulary import StudentId
from web.deps import Desk


def students_seen(desk: Desk, incident: Incident) -> frozenset[StudentId]:
    """That a name is among them says who was threatened: it is told to whoever sees both sides, and to nobody else."""
    with desk.store.read() as tx:
        rows, _hidden = queries.linked_rows(tx, desk.actor, incident, desk.at)
    return frozenset(row.incident.student for row in rows if row.incident.student is not None)
