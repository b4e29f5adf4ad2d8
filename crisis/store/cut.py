"""As whom somebody sees an incident at this moment, and what of its log that view holds; asked wherever one is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crisis.access_words import Matter, Sight, View
from crisis.commands import Actor
from crisis.errors import Change
from crisis.policy import matters as policy
from crisis.policy.projection import listed, view_of
from crisis.policy.sight import About, sight
from crisis.statemachine.incident import Incident
from crisis.store import incidents, partners
from crisis.store.incidents import StoredEvent


def view(
    tx: Connection, actor: Actor, about: About, incident: Incident, at: datetime
) -> tuple[View, frozenset[Matter]]:
    """For whoever may read the incident, which `sight` says."""
    as_whom = view_of(actor, about, incident.lead, at)
    return as_whom, listed(as_whom, partners.agreed_with(tx, actor.id, at) if actor.partner else None)


def told(log: Sequence[StoredEvent], matters: frozenset[Matter]) -> tuple[tuple[StoredEvent, ...], frozenset[int]]:
    """The events of the view; who raised it is taken out of the first ones where the view does not list it (PR-41)."""
    events = tuple(stored for stored in log if policy.told(stored.event, matters))
    if Matter.REPORTER in matters:
        return events, frozenset()
    first = log[0].event if log else None
    untold = frozenset(
        each.seq for each in events if first is not None and (each.event.by, each.event.at) == (first.by, first.at)
    )
    hidden = (replace(each, event=replace(each.event, by=None)) if each.seq in untold else each for each in events)
    return tuple(hidden), untold


def changes(
    tx: Connection, actor: Actor, about: About, incident: Incident, found: Sequence[Change], *, at: datetime
) -> list[Change]:
    """What a conflict tells somebody: that something changed, and what and by whom as far as their view goes."""
    may_read = sight(actor, about, at) >= Sight.READ
    matters = view(tx, actor, about, incident, at)[1] if may_read else frozenset[Matter]()
    shown = {stored.seq: stored.event.by for stored in told(incidents.events_of(tx, incident.id), matters)[0]}
    return [
        replace(each, by=shown[each.seq]) if each.seq in shown else Change(seq=each.seq, event=None, by=None)
        for each in found
    ]
