"""What agencies are called, what they take, and when they answer, in the reader's language."""

from babel.dates import format_time, get_day_names

from crisis.policy.opening_hours import ALWAYS, Hours, Week, weeks
from crisis.referral_words import AgencyKind, AgreedUse, Capacity, Care, DataPoint, Insurance
from web.rendering import Language, translations
from web.words import N_

KINDS: dict[AgencyKind, str] = {
    AgencyKind.MOBILE_CRISIS: N_("Mobile crisis team"),
    AgencyKind.EMERGENCY_DEPARTMENT: N_("Emergency department"),
    AgencyKind.HEALTH_CENTER: N_("Health center"),
    AgencyKind.COMMUNITY_PROVIDER: N_("Community provider"),
    AgencyKind.SUPPORT_LINE: N_("Support line"),
    AgencyKind.FAMILY_SUPPORT: N_("Support for families"),
    AgencyKind.HOUSING: N_("Housing and shelter"),
    AgencyKind.CHILD_WELFARE: N_("Child welfare, foster care"),
    AgencyKind.ADVOCACY: N_("Advocates"),
}
CARE: dict[Care, str] = {
    Care.CRISIS_VISIT: N_("Comes in a crisis"),
    Care.EMERGENCY_EVALUATION: N_("Emergency evaluation"),
    Care.COUNSELING: N_("Counseling"),
    Care.PSYCHIATRY: N_("Psychiatry"),
    Care.SUBSTANCE_USE: N_("Alcohol and drugs"),
    Care.GRIEF: N_("Grief"),
    Care.SEXUAL_HARM: N_("After sexual harm"),
    Care.FAMILY_SUPPORT: N_("Help for families"),
    Care.BASIC_NEEDS: N_("Food, clothes, a place to stay"),
}
INSURANCE: dict[Insurance, str] = {
    Insurance.MEDICAID: N_("Medicaid"),
    Insurance.PRIVATE: N_("Private insurance"),
    Insurance.UNINSURED: N_("Without insurance"),
    Insurance.FREE: N_("Costs nothing"),
}
CAPACITIES: dict[Capacity, str] = {
    Capacity.HAS_CAPACITY: N_("Takes somebody new"),
    Capacity.WAITLIST: N_("Has a waiting list"),
    Capacity.NO_CAPACITY: N_("Takes nobody new"),
    Capacity.FIRST_ASSESSED: N_("Looks first, then says"),
}
TONES = {
    Capacity.HAS_CAPACITY: "ok",
    Capacity.WAITLIST: "warn",
    Capacity.NO_CAPACITY: "late",
    Capacity.FIRST_ASSESSED: "live",
}
ASKS: dict[str, str] = {
    "hours": N_("whether they answer now"),
    "age": N_("whether they take this age"),
    "language": N_("which languages they speak"),
    "care": N_("what they take"),
    "insurance": N_("which insurance they take"),
}

DATA_POINTS: dict[DataPoint, str] = {
    DataPoint.IDENTITY: N_("Name and date of birth"),
    DataPoint.GUARDIANS: N_("Guardians and how to reach them"),
    DataPoint.LANGUAGE: N_("Language and need for an interpreter"),
    DataPoint.RISK: N_("Level of risk and result of the screening"),
    DataPoint.STATEMENT: N_("What the student said or did"),
    DataPoint.MEANS: N_("Means and whether they are out of reach"),
    DataPoint.MEDICAL: N_("Allergies and medicines"),
    DataPoint.SAFETY_PLAN: N_("Safety plan"),
    DataPoint.WHAT_HELPS: N_("What calms the student and whom they trust"),
    DataPoint.SCHOOL_CONTACT: N_("Whom to call at the school"),
}
USES: dict[AgreedUse, str] = {
    AgreedUse.CRISIS_RESPONSE: N_("Help in a crisis"),
    AgreedUse.ASSESSMENT: N_("Assessment"),
    AgreedUse.ONGOING_CARE: N_("Care that goes on"),
    AgreedUse.FOLLOW_UP: N_("Follow-up"),
    AgreedUse.RETURN: N_("They tell the school of an admission and of a return"),
}


def hours_said(hours: Hours, language: Language) -> tuple[str, ...]:
    """One line for neighbouring days with the same hours."""
    if hours == ALWAYS:
        return (translations(language).gettext(N_("Always")),)
    return tuple(_line(week, language) for week in weeks(hours))


def _line(week: Week, language: Language) -> str:
    names = get_day_names("abbreviated", locale=language)
    days = names[week.first] if week.first == week.last else f"{names[week.first]} – {names[week.last]}"
    opens, closes = (format_time(each, "short", locale=language) for each in (week.opens, week.closes))
    return f"{days} {opens} – {closes}".replace("\u202f", "\u00a0")
