"""Drills in words: what is practised, how far it is, and how the timeline tells their end."""

from crisis import drill_events as dev
from crisis.drill_words import (
    AlertMethod,
    Capability,
    DrillDuty,
    DrillEnd,
    DrillProblem,
    DrillState,
    DrillType,
    Situation,
    Standing,
    StateAsks,
)
from crisis.policy.drilling import Speaker
from web.telling import Known, Told, line_of, told
from web.words import N_

TYPES: dict[DrillType, tuple[str, str]] = {  # what it is called, and what it is
    DrillType.REACH_TEST: (
        N_("Reach test"),
        N_("One test page to each: who answers, and how fast. Nothing is played."),
    ),
    DrillType.TABLETOP: (N_("Tabletop"), N_("Around a table, with a clock that can be put on. Nothing is sent.")),
    DrillType.DRILL: (N_("Drill of one function"), N_("One thing is practiced, such as paging the clinician.")),
    DrillType.FUNCTIONAL: (N_("Functional exercise"), N_("Several things together, each from where they work.")),
    DrillType.FULL_SCALE: (N_("Full-scale exercise"), N_("As it would be, on the spot.")),
}
STATES: dict[DrillState, tuple[str, str]] = {  # words and tone
    DrillState.PLANNED: (N_("planned"), "mute"),
    DrillState.RUNNING: (N_("running now"), "drill"),
    DrillState.OVER: (N_("over"), "ok"),
    DrillState.STOOD_DOWN: (N_("stood down"), "warn"),
    DrillState.CALLED_OFF: (N_("called off"), "mute"),
}
ENDS: dict[DrillEnd, str] = {
    DrillEnd.OVER: N_("The drill has ended"),
    DrillEnd.UNDONE: N_("The drill was taken back before anything went out"),
    DrillEnd.REAL_PAGE: N_("The drill was stood down: somebody is paged for something real at this school"),
    DrillEnd.REAL: N_("The drill was stood down: what was practiced is happening, and has an incident of its own"),
}
DUTIES: dict[DrillDuty, str] = {DrillDuty.TAKES_PART: N_("takes part"), DrillDuty.OBSERVES: N_("observes")}
CAPABILITIES: dict[Capability, str] = {
    Capability.PLANNING: N_("Planning"),
    Capability.COORDINATION: N_("Operational coordination"),
    Capability.COMMUNICATIONS: N_("Operational communications"),
    Capability.INFORMATION: N_("Public information and warning"),
    Capability.SITUATION: N_("Situational assessment"),
    Capability.HEALTH: N_("Public health and medical services"),
    Capability.PROTECTION: N_("Physical protective measures"),
    Capability.RECOVERY: N_("Health and social services"),
}
SITUATIONS: dict[Situation, str] = {
    Situation.ARRIVAL: N_("Arrival"),
    Situation.CLASS: N_("Class"),
    Situation.PASSING: N_("Between classes"),
    Situation.LUNCH: N_("Lunch"),
    Situation.RECESS: N_("Recess"),
    Situation.DISMISSAL: N_("Dismissal"),
    Situation.AFTER_SCHOOL: N_("After school"),
    Situation.NO_STUDENTS: N_("No students in the building"),
}
ALERTS: dict[AlertMethod, str] = {
    AlertMethod.PAGE: N_("By page"),
    AlertMethod.TELEPHONE: N_("By telephone"),
    AlertMethod.RADIO: N_("By radio"),
    AlertMethod.INTERCOM: N_("Over the intercom"),
    AlertMethod.IN_PERSON: N_("In person"),
}
PROBLEMS: dict[DrillProblem, str] = {
    DrillProblem.NOT_REACHED: N_("Somebody was not reached"),
    DrillProblem.NOT_HEARD: N_("The alert was not heard or not understood"),
    DrillProblem.LATE: N_("Somebody came late"),
    DrillProblem.ROLE_UNCLEAR: N_("It was not clear who does what"),
    DrillProblem.NO_KEY: N_("A room or a key was missing"),
    DrillProblem.NOT_SUPERVISED: N_("The place of the student was left without an adult"),
    DrillProblem.STEP_UNKNOWN: N_("A step of the protocol was not known"),
    DrillProblem.LANGUAGE: N_("A language or a disability was not thought of"),
    DrillProblem.EQUIPMENT: N_("Something did not work: telephone, radio, network"),
    DrillProblem.SIGN_IN: N_("Somebody could not sign in"),
    DrillProblem.TAKEN_FOR_REAL: N_("Somebody took it for real"),
}

STANDINGS: dict[Standing, tuple[str, str]] = {  # words and tone
    Standing.NOT_SCHEDULED: (N_("not scheduled"), "warn"),
    Standing.SCHEDULED: (N_("scheduled"), "mute"),
    Standing.OVERDUE: (N_("overdue"), "late"),
    Standing.DONE: (N_("done"), "ok"),
}
ASKS: dict[StateAsks, str] = {
    StateAsks.AT_THE_OFFICE: N_("Date, time and type of each drill are kept at the school’s office: print this page."),
    StateAsks.TRAUMA_INFORMED: N_("No simulation that is not trauma-informed."),
    StateAsks.FORM: N_("The state has a form for it; the record of each drill holds what it asks."),
    StateAsks.ONE_FUNCTION: N_("What is called a drill practices one function."),
    StateAsks.NO_AGGRESSOR: N_("Nobody plays an aggressor."),
    StateAsks.POSTED: N_("The record is posted within 30 days."),
    StateAsks.THREE_YEARS: N_("The record is kept for three years."),
}


@told.register
def _(event: dev.DrillEnded, known: Known) -> Told:
    return line_of(known, ENDS[event.why], "flag", "ok" if event.why is DrillEnd.OVER else "warn")


SPEAKERS: dict[Speaker, str] = {
    Speaker.PARENT: N_("Simulated parent"),
    Speaker.TEACHER: N_("Simulated teacher"),
    Speaker.OFFICER: N_("Simulated officer"),
    Speaker.DISPATCHER: N_("Simulated dispatcher"),
}
