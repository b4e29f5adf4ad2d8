"""What a person answers by text: one command, as the grammar reads it; whatever else they write is a sign of life."""

from dataclasses import dataclass
from datetime import datetime

from crisis.notify.answers import Answered, Asked, answered, page_of, seen
from crisis.notify.grammar import Reply, readings
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, language_of, text
from crisis.store import page_codes, people
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.vocabulary import Mode, PageState

# The provider itself acts on these words; a text after STOP would only be refused.
_PROVIDERS_OWN = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START"})
_LIVE = frozenset({PageState.PAGING, PageState.EXHAUSTED})


@dataclass(frozen=True, slots=True)
class Said:
    """What to send back. `plain`: it answers something that was no answer, and is not said without end.

    `known`: this phone was paged lately.
    """

    body: str | None
    plain: bool = False
    known: bool = True


def answer(store: Store, phone: str, body: str, at: datetime, *, key: str | None = None) -> Said:
    """Commits what the text means, once for each `key`; every unclear one gets the same neutral answer."""
    if body.strip().upper() in _PROVIDERS_OWN:
        return Said(None)
    with store.read() as tx:
        coded = page_codes.of_phone(tx, phone, at)
    if not coded:
        return Said(text(Subject.UNKNOWN_PHONE, Filling(mode=Mode.LIVE)), plain=True, known=False)
    live = [each for each in coded if _is_live(store, each)]
    for reply in readings(body):
        chosen = _chosen(reply, coded, live)
        if chosen is not None:
            done = answered(store, _asked(chosen), reply, at, key=key)
            return _confirmed(store, chosen, done)
    if len(live) == 1:
        seen(store, _asked(live[0]), at)
        return Said(_text(store, live[0], _nudge(store, live[0])), plain=True)
    subject = Subject.CHOOSE if live else Subject.NOT_UNDERSTOOD
    return Said(_text(store, (live or coded)[0], subject), plain=True)


def _asked(coded: Coded) -> Asked:
    return Asked(coded.incident, coded.page, coded.person)


def _is_live(store: Store, coded: Coded) -> bool:
    """It waits for an answer of this person: everybody's while nobody has it, later only theirs who do."""
    page = page_of(store, _asked(coded))
    if page is None:
        return False
    on_the_way = page.state is PageState.ACCEPTED and page.arrived_at is None
    return page.state in _LIVE or (on_the_way and coded.person in (page.accepted_by, page.offered_to))


def _nudge(store: Store, coded: Coded) -> Subject:
    page = page_of(store, _asked(coded))
    return Subject.HERE_YET if page is not None and page.accepted_by == coded.person else Subject.STILL_OPEN


def _chosen(reply: Reply, coded: list[Coded], live: list[Coded]) -> Coded | None:
    """F43: with two open pages a bare letter is asked back, never guessed."""
    if reply.code is None:
        return live[0] if len(live) == 1 else None
    return next((each for each in coded if each.code == reply.code), None)


def _confirmed(store: Store, chosen: Coded, done: Answered) -> Said:
    """What changed something is confirmed through the outbox, which outlives a crash; a repeat is answered here."""
    return Said(None) if done.news else Said(_text(store, chosen, done.subject))


def _text(store: Store, coded: Coded, subject: Subject) -> str:
    with store.read() as tx:
        language = language_of(people.language(tx, coded.person))
    filling = Filling(mode=coded.mode, code=PageCode(coded.code), site=SiteCode(coded.site))
    return text(subject, filling, language)
