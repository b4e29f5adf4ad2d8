"""Reports of whole school years in words: who was met how, and how what was needed was answered."""

from collections.abc import Callable, Mapping
from typing import assert_never

from crisis.policy.published import OUTCOMES, SOON, UNKNOWN, Attribute, Measure
from crisis.referral_words import Care, ReferralReason
from crisis.store.published import Report, Sums
from web.plots import Bars, Line
from web.rendering import Language, babel_language, translations
from web.words import N_
from web.words_of_directory import CARE
from web.words_of_referrals import REASONS

TITLES: Mapping[Measure, str] = {
    Measure.HOME: N_("Who is sent home, by %(attribute)s"),
    Measure.UNMET: N_("Whose wishes about who comes were not met, by %(attribute)s"),
    Measure.POLICE: N_("Who is met with police, by %(attribute)s"),
    Measure.ANSWER: N_("What was needed, and how it was answered, by %(attribute)s"),
    Measure.BARRIER: N_("Why nobody accepted, by %(attribute)s"),
}
NOTES: Mapping[Measure, str] = {
    Measure.HOME: N_("Students whom an adult of their family took home out of an incident."),
    Measure.UNMET: N_("Of students who, or whose family, asked for something in whoever comes, such as a language."),
    Measure.POLICE: N_("Students for whom the police were called, or who went with them."),
    Measure.ANSWER: N_("Each student once for each kind of care that was asked for."),
    Measure.BARRIER: N_("The last reason that was given, of what nobody has accepted."),
}
SAID: Mapping[Measure, tuple[str, ...]] = {  # of the outcomes, in their order
    Measure.HOME: (N_("sent home"), N_("not sent home")),
    Measure.UNMET: (N_("something was not met"), N_("all was met")),
    Measure.POLICE: (N_("with police"), N_("without police")),
    Measure.ANSWER: (
        N_("accepted within %(days)s days"),
        N_("accepted after a longer wait"),
        N_("not accepted"),
    ),
    Measure.BARRIER: (N_("not accepted"),),
}
ATTRIBUTES: Mapping[Attribute, tuple[str, str]] = {  # in a title, and as the head of a table
    Attribute.LANGUAGE: (N_("language"), N_("Language")),
    Attribute.GRADE: (N_("grade"), N_("Grade")),
    Attribute.SCHOOL: (N_("school"), N_("School")),
    Attribute.CARE: (N_("kind of care"), N_("Kind of care")),
    Attribute.REASON: (N_("reason"), N_("Reason")),
}
OTHERS, NOT_KNOWN = N_("Several others together"), N_("Not in the record")
_RATED = (Measure.HOME, Measure.UNMET, Measure.POLICE)
Translate = Callable[[str], str]


def parts(report: Report, schools: Mapping[str, str], language: Language) -> list[Bars]:
    """By measure, as they are listed; what could not be shown is not there."""
    found = sorted(report.sums, key=_place)
    return [_part(each, schools, language) for each in found]


def _place(sums: Sums) -> tuple[int, int]:
    return list(Measure).index(Measure(sums.measure)), list(Attribute).index(Attribute(sums.attribute))


def _order(row: tuple[str | None, tuple[int, ...]]) -> tuple[bool, bool, int, str]:
    """Grades by number; what nobody has said, and several together, at the end."""
    group = row[0] or ""
    return row[0] is None, group == UNKNOWN, int(group) if group.isdecimal() else 0, group


def _part(sums: Sums, schools: Mapping[str, str], language: Language) -> Bars:
    say = translations(language).gettext
    measure, attribute = Measure(sums.measure), Attribute(sums.attribute)
    named, head = ATTRIBUTES[attribute]
    series = tuple(
        (code, say(said) % {"days": SOON}) for code, said in zip(OUTCOMES[measure], SAID[measure], strict=True)
    )
    rows = []
    for group, counts in sorted(sums.rows, key=_order):
        label = say(OTHERS) if group is None else _group(attribute, group, schools, language)
        share = f" · {round(100 * counts[0] / sum(counts))} %" if measure in _RATED else ""
        rows.append(Line(code=group or "others", label=f"{label}{share}", counts=counts))
    return Bars(
        id=f"{measure}_by_{attribute}",
        title=say(TITLES[measure]) % {"attribute": say(named)},
        note=say(NOTES[measure]),
        head=say(head),
        series=series,
        rows=tuple(rows),
    )


def _group(attribute: Attribute, group: str, schools: Mapping[str, str], language: Language) -> str:
    say = translations(language).gettext
    if group == UNKNOWN:
        return say(NOT_KNOWN)
    match attribute:
        case Attribute.LANGUAGE:
            return babel_language(group, language)
        case Attribute.SCHOOL:
            return schools.get(group, group)
        case Attribute.CARE:
            return say(CARE[Care(group)])
        case Attribute.REASON:
            return say(REASONS[ReferralReason(group)])
        case Attribute.GRADE:
            return say(N_("Grade %(grade)s")) % {"grade": group}
        case _:
            assert_never(attribute)
