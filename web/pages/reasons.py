"""A rule's reason in the reader's language; what fills its places is translated where it is one of our words.

Steps and fields are called what their protocol calls them in that language.
"""

from crisis.errors import InBoth, Reason
from crisis.vocabulary import Role
from web import words
from web.forms import Said
from web.rendering import Language, translations
from web.words import N_

_ROLE_WORDS = {role.value.replace("_", " "): words.of(role) for role in Role}


def in_words(reason: Reason, language: Language) -> Said:
    translate = translations(language).gettext
    values = {name: each.in_language(language) if isinstance(each, InBoth) else each for name, each in reason.values}
    if "roles" in values:
        named = [_ROLE_WORDS.get(name, name) for name in values["roles"].split(" or ")]
        values["roles"] = translate(N_(" or ")).join(translate(name) for name in named)
    text = translate(reason.text)
    return Said(rule=reason.rule, words=text % values if values else text, at=reason.at)
