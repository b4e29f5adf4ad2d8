"""That two incidents are linked tells somebody on one side of a Title IX matter of the other: there it is left out."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from crisis.commands import Actor
from crisis.events import IncidentLinked, IncidentOpened
from crisis.statemachine.incident import Incident
from crisis.store import codec, compartments
from crisis.store.incidents import StoredEvent
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId


def without_across(
    tx: Connection, actor: Actor, incident: Incident, log: Sequence[StoredEvent]
) -> tuple[Incident, Sequence[StoredEvent]]:
    """The incident and its log without links to incidents from which this person is kept apart (PR-43)."""
    hidden = _across(tx, actor, {*incident.links, *([incident.linked_to] if incident.linked_to else [])})
    if not hidden:
        return incident, log
    links = tuple(each for each in incident.links if each not in hidden)
    linked_to = None if incident.linked_to in hidden else incident.linked_to
    return replace(incident, links=links, linked_to=linked_to), [
        _unlinked(each, hidden)
        for each in log
        if not (isinstance(each.event, IncidentLinked) and each.event.other in hidden)
    ]


def _across(tx: Connection, actor: Actor, others: set[IncidentId]) -> set[IncidentId]:
    if not others:
        return set()
    states = tx.execute(select(INCIDENT.c.state).where(INCIDENT.c.id.in_(sorted(others)))).scalars()
    found = compartments.of_many(tx, [codec.incident_from_text(each) for each in states])
    return {incident for incident, compartment in found.items() if actor.id in compartment.across}


def _unlinked(stored: StoredEvent, hidden: set[IncidentId]) -> StoredEvent:
    event = stored.event
    if isinstance(event, IncidentOpened) and event.linked_to in hidden:
        return replace(stored, event=replace(event, linked_to=None))
    return stored
