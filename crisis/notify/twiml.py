"""Reads TwiML as a telephone network does: what is said, where keys go, what is sent."""

import xml.etree.ElementTree as ElementTree  # only reads what our own server answered
from typing import Literal


def heard(twiml: str) -> tuple[str, str]:
    """What a call says once, and where a key goes."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  # our own document, from our own worker
    except ElementTree.ParseError:
        return "(silence)", ""
    gather, say = root.find("Gather"), root.find(".//Say")
    return (say.text or "" if say is not None else ""), (gather.get("action", "") if gather is not None else "")


def said_back(twiml: str) -> list[tuple[Literal["text", "voice"], str]]:
    """The texts, or the sentences, that the application answered with."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  # our own document, from our own server
    except ElementTree.ParseError:
        return []
    texts: list[tuple[Literal["text", "voice"], str]] = [("text", each.text or "") for each in root.iter("Message")]
    return texts + [("voice", each.text or "") for each in list(root.iter("Say"))[:1]]
