"""What a person's yes or no to a page becomes: one command from their phone, and a true sentence about the outcome."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from crisis.commands import ActorKind, Command
from crisis.errors import NotFound, Refused
from crisis.notify.wording import Subject
from crisis.page_commands import AcceptPage, DeclinePage
from crisis.statemachine.incident import Page
from crisis.store import incidents, people
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, PageId, PageState, PersonId

Choice = Literal["accept", "decline"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers which page."""

    incident: IncidentId
    page: PageId
    person: PersonId


@dataclass(frozen=True, slots=True)
class Answered:
    """`news`: something has changed, so the outbox confirms it to the phone."""

    subject: Subject
    news: bool


def answered(store: Store, asked: Asked, choice: Choice, minutes: int | None, at: datetime) -> Answered:
    """Commit first, then confirm: the sentence is what the state says afterwards (F39 to F42)."""
    try:
        command = _command(store, asked, choice, minutes)
        before = _seq(store, asked)
        after = submit(store, asked.incident, command, at=at).incident
    except (Refused, NotFound):
        return Answered(_standing(store, asked), news=False)
    return Answered(_subject(after.pages[asked.page], asked.person, choice), news=after.seq > before)


def _command(store: Store, asked: Asked, choice: Choice, minutes: int | None) -> Command:
    with store.read() as tx:
        actor = replace(people.actor(tx, asked.person), kind=ActorKind.PHONE)
    if choice == "accept":
        return AcceptPage(by=actor, page=asked.page, eta_minutes=minutes)
    return DeclinePage(by=actor, page=asked.page)


def _seq(store: Store, asked: Asked) -> int:
    with store.read() as tx:
        return incidents.load(tx, asked.incident).seq


def page_of(store: Store, asked: Asked) -> Page | None:
    with store.read() as tx:
        try:
            return incidents.load(tx, asked.incident).pages.get(asked.page)
        except NotFound:
            return None


def _standing(store: Store, asked: Asked) -> Subject:
    """Why the rules said no, in words that hold: the loser of a race, one who holds it, or a page that has ended."""
    page = page_of(store, asked)
    if page is None or page.state is PageState.CANCELLED:
        return Subject.CANCELLED
    if page.state is PageState.ACCEPTED:
        return Subject.YOU_HAVE_IT if page.accepted_by == asked.person else Subject.SOMEONE_ELSE
    return Subject.NOT_UNDERSTOOD


def _subject(page: Page, person: PersonId, choice: Choice) -> Subject:
    if page.state is PageState.CANCELLED:
        return Subject.CANCELLED
    if choice == "decline":
        return Subject.DECLINED
    return Subject.YOU_HAVE_IT if page.accepted_by == person else Subject.SOMEONE_ELSE
