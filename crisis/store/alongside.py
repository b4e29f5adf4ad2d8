"""What the other open incidents of a student say to whoever works in one: who is with the student, whom they called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from crisis.access_words import Matter
from crisis.commands import Actor
from crisis.events import ContactAttempted, ScreenRecorded
from crisis.policy.projection import listed, view_of
from crisis.protocols.schema import Text
from crisis.statemachine.ground import Talk
from crisis.statemachine.incident import Incident
from crisis.store import codec, incidents, involved, people, protocols, same_student
from crisis.store.incidents import StoredEvent
from crisis.store.tables import INCIDENT
from crisis.vocabulary import ContactMethod, ContactOutcome, Custody, IncidentId, PersonId, ScreenResult, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    at: datetime
    by: PersonId | None
    contact: PersonId | None
    method: ContactMethod
    outcome: ContactOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Alongside:
    """`tried` are the attempts of today, `screen` is today's; each only where the reader's view there lists it."""

    id: IncidentId
    kind: Text
    custody: Custody
    adult: PersonId | None
    tier: Tier | None
    tried: tuple[Tried, ...]
    talk: Talk | None
    screen: ScreenResult | None
    screened_at: datetime | None


def of_incident(tx: Connection, actor: Actor, incident: Incident, at: datetime) -> tuple[Alongside, ...]:
    """Those that this person sees whole, the oldest first; nothing for whoever works for an agency."""
    if incident.student is None or incident.closed_at is not None or actor.partner:
        return ()
    others = (INCIDENT.c.student == incident.student, INCIDENT.c.closed_at.is_(None), INCIDENT.c.id != incident.id)
    query = select(INCIDENT.c.state).where(*others, involved.seen_by(actor, at)).order_by(INCIDENT.c.opened_at)
    found = [codec.incident_from_text(each) for each in tx.execute(query).scalars().all()]
    return tuple(_told(tx, actor, each, at) for each in found)


def _told(tx: Connection, actor: Actor, other: Incident, at: datetime) -> Alongside:
    matters = listed(view_of(actor, involved.about_of(tx, other), other.lead, at))
    log = incidents.events_of(tx, other.id)
    today = [each for each in log if _same_day(each.event.at, at, ZoneInfo(people.school(tx, other.school).zone))]
    family = Matter.FAMILY in matters
    screen = _screen(today) if Matter.CARE in matters else None
    return Alongside(
        id=other.id,
        kind=protocols.by_hash(tx, other.protocol_hash).crisis_types[other.crisis_type],
        custody=other.custody,
        adult=other.adult,
        tier=other.effective_tier if Matter.RISK in matters else None,
        tried=tuple(_tried(today)) if family else (),
        talk=same_student.talk_of(log) if family else None,
        screen=None if screen is None else screen.result,
        screened_at=None if screen is None else screen.at,
    )


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _tried(today: Sequence[StoredEvent]) -> list[Tried]:
    """The latest first: whoever is about to dial sees it at the top."""
    calls = [each.event for each in today if isinstance(each.event, ContactAttempted)]
    return [
        Tried(at=each.at, by=each.by, contact=each.contact, method=each.method, outcome=each.outcome)
        for each in reversed(calls)
    ]


def _screen(today: Sequence[StoredEvent]) -> ScreenRecorded | None:
    found = [each.event for each in today if isinstance(each.event, ScreenRecorded)]
    return found[-1] if found else None
