"""Whether a talk in some language, with or without an interpreter, can have been understood by this adult (PR-75)."""

from crisis.errors import Reason
from crisis.policy.contact import Adult
from crisis.protocols.languages import primary
from crisis.vocabulary import LanguageHelp


def against_understanding(
    adult: Adult | None, language: str | None, help_: LanguageHelp | None, staff_speak: frozenset[str]
) -> Reason | None:
    """Only what the record says is held against it: who speaks for themselves in their own language needs nobody."""
    if (
        adult is None
        or help_ is not LanguageHelp.SHARED
        or language is None
        or not needs_interpreter(adult, staff_speak)
    ):
        return None
    if primary(language) in {primary(tag) for tag in own(adult)}:
        return None
    text = "The record says that they need an interpreter: name the one you had, or say why there was none"
    return Reason("PR-75", text, at="interpreted_by")


def needs_interpreter(adult: Adult, staff_speak: frozenset[str]) -> bool:
    return adult.interpreter or (adult.speaks is not None and primary(adult.speaks) not in staff_speak)


def own(adult: Adult) -> tuple[str, ...]:
    """The languages that are on record for them."""
    return tuple(dict.fromkeys((*((adult.speaks,) if adult.speaks else ()), *adult.reads)))
