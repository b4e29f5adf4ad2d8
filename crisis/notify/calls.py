"""What a call says and asks: a menu of keys, valid while it speaks, and nothing about the student."""

from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from crisis.notify.answers import Asked, answered
from crisis.notify.grammar import Reply
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, language_of, spoken, spoken_back
from crisis.store import page_codes, people
from crisis.store.engine import Store
from crisis.vocabulary import Channel, Mode

WAIT = 8  # seconds for a key
KEYS = {"1": Reply("accept", None), "2": Reply("decline", None)}
SILENCE = "<Response/>"
_LANGUAGES = {"en": "en-US", "es": "es-US"}


def keys_path(asked: Asked) -> str:
    return f"/webhooks/keys/{asked.incident}/{asked.page}/{asked.person}"


def page_call(filling: Filling, action: str, language: str = "en") -> str:
    """Twice over; `action` is where a key goes. A voicemail that answers hears nothing that harms."""
    said = _say(spoken(filling, language), language)
    ask = f'<Gather numDigits="1" timeout="{WAIT}" action={quoteattr(action)}>{said}</Gather>'
    return f"<Response>{ask}{ask}</Response>"


def pressed(store: Store, asked: Asked, key: str, action: str, at: datetime) -> str:
    """Commits what the key means and returns what the call says next; every other key repeats the menu (F49)."""
    with store.read() as tx:
        coded = page_codes.of_person(tx, asked.page, asked.person)
        language = language_of(people.language(tx, asked.person))
    if key in KEYS:
        done = answered(store, asked, KEYS[key], at, channel=Channel.VOICE)
        mode = Mode.LIVE if coded is None else coded.mode
        return said_once([spoken_back(done.subject, language, mode)], [language])
    if coded is None:
        return said_once([spoken_back(Subject.ENDED, language)], [language])
    filling = Filling(mode=coded.mode, code=PageCode(coded.code), site=SiteCode(coded.site))
    return page_call(filling, action, language)


def message(body: str | None) -> str:
    return SILENCE if body is None else f"<Response><Message>{escape(body)}</Message></Response>"


def said_once(sentences: Sequence[str], languages: Sequence[str]) -> str:
    """Each sentence in its language, and the call is over."""
    said = "".join(_say(sentence, language) for sentence, language in zip(sentences, languages, strict=True))
    return f"<Response>{said}<Hangup/></Response>"


def _say(sentence: str, language: str) -> str:
    return f'<Say language="{_LANGUAGES[language]}">{escape(sentence)}</Say>'
