"""The words of access: how much of an incident somebody sees, and what they are to it."""

from enum import IntEnum, StrEnum


class Sight(IntEnum):
    """How much of an incident somebody sees; each holds what is below it."""

    NOTHING = 0  # not even that there is one
    STATUS = 1  # received, or being handled
    PAGE = 2  # what the text of the page said, and how to answer it
    READ = 3  # everything, and no order: who broke the glass
    WHOLE = 4


class View(StrEnum):
    """As whom somebody sees an incident; each is a closed list of matters (`crisis/policy/projection.py`)."""

    STATUS = "status"
    PAGE = "page"
    LOGISTICS = "logistics"  # a principal who has nothing to do in it
    RESPONDER = "responder"
    CLINICIAN = "clinician"  # who assesses: the school's counselors, and whoever came for it
    LEAD = "lead"
    RECORDS = "records"  # the privacy officer
    PARTNER = "partner"  # who works for an agency: what its agreement lists


class Matter(StrEnum):
    """What a field of an incident, or of one of its events, is about: each has one, each view lists some."""

    HANDLING = "handling"  # that there is one, where, and how far it is
    RISK = "risk"  # of what kind, the level of risk, what is to be done
    SAFETY = "safety"  # where the student is and with whom, the emergency, whom not to contact
    TEAM = "team"  # who leads, who was paged and comes
    STUDENT = "student"
    FAMILY = "family"  # the adults, and each try to reach them
    ASKED = "asked"  # what the student and the family asked for
    MEDICAL = "medical"
    NOTES = "notes"  # what people wrote to each other
    CARE = "care"  # screening, interview, why a level was chosen, what the steps found
    PROTECTION = "protection"  # reports to the authorities, and why the family is not called
    HANDOFF = "handoff"
    REFERRAL = "referral"
    REPORTER = "reporter"  # who raised it


class Sensitivity(StrEnum):
    """How much harm a value could do to somebody, by itself (`privacy-and-culture.md` 2.2)."""

    TECHNICAL = "technical"  # says nothing of anybody
    NORMAL = "N"
    RESTRICTED = "R"
    VERY_RESTRICTED = "V"


class Category(StrEnum):
    """What is sensitive about a value; beside its sensitivity, none to several."""

    MH_DETAIL = "MH_DETAIL"
    SUD = "SUD"
    SEXUAL_HARM = "SEXUAL_HARM"
    SOGI = "SOGI"
    CHILD_PROTECTION = "CHILD_PROTECTION"
    CUSTODY = "CUSTODY"
    IMMIGRATION_CONCERN = "IMMIGRATION_CONCERN"
    TRIBAL = "TRIBAL"
    RELIGION = "RELIGION"
    HOUSING = "HOUSING"
    DISABILITY = "DISABILITY"
    MEDICAL = "MEDICAL"
    REPORTER_ID = "REPORTER_ID"
    PRIVILEGED_COUNSELOR = "PRIVILEGED_COUNSELOR"
    LAW_ENF = "LAW_ENF"
    OTHER_STUDENT = "OTHER_STUDENT"


class Involvement(StrEnum):
    """What one incident itself makes of one person."""

    CALLED_IN = "called_in"  # has taken something on: the lead, a page, a step, a report, the student
    PAGED = "paged"  # was asked, and has not taken it
    REPORTED = "reported"


class NeedToKnow(StrEnum):
    """Why somebody sees an incident; each reason gives the sight that `crisis/policy/sight.py` names."""

    DISTRICT_POST = "district_post"
    SCHOOL_TEAM = "school_team"
    CALLED_IN = "called_in"
    PAGED = "paged"
    REPORTED = "reported"
    BROKE_GLASS = "broke_glass"
    KEEPS_SEALED = "keeps_sealed"
    ADMITTED = "admitted"  # to one side of a Title IX matter, or its coordinator


class BreakGlassReason(StrEnum):
    """Why somebody must see an incident at once that is not theirs (`privacy-and-culture.md` 3.4)."""

    DANGER_NOW = "danger_now"
    STUDENT_IS_HERE = "student_is_here"
    NOBODY_REACHED = "nobody_reached"  # of those who were called in
    MEDICAL = "medical"


class IncidentMark(StrEnum):
    """What is said of a whole incident after it was closed; it changes who sees it, never the log."""

    SEALED = "sealed"  # nobody but the privacy officer
    UNFOUNDED = "unfounded"  # there was no crisis: the school's team sees it no more
    IN_ERROR = "in_error"  # it should not be here: nor does it count in a report


class ConflictKind(StrEnum):
    """Why a member of staff must see nothing of an incident."""

    RELATED = "related"  # to the student: of all their incidents
    NAMED = "named"  # in the report: of this incident


class TitleIxSide(StrEnum):
    """Whose incident it is in a Title IX matter (PR-43); whoever works on one side sees nothing of the other."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"


class Handling(StrEnum):
    """What whoever raised an incident is told of it."""

    RECEIVED = "received"
    HANDLED = "handled"
    ENDED = "ended"


class PageStanding(StrEnum):
    """How a page stands for somebody who was asked and has not taken it."""

    OPEN = "open"
    DECLINED = "declined"
    TAKEN = "taken"
    ENDED = "ended"
