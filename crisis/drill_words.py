"""The words of drills: what is practised, how far it is, and what somebody noticed (`protocols.md` 3)."""

from enum import StrEnum
from typing import NewType

DrillId = NewType("DrillId", str)


class DrillType(StrEnum):
    """How much of the real thing is practised, the least first (HSEEP, S48a)."""

    REACH_TEST = "reach_test"  # a test page to each; nothing is played
    TABLETOP = "tabletop"  # around a table; nothing is sent
    DRILL = "drill"  # one function
    FUNCTIONAL = "functional"  # several functions together, from where people are
    FULL_SCALE = "full_scale"  # as it would be, on the spot


class DrillState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"
    STOOD_DOWN = "stood_down"  # something real came in between
    CALLED_OFF = "called_off"  # before it began


class DrillEnd(StrEnum):
    """Why the incident of a drill ended."""

    OVER = "over"
    UNDONE = "undone"  # in the first seconds: nothing had gone out
    REAL_PAGE = "real_page"  # somebody is paged now, in earnest, for the same school
    REAL = "real"  # what was practised turned out to be happening


class DrillDuty(StrEnum):
    TAKES_PART = "takes_part"
    OBSERVES = "observes"


class Capability(StrEnum):
    """Of the core capabilities of the National Preparedness Goal, those that a school's crisis team practises."""

    PLANNING = "planning"
    COORDINATION = "operational_coordination"
    COMMUNICATIONS = "operational_communications"
    INFORMATION = "public_information_and_warning"
    SITUATION = "situational_assessment"
    HEALTH = "public_health_and_medical"
    PROTECTION = "physical_protective_measures"
    RECOVERY = "health_and_social_services"


class Situation(StrEnum):
    """What the school is doing when it begins (S50a)."""

    ARRIVAL = "arrival"
    CLASS = "class"
    PASSING = "passing_period"
    LUNCH = "lunch"
    RECESS = "recess"
    DISMISSAL = "dismissal"
    AFTER_SCHOOL = "after_school"
    NO_STUDENTS = "no_students"


class AlertMethod(StrEnum):
    """How those who take part learn of it (S50a)."""

    PAGE = "page"
    TELEPHONE = "telephone"
    RADIO = "radio"
    INTERCOM = "intercom"
    IN_PERSON = "in_person"


class DrillProblem(StrEnum):
    """What went wrong, from a closed list, so that drills can be compared (S50a, S50b)."""

    NOT_REACHED = "not_reached"
    NOT_HEARD = "alert_not_heard"
    LATE = "arrived_late"
    ROLE_UNCLEAR = "role_unclear"
    NO_KEY = "room_or_key_missing"
    NOT_SUPERVISED = "student_role_left_alone"
    STEP_UNKNOWN = "step_not_known"
    LANGUAGE = "language_or_disability"
    EQUIPMENT = "equipment_failed"
    SIGN_IN = "could_not_sign_in"
    TAKEN_FOR_REAL = "taken_for_real"


class Standing(StrEnum):
    """How a school stands with its drills."""

    NOT_SCHEDULED = "not_scheduled"
    SCHEDULED = "scheduled"
    OVERDUE = "overdue"
    DONE = "done"


class StateAsks(StrEnum):
    """What a state's rule or form asks of a drill."""

    AT_THE_OFFICE = "at_the_office"  # date, time and type of each are kept there
    TRAUMA_INFORMED = "trauma_informed"
    FORM = "form"  # a form with what the record holds
    ONE_FUNCTION = "one_function"
    NO_AGGRESSOR = "no_aggressor"
    POSTED = "posted"
    THREE_YEARS = "three_years"
