"""Reads the log of one incident for the look back at it. Whether somebody may is asked before (`web.api.reading`)."""

from datetime import datetime

from sqlalchemy import Connection

from crisis.protocols.schema import Protocol
from crisis.review.review import Review, review
from crisis.statemachine.evolve import fold
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.store import incidents
from crisis.vocabulary import IncidentId


def of_incident(tx: Connection, incident: IncidentId, protocol: Protocol, ground: Ground, at: datetime) -> Review:
    """By the protocol that it began with and the school's calendar as it is today."""
    log = [stored.event for stored in incidents.events_of(tx, incident)]
    return review(log, protocol, ground, at)


def until(tx: Connection, incident: IncidentId, seq: int) -> Incident:
    """As it was right after that entry of its log. `seq` counts from 1 and is no more than there are."""
    return fold(stored.event for stored in incidents.events_of(tx, incident) if stored.seq <= seq)
