"""The look back at an incident, in words."""

from crisis.review_words import Kept, Milestone, ReviewCause
from web.words import N_

MILESTONES: dict[Milestone, tuple[str, str]] = {  # what it is, and from when to when
    Milestone.SUPERVISED: (N_("An adult with the student"), N_("from the opening")),
    Milestone.ASKED: (N_("First screening or interview"), N_("from the opening")),
    Milestone.ARRIVED: (N_("First person who was paged is there"), N_("from the opening")),
    Milestone.TIER: (N_("Level of risk decided"), N_("from the first screening or interview")),
    Milestone.GUARDIAN: (N_("A guardian was reached and understood"), N_("from the opening")),
    Milestone.RELEASED: (N_("The student left the school’s care"), N_("from the guardian who was reached")),
    Milestone.HANDED_OFF: (N_("A handoff was accepted"), N_("from the first offer")),
    Milestone.SETTLED: (N_("Left, or handed over to care"), N_("from the opening")),
    Milestone.CLOSED: (N_("Closed"), N_("from the opening")),
}
KEPT: dict[Kept, tuple[str, str, str]] = {  # words, tone, icon
    Kept.IN_TIME: (N_("in time"), "ok", "s-done"),
    Kept.LATE: (N_("late"), "late", "s-late"),
    Kept.MISSED: (N_("not done"), "late", "s-late"),
    Kept.WAITING: (N_("not due yet"), "mute", "clock"),
    Kept.DROPPED: (N_("not needed any more"), "mute", "s-none"),
}
CAUSES: dict[ReviewCause, str] = {
    ReviewCause.HIGH_RISK: N_("The risk was high or imminent."),
    ReviewCause.CUSTODY_GAP: N_("For some time no adult was with the student."),
    ReviewCause.HARD_DEADLINE: N_("A deadline that must be met was not met."),
    ReviewCause.NOBODY_CAME: N_("A page was not answered by anybody."),
    ReviewCause.EMERGENCY: N_("There was an emergency."),
    ReviewCause.POLICE: N_("The police were called, or the student went with them."),
    ReviewCause.DEATH: N_("It is about a death."),
}
