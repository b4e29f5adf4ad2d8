"""When and how somebody wants to be reached, in words."""

from crisis.policy.hours import AvoidedTime
from crisis.privacy_words import ContactWay
from web.rendering import Language, babel_day, babel_weekday, translations
from web.words import N_

WAYS: dict[ContactWay, str] = {
    ContactWay.CALL: N_("Call"),
    ContactWay.TEXT: N_("Text"),
    ContactWay.VIDEO: N_("Video, or a relay for sign language"),
    ContactWay.EMAIL: N_("E-mail"),
    ContactWay.IN_PERSON: N_("In person, at home"),
}


def hours_of(each: AvoidedTime, language: Language) -> str:
    """As “21:00 to 07:00, Friday, from …”."""
    translate = translations(language).gettext
    said = [translate(N_("%(starts)s to %(ends)s")) % {"starts": f"{each.starts:%H:%M}", "ends": f"{each.ends:%H:%M}"}]
    said += [babel_weekday(day, language) for day in sorted(each.days)]
    if each.first_day is not None:
        said.append(translate(N_("from %(day)s")) % {"day": babel_day(each.first_day, language)})
    if each.last_day is not None:
        said.append(translate(N_("until %(day)s")) % {"day": babel_day(each.last_day, language)})
    return ", ".join(said)
