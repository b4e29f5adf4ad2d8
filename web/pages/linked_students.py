"""Of the students who got an incident of their own here, those whose incidents this person may see."""

from crisis.policy import access
from crisis.statemachine.incident import Incident
from crisis.store import people, queries
from crisis.vocabulary import StudentId
from web.deps import Desk


def students_seen(desk: Desk, incident: Incident) -> frozenset[StudentId]:
    """That a name is among them says who was threatened: it is told to whoever sees both sides, and to nobody else."""
    with desk.store.read() as tx:
        rows, _hidden = queries.linked_rows(tx, desk.actor, incident, desk.at)
    return frozenset(row.incident.student for row in rows if row.incident.student is not None)


def schools_to_look_in(desk: Desk, incident: Incident) -> list[tuple[str, str]]:
    """The incident's own first, then those of the district whose records this person keeps as well."""
    with desk.store.read() as tx:
        every = people.schools(tx, incident.district)
    own = [each for each in every if each.id == incident.school]
    others = [each for each in every if each.id != incident.school]
    kept = [each for each in others if access.may_keep_record(desk.actor, incident.district, each.id)]
    return [(str(each.id), each.name) for each in (*own, *kept)]
