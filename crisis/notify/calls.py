"""What a call says and asks: a menu of keys, valid while it speaks, and nothing about the student."""

from dataclasses import replace
from datetime import datetime
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from crisis.commands import AcceptPage, ActorKind, Command, DeclinePage
from crisis.errors import NotFound, Refused
from crisis.notify.wording import Filling, spoken
from crisis.store import people
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, PageId, PageState, PersonId

WAIT = 8  # seconds for a key
_LANGUAGES = {"en": "en-US", "es": "es-US"}
_SAID: dict[str, str] = {
    "taken": "You have accepted. Sign in to the console for details. Goodbye.",
    "other": "Somebody else has taken this page. Thank you. Goodbye.",
    "declined": "Noted. The next person is paged. Goodbye.",
    "ended": "This page is no longer needed. Goodbye.",
}

Key = Literal["1", "2", "9"]


def keys_path(incident: IncidentId, page: PageId, person: PersonId) -> str:
    return f"/webhooks/keys/{incident}/{page}/{person}"


def page_call(filling: Filling, action: str, language: str = "en") -> str:
    """Twice over; `action` is where a key goes. A voicemail that answers hears nothing that harms."""
    said = f'<Say language="{_LANGUAGES.get(language, "en-US")}">{escape(spoken(filling, language))}</Say>'
    ask = f'<Gather numDigits="1" timeout="{WAIT}" action={quoteattr(action)}>{said}</Gather>'
    return f"<Response>{ask}{ask}</Response>"


def pressed(
    store: Store, incident: IncidentId, page: PageId, person: PersonId, key: str, *, at: datetime
) -> str | None:
    """Commits what the key means and returns what to say; None asks to repeat the menu."""
    if key not in ("1", "2"):
        return None
    with store.read() as tx:
        actor = replace(people.actor(tx, person), kind=ActorKind.PHONE)
    command: Command = AcceptPage(by=actor, page=page) if key == "1" else DeclinePage(by=actor, page=page)
    try:
        after = submit(store, incident, command, at=at).incident.pages[page]
    except Refused:
        return _SAID["other"]
    except NotFound:
        return _SAID["ended"]
    if after.state is PageState.CANCELLED:
        return _SAID["ended"]
    if key == "2":
        return _SAID["declined"]
    return _SAID["taken"] if after.accepted_by == person else _SAID["other"]


def said_and_done(sentence: str) -> str:
    return f"<Response><Say>{escape(sentence)}</Say><Hangup/></Response>"
