"""How a call is written for the telephone: what it says, which keys it takes while it speaks, and where they go.

TwiML, which the second provider reads as well (TeXML).
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

from crisis.notify.answers import Asked
from crisis.notify.speech import Saying, said
from crisis.notify.wording import Filling

WAIT = 8  # seconds for a key
PIN_DIGITS, MINUTE_DIGITS = 6, 2
MOMENT = 2  # seconds
SILENCE = "<Response/>"
_LANGUAGES = {"en": "en-US", "es": "es-US"}

Address = Callable[[str], str]  # of a path of ours, as the provider is given it


class Stage(StrEnum):
    """What the keys of a call mean now; a part of the address that they go to."""

    MENU = "menu"
    MINUTES = "minutes"
    REASON = "reason"
    HERE = "here"
    PIN_1 = "pin-1"
    PIN_2 = "pin-2"
    PIN_3 = "pin-3"
    CALLER_1 = "caller-1"
    CALLER_2 = "caller-2"
    CALLER_3 = "caller-3"


PINS = (Stage.PIN_1, Stage.PIN_2, Stage.PIN_3)
CALLERS = (Stage.CALLER_1, Stage.CALLER_2, Stage.CALLER_3)
SECRET = frozenset((*PINS, *CALLERS))  # whose digits are kept nowhere


def keys_path(asked: Asked, stage: Stage = Stage.MENU, turn: str = "") -> str:
    """`turn` is added where the same digits are tried again."""
    path = f"/webhooks/keys/{asked.incident}/{asked.page}/{asked.person}/{stage}"
    return f"{path}/{turn}" if turn else path


def page_call(filling: Filling, action: str, language: str = "en", first: str = "") -> str:
    """Twice over; `action` is where a key goes. A voicemail that answers hears nothing that harms."""
    return menu(said(Saying.PAGE, language, filling), action, language, first)


def here_call(filling: Filling, action: str, language: str = "en", first: str = "") -> str:
    return menu(said(Saying.HERE_YET, language, filling), action, language, first)


def menu(sentence: str, action: str, language: str, first: str = "") -> str:
    asked = ask(sentence, action, language)
    return response(ask(first + sentence, action, language) if first else asked, asked)


def ask(sentence: str, action: str, language: str, digits: int = 1) -> str:
    """More than one digit is ended by the pound key, or by waiting. Without a digit the call goes on behind it."""
    more = f' finishOnKey="#" numDigits="{digits}"' if digits > 1 else ' numDigits="1"'
    return f'<Gather{more} timeout="{WAIT}" action={quoteattr(action)}>{say(sentence, language)}</Gather>'


def say(sentence: str, language: str) -> str:
    return f'<Say language="{_LANGUAGES.get(language, _LANGUAGES["en"])}">{escape(sentence)}</Say>'


def response(*parts: str) -> str:
    return f"<Response>{''.join(parts)}</Response>"


def bye(sentence: str, language: str) -> str:
    return response(say(sentence, language), "<Hangup/>")


def moment(action: str) -> str:
    """We are slow: the same digits again, soon (`paging.md` 6.6)."""
    spoken = "".join(say(said(Saying.ONE_MOMENT, language), language) for language in _LANGUAGES)
    return response(spoken, f'<Pause length="{MOMENT}"/>', f"<Redirect>{escape(action)}</Redirect>")


def message(body: str | None) -> str:
    return SILENCE if body is None else f"<Response><Message>{escape(body)}</Message></Response>"


def said_once(sentences: Sequence[str], languages: Sequence[str]) -> str:
    """Each sentence in its language, and the call is over."""
    spoken = [say(sentence, language) for sentence, language in zip(sentences, languages, strict=True)]
    return response(*spoken, "<Hangup/>")
