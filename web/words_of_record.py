"""What the kinds of a student's record are called."""

from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.record_words import NameCaution, NameContext
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
    InstructionKind.PRACTICE: N_("Prayer, food, clothing"),
    InstructionKind.WORDS_TO_USE: N_("Words the family uses"),
}
SOURCES: dict[InstructionSource, str] = {
    InstructionSource.STUDENT: N_("The student"),
    InstructionSource.FAMILY: N_("The family"),
    InstructionSource.STAFF: N_("Staff"),
}
FORBIDS = frozenset({InstructionKind.DO_NOT_SAY, InstructionKind.MAKES_WORSE, InstructionKind.TOUCH})
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
