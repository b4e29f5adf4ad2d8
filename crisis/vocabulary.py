"""The glossary's code: the closed words of the field and the kinds of id. Imports nothing of ours."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NewType

DistrictId = NewType("DistrictId", str)
SchoolId = NewType("SchoolId", str)
IncidentId = NewType("IncidentId", str)
StudentId = NewType("StudentId", str)
PersonId = NewType("PersonId", str)  # an adult: staff, clinician or family contact
PageId = NewType("PageId", str)
HandoffId = NewType("HandoffId", str)
ObligationId = NewType("ObligationId", str)
WordsId = NewType("WordsId", str)  # sealed text: what people wrote, kept apart from facts
StepId = NewType("StepId", str)
ProtocolHash = NewType("ProtocolHash", str)  # SHA-256 of the composed protocol, hex

Evidence = Mapping[str, str | bool]  # the protocol names the fields; a field of kind `words` holds a WordsId


class Mode(StrEnum):
    """Fixed when the incident opens (I-22)."""

    LIVE = "live"
    DRILL = "drill"


class Phase(StrEnum):
    """Where the incident stands; derived from the step graph, judged by the lifecycle."""

    IDENTIFICATION = "identification"
    SAFETY_ASSESSMENT = "safety_assessment"
    FAMILY_CONTACT = "family_contact"
    HANDOFF = "handoff"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"


class Custody(StrEnum):
    """Which adult is with the student, as a region of its own beside the phase (I-1)."""

    UNHELD = "unheld"
    HELD = "held"
    OFFERED = "offered"  # still held by the one who offers, until the other accepts
    LOST = "lost"
    RELEASED = "released"


class Emergency(StrEnum):
    """The emergency lane, open at any moment."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    RESOLVED = "resolved"


class Tier(StrEnum):
    """Level of risk. Undetermined is `None`, which is never read as NONE (I-3)."""

    NONE = "none"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    IMMINENT = "imminent"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {tier: rank for rank, tier in enumerate(Tier)}


class Role(StrEnum):
    """What somebody does in one incident; the staff list says who may do it."""

    REPORTER = "reporter"
    SUPERVISING_ADULT = "supervising_adult"
    INCIDENT_LEAD = "incident_lead"
    ASSESSOR = "assessor"
    ADMIN = "admin"
    NURSE = "nurse"
    SRO = "sro"
    ONCALL_CLINICIAN = "oncall_clinician"
    CARE_COORDINATOR = "care_coordinator"
    DISTRICT_ONCALL = "district_oncall"
    LIAISON = "liaison"
    SCRIBE = "scribe"
    LOGISTICS = "logistics"


class StepType(StrEnum):
    """What kind of thing a step asks for; each has its own form and its own command."""

    ACT = "act"
    SCREEN = "screen"
    ASSESS = "assess"
    CONTACT = "contact"
    NOTIFY = "notify"
    PAGE = "page"
    HANDOFF = "handoff"
    CUSTODY = "custody"
    DECISION = "decision"
    DOCUMENT = "document"
    FOLLOW_UP = "followup"
    MEETING = "meeting"
    REVIEW = "review"


class StepState(StrEnum):
    """Derived from the incident, never stored."""

    NOT_NEEDED = "not_needed"  # its condition does not hold
    BLOCKED = "blocked"  # something must come first
    OPEN = "open"
    DONE = "done"
    SUBSTITUTED = "substituted"  # an exception put another obligation in its place
    WAIVED = "waived"  # a person gave a reason; never for a hard step


class SafetyClass(StrEnum):
    """Whether a step can be left out: a hard one by nobody."""

    HARD = "hard"
    REASON = "reason"


class DeadlineKind(StrEnum):
    HARD = "hard"  # law or clinical practice: a miss alarms and forces a review
    TARGET = "target"  # measured
    ADVICE = "advice"


