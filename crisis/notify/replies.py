"""What a person answers by text: read by a small grammar, turned into one command, never guessed at.

`47A 12` accepts, `47D` cannot come, in any case and spacing; without a number only when one page is live on that phone.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from crisis.notify.answers import Answered, Asked, Choice, answered, page_of
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, language_of, text
from crisis.store import page_codes, people
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.vocabulary import Mode, PageState

_MINUTES = r"(?P<minutes>\d{0,3})\s*(?:MIN|MINS|MINUTES|MINUTOS)?"
_NUMBERED = re.compile(rf"(?P<code>\d{{2,3}})\s*(?P<said>A|D|NO)\s*{_MINUTES}")
_REFUSED = re.compile(r"(?P<code>\d{2,3})\s*A\s*(?P<said>NO)(?P<minutes>)")  # the no counts, whatever stands before it
_LETTER_FIRST = re.compile(r"(?P<said>[AD])\s*(?P<code>\d{2,3})(?P<minutes>)")
_BARE = re.compile(rf"(?P<code>)(?P<said>[AD])\s*{_MINUTES}")
# The provider itself acts on these words; a text after STOP would only be refused.
_PROVIDERS_OWN = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START"})
_LIVE = frozenset({PageState.PAGING, PageState.EXHAUSTED})


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` is None for a bare letter; `minutes` is how long until they are there."""

    choice: Choice
    code: PageCode | None
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """What to send back. `plain`: it answers something that was no answer, and is not said without end.

    `known`: this phone was paged lately.
    """

    body: str | None
    plain: bool = False
    known: bool = True


def readings(body: str) -> list[Reply]:
    """What a text can mean, the likeliest first; nothing for hostile or endless text: that is just text."""
    said = re.sub(r"[^A-Z0-9 ]", "", body[:64].upper()).strip()
    found = (pattern.fullmatch(said) for pattern in (_REFUSED, _NUMBERED, _LETTER_FIRST, _BARE))
    return [_reply(each) for each in found if each is not None]


def _reply(found: re.Match[str]) -> Reply:
    choice: Choice = "accept" if found["said"] == "A" else "decline"
    minutes = int(found["minutes"]) if choice == "accept" and found["minutes"] else None
    return Reply(choice, PageCode(found["code"]) if found["code"] else None, minutes)


def answer(store: Store, phone: str, body: str, at: datetime) -> Said:
    """Commits what the text means; every unclear one gets the same neutral answer."""
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
            done = answered(store, _asked(chosen), reply.choice, reply.minutes, at)
            return _confirmed(store, chosen, done)
    if len(live) == 1:
        return Said(_text(store, live[0], Subject.STILL_OPEN), plain=True)
    return Said(_text(store, coded[0], Subject.NOT_UNDERSTOOD), plain=True)


def _asked(coded: Coded) -> Asked:
    return Asked(coded.incident, coded.page, coded.person)


def _is_live(store: Store, coded: Coded) -> bool:
    page = page_of(store, _asked(coded))
    return page is not None and page.state in _LIVE


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
