"""The words of a look back at one incident or drill: what is measured, why it is asked for, and what is written."""

from enum import StrEnum


class Milestone(StrEnum):
    """From one moment of the record to another (`protocols.md` 3)."""

    SUPERVISED = "supervised"  # the opening to the first adult who is with the student
    ASKED = "asked"  # the opening to the first screening or interview
    ARRIVED = "arrived"  # the opening to the first person who was paged and came
    TIER = "tier"  # the first screening or interview to the first level of risk
    GUARDIAN = "guardian"  # the opening to a guardian who was reached and understood
    RELEASED = "released"  # that guardian to the student leaving the school's care
    HANDED_OFF = "handed_off"  # the first offer of a handoff to the first that was accepted
    SETTLED = "settled"  # the opening to the first of the two: the student released, a handoff accepted
    CLOSED = "closed"  # the opening to the close


class Kept(StrEnum):
    """What became of one deadline."""

    IN_TIME = "in_time"
    LATE = "late"  # done, after it
    MISSED = "missed"  # not done, and it is over
    WAITING = "waiting"  # not due yet
    DROPPED = "dropped"  # it stopped counting before it was due: what it waited for was not needed any more


class ReviewCause(StrEnum):
    """Why the protocols ask for a look back (`protocols.md` 3)."""

    HIGH_RISK = "high_risk"
    CUSTODY_GAP = "custody_gap"
    HARD_DEADLINE = "hard_deadline"
    NOBODY_CAME = "nobody_came"  # a page that nobody took
    EMERGENCY = "emergency"
    POLICE = "police"  # called, or the student went with them
    DEATH = "death"
    DECIDED = "decided"  # by those who closed it
    DRILL = "drill"  # one practises to look back at it


class ReviewState(StrEnum):
    """How far a written review has come (`paging.md` 6.14)."""

    NOT_ASKED = "not_asked"  # somebody has looked: nothing asks for one, and whoever may can begin it all the same
    OWED = "owed"
    DRAFT = "draft"
    IN_REVIEW = "in_review"  # a second person reads it
    SIGNED = "signed"  # what it says is fixed
    CLOSED = "closed"


class Rating(StrEnum):
    """How well an objective was reached, by the scale of HSEEP (`protocols.md` 3, S48d)."""

    PERFORMED = "P"
    SOME_CHALLENGES = "S"
    MAJOR_CHALLENGES = "M"
    UNABLE = "U"
    NOT_RATED = "NR"  # too little was seen to say


class EntryKind(StrEnum):
    """What somebody writes in a review."""

    SUMMARY = "summary"
    STRENGTH = "strength"
    AREA = "area"  # for improvement, with its cause
    STUDENT_VOICE = "student_voice"
    FAMILY_VOICE = "family_voice"
    REMARK = "remark"  # after it was signed


class Element(StrEnum):
    """What of a capability is changed: the elements of HSEEP's improvement plan (`protocols.md` 3)."""

    PLANNING = "planning"
    ORGANIZATION = "organization"
    EQUIPMENT = "equipment"
    TRAINING = "training"
    EXERCISE = "exercise"


class Capability(StrEnum):
    """What a school has to be able to do in a crisis; a design default."""

    RECOGNIZE = "recognize"
    SUPERVISE = "supervise"
    ASSESS = "assess"
    REACH = "reach"  # those who come to help
    FAMILY = "family"
    LANGUAGE = "language"  # and what a family holds dear
    HANDOFF = "handoff"
    FOLLOW_UP = "follow_up"
    RECORDS = "records"
    LEAD = "lead"


class ItemState(StrEnum):
    """How far an improvement item has come."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"  # with evidence; a second person looks at it
    VERIFIED = "verified"
    DROPPED = "dropped"  # with the reason why nothing is changed
