"""The words of what lies outside the school: the agencies that help, what they take, and what becomes of a referral."""

from enum import StrEnum
from typing import NewType

from crisis.vocabulary import ReceiverKind

AgencyId = NewType("AgencyId", str)


class AgencyKind(StrEnum):
    """What an agency of the directory is. Responsibility for an incident is handed only to the first four."""

    MOBILE_CRISIS = "mobile_crisis"
    EMERGENCY_DEPARTMENT = "emergency_department"
    HEALTH_CENTER = "health_center"
    COMMUNITY_PROVIDER = "community_provider"
    SUPPORT_LINE = "support_line"
    FAMILY_SUPPORT = "family_support"
    HOUSING = "housing"
    CHILD_WELFARE = "child_welfare"
    ADVOCACY = "advocacy"

    @property
    def receiver(self) -> ReceiverKind | None:
        """As what it takes a handoff; None: it takes none."""
        return ReceiverKind(self.value) if self.value in set(ReceiverKind) else None


class Care(StrEnum):
    """What an agency takes people for; a service, never a diagnosis."""

    CRISIS_VISIT = "crisis_visit"  # comes to the school or the home
    EMERGENCY_EVALUATION = "emergency_evaluation"
    COUNSELING = "counseling"
    PSYCHIATRY = "psychiatry"
    SUBSTANCE_USE = "substance_use"
    GRIEF = "grief"
    SEXUAL_HARM = "sexual_harm"
    FAMILY_SUPPORT = "family_support"
    BASIC_NEEDS = "basic_needs"  # food, clothes, a place to stay


class Insurance(StrEnum):
    """Whose visit is paid for, and how."""

    MEDICAID = "medicaid"
    PRIVATE = "private"
    UNINSURED = "uninsured"  # takes people without any
    FREE = "free"  # asks for none


class Capacity(StrEnum):
    """Whether an agency takes somebody new; not known is None (`products-and-standards.md` 3.3)."""

    HAS_CAPACITY = "has_capacity"
    WAITLIST = "waitlist"
    NO_CAPACITY = "no_capacity"
    FIRST_ASSESSED = "first_assessed"  # they assess before they say


class DataPoint(StrEnum):
    """What may be told of a student, item by item; the codes that protocols list under `disclosure_items` (I-16)."""

    IDENTITY = "identity"
    GUARDIANS = "guardians"
    LANGUAGE = "language"
    RISK = "risk"
    STATEMENT = "statement"
    MEANS = "means"
    MEDICAL = "medical"
    SAFETY_PLAN = "safety_plan"
    WHAT_HELPS = "what_helps"
    SCHOOL_CONTACT = "school_contact"


class AgreedUse(StrEnum):
    """What an agency may use it for, and nothing else (34 CFR 99.31(a)(1), 99.33)."""

    CRISIS_RESPONSE = "crisis_response"
    ASSESSMENT = "assessment"
    ONGOING_CARE = "ongoing_care"
    FOLLOW_UP = "follow_up"
    RETURN = "return_to_school"  # that they tell the school of an admission and of a return


class ReturnNews(StrEnum):
    """What a hospital or a crisis unit tells the school of a student."""

    ADMITTED = "admitted"
    COMING_BACK = "coming_back"


ReferralId = NewType("ReferralId", str)


class ReferralState(StrEnum):
    """Where a referral stands, in the codes of a FHIR Task, as the Gravity project uses them for closed loops."""

    DRAFT = "draft"
    REQUESTED = "requested"
    RECEIVED = "received"  # somebody there has it; nothing is promised
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in-progress"  # the first appointment was kept
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ReferralReason(StrEnum):
    """Why a referral was turned down, waits, was taken back or came to nothing."""

    AT_CAPACITY = "at_capacity"
    WAITLIST = "waitlist"
    NOT_THEIR_FIELD = "not_their_field"
    AGE = "age"
    INSURANCE = "insurance"
    LANGUAGE = "language"
    TOO_FAR = "too_far"
    MORE_ASSESSMENT = "more_assessment"
    NO_CONSENT = "no_consent"
    FAMILY_DECLINED = "family_declined"
    STUDENT_DECLINED = "student_declined"
    NOT_REACHED = "not_reached"
    NOT_KEPT = "not_kept"  # the appointment
    ELSEWHERE = "elsewhere"  # somebody else has taken it
    OTHER = "other"  # said in words


class Audience(StrEnum):
    """For whom a brief is made; each has its own closed list of what it may hold."""

    CLINICIAN = "clinician"  # who takes the student over by a handoff
    EMERGENCY = "emergency"  # an ambulance, or 911 on the telephone
    PICK_UP = "pick_up"  # the adult of the record who takes the student home


class BriefPart(StrEnum):
    """The four parts of an SBAR."""

    SITUATION = "situation"
    BACKGROUND = "background"
    ASSESSMENT = "assessment"
    RECOMMENDATION = "recommendation"


class BriefField(StrEnum):
    """All that a brief can hold; in the order in which it is read aloud."""

    NAME = "name"
    CALLED = "called"
    BIRTH_DATE = "birth_date"
    CONCERN = "concern"
    DANGERS = "dangers"
    PLACE = "place"
    WITH = "with"
    GUARDIANS = "guardians"
    NOT_RELEASED_TO = "not_released_to"
    LANGUAGE = "language"
    MEDICAL = "medical"
    COMMUNICATION = "communication"
    HELPS = "helps"
    MAKES_WORSE = "makes_worse"
    TIER = "tier"
    SCREEN = "screen"
    STATEMENT = "statement"
    MEANS = "means"
    SAFETY_PLAN = "safety_plan"
    NEXT = "next"
    CALL_BACK = "call_back"


class BriefWay(StrEnum):
    """How a brief reaches whoever it is for; nothing is sent."""

    READ_ALOUD = "read_aloud"
    SHOWN = "shown"
    PRINTED = "printed"
