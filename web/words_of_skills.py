"""What people can do and speak, in words: the codes by which a page chooses whom to ask first."""

from collections.abc import Iterable

from crisis.policy.preferences import SKILLS
from crisis.protocols.languages import LANGUAGES, SOURCE, primary
from crisis.record_words import Preference
from crisis.store.skills import LANGUAGE
from web.rendering import Language, babel_language, translations
from web.words import N_

WORDS: dict[Preference, str] = {
    Preference.WOMAN: N_("A woman"),
    Preference.MAN: N_("A man"),
    Preference.LIVED_EXPERIENCE: N_("Has been through it themselves"),
    Preference.BY_VIDEO: N_("Can talk by video"),
    Preference.IN_PERSON: N_("Can come in person"),
    Preference.SIGN_LANGUAGE: N_("Sign language"),
}


def abilities(language: Language) -> list[tuple[str, str]]:
    """To choose from: a code and its words."""
    translate = translations(language).gettext
    return sorted(((each.value, translate(WORDS[each])) for each in SKILLS), key=lambda each: each[1])


def languages(language: Language) -> list[tuple[str, str]]:
    """Without countries and scripts, as a page compares them."""
    spoken = {primary(tag) for tag in LANGUAGES} - {SOURCE}
    return sorted(((LANGUAGE + tag, said(LANGUAGE + tag, language)) for tag in spoken), key=lambda each: each[1])


def said(code: str, language: Language) -> str:
    """A word of the district's own stands as it is."""
    if code.startswith(LANGUAGE):
        return babel_language(code.removeprefix(LANGUAGE), language)
    known = {each.value: words for each, words in WORDS.items()}
    return translations(language).gettext(known[code]) if code in known else code


def all_said(codes: Iterable[str], language: Language) -> list[str]:
    return sorted(said(code, language) for code in codes)
