"""What a person answers by text: one command, as the grammar reads it; whatever else they write is a sign of life."""

import re
from dataclasses import dataclass
from datetime import datetime

from crisis.notify import bad_numbers, drill_lines, errand_answers, family_replies
from crisis.notify.answers import Answered, Asked, answered, page_of, seen, texts_stopped, too_late
from crisis.notify.grammar import Reply, readings
from crisis.notify.machines import by_a_machine
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, language_of, text
from crisis.statemachine.heard import waited_for
from crisis.statemachine.incident import Page
from crisis.store import allowances, page_codes, people, telephones
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.vocabulary import Mode, PageState

# The provider itself acts on these words; a text after STOP would only be refused. The last ones are ours alone.
_STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}) | frozenset(
    {"PARAR", "PARE", "BAJA", "ALTO", "DETENER"}
)
_STARTS = frozenset({"START", "UNSTOP"})
_NO_LETTER = re.compile(r"[\W_]+")  # “Opt out.” is one of the seven words (47 CFR 64.1200(a)(10))
_STARTS_AGAIN = frozenset({"YES", "INICIAR", "EMPEZAR", "ALTA"})  # only after STOP; else it is just text
PASSIVE = 3  # answers to what was none, for each person and page (F46)
WRONG_CODES = 5  # an hour, for each telephone (F51)
STRANGERS = 1  # answers an hour, for each number that we do not know (F45)


@dataclass(frozen=True, slots=True)
class Wrote:
    """One text from a telephone that we know: `coded` are its pages of the last days, `live` those that wait for it."""

    store: Store
    phone: str
    body: str
    at: datetime
    coded: list[Coded]
    live: list[Coded]
    key: str | None = None  # names what came in: dealt with again after a crash, it counts once


def answer(store: Store, phone: str, body: str, at: datetime, *, key: str | None = None) -> str | None:
    """Commits what the text means, once for each `key`; what to write back, or None where silence is better.

    Every unclear text gets the same neutral answer, and not without end: two machines that answer each other stop.
    """
    with store.read() as tx:
        coded = page_codes.of_phone(tx, phone, at)
    wrote = Wrote(store, phone, body, at, coded, [each for each in coded if _is_live(store, each)], key)
    if _about_texts(wrote, _NO_LETTER.sub("", body).upper()):
        return None
    family, replies = _family_later(wrote), readings(body)
    if family and wrote.live and any(each.code is None for each in replies):
        return _asked_back(wrote)
    for reply in replies:
        if coded and _locked(wrote):
            return _passive(wrote, (wrote.live or coded)[0], Subject.LOCKED)
        chosen = _chosen(reply, wrote)
        if chosen is not None:
            return _answered(wrote, chosen, reply)
        if (said := _to_errand(wrote, reply)) is not None:
            return said
        if coded and reply.code is not None:
            _may(store, "wrong code", phone, at, most=WRONG_CODES)
    return _of_no_page(wrote, family=family)


def _of_no_page(wrote: Wrote, *, family: bool) -> str | None:
    if family:
        return family_replies.wrote(wrote.store, wrote.phone, wrote.body, wrote.at, key=wrote.key)
    if drill_lines.keeps(wrote.store, wrote.phone, wrote.body, wrote.live, at=wrote.at, key=wrote.key):
        return None
    return _no_answer(wrote) if wrote.coded else _of_a_stranger(wrote)


def _family_later(wrote: Wrote) -> bool:
    """Whether this telephone got a text for a guardian, and none of the pages that wait for it came later."""
    with wrote.store.read() as tx:
        texts = family_replies.texts_to(tx, wrote.phone, wrote.at)
    return bool(texts) and all(texts[0].at > each.given_at for each in wrote.live)


def _asked_back(wrote: Wrote) -> str | None:
    """A bare letter of whoever is a guardian too: it may be for either, so the page's number is asked for."""
    family_replies.wrote(wrote.store, wrote.phone, wrote.body, wrote.at, key=wrote.key, answering=False)
    alone = wrote.live[0] if len(wrote.live) == 1 else None
    return _passive(wrote, wrote.live[0], Subject.CHOOSE if alone is None else _nudge(wrote.store, alone))


def _to_errand(wrote: Wrote, reply: Reply) -> str | None:
    """A bare letter is for a page, as long as there is one."""
    if reply.code is None and wrote.live:
        return None
    return errand_answers.by_text(wrote.store, wrote.phone, reply, wrote.at)


def _still_asked(wrote: Wrote) -> str | None:
    """While an errand waits for an answer, and no page does."""
    asked = errand_answers.still_asked(wrote.store, wrote.phone, wrote.at)
    return asked if asked and _may(wrote.store, "errand", wrote.phone, wrote.at, most=PASSIVE) else None


