"""The words of the student's record: who may be contacted, for what, by which way, and what that takes."""

from enum import StrEnum


class RestrictionKind(StrEnum):
    """Why somebody must not be contacted about a student (`privacy-and-culture.md` 2.3, field 12)."""

    COURT_ORDER = "court_order"
    CHILD_PROTECTION_HOLD = "child_protection_hold"
    SUSPECTED_ABUSE = "suspected_abuse"
    STUDENT_FEAR = "student_fear"
    SAFETY_PLAN = "safety_plan"


class Authority(StrEnum):
    """What an adult may do for a student, each shown by a document or a person; family is no authority (PR-30)."""

    EDUCATION_RIGHTS = "education_rights"  # a parent in the sense of 34 CFR 99.3
    EDUCATION_DECISIONS = "education_decisions"
    MEDICAL_CONSENT = "medical_consent"
    PICKUP = "pickup"
    EMERGENCY_CONTACT = "emergency_contact"
    CASEWORKER = "caseworker"
    SURROGATE = "surrogate"
    ADULT_GUARDIAN = "adult_guardian"  # of a student of age, by a court (field 27)
    PARENT_OF_DEPENDENT = "parent_of_dependent"  # a dependent for tax may be told of at 18 (34 CFR 99.31(a)(8))
    SUPPORTER = "supporter"  # helps a student of age to decide, who decides all the same


class AuthorityPaper(StrEnum):
    """Which paper shows what an adult may do."""

    COURT_ORDER = "court_order"
    AGENCY_PAPER = "agency_paper"
    APPOINTMENT = "appointment"  # by the school or the state, as of a surrogate parent
    SIGNED_STATEMENT = "signed_statement"


class ContactPurpose(StrEnum):
    """What somebody wants of an adult."""

    SAFETY_CALLBACK = "safety_callback"  # only that they call back; nothing is said
    PICKUP = "pickup"
    LOGISTICS = "logistics"
    INFORM = "inform"
    CONSENT_REQUEST = "consent_request"
    FOLLOW_UP = "follow_up"


class ContactWay(StrEnum):
    """How somebody is reached; what a machine may say differs from what a person may."""

    CALL = "call"
    VOICEMAIL = "voicemail"
    TEXT = "text"
    EMAIL = "email"
    VIDEO = "video"
    IN_PERSON = "in_person"


class EmailOver(StrEnum):
    """Why nothing goes to an address any more."""

    STOPPED = "stopped"  # they asked for no more
    NOT_THEIRS = "not_theirs"


class ContactEffect(StrEnum):
    """What came of asking; the order is how much each restrains."""

    ALLOW = "allow"
    ALLOW_WITH = "allow_with"
    HUMAN = "human"
    REFUSE = "refuse"


class Obligation(StrEnum):
    """What must be done where a contact is allowed."""

    NEUTRAL_TEMPLATE = "neutral_template"  # no name, no pronoun, no word of health
    NO_VOICEMAIL = "no_voicemail"
    INTERPRETER_FIRST = "interpreter_first"
    ASK_LANGUAGE = "ask_language"
    OTHER_HOUR = "other_hour"  # they asked not to be contacted now; where it can wait, it waits
    CONDITION_FIRST = "condition_first"  # what the family asked for when this adult is told
    SAFETY_ONLY = "safety_only"  # nothing beyond that the student is safe, and where help is


class StudentLack(StrEnum):
    """What is missing for somebody to be reached about a student."""

    NO_ADULT = "no_adult"
    NO_NUMBER = "no_number"
    NOBODY_TO_CALL = "nobody_to_call"  # those with a number must not be called, or a person has to decide
    NO_GUARDIAN = "no_guardian"  # nobody whom somebody has checked
    NO_LANGUAGE = "no_language"


class NoticeRule(StrEnum):
    """What the parents are told of care that a minor agreed to themselves; states disagree (1.3)."""

    REQUIRED = "required"
    PERMITTED = "permitted"
    FORBIDDEN_WITHOUT_MINOR_CONSENT = "forbidden_without_minor_consent"


class InstructionKind(StrEnum):
    """What to do for one student, and what not; an instruction, never who somebody is (2.1, fields 14 to 28).

    In the order in which they are shown: what must not be done comes first.
    """

    DO_NOT_SAY = "do_not_say"
    MAKES_WORSE = "makes_worse"
    TOUCH = "touch"
    HELPS = "helps"
    COMMUNICATION = "communication"
    MEDICAL = "medical"
    TRUSTED_ADULT = "trusted_adult"
    HELPER = "helper"
    COUNTS_AS_FAMILY = "counts_as_family"  # an elder, a godparent, a sibling; no right follows from it (field 9)
    PRACTICE = "practice"
    WORDS_TO_USE = "words_to_use"


class InstructionSource(StrEnum):
    """Who asked for it; the student's own word is shown before the others of its kind."""

    STUDENT = "student"
    FAMILY = "family"
    STAFF = "staff"
