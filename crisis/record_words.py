"""The words of the rest of a student's record: names, wishes, supports, and who looks after the student.

Each says what to do and never who somebody is (`privacy-and-culture.md` 2.1).
"""

from enum import StrEnum


class NameContext(StrEnum):
    """Where a name may stand or be said (2.3, field 2); no guardian is among them unless somebody listed that one."""

    FACE_TO_FACE = "face_to_face"
    STAFF_CONSOLE = "staff_console"
    EXTERNAL_CLINICIAN = "external_clinician"
    EMERGENCY_SERVICES = "emergency_services"
    RECORDS = "records"
    GUARDIAN = "guardian"  # one guardian, who is named beside it


class NameCaution(StrEnum):
    """What to mind before a name is told to somebody else (2.3, field 4)."""

    NONE = "none"
    ASK_STUDENT_FIRST = "ask_student_first"
    DO_NOT_VOLUNTEER = "do_not_volunteer"  # where the law's pack permits it (PR-11)


class PreferenceKind(StrEnum):
    """What a wish is about; how much it weighs follows from it (2.1, fields 15, 19, 20, 21)."""

    CLINICIAN = "clinician"
    LAW_ENFORCEMENT = "law_enforcement"
    AGENCIES = "agencies"
    SUPPORT = "support"
    COMPANY = "company"  # who sits with the student (field 25)
    WORDING = "wording"  # which words staff use with the family (field 17)


class Preference(StrEnum):
    """What a student or a family asked for; an instruction, never who somebody is."""

    WOMAN = "woman"
    MAN = "man"
    LIVED_EXPERIENCE = "lived_experience"
    BY_VIDEO = "by_video"
    IN_PERSON = "in_person"
    NAMED_CLINICIAN = "named_clinician"
    NOT_THIS_CLINICIAN = "not_this_clinician"  # such as one from their own community
    MOBILE_CRISIS_FIRST = "mobile_crisis_first"
    NO_SCHOOL_OFFICER = "no_school_officer"
    NO_UNIFORM = "no_uniform"
    ASK_LEAD_BEFORE_AGENCIES = "ask_lead_before_agencies"
    SPEECH_DEVICE = "speech_device"
    YES_NO_SIGNS = "yes_no_signs"
    SIGN_LANGUAGE = "sign_language"
    PICTURES = "pictures"
    MORE_TIME = "more_time"
    TRUSTED_ADULT = "trusted_adult"  # of the staff: offered to be asked to come
    TRUSTED_ADULT_AT_ONCE = "trusted_adult_at_once"  # asked without anybody pressing a button
    OWN_COMMUNITY = "own_community"  # one whom they feel is of theirs: a person, and never which community it is
    SAY_WELLBEING = "say_wellbeing"  # instead of “mental health”


class FamilyStatus(StrEnum):
    """Who answers for a student where the parents do not, or not first (1.7). Why stands nowhere; it leaves nowhere.

    None: nobody has recorded that anything differs from the adults of the list.
    """

    UNACCOMPANIED = "unaccompanied"  # McKinney-Vento: without a parent or guardian
    STATE_CUSTODY = "state_custody"  # foster care
    KINSHIP = "kinship"  # with relatives, without a court's paper
    SURROGATE = "surrogate"  # an educational surrogate parent is appointed


class ContactCondition(StrEnum):
    """What must be so first when one adult is told (2.3, field 11); it is shown beside their number."""

    WITH_ADULT = "with_adult"  # another adult of the record, who is named beside it
    STUDENT_KNOWS_FIRST = "student_knows_first"
    STUDENT_PRESENT = "student_present"
    IN_PERSON = "in_person"


class TribalWish(StrEnum):
    """What the student or the parents want of their tribe (2.3, field 18); it advises, and nobody is told by itself."""

    ASK_US_FIRST = "ask_us_first"
    INVITE = "invite"  # somebody of the tribe, together with the family
    DO_NOT_CONTACT = "do_not_contact"


class Strength(StrEnum):
    """How much a wish weighs: only what safety or law asks for ever holds something up (2.1)."""

    BLOCK = "block"
    ROUTE = "route"
    ADVISE = "advise"


class IntakeQuestion(StrEnum):
    """The twelve questions of the family's sheet, in their order (2.5); each may stay empty."""

    NAME = "name"
    LANGUAGE = "language"
    ORDER = "order"
    NOT_TO_CALL = "not_to_call"
    AT_WORK = "at_work"
    WAY = "way"
    CALMS = "calms"
    TELLS = "tells"
    CUSTOMS = "customs"
    HELPER = "helper"
    SHARING = "sharing"
    AGENCIES = "agencies"


class Settled(StrEnum):
    """What became of one answer of the sheet: its words are in the record, or nowhere any more."""

    TAKEN = "taken"
    LEFT_OUT = "left_out"


class InfoAudience(StrEnum):
    """For whom a student or a family said what may be told (2.3, field 24); for a life nobody asks."""

    CLINICIAN = "clinician"  # who takes the student over by a handoff
    GUARDIAN = "guardian"


class InfoAction(StrEnum):
    """What is done with one item before one audience; the order is how much each restrains."""

    SHARE = "share"
    ASK_FIRST = "ask_first"
    DO_NOT_VOLUNTEER = "do_not_volunteer"


class Assent(StrEnum):
    """What a student said when they were told what leaves; never a consent in the sense of the law (PR-27)."""

    AGREED = "agreed"
    DISAGREED = "disagreed"
    UNSAFE = "unsafe"  # to tell them
    NOT_ABLE = "not_able"  # to take it in now


class RecordTask(StrEnum):
    """What somebody has to do because of what an incident is about; each once."""

    TELL_TITLE_IX = "tell_title_ix"  # 34 CFR 106.30: what one employee knows the school knows
    CHECK_ICWA = "check_icwa"  # the caseworker looks whether the Indian Child Welfare Act applies
    INVITE_HELPER = "invite_helper"  # an elder, a spiritual leader, a broker: whom the family wants with it (field 16)
