"""The look back at an incident, in words."""

from crisis.review_words import (
    Capability,
    Element,
    EntryKind,
    ItemState,
    Kept,
    Milestone,
    Rating,
    ReviewCause,
    ReviewState,
)
from crisis.vocabulary import Phase
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
    ReviewCause.DECIDED: N_("Those who closed it decided to look back."),
    ReviewCause.DRILL: N_("It was a drill: one practices to learn from it."),
}
STATES: dict[ReviewState, tuple[str, str, str]] = {  # words, tone, icon
    ReviewState.NOT_ASKED: (N_("not asked for"), "mute", "s-none"),
    ReviewState.OWED: (N_("owed"), "warn", "s-wait"),
    ReviewState.DRAFT: (N_("draft"), "live", "note"),
    ReviewState.IN_REVIEW: (N_("a second person reads it"), "live", "eye"),
    ReviewState.SIGNED: (N_("signed"), "ok", "s-done"),
    ReviewState.CLOSED: (N_("closed"), "ok", "lock"),
}
OBJECTIVES: dict[Phase, str] = {
    Phase.IDENTIFICATION: N_("The concern is seen and told at once, and nobody is left alone"),
    Phase.SAFETY_ASSESSMENT: N_("The student is safe, is asked, and the level of risk is decided"),
    Phase.FAMILY_CONTACT: N_("A guardian is reached, understands, and is heard"),
    Phase.HANDOFF: N_("Care is handed over, and somebody has accepted it"),
    Phase.FOLLOW_UP: N_("The student comes back, and is followed up in time"),
}
# The scale of HSEEP, `protocols.md` 3 (S48d).
RATINGS: dict[Rating, tuple[str, str]] = {
    Rating.PERFORMED: (
        N_("P · performed without challenges"),
        N_(
            "Its targets and tasks were done and it was reached; it hurt no other work, brought no new danger to "
            "anybody, and went by the plan."
        ),
    ),
    Rating.SOME_CHALLENGES: (
        N_("S · performed with some challenges"),
        N_("All of that as in P, but one saw how it could be done better or with less effort."),
    ),
    Rating.MAJOR_CHALLENGES: (
        N_("M · performed with major challenges"),
        N_(
            "It was reached, but at least one of these: it hurt other work, it brought new danger to somebody, it did "
            "not go by the plan."
        ),
    ),
    Rating.UNABLE: (
        N_("U · unable to be performed"),
        N_("Its targets and tasks were not done in a way that reached it."),
    ),
    Rating.NOT_RATED: (N_("NR · not rated"), N_("Too little was seen of it to say.")),
}
ENTRIES: dict[EntryKind, tuple[str, str]] = {
    EntryKind.STRENGTH: (N_("What went well"), N_("and should stay so")),
    EntryKind.AREA: (N_("What should get better"), N_("and why it was so: the plan, the tools, the time")),
    EntryKind.SUMMARY: (N_("Summary"), N_("a few sentences for whoever reads only these")),
    EntryKind.STUDENT_VOICE: (N_("What the student says of it"), N_("only if they want to")),
    EntryKind.FAMILY_VOICE: (N_("What the family says of it"), N_("only if they want to")),
    EntryKind.REMARK: (N_("Remark"), N_("after the signature")),
}

CAPABILITIES: dict[Capability, str] = {
    Capability.RECOGNIZE: N_("See and tell a concern"),
    Capability.SUPERVISE: N_("Stay with the student"),
    Capability.ASSESS: N_("Ask, and decide the level of risk"),
    Capability.REACH: N_("Reach those who come to help"),
    Capability.FAMILY: N_("Talk with the family"),
    Capability.LANGUAGE: N_("Be understood, and respect what a family holds dear"),
    Capability.HANDOFF: N_("Hand over to care"),
    Capability.FOLLOW_UP: N_("Follow up"),
    Capability.RECORDS: N_("Write down, and keep private"),
    Capability.LEAD: N_("Lead and decide"),
}
ELEMENTS: dict[Element, str] = {
    Element.PLANNING: N_("Planning: protocols, plans, agreements"),
    Element.ORGANIZATION: N_("Organization: who does what, and how many"),
    Element.EQUIPMENT: N_("Equipment: rooms, telephones, lists, tools"),
    Element.TRAINING: N_("Training: what people know and can do"),
    Element.EXERCISE: N_("Exercise: what is practised"),
}
ITEM_STATES: dict[ItemState, tuple[str, str, str]] = {  # words, tone, icon
    ItemState.OPEN: (N_("not begun"), "mute", "s-todo"),
    ItemState.STARTED: (N_("begun"), "live", "s-live"),
    ItemState.DONE: (N_("done, a second person looks"), "warn", "s-wait"),
    ItemState.VERIFIED: (N_("done and verified"), "ok", "s-done"),
    ItemState.DROPPED: (N_("dropped"), "mute", "s-none"),
}
