"""The words of what leaves the school: to whom, for what, by which way, and what the law asks to be written down."""

from enum import StrEnum


class DisclosureWay(StrEnum):
    """How something left. What a signed-in member of staff sees in the console has not left."""

    CALL = "call"  # said by a person, on a telephone or face to face
    MESSAGE = "message"
    HANDOFF = "handoff"
    REPORT = "report"
    EXPORT = "export"
    PRINT = "print"
    API = "api"


class DisclosurePurpose(StrEnum):
    """What the recipient needs it for: the legitimate interest of 34 CFR 99.32(a)(3)."""

    KEEP_SAFE = "keep_safe"
    INFORM_FAMILY = "inform_family"
    CARE = "care"
    CHILD_PROTECTION = "child_protection"
    INSPECTION = "inspection"
    COURT = "court"
    ENROLLMENT = "enrollment"
    SCHOOL_WORK = "school_work"  # of a school official, for what they are there for


class RecipientKind(StrEnum):
    """Who gets it."""

    PARENT = "parent"
    STUDENT = "student"
    SCHOOL_OFFICIAL = "school_official"
    PARTNER = "partner"
    EMERGENCY_SERVICES = "emergency_services"
    HEALTH_PROVIDER = "health_provider"
    CHILD_PROTECTION = "child_protection"
    COURT = "court"
    OTHER_SCHOOL = "other_school"
    OTHER = "other"


class DisclosureEffect(StrEnum):
    """What came of asking; the order is how much each restrains."""

    ALLOW = "allow"
    HUMAN = "human"  # a person who answers for it has to decide
    REFUSE = "refuse"


class DisclosureDuty(StrEnum):
    """What has to go with it."""

    REDISCLOSURE_NOTICE = "redisclosure_notice"  # 34 CFR 99.33
    PART2_NOTICE = "part2_notice"  # 42 CFR 2.32
    PRIVACY_OFFICER = "privacy_officer"


class LogField(StrEnum):
    """What a state wants written down of each release to somebody else."""

    RELEASER_POSITION = "releaser_position"
    RECIPIENT_NAME = "recipient_name"
    RECIPIENT_POSITION = "recipient_position"
    RECIPIENT_AFFILIATION = "recipient_affiliation"
    PARTS = "parts"
    PURPOSE = "purpose"


class Regime(StrEnum):
    """Whose law a record is under, by who made it and for whom; a copy keeps it."""

    FERPA = "ferpa"
    HIPAA = "hipaa"
    PART2 = "part2"  # 42 CFR Part 2: from a program that treats substance use
    MIXED = "mixed"


class SignMethod(StrEnum):
    """How a consent was signed. What was only said is none of these (PR-27)."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class WithholdBasis(StrEnum):
    """Why a part of the record is kept back from somebody who may see the record."""

    OTHER_STUDENT = "other_student"  # 34 CFR 99.12(a)
    COURT_PAPER = "court_paper"
    REPORTER = "reporter"  # who reported, and what they said
    PRIVILEGED = "privileged"  # where the state makes a counselor's notes so
    OWN_CARE = "own_care"  # care that the student agreed to themselves, where the law keeps it from parents
    NOT_A_RECORD = "not_a_record"  # 34 CFR 99.3


class RequestStage(StrEnum):
    """How much of the time for a records request is gone."""

    BEGUN = "begun"
    HALF = "half"
    SOON = "soon"  # eight tenths of it
    LATE = "late"


class RequestEnd(StrEnum):
    """How a records request ended."""

    RELEASED = "released"
    WITHDRAWN = "withdrawn"
