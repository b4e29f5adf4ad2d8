"""What a person answers from a phone: read by a small grammar, turned into one command, never guessed at.

`47A 12` accepts, `47D` cannot come, in any case and spacing; without a number only when one page is live on that phone.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from crisis.commands import AcceptPage, ActorKind, Command, DeclinePage
from crisis.errors import NotFound, Refused
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, text
from crisis.store import page_codes, people
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.submit import submit
from crisis.vocabulary import Mode, PageId, PageState

_NUMBERED = re.compile(r"(\d{2,3})\s*([AD])\s*(\d{0,3})")
_LETTER_FIRST = re.compile(r"([AD])\s*(\d{2,3})()")
_BARE = re.compile(r"([AD])\s*(\d{0,3})")

Choice = Literal["A", "D"]


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` is None for a bare letter; `minutes` is how long until they are there."""

    choice: Choice
    code: PageCode | None
    minutes: int | None


def read(body: str) -> Reply | None:
    """None for everything that is not an answer; hostile or endless text is just that."""
    said = re.sub(r"[^A-Z0-9 ]", "", body[:64].upper()).strip()
    for pattern, order in ((_NUMBERED, (1, 2, 3)), (_LETTER_FIRST, (2, 1, 3))):
        found = pattern.fullmatch(said)
        if found is not None:
            code, choice, minutes = (found.group(place) for place in order)
            return Reply(_choice(choice), PageCode(code), int(minutes) if minutes else None)
    bare = _BARE.fullmatch(said)
    return None if bare is None else Reply(_choice(bare[1]), None, int(bare[2]) if bare[2] else None)


def _choice(letter: str) -> Choice:
    return "A" if letter == "A" else "D"


def answer(store: Store, phone: str, body: str, at: datetime) -> str:
    """Commits what the text means and returns the text to send back; every unclear one gets the same neutral answer."""
    with store.read() as tx:
        coded = page_codes.of_phone(tx, phone, at)
    if not coded:
        return text(Subject.UNKNOWN_PHONE, Filling(mode=Mode.LIVE))
    reply = read(body)
    chosen = None if reply is None else _chosen(reply, coded)
    if reply is None or chosen is None:
        return text(Subject.NOT_UNDERSTOOD, Filling(mode=Mode.LIVE))
    return _commit(store, chosen, reply, at)


def _chosen(reply: Reply, coded: list[Coded]) -> Coded | None:
    if reply.code is None:
        return coded[0] if len(coded) == 1 else None
    return next((each for each in coded if each.code == reply.code), None)


def _commit(store: Store, chosen: Coded, reply: Reply, at: datetime) -> str:
    """Commit first, then confirm: the confirming text is what the state says afterwards."""
    filling = Filling(mode=chosen.mode, code=PageCode(chosen.code), site=SiteCode(chosen.site))
    with store.read() as tx:
        actor = replace(people.actor(tx, chosen.person), kind=ActorKind.PHONE)
    page = PageId(chosen.page)
    command: Command = (
        AcceptPage(by=actor, page=page, eta_minutes=reply.minutes)
        if reply.choice == "A"
        else DeclinePage(by=actor, page=page)
    )
    try:
        after = submit(store, chosen.incident, command, at=at).incident.pages[page]
    except (Refused, NotFound):
        return text(_refused(store, chosen), filling)
    if after.state is PageState.CANCELLED:
        return text(Subject.CANCELLED, filling)
    mine = after.accepted_by == chosen.person
    if reply.choice == "A":
        return text(Subject.YOU_HAVE_IT if mine else Subject.SOMEONE_ELSE, filling)
    return text(Subject.DECLINED, filling)


def _refused(store: Store, chosen: Coded) -> Subject:
    """The loser of a race is told the truth; one who has it cannot let go by text."""
    with store.read() as tx:
        page = page_codes.page_of(tx, chosen)
    if page is None or page.state is PageState.CANCELLED:
        return Subject.CANCELLED
    if page.state is PageState.ACCEPTED:
        return Subject.YOU_HAVE_IT if page.accepted_by == chosen.person else Subject.SOMEONE_ELSE
    return Subject.NOT_UNDERSTOOD
