"""What somebody sees who sees a part of an incident: that what they raised is handled, or the page they were asked by.

Never who, what or how far: no student, no step, no name of anybody (`privacy-and-culture.md` 3.2, 3.3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, not_

from crisis.access_words import Handling, NeedToKnow, PageStanding, Sight
from crisis.commands import Actor
from crisis.errors import NotFound
from crisis.policy.sight import needs, sight
from crisis.statemachine.incident import Incident, Page
from crisis.store import incidents, involved, people
from crisis.store.people import SchoolView
from crisis.vocabulary import Custody, IncidentId, Mode, PageId, PageState, PersonId, ProtocolHash, Role, Urgency

WITH_ADULT = (Custody.HELD, Custody.OFFERED, Custody.RELEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """A page as the text about it said it, and how it stands for the one who was asked."""

    id: PageId
    role: Role
    urgency: Urgency
    asked_at: datetime
    standing: PageStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """`crisis_type` is there only for whoever raised it, who said so themselves."""

    id: IncidentId
    seq: int
    mode: Mode
    school: SchoolView
    opened_at: datetime
    handling: Handling
    crisis_type: str | None
    protocol_hash: ProtocolHash | None
    pages: tuple[PageAsked, ...]


def of_incident(tx: Connection, actor: Actor, incident_id: IncidentId, at: datetime) -> PartView:
    """Raises `NotFound` also for an incident that is not this person's to know of."""
    incident = incidents.load(tx, incident_id)
    if sight(actor, involved.about_of(tx, incident), at) is Sight.NOTHING:
        raise NotFound
    return _view(tx, actor, incident, at)


def mine(tx: Connection, actor: Actor, at: datetime) -> list[PartView]:
    """Of those of which this person sees a part and no more: what is open, and what was closed today."""
    part = and_(involved.seen_by(actor, at, Sight.STATUS), not_(involved.seen_by(actor, at, Sight.WHOLE)))
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    found = incidents.current(tx, actor.district, closed_since=today, seen=part)
    return [_view(tx, actor, each, at) for each in found]


def pages_waiting(tx: Connection, actor: Actor, at: datetime) -> list[tuple[IncidentId, PageAsked]]:
    """Pages to this person that wait for their answer, what came first stands first."""
    found = incidents.current(
        tx, actor.district, seen=and_(involved.seen_by(actor, at, Sight.PAGE), involved.was_asked(actor.id))
    )
    waiting = [
        (each.id, page)
        for each in found
        for page in _pages(each, actor.id)
        if page.standing is PageStanding.OPEN and actor.id not in each.pages[page.id].standing_by
    ]
    return sorted(waiting, key=lambda each: each[1].asked_at)


def _view(tx: Connection, actor: Actor, incident: Incident, at: datetime) -> PartView:
    why = needs(actor, involved.about_of(tx, incident), at)
    raised = NeedToKnow.REPORTED in why
    return PartView(
        id=incident.id,
        seq=incident.seq,
        mode=incident.mode,
        school=people.school(tx, incident.school),
        opened_at=incident.opened_at,
        handling=_handling(incident),
        crisis_type=incident.crisis_type if raised else None,
        protocol_hash=incident.protocol_hash if raised else None,
        pages=tuple(_pages(incident, actor.id)) if NeedToKnow.PAGED in why else (),
    )


def _handling(incident: Incident) -> Handling:
    if incident.closed_at is not None:
        return Handling.ENDED
    taken = any(page.state is PageState.ACCEPTED for page in incident.pages.values())
    handled = taken or incident.lead is not None or incident.custody in WITH_ADULT
    return Handling.HANDLED if handled else Handling.RECEIVED


def _pages(incident: Incident, person: PersonId | None) -> Iterator[PageAsked]:
    for page in incident.pages.values():
        if person in (*page.asked, page.offered_to):
            yield PageAsked(
                id=page.id,
                role=page.role,
                urgency=page.urgency,
                asked_at=page.requested_at,
                standing=_standing(page, person),
            )


def _standing(page: Page, person: PersonId | None) -> PageStanding:
    if page.offered_to == person and page.state is PageState.ACCEPTED:
        return PageStanding.OPEN
    if page.state in (PageState.PAGING, PageState.EXHAUSTED):
        return PageStanding.DECLINED if person in page.declined else PageStanding.OPEN
    return PageStanding.TAKEN if page.state is PageState.ACCEPTED else PageStanding.ENDED