class Clockwork(StrEnum):
    """In which time a deadline counts."""

    WALL = "wall"
    SCHOOL_HOURS = "school_hours"
    SCHOOL_DAY = "school_day"
    SCHOOL_START = "school_start"  # the opening bell
    CALENDAR_DAY = "calendar_day"


class Anchor(StrEnum):
    """The event from which a deadline counts."""

    OPENED = "opened"
    STEP_OPENED = "step_opened"  # what the step waited for was done
    ACUTE = "acute"  # an acute screen or a high tier, whichever came first
    TIER = "tier"  # the tier was decided
    RELEASED = "released"  # the student left the school's custody
    RETURNED = "returned"  # the student came back after hospital
    PREVIOUS = "previous"  # the occurrence before, in a follow-up series


class Beside(StrEnum):
    """Is an adult with the student? Asked when an incident opens; unknown is not yes."""

    ME = "me"
    OTHER = "other"
    NOBODY = "nobody"
    UNKNOWN = "unknown"
    NOT_ASKED = "not_asked"  # it is not about one student


class ScreenResult(StrEnum):
    """What a screening says; `protocols.md` section 2.2."""

    NEGATIVE = "negative"
    NON_ACUTE_POSITIVE = "non_acute_positive"
    ACUTE_POSITIVE = "acute_positive"
    INCOMPLETE = "incomplete"
    TOO_YOUNG = "too_young"  # nothing was asked: a full evaluation takes its place


class ScreenAnswer(StrEnum):
    YES = "yes"
    NO = "no"
    REFUSED = "refused"
    MISSING = "missing"  # asked for, not obtained
    NOT_ASKED = "not_asked"  # the instrument's own skip rule: not triggered, not forgotten


class ContactMethod(StrEnum):
    PHONE = "phone"
    IN_PERSON = "in_person"
    VIDEO = "video"
    TEXT = "text"
    EMAIL = "email"
    HOME_VISIT = "home_visit"


