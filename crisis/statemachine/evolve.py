"""evolve: `(Incident, Event) -> Incident`. One function an event; `fold` of the log is the state."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from crisis import events as ev
from crisis.statemachine import (
    beside,
    briefing,
    by_record,
    drill,
    fold_family,
    fold_page,
    fold_referral,
    fold_response,
    fold_student,
    notice,
    return_news,
    spawning,
    watching,
)
from crisis.statemachine.folding import folded
from crisis.statemachine.incident import Incident
from crisis.vocabulary import Beside, Tier

# Importing them registers the folds.
FOLDS = (
    fold_student,
    fold_response,
    fold_page,
    fold_referral,
    fold_family,
    beside,
    briefing,
    by_record,
    drill,
    return_news,
    notice,
    spawning,
    watching,
)
_ACUTE_FROM = Tier.HIGH.rank


def evolve(incident: Incident, event: ev.Event) -> Incident:
    """The incident after one event; its version counts the event."""
    return _grown(replace(folded(event, incident), seq=incident.seq + 1), event)


def begin(event: ev.IncidentOpened) -> Incident:
    """The incident as its first event left it."""
    return Incident(
        id=event.incident,
        district=event.district,
        school=event.school,
        mode=event.mode,
        crisis_type=event.crisis_type,
        protocol=event.protocol,
        version=event.version,
        protocol_hash=event.protocol_hash,
        student=event.student,
        opened_at=event.at,
        opened_by=event.by,
        linked_to=event.linked_to,
        custody_gap=event.beside in (Beside.NOBODY, Beside.UNKNOWN),
    )


def fold(log: Iterable[ev.Event]) -> Incident:
    """The state that a whole log stands for; its first event is the opening."""
    events = iter(log)
    first = next(events)
    if not isinstance(first, ev.IncidentOpened):
        raise TypeError("a log begins with IncidentOpened")
    return reduce(evolve, events, begin(first))


def _grown(incident: Incident, event: ev.Event) -> Incident:
    """What only ever grows: the highest tier, and the first moment of acute danger."""
    tier = incident.effective_tier
    if tier is None:
        return incident
    if incident.peak is None or tier.rank > incident.peak.rank:
        incident = replace(incident, peak=tier)
    if incident.acute_at is None and tier.rank >= _ACUTE_FROM:
        incident = replace(incident, acute_at=event.at)
    return incident
