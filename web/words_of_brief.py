"""What the fields of a brief are called, and the sentence of one that was given."""

from crisis import referral_events as rev
from crisis.referral_words import Audience, BriefField, BriefPart, BriefWay
from web.telling import Known, Told, line_of, told, with_
from web.words import N_

AUDIENCES: dict[Audience, str] = {
    Audience.CLINICIAN: N_("For the clinician who takes over"),
    Audience.EMERGENCY: N_("For the ambulance, or 911 on the phone"),
    Audience.PICK_UP: N_("For the adult who takes the student home"),
}
PARTS: dict[BriefPart, str] = {
    BriefPart.SITUATION: N_("Situation"),
    BriefPart.BACKGROUND: N_("Background"),
    BriefPart.ASSESSMENT: N_("Assessment"),
    BriefPart.RECOMMENDATION: N_("What comes next"),
}
WAYS: dict[BriefWay, str] = {
    BriefWay.READ_ALOUD: N_("Read aloud"),
    BriefWay.SHOWN: N_("Shown on the screen"),
    BriefWay.PRINTED: N_("Printed and handed over"),
}
FIELDS: dict[BriefField, str] = {
    BriefField.NAME: N_("Name"),
    BriefField.CALLED: N_("Wants to be called"),
    BriefField.BIRTH_DATE: N_("Date of birth"),
    BriefField.CONCERN: N_("What it is about"),
    BriefField.DANGERS: N_("Dangers"),
    BriefField.PLACE: N_("Where"),
    BriefField.WITH: N_("With the student now"),
    BriefField.GUARDIANS: N_("Guardians"),
    BriefField.NOT_RELEASED_TO: N_("Not to be given to"),
    BriefField.LANGUAGE: N_("Language"),
    BriefField.MEDICAL: N_("Allergies and medicines"),
    BriefField.COMMUNICATION: N_("How they tell us things"),
    BriefField.HELPS: N_("Helps"),
    BriefField.MAKES_WORSE: N_("Makes it worse"),
    BriefField.TIER: N_("Level of risk"),
    BriefField.SCREEN: N_("Screening"),
    BriefField.STATEMENT: N_("The danger, in words"),
    BriefField.MEANS: N_("Means"),
    BriefField.SAFETY_PLAN: N_("Safety plan"),
    BriefField.NEXT: N_("The school's next contact"),
    BriefField.CALL_BACK: N_("Call the school"),
}


@told.register
def _(event: rev.BriefGiven, known: Known) -> Told:
    audience, way = known.translate(AUDIENCES[event.audience]), known.translate(WAYS[event.way])
    line = line_of(known, N_("Brief given. %(audience)s: %(way)s"), "hand", "ok", audience=audience, way=way)
    return with_(line, event.recipient, event.threat)


@told.register
def _(_event: rev.HandoffTimedOut, known: Known) -> Told:
    return line_of(
        known, N_("Nobody there answered the handoff in time; the student is still the school's"), "hand", "late"
    )
