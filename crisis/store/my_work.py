"""What waits for one person: pages, steps and follow-ups, over all incidents that they may see. No student is named."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis.access_words import Matter, View
from crisis.commands import Actor
from crisis.policy.access import called_in
from crisis.policy.projection import listed
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident, Page
from crisis.store import incidents, involved, partners, people, protocols
from crisis.store.people import SchoolView
from crisis.store.upcoming import NEVER, NextStep, next_steps
from crisis.vocabulary import PageState, PersonId, StepType


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStep:
    """`mine`: it was given to this person, or nobody has it and they lead and may do it. `whose` is who has it."""

    incident: Incident
    protocol: Protocol
    school: SchoolView
    zone: str
    next: NextStep
    mine: bool
    may: bool  # their post lets them do it
    whose: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """One that asks this person, or that they have taken."""

    incident: Incident
    school: SchoolView
    zone: str
    page: Page
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """`position` is where the event log stood. All stand with what is due first."""

    position: int
    pages: tuple[WaitingPage, ...]
    offers: tuple[tuple[Incident, SchoolView], ...]  # a student whom somebody hands over to them, and waits for a yes
    steps: tuple[WaitingStep, ...]
    follow_ups: tuple[WaitingStep, ...]


def of_person(tx: Connection, actor: Actor, at: datetime) -> Work:
    position = incidents.head(tx)
    found = [
        each
        for each in incidents.current(tx, actor.district, closed_since=at, seen=involved.seen_by(actor, at))
        if each.closed_at is None
    ]
    agreed = partners.agreed_with(tx, actor.id, at) if actor.partner else None
    matters = listed(View.PARTNER if actor.partner else View.LOGISTICS, agreed)
    places = {each: (people.school(tx, each), people.ground(tx, each)) for each in {row.school for row in found}}
    names = people.names(tx, frozenset[PersonId]().union(*(called_in(each) for each in found)))
    steps: list[WaitingStep] = []
    for incident in found if Matter.RISK in matters else []:
        protocol, (school, ground) = protocols.by_hash(tx, incident.protocol_hash), places[incident.school]
        for each in next_steps(incident, protocol, ground):
            may = not each.step.roles or bool(actor.roles & set(each.step.roles))
            steps.append(
                WaitingStep(
                    incident=incident,
                    protocol=protocol,
                    school=school,
                    zone=ground.calendar.zone,
                    next=each,
                    mine=is_mine(actor.id, incident, each, may=may),
                    may=may,
                    whose=names.get(each.assigned_to or incident.lead or PersonId("")),
                )
            )
    steps.sort(key=lambda each: each.next.due_at or NEVER)
    return Work(
        position=position,
        pages=tuple(
            WaitingPage(incident=incident, school=places[incident.school][0], zone=zone, page=page, taken=taken)
            for incident in found
            for zone in [places[incident.school][1].calendar.zone]
            for page, taken in _pages(incident, actor.id)
        ),
        offers=tuple((each, places[each.school][0]) for each in found if each.custody_offered_to == actor.id),
        steps=tuple(each for each in steps if each.next.step.type is not StepType.FOLLOW_UP),
        follow_ups=tuple(each for each in steps if each.next.step.type is StepType.FOLLOW_UP),
    )


def is_mine(person: PersonId | None, incident: Incident, each: NextStep, *, may: bool) -> bool:
    if person is None or each.assigned_to is not None:
        return person is not None and each.assigned_to == person
    return may and person in (incident.lead, incident.adult if each.step.custody else None)


def _pages(incident: Incident, person: PersonId | None) -> Iterator[tuple[Page, bool]]:
    for page in incident.pages.values():
        if page.state is PageState.ACCEPTED and page.accepted_by == person:
            yield page, True
        elif page.state in (PageState.PAGING, PageState.EXHAUSTED) and person in page.asked:
            yield page, False
