"""The languages of families: how each is written, whether telephones have a voice for it, and when it was planned.

BCP 47. From `privacy-and-culture.md` 5.1: the first tier is to be ready first; a voice is one that the provider lists.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FamilyLanguage:
    """`tier` 1 is wanted first, in 3 an interpreter comes first. `voice`: a machine can read it aloud."""

    tag: str
    tier: int
    voice: bool
    right_to_left: bool = False
    spaced: bool = True  # words stand apart, so that they can be counted


SOURCE = "en"
DRILL = {"en": "DRILL. ", "es": "SIMULACRO. "}  # what each text of a drill begins with; English where there is none
_ALL = (
    FamilyLanguage("en", 1, True),
    FamilyLanguage("es", 1, True),
    FamilyLanguage("pt-BR", 1, True),
    FamilyLanguage("ht", 1, False),
    FamilyLanguage("zh-Hans", 1, True, spaced=False),
    FamilyLanguage("zh-Hant", 1, True, spaced=False),
    FamilyLanguage("ar", 1, True, right_to_left=True),
    FamilyLanguage("vi", 1, True),
    FamilyLanguage("kea", 2, False),
    FamilyLanguage("so", 2, False),
    FamilyLanguage("ne", 2, False),
    FamilyLanguage("ru", 2, True),
    FamilyLanguage("uk", 2, True),
    FamilyLanguage("km", 3, False, spaced=False),
    FamilyLanguage("sw", 3, False),
    FamilyLanguage("fa-AF", 3, False, right_to_left=True),
    FamilyLanguage("ps", 3, False, right_to_left=True),
    FamilyLanguage("ur", 3, False, right_to_left=True),
    FamilyLanguage("hmn", 3, False),
    FamilyLanguage("ln", 3, False),
    FamilyLanguage("quc", 3, False),
    FamilyLanguage("mam", 3, False),
    FamilyLanguage("fr", 3, True),
    FamilyLanguage("ko", 3, True),
)
LANGUAGES = {each.tag: each for each in _ALL}
SLOTS = tuple(each.tag for each in _ALL if each.tier == 1)  # each message has a place for each, filled or not


def primary(tag: str) -> str:
    return tag.partition("-")[0]


def is_general(tag: str) -> bool:
    """Whether it names a language without a country or a script."""
    return "-" not in tag


def has_voice(tag: str) -> bool:
    """PR-78: only of the language itself; one that we do not know has none."""
    known = LANGUAGES.get(tag)
    return known is not None and known.voice


def right_to_left(tag: str) -> bool:
    known = LANGUAGES.get(tag)
    return known is not None and known.right_to_left
