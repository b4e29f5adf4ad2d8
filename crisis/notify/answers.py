"""What a person's yes or no to a page becomes: one command from their phone, and a true sentence about the outcome."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crisis import clock
from crisis.commands import Actor, ActorKind, Command
from crisis.errors import NotFound, Refused
from crisis.notify.grammar import Reply
from crisis.notify.wording import Subject
from crisis.page_commands import (
    AcceptPage,
    AnswerLate,
    Arrive,
    DeclinePage,
    DelayPage,
    RecordPageAttempt,
    SeePage,
    StandBy,
    StopTexts,
)
from crisis.statemachine.incident import Page
from crisis.statemachine.places import meant
from crisis.store import incidents, page_codes, people
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageId, PageState, PersonId, WordsId

LONGEST_KEPT = 480  # characters: three texts
ANSWERED = "answered"  # in the log, the name of a call of which nothing is known but that it was answered
_ENDED = (PageState.CANCELLED, PageState.COVERED_ELSEWHERE)


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


def answered(
    store: Store,
    asked: Asked,
    reply: Reply,
    at: datetime,
    *,
    channel: Channel = Channel.TEXT,
    key: str | None = None,
) -> Answered:
    """Commit first, then confirm: the sentence is what the state says afterwards (F39 to F42).

    `key` names what came in: dealt with again after a crash, it changes nothing a second time.
    """
    try:
        _was_called(store, asked, channel, at)
        command = _command(store, asked, reply)
        done = submit(store, asked.incident, command, at=at, key=key)
    except (Refused, NotFound):
        return Answered(standing(store, asked), news=False)
    page = meant(done.incident, done.incident.pages[asked.page], asked.person)
    return Answered(_subject(page, asked.person, reply), news=done.changed)


def _was_called(store: Store, asked: Asked, channel: Channel, at: datetime) -> None:
    """Whoever has the code was called, even if the worker died before it could write that down (F05)."""
    page = page_of(store, asked)
    if page is None or asked.person in (*page.asked, page.offered_to):
        return
    with store.read() as tx:
        coded = page_codes.of_person(tx, asked.page, asked.person)
        district = incidents.load(tx, asked.incident).district
    if coded is None:
        return
    record = RecordPageAttempt(
        by=Actor(kind=ActorKind.SYSTEM, id=None, district=district),
        page=asked.page,
        person=asked.person,
        channel=channel,
        outcome=AttemptOutcome.ACCEPTED,
        attempt=f"{ANSWERED}-{asked.page}-{asked.person}",
    )
    submit(store, asked.incident, record, at=at)


def seen(store: Store, asked: Asked, at: datetime, wrote: str | None = None) -> None:
    """A sign of life goes on record; it is no answer, so nothing waits for it (`paging.md` 6.3)."""
    words = None if wrote is None else WordsId(clock.new_id())
    _tell(store, asked, lambda by: SeePage(by=by, page=asked.page, words=words), at, wrote, words)


def texts_stopped(store: Store, asked: Asked, at: datetime) -> None:
    """Their carrier cuts them off from our texts."""
    _tell(store, asked, lambda by: StopTexts(by=by, page=asked.page), at)


def too_late(store: Store, asked: Asked, wrote: str, at: datetime) -> None:
    """F44: what came when the page had ended is on record, and nothing changes."""
    words = WordsId(clock.new_id())
    _tell(store, asked, lambda by: AnswerLate(by=by, page=asked.page, words=words), at, wrote, words)


def _tell(
    store: Store,
    asked: Asked,
    order: Callable[[Actor], Command],
    at: datetime,
    wrote: str | None = None,
    *words: WordsId | None,
) -> None:
    """What is no answer is told as far as it can be; whoever sent it is not bothered with what the rules say."""
    sealed = {each: readable(wrote) for each in words if each is not None and wrote is not None}
    with suppress(Refused, NotFound):
        submit(store, asked.incident, order(_by(store, asked)), at=at, words=sealed)


def readable(wrote: str) -> str:
    """As it may be kept and shown (F47): without what is no character, or would hide or turn the rest round."""
    shown = "".join(each if each.isprintable() else " " for each in wrote)
    return " ".join(shown.split())[:LONGEST_KEPT] or "(…)"


def _by(store: Store, asked: Asked) -> Actor:
    with store.read() as tx:
        return replace(people.actor(tx, asked.person), kind=ActorKind.PHONE)


def _command(store: Store, asked: Asked, reply: Reply) -> Command:
    by = _by(store, asked)
    match reply.choice:
        case "accept":
            return AcceptPage(by=by, page=asked.page, eta_minutes=reply.minutes)
        case "decline":
            return DeclinePage(by=by, page=asked.page, reason=reply.reason)
        case "stand_by":
            return StandBy(by=by, page=asked.page)
        case "here":
            return Arrive(by=by, page=asked.page)
        case "delay":
            return DelayPage(by=by, page=asked.page, eta_minutes=reply.minutes or 0)
        case _:
            return SeePage(by=by, page=asked.page)


def page_of(store: Store, asked: Asked) -> Page | None:
    """None where there is no such page, or its incident is closed: nobody waits for an answer then."""
    with store.read() as tx:
        return page_in(tx, asked)


def page_in(tx: Connection, asked: Asked) -> Page | None:
    """As `page_of`, in a transaction that is open."""
    try:
        incident = incidents.load(tx, asked.incident)
    except NotFound:
        return None
    page = incident.pages.get(asked.page) if incident.closed_at is None else None
    return None if page is None else meant(incident, page, asked.person)


def standing(store: Store, asked: Asked) -> Subject:
    """Why the rules said no, in words that hold: the loser of a race, one who holds it, or a page that has ended."""
    page = page_of(store, asked)
    if page is None or page.state in _ENDED:
        return Subject.ENDED
    if page.state is PageState.ACCEPTED:
        return Subject.YOU_HAVE_IT if page.accepted_by == asked.person else Subject.SOMEONE_ELSE
    return Subject.STILL_OPEN


def _subject(page: Page, person: PersonId, reply: Reply) -> Subject:
    """What to say where the answer changed nothing, and for a call, which ends with a sentence in any case."""
    if page.state in _ENDED:
        return Subject.ENDED
    match reply.choice:
        case "decline":
            return Subject.DECLINED
        case "stand_by":
            return Subject.STANDING_BY
        case "here":
            return Subject.HERE
        case "delay":
            return Subject.DELAYED
        case _:
            return Subject.YOU_HAVE_IT if page.accepted_by == person else Subject.SOMEONE_ELSE
