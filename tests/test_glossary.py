"""The glossary and the code use the same words."""

import re
from enum import Enum
from pathlib import Path

from crisis import (
    access_words,
    call_words,
    delivery,
    disclosure_words,
    draft_words,
    drill_words,
    instrument_words,
    message_words,
    privacy_words,
    readiness_words,
    record_words,
    referral_words,
    retention_words,
    sign_in_words,
    vocabulary,
)

GLOSSARY = (Path(__file__).resolve().parent.parent / "docs" / "glossary.md").read_text()


def test_every_closed_word_of_the_code_is_in_the_glossary() -> None:
    modules = (
        vocabulary,
        access_words,
        call_words,
        delivery,
        disclosure_words,
        draft_words,
        drill_words,
        instrument_words,
        message_words,
        privacy_words,
        readiness_words,
        record_words,
        referral_words,
        retention_words,
        sign_in_words,
    )
    things = {name: thing for module in modules for name, thing in vars(module).items()}
    words = [name for name, thing in things.items() if isinstance(thing, type) and issubclass(thing, Enum)]
    wanted = [name for name in words if name not in ("StrEnum", "IntEnum")]

    missing = [name for name in wanted if f"`{name}`" not in GLOSSARY]

    assert missing == []


def test_every_word_of_the_code_that_the_glossary_names_exists() -> None:
    named = set(re.findall(r"`([A-Z][A-Za-z]+)`", GLOSSARY))
    sources = "\n".join(path.read_text() for path in (Path(vocabulary.__file__).parent).rglob("*.py"))

    unknown = [name for name in named if not re.search(rf"\b{name}\b", sources)]

    assert unknown == []
