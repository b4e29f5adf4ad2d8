"""Reads TwiML as a telephone network does: what is said, where keys go, what is sent."""

import xml.etree.ElementTree as ElementTree  # only reads what our own server answered
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Asked:
    """One sentence, and where a key pressed during it goes; empty where it takes none."""

    said: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """What a call goes through while nobody presses a key; `onward` is where it goes on by itself."""

    asks: tuple[Asked, ...] = ()
    onward: str = ""


def script(twiml: str) -> Script:
    """Sentences that take no key join the one after them, as they are heard in one breath."""
    asks, before, onward = list[Asked](), list[str](), ""
    for part in _parsed(twiml):
        said = " ".join(each.text or "" for each in part.iter("Say"))
        if part.tag == "Gather":
            asks.append(Asked(" ".join([*before, said]), part.get("action", "")))
            before.clear()
        elif part.tag == "Say":
            before.append(said)
        elif part.tag == "Redirect":
            onward = part.text or ""
    return Script(tuple([*asks, Asked(" ".join(before))] if before else asks), onward)


def heard(twiml: str) -> tuple[str, str]:
    """What a call says once, and where a key goes."""
    asks = script(twiml).asks
    return (asks[0].said, asks[0].action) if asks else ("(silence)", "")


def said_back(twiml: str) -> list[tuple[Literal["text", "voice"], str]]:
    """The texts, or the first sentence, that the application answered with."""
    texts: list[tuple[Literal["text", "voice"], str]] = [
        ("text", each.text or "") for part in _parsed(twiml) for each in part.iter("Message")
    ]
    return texts + [("voice", each.said) for each in script(twiml).asks[:1]]


def _parsed(twiml: str) -> list[ElementTree.Element]:
    try:
        return list(ElementTree.fromstring(twiml))  # noqa: S314  # our own document, from our own server
    except ElementTree.ParseError:
        return []
