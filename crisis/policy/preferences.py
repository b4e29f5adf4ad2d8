"""What each wish of a student or a family is about and how much it weighs: a closed list (`privacy-and-culture.md` 2).

A wish of the strength `ROUTE` sorts and never delays; `BLOCK` keeps a step from being called complete, and never help
from coming.
"""

from crisis.record_words import Preference, PreferenceKind, Strength

KIND_OF: dict[Preference, PreferenceKind] = {
    Preference.WOMAN: PreferenceKind.CLINICIAN,
    Preference.MAN: PreferenceKind.CLINICIAN,
    Preference.LIVED_EXPERIENCE: PreferenceKind.CLINICIAN,
    Preference.BY_VIDEO: PreferenceKind.CLINICIAN,
    Preference.IN_PERSON: PreferenceKind.CLINICIAN,
    Preference.NAMED_CLINICIAN: PreferenceKind.CLINICIAN,
    Preference.NOT_THIS_CLINICIAN: PreferenceKind.CLINICIAN,
    Preference.MOBILE_CRISIS_FIRST: PreferenceKind.LAW_ENFORCEMENT,
    Preference.NO_SCHOOL_OFFICER: PreferenceKind.LAW_ENFORCEMENT,
    Preference.NO_UNIFORM: PreferenceKind.LAW_ENFORCEMENT,
    Preference.ASK_LEAD_BEFORE_AGENCIES: PreferenceKind.AGENCIES,
    Preference.SPEECH_DEVICE: PreferenceKind.SUPPORT,
    Preference.YES_NO_SIGNS: PreferenceKind.SUPPORT,
    Preference.SIGN_LANGUAGE: PreferenceKind.SUPPORT,
    Preference.PICTURES: PreferenceKind.SUPPORT,
    Preference.MORE_TIME: PreferenceKind.SUPPORT,
    Preference.TRUSTED_ADULT: PreferenceKind.COMPANY,
    Preference.TRUSTED_ADULT_AT_ONCE: PreferenceKind.COMPANY,
    Preference.OWN_COMMUNITY: PreferenceKind.CLINICIAN,
    Preference.SAY_WELLBEING: PreferenceKind.WORDING,
}
STRENGTH: dict[PreferenceKind, Strength] = {
    PreferenceKind.CLINICIAN: Strength.ROUTE,
    PreferenceKind.LAW_ENFORCEMENT: Strength.ROUTE,
    PreferenceKind.AGENCIES: Strength.ROUTE,
    PreferenceKind.SUPPORT: Strength.BLOCK,
    PreferenceKind.COMPANY: Strength.ROUTE,
    PreferenceKind.WORDING: Strength.ADVISE,
}
COMPANY = frozenset({Preference.TRUSTED_ADULT, Preference.TRUSTED_ADULT_AT_ONCE})  # said by the student alone
OF_A_PERSON = COMPANY | {Preference.NAMED_CLINICIAN, Preference.NOT_THIS_CLINICIAN, Preference.OWN_COMMUNITY}
# What a coordinator writes down that a clinician can do or is for this; the same codes as any other skill.
SKILLS = frozenset(
    {Preference.WOMAN, Preference.MAN, Preference.LIVED_EXPERIENCE, Preference.BY_VIDEO, Preference.IN_PERSON}
    | {Preference.SIGN_LANGUAGE}
)
LEAD_FIRST = frozenset({PreferenceKind.LAW_ENFORCEMENT, PreferenceKind.AGENCIES})
ONLY_FOR_LEADS = frozenset({PreferenceKind.AGENCIES})  # who else sees it could ask why (2.3, field 19)
