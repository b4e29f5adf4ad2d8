"""How an adult is interpreted for, and whom they want for it, in words."""

from collections.abc import Iterator

from crisis.message_words import InterpreterNeed
from crisis.store.interpreting import InterpreterWish
from web.rendering import Language, translations
from web.words import N_

NEEDS: dict[InterpreterNeed, str] = {
    InterpreterNeed.SPOKEN: N_("Spoken language"),
    InterpreterNeed.SIGN: N_("Sign language"),
    InterpreterNeed.DEAF_INTERPRETER: N_("Sign language, with a deaf interpreter as well"),
    InterpreterNeed.TACTILE: N_("Tactile, hand in hand"),
    InterpreterNeed.CAPTIONS: N_("Written along as it is said"),
}


def said(wish: InterpreterWish, language: Language) -> Iterator[str]:
    """What is looked for, what must not be done first; names stand as they were written."""
    translate = translations(language).gettext
    if wish.not_these:
        yield translate(N_("Not these: %(names)s")) % {"names": "; ".join(wish.not_these)}
    if wish.not_own_community:
        yield translate(N_("Nobody from their own community"))
    yield translate(NEEDS[wish.need])
    if wish.woman:
        yield translate(N_("A woman, where it takes no longer"))
    if wish.man:
        yield translate(N_("A man, where it takes no longer"))