def _of_a_stranger(wrote: Wrote) -> str | None:
    """No page has a code on this telephone."""
    if (asked := _still_asked(wrote)) is not None:
        return asked
    if not _may(wrote.store, "stranger", wrote.phone, wrote.at):
        return None
    with wrote.store.read() as tx:
        language = language_of(telephones.language_at(tx, wrote.phone))
    return text(Subject.UNKNOWN_PHONE, Filling(mode=Mode.LIVE), language)


def _answered(wrote: Wrote, chosen: Coded, reply: Reply) -> str | None:
    done = answered(wrote.store, _asked(chosen), reply, wrote.at, key=wrote.key)
    if done.subject is Subject.ENDED and not done.news:
        too_late(wrote.store, _asked(chosen), wrote.body, wrote.at)
    return _confirmed(wrote.store, chosen, done)


def _no_answer(wrote: Wrote) -> str | None:
    """A sign of life where one page waits for it; a machine's is none."""
    about = (wrote.live or wrote.coded)[0]
    if not wrote.live and (asked := _still_asked(wrote)) is not None:
        return asked
    if not wrote.live and not by_a_machine(wrote.body):
        too_late(wrote.store, _asked(about), wrote.body, wrote.at)
    if len(wrote.live) != 1:
        return _passive(wrote, about, Subject.CHOOSE if wrote.live else Subject.NOT_UNDERSTOOD)
    back = _passive(wrote, about, _nudge(wrote.store, about))
    if not by_a_machine(wrote.body):
        seen(wrote.store, _asked(about), wrote.at, None if back is None else wrote.body)
    return back


def _passive(wrote: Wrote, about: Coded, subject: Subject) -> str | None:
    with wrote.store.write() as tx:
        left = allowances.take(tx, "passive", f"{about.page}|{wrote.phone}", PASSIVE)
    return _text(wrote.store, about, subject) if left else None


def _may(store: Store, kind: str, phone: str, at: datetime, *, most: int = STRANGERS) -> bool:
    with store.write() as tx:
        return allowances.take(tx, kind, phone, most, since=allowances.this_hour(at))


def _locked(wrote: Wrote) -> bool:
    """Whoever tries codes from a number that is not theirs soon gets no further; calls and links go on working."""
    with wrote.store.read() as tx:
        return allowances.used(tx, "wrong code", wrote.phone, since=allowances.this_hour(wrote.at)) >= WRONG_CODES


def _about_texts(wrote: Wrote, word: str) -> bool:
    """STOP and its kin: no text reaches this telephone any more, so who is waited for is called at once.

    About one page: a telephone takes one call at a time. One that looks for somebody comes before one that they have.
    """
    if word in _STOPS:
        bad_numbers.stopped(wrote.store, wrote.phone, wrote.at)
        family_replies.stopped(wrote.store, wrote.phone, wrote.at)
        looking = [each for each in wrote.live if _nudge(wrote.store, each) is Subject.STILL_OPEN]
        for each in (looking or wrote.live)[:1]:
            texts_stopped(wrote.store, _asked(each), wrote.at)
        return True
    if word in _STARTS:
        bad_numbers.wanted_again(wrote.store, wrote.phone, wrote.at)
        return True
    return word in _STARTS_AGAIN and bad_numbers.wanted_again(wrote.store, wrote.phone, wrote.at)


def _asked(coded: Coded) -> Asked:
    return Asked(coded.incident, coded.page, coded.person)


def _is_live(store: Store, coded: Coded) -> bool:
    """It waits for an answer of this person, who may have said no before."""
    page = page_of(store, _asked(coded))
    return page is not None and (waited_for(page, coded.person) or _could_still(page, coded))


def _could_still(page: Page, coded: Coded) -> bool:
    return page.state in (PageState.PAGING, PageState.EXHAUSTED) and coded.person in page.declined


def _nudge(store: Store, coded: Coded) -> Subject:
    page = page_of(store, _asked(coded))
    return Subject.HERE_YET if page is not None and page.accepted_by == coded.person else Subject.STILL_OPEN


def _chosen(reply: Reply, wrote: Wrote) -> Coded | None:
    """F43: with two open pages a bare letter is asked back, never guessed."""
    if reply.code is None:
        return wrote.live[0] if len(wrote.live) == 1 else None
    return next((each for each in wrote.coded if each.code == reply.code), None)


def _confirmed(store: Store, chosen: Coded, done: Answered) -> str | None:
    """What changed something is confirmed through the outbox, which outlives a crash; a repeat is answered here."""
    return None if done.news else _text(store, chosen, done.subject)


def _text(store: Store, coded: Coded, subject: Subject) -> str:
    with store.read() as tx:
        language = language_of(people.language(tx, coded.person))
    filling = Filling(mode=coded.mode, code=PageCode(coded.code), site=SiteCode(coded.site))
    return text(subject, filling, language)
