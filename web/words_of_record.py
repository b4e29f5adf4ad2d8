"""What the kinds of a student's record are called."""

from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.record_words import NameCaution, NameContext, Preference, PreferenceKind
from web.words import N_

INSTRUCTIONS: dict[InstructionKind, str] = {
    InstructionKind.DO_NOT_SAY: N_("Do not say"),
    InstructionKind.MAKES_WORSE: N_("Makes it worse"),
    InstructionKind.TOUCH: N_("Touch"),
    InstructionKind.HELPS: N_("Helps"),
    InstructionKind.COMMUNICATION: N_("How they tell us things"),
    InstructionKind.MEDICAL: N_("Medical alert"),
    InstructionKind.TRUSTED_ADULT: N_("Adult they trust"),
    InstructionKind.HELPER: N_("Helper to invite, with the family's consent"),
    InstructionKind.COUNTS_AS_FAMILY: N_("Counts as family"),
    InstructionKind.PRACTICE: N_("Prayer, food, clothing"),
    InstructionKind.WORDS_TO_USE: N_("Words the family uses"),
}
SOURCES: dict[InstructionSource, str] = {
    InstructionSource.STUDENT: N_("The student"),
    InstructionSource.FAMILY: N_("The family"),
    InstructionSource.STAFF: N_("Staff"),
}
FORBIDS = frozenset({InstructionKind.DO_NOT_SAY, InstructionKind.MAKES_WORSE, InstructionKind.TOUCH})
ON_THE_WAY = frozenset({InstructionKind.TOUCH, InstructionKind.PRACTICE})  # seen to before the student is taken away
CONTEXTS: dict[NameContext, str] = {  # a guardian is chosen by name
    NameContext.FACE_TO_FACE: N_("When staff talk with the student"),
    NameContext.STAFF_CONSOLE: N_("On this screen, for the response team"),
    NameContext.EXTERNAL_CLINICIAN: N_("With the clinician who comes"),
    NameContext.EMERGENCY_SERVICES: N_("With 911 and the ambulance"),
    NameContext.RECORDS: N_("On papers and exports"),
}
CAUTIONS: dict[NameCaution, str] = {
    NameCaution.NONE: N_("Nothing to mind"),
    NameCaution.ASK_STUDENT_FIRST: N_("Ask the student before you use it with anybody else"),
    NameCaution.DO_NOT_VOLUNTEER: N_("Do not bring it up with parents"),
}
KINDS_OF_WISH: dict[PreferenceKind, str] = {
    PreferenceKind.CLINICIAN: N_("Clinician"),
    PreferenceKind.LAW_ENFORCEMENT: N_("Police"),
    PreferenceKind.AGENCIES: N_("Agencies"),
    PreferenceKind.SUPPORT: N_("To tell us things"),
    PreferenceKind.COMPANY: N_("Company"),
    PreferenceKind.WORDING: N_("Words with the family"),
}
WISHES: dict[Preference, str] = {
    Preference.WOMAN: N_("a woman, where it takes no longer"),
    Preference.MAN: N_("a man, where it takes no longer"),
    Preference.LIVED_EXPERIENCE: N_("somebody who has been through it"),
    Preference.BY_VIDEO: N_("by video is fine"),
    Preference.IN_PERSON: N_("in person"),
    Preference.NAMED_CLINICIAN: N_("this one"),
    Preference.NOT_THIS_CLINICIAN: N_("not this one, such as somebody from their own community"),
    Preference.MOBILE_CRISIS_FIRST: N_("mobile crisis first"),
    Preference.NO_SCHOOL_OFFICER: N_("without the school's officer"),
    Preference.NO_UNIFORM: N_("without a uniform"),
    Preference.ASK_LEAD_BEFORE_AGENCIES: N_("the lead decides before any agency is called"),
    Preference.SPEECH_DEVICE: N_("speech device or board"),
    Preference.YES_NO_SIGNS: N_("their own signs for yes and no"),
    Preference.SIGN_LANGUAGE: N_("sign language"),
    Preference.PICTURES: N_("pictures"),
    Preference.MORE_TIME: N_("time to answer"),
    Preference.TRUSTED_ADULT: N_("an adult at school whom they trust"),
    Preference.TRUSTED_ADULT_AT_ONCE: N_("an adult at school whom they trust, asked at once when something happens"),
    Preference.OWN_COMMUNITY: N_("this one, whom they feel is of their own community"),
    Preference.SAY_WELLBEING: N_("say “wellbeing” or “health concern”, not “mental health”"),
}


def wish(code: str) -> str:
    """What was asked for, by the code that the log of an incident holds; a word of another time stands as it is."""
    if code.startswith("language:"):
        return N_("their language")
    return {each.value: words for each, words in WISHES.items()}.get(code, code)
