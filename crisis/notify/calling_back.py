"""Calls that are not answered by keys alone: somebody calls our number, or a machine takes the call of a page.

Who calls is not believed to be who the number says, since that is easily forged (F51): they give their PIN. Who has
none is called back on that number, which proves as much.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.notify import calls
from crisis.notify.answers import Asked, page_of
from crisis.notify.calls import CALLERS, Address, ask, keys_path, page_call, response, said_once, say
from crisis.notify.speech import Saying, said, said_of_office
from crisis.notify.wording import Filling, PageCode, SiteCode, language_of
from crisis.statemachine.heard import waited_for
from crisis.statemachine.incident import Page
from crisis.statemachine.paging import LIVE
from crisis.store import allowances, inbox, page_codes, people, pins
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.vocabulary import Mode, Urgency

MOST = 3  # an hour, to one telephone: nobody is to be rung without end by who gives their number for his own
MACHINE = "machine_end"  # how each finding begins that says: now the machine records


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """The call that is owed to who has called."""

    phone: str
    mode: Mode
    urgency: Urgency
    menu: Callable[[Address], str]


def called(
    store: Store, phone: str, at: datetime, *, address: Address, office: str = ""
) -> tuple[str, CallBack | None]:
    """What is said to who calls, and whether they are called back: for the newest page that waits for them."""
    found = _waiting(store, phone, at)
    if found is None:
        return _nothing_open(office), None
    coded, page = found
    with store.read() as tx:
        language, has_pin = language_of(people.language(tx, coded.person)), pins.is_set(tx, coded.person)
    if has_pin:
        return _by_pin(coded, address, language), None
    if page.state in LIVE and _may_ring(store, phone, at):
        owed = CallBack(phone=phone, mode=coded.mode, urgency=page.urgency, menu=_menu(coded, page.urgency, language))
        return said_once([said(Saying.HANG_UP, language)], [language]), owed
    return said_once([said(Saying.NO_CALL_BACK, language)], [language]), None


def _waiting(store: Store, phone: str, at: datetime) -> tuple[Coded, Page] | None:
    with store.read() as tx:
        coded = page_codes.of_phone(tx, phone, at)
    for each in coded:
        page = page_of(store, _asked(each))
        if page is not None and (page.state in LIVE or waited_for(page, each.person)):
            return each, page
    return None


def _nothing_open(office: str) -> str:
    sentences = {language: said(Saying.NOTHING_OPEN, language) for language in ("en", "es")}
    if office:
        sentences = {each: f"{sentence} {said_of_office(office, each)}" for each, sentence in sentences.items()}
    return said_once(list(sentences.values()), list(sentences))


def _by_pin(coded: Coded, address: Address, language: str) -> str:
    action = address(keys_path(_asked(coded), CALLERS[0]))
    pin = ask(said(Saying.PIN_CALLER, language), action, language, digits=calls.PIN_DIGITS)
    return response(pin, say(said(Saying.NO_CALL_BACK, language), language), "<Hangup/>")


def _may_ring(store: Store, phone: str, at: datetime) -> bool:
    with store.write() as tx:
        return allowances.take(tx, "back", phone, MOST, since=allowances.this_hour(at))


def voicemail(store: Store, asked: Asked, answered_by: str, at: datetime) -> str | None:
    """What is left on a machine, once for each page and person; it says nothing that harms when others hear it."""
    if not answered_by.startswith(MACHINE):
        return None
    with store.write() as tx:
        if not inbox.receive(tx, store.keys, "voicemail", f"{asked.page}|{asked.person}", {}, at=at):
            return None
        inbox.done(tx, "voicemail", f"{asked.page}|{asked.person}", at)
    with store.read() as tx:
        language = language_of(people.language(tx, asked.person))
    return said_once([said(Saying.VOICEMAIL, language)], [language])


def _menu(coded: Coded, urgency: Urgency, language: str) -> Callable[[Address], str]:
    filling = Filling(mode=coded.mode, code=PageCode(coded.code), site=SiteCode(coded.site), urgency=urgency)
    return lambda address: page_call(filling, address(keys_path(_asked(coded))), language)


def _asked(coded: Coded) -> Asked:
    return Asked(coded.incident, coded.page, coded.person)