class ContactOutcome(StrEnum):
    """Of one attempt; the safety concern is a separate answer."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    MESSAGE_LEFT = "message_left"
    WRONG_NUMBER = "wrong_number"
    UNABLE = "unable"
    DECLINED = "declined"
    REACHED_OTHER = "reached_other"  # somebody who is not a guardian: asked only to have the guardian call (I-12)


class LanguageHelp(StrEnum):
    """How the talk was understood (I-13)."""

    SHARED = "shared"  # both speak it
    INTERPRETER = "interpreter"
    WAIVED = "waived"  # with a written reason


class ReleaseTo(StrEnum):
    """The only hands into which a student may be released (I-2)."""

    GUARDIAN = "guardian"
    AUTHORISED_ADULT = "authorised_adult"
    EMS = "ems"
    POLICE = "police"
    CLINICIAN = "clinician"
    CHILD_PROTECTION = "child_protection"
    CLASS = "class"


class FollowUpOutcome(StrEnum):
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    UNABLE = "unable"
    DECLINED = "declined"  # an exclusion, not a failure


class LegalBasis(StrEnum):
    """Why something may leave the school (`privacy-and-culture.md` 6.1). Directory information is none (PR-44)."""

    CONSENT = "consent_roi"  # 34 CFR 99.30
    EMERGENCY = "ferpa_99_36_emergency"
    TREATMENT = "treatment_hipaa"  # of a clinic, for its own records
    CHILD_PROTECTION_REPORT = "cps_report"
    COURT_ORDER = "court_order"
    SCHOOL_OFFICIAL = "school_official"  # 99.31(a)(1)
    PARTNER_OFFICIAL = "partner_official"  # the same, under an agreement
    PARENT_OR_STUDENT = "parent_or_eligible_student"
    CHILD_WELFARE = "child_welfare"  # 20 USC 1232g(b)(1)(L)
    TRANSFER = "transfer"  # 99.34
    DEPENDENT_STUDENT = "dependent_student"  # 99.31(a)(8)
    PART2_CONSENT = "part2_consent"
    PART2_EMERGENCY = "part2_medical_emergency"
    NO_PII = "no_pii"  # nothing of anybody is in it


class ReceiverKind(StrEnum):
    """To whom responsibility for the incident is handed."""

    MOBILE_CRISIS = "mobile_crisis"
    EMERGENCY_DEPARTMENT = "emergency_department"
    HEALTH_CENTER = "health_center"
    COMMUNITY_PROVIDER = "community_provider"


class Urgency(StrEnum):
    U1 = "u1"
    U2 = "u2"
    U3 = "u3"


class PageState(StrEnum):
    PAGING = "paging"
    ACCEPTED = "accepted"
    EXHAUSTED = "exhausted"  # nobody took it: loud until a person disposes of it (I-15)
    COVERED_ELSEWHERE = "covered_elsewhere"  # by somebody who was found without the system
    CANCELLED = "cancelled"


class DeclineReason(StrEnum):
    """Why somebody who was paged cannot come."""

    IN_SESSION = "in_session"
    TOO_FAR = "too_far"
    OFF_DUTY = "off_duty"
    CONFLICT = "conflict"  # of interest: a relative, a former client
    OTHER = "other"


class Disposal(StrEnum):
    """How a person ends the alarm of a page that nobody took (I-15)."""

    COVERED = "covered"
    OUTSIDE_HELP = "outside_help"  # 911, mobile crisis or 988 was called
    STAND_DOWN = "stand_down"
    RESTART = "restart"


class HandoffState(StrEnum):
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TIMED_OUT = "timed_out"  # nobody there answered; they may still accept, and the school holds on


class Covers(StrEnum):
    """In which time a rotation counts."""

    ALWAYS = "always"
    SCHOOL_HOURS = "school_hours"  # between the bells of a school day
    OUT_OF_HOURS = "out_of_hours"  # all the rest: nights, weekends, holidays, closures


class Layer(StrEnum):
    """Which layer of a schedule decided who is on call, the strongest first."""

    OVERRIDE = "override"
    SHIFT = "shift"
    CLOSURE = "closure"
    BELL_SCHEDULE = "bell_schedule"
    SCHOOL_CALENDAR = "school_calendar"
    DISTRICT_HOLIDAY = "district_holiday"
    ROTATION = "rotation"


class OverrideKind(StrEnum):
    """What an override does to those who would be on call."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


class SwapState(StrEnum):
    """Nothing changes before it is accepted."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Channel(StrEnum):
    TEXT = "text"
    VOICE = "voice"
    CONSOLE = "console"


class AttemptOutcome(StrEnum):
    """What became of one provider call; only a person's answer means reached."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    SILENT = "silent"  # accepted, and for half a minute nobody has heard that it arrived


class ObligationKind(StrEnum):
    MANDATED_REPORT = "mandated_report"  # by voice, at once or within the jurisdiction's hours
    WRITTEN_REPORT = "written_report"  # the form that follows it


class StaffRole(StrEnum):
    """A person's post in the district; decides access and which step roles they may hold."""

    COUNSELOR = "counselor"
    PSYCHOLOGIST = "psychologist"
    SOCIAL_WORKER = "social_worker"
    NURSE = "nurse"
    PRINCIPAL = "principal"
    ASSISTANT_PRINCIPAL = "assistant_principal"
    TEACHER = "teacher"
    CLINICIAN = "clinician"
    DISTRICT_LEAD = "district_lead"
    PRIVACY_OFFICER = "privacy_officer"
    OPERATOR = "operator"


class Guardian(StrEnum):
    """Whether an adult may decide for a student; unknown is never read as yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """What an adult is to a student; it says nothing about custody."""

    PARENT = "parent"
    STEP_PARENT = "step_parent"
    GRANDPARENT = "grandparent"
    GUARDIAN = "guardian"
    FOSTER_PARENT = "foster_parent"
    RELATIVE = "relative"
    CASEWORKER = "caseworker"
    OTHER = "other"


class PhoneKind(StrEnum):
    MOBILE = "mobile"
    HOME = "home"
    WORK = "work"
    UNKNOWN = "unknown"
