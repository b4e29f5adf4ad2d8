"""Calls that are not answered by keys: somebody calls our number, or a machine takes the call of a page.

Who calls is not believed to be who the number says, since that is easily forged: they are called back on it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.notify.answers import Asked, page_of
from crisis.notify.calls import keys_path, page_call, said_once
from crisis.notify.inbound import courteous
from crisis.notify.wording import Filling, PageCode, SiteCode, drill_first, language_of
from crisis.statemachine.paging import LIVE
from crisis.store import inbox, page_codes, people
from crisis.store.engine import Store
from crisis.store.page_codes import Coded
from crisis.vocabulary import Mode, Urgency

MOST = 3  # an hour, to one telephone: nobody is to be rung without end by who gives their number for his own
MACHINE = "machine_end"  # how each finding begins that says: now the machine records

HANG_UP = {
    "en": "Crisis. Hang up, please. We call you back at once with the page.",
    "es": "Crisis. Cuelgue, por favor. Le llamamos enseguida con el aviso.",
}
NOTHING_OPEN = {
    "en": "No page is open for this number. If somebody is in danger, call 911. In a crisis, call or text 988.",
    "es": "No hay avisos abiertos para este número. En peligro, llame al 911. En una crisis, llame o escriba al 988.",
}
VOICEMAIL = {
    "en": "A crisis team page for you. Call this number back now, or answer the text message.",
    "es": "Un aviso del equipo de crisis para usted. Llame a este número ahora, o responda el mensaje de texto.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """The call that is owed to who has called."""

    phone: str
    mode: Mode
    urgency: Urgency
    menu: Callable[[Callable[[str], str]], str]  # of what makes an address of a path


def called(store: Store, phone: str, at: datetime) -> tuple[str, CallBack | None]:
    """What is said to who calls, and whether they are called back: for the newest of their pages that is open."""
    with store.read() as tx:
        coded = page_codes.of_phone(tx, phone, at)
    for each in coded:
        page = page_of(store, _asked(each))
        if page is not None and page.state in LIVE and courteous(store, f"back|{phone}", MOST, at):
            language = _language(store, each)
            said = said_once([drill_first(HANG_UP[language], language, each.mode)], [language])
            return said, CallBack(
                phone=phone, mode=each.mode, urgency=page.urgency, menu=_menu(each, page.urgency, language)
            )
    return said_once([NOTHING_OPEN["en"], NOTHING_OPEN["es"]], ["en", "es"]), None


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
        coded = page_codes.of_person(tx, asked.page, asked.person)
    mode = Mode.LIVE if coded is None else coded.mode
    return said_once([drill_first(VOICEMAIL[language], language, mode)], [language])


def _menu(coded: Coded, urgency: Urgency, language: str) -> Callable[[Callable[[str], str]], str]:
    filling = Filling(mode=coded.mode, code=PageCode(coded.code), site=SiteCode(coded.site), urgency=urgency)
    return lambda address: page_call(filling, address(keys_path(_asked(coded))), language)


def _asked(coded: Coded) -> Asked:
    return Asked(coded.incident, coded.page, coded.person)


def _language(store: Store, coded: Coded) -> str:
    with store.read() as tx:
        return language_of(people.language(tx, coded.person))
