"""When an incident may close: I-19 as a list of everything that still stands in the way."""

from datetime import datetime, timedelta

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Protocol, Step
from crisis.record_words import RecordTask
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.conditions import positive
from crisis.statemachine.incident import Incident
from crisis.statemachine.lifecycle import PHASE
from crisis.statemachine.paging import LIVE
from crisis.statemachine.referral import open_ones
from crisis.statemachine.steps import Standing, called, standing, unattended, wrong_role
from crisis.statemachine.watching import still_to_keep
from crisis.vocabulary import (
    Custody,
    DeadlineKind,
    Emergency,
    HandoffState,
    Phase,
    ReleaseTo,
    Role,
    SafetyClass,
    StepId,
    StepState,
    StepType,
    Tier,
)

MAY_SIGN = (Role.ADMIN, Role.ASSESSOR, Role.INCIDENT_LEAD, Role.DISTRICT_ONCALL)
HIGH_FOLLOW_UP = timedelta(days=30)  # I-18
GUARDIAN_BASES = frozenset({"child_protection", "police", "adult_student"})  # I-9


def was_high(incident: Incident) -> bool:
    return incident.peak is not None and incident.peak.rank >= Tier.HIGH.rank


def review_demanded(incident: Incident) -> bool:
    """A review is due after high risk, a gap in custody, an emergency or a missed hard deadline (protocols.md 3)."""
    hard = any(missed.kind is DeadlineKind.HARD for missed in incident.missed)
    return was_high(incident) or incident.custody_gap or incident.emergency_ever or hard


def obstacles(incident: Incident, protocol: Protocol, at: datetime) -> list[Reason]:
    """All that I-19 finds, in the order in which a person would clear it; empty when the incident may close."""
    now = standing(incident, protocol)
    return [
        *_student(incident, protocol),
        *_risk(incident, protocol),
        *_guardian(incident, protocol),
        *_promises(incident, protocol),
        *_nobody_reports(incident, protocol),
        *_told(incident),
        *_steps(protocol, now),
        *_kept_safe(incident, protocol, now),
        *_time(incident, at),
        *_review(incident),
    ]


def _student(incident: Incident, protocol: Protocol) -> list[Reason]:
    found = []
    never_needed = incident.custody is Custody.UNHELD and not unattended(incident, protocol)
    supervised = any(step.custody is not None for step in protocol.steps) and not never_needed
    if supervised and incident.custody is not Custody.RELEASED:
        found.append(
            Reason("I-19", "The student is still in the school's care; release the student first", at="/custody")
        )
    if incident.emergency is Emergency.ACTIVE:
        found.append(Reason("I-19", "The emergency is not over; say how it ended", at="/emergency"))
    return found


def _told(incident: Incident) -> list[Reason]:
    """What somebody outside the incident has to hear: PR-43, and field 18 of the record."""
    text = "The Title IX coordinator is not told yet; tell them, and record it"
    found = [Reason("PR-43", text, at="/duties")] if _waits(incident, RecordTask.TELL_TITLE_IX) else []
    if _waits(incident, RecordTask.CHECK_ICWA):
        text = "The caseworker is not asked yet about the Indian Child Welfare Act; ask them"
        found.append(Reason("FIELD-18", text, at="/duties"))
    return found


def _waits(incident: Incident, task: RecordTask) -> bool:
    known = incident.tasks.get(task)
    return known is not None and known.done_at is None


def _risk(incident: Incident, protocol: Protocol) -> list[Reason]:
    found = []
    assess = at_first(protocol, StepType.ASSESS)
    if assess and incident.tier is None:
        found.append(Reason("I-3", "The level of risk is not decided", at=assess))
    if incident.screen_owed:
        text = "A questionnaire asked for a suicide screening, and neither that nor an interview was held since"
        found.append(Reason("I-6", text, at=at_first(protocol, StepType.SCREEN) or assess))
    if incident.tier_awaiting is not None:
        found.append(Reason("I-5", "The level of risk waits for a second signature", at=assess))
    return found


def _guardian(incident: Incident, protocol: Protocol) -> list[Reason]:
    contact = at_first(protocol, StepType.CONTACT)
    if not contact:
        return []
    rules = [protocol.exception(name) for name in incident.exceptions]
    instead = any(found is not None and found[1].basis in GUARDIAN_BASES for found in rules)
    if incident.guardian_reached_at is None and not instead:
        text = "No guardian was reached, and nobody stands in for them: child protection, police or an adult student"
        return [Reason("I-9", text, at=contact)]
    return []


def _promises(incident: Incident, protocol: Protocol) -> list[Reason]:
    found = []
    if any(report.filed_at is None for report in incident.obligations.values()):
        found.append(Reason("I-11", "A report to child protection is not filed", at="/duties"))
    if any(active.expired for active in incident.exceptions.values()):
        found.append(Reason("I-19", "An exception ran out; renew it or lift it", at="/duties"))
    if any(handoff.state is HandoffState.OFFERED for handoff in incident.handoffs.values()):
        found.append(Reason("I-15", "A handoff is offered and not answered", at="/handoffs"))
    if any(page.state in LIVE for page in incident.pages.values()):
        text = "A page is not answered; take it, or say why it is no longer needed"
        found.append(Reason("I-15", text, at="/people"))
    if open_ones(incident) and not incident.follow_up_transferred:
        text = "A referral is still open; say what became of it, or take it back with a reason"
        found.append(Reason("I-18", text, at="/referrals"))
    if any(still_to_keep(incident)):
        text = "A day to watch is still to come, or nobody said how it went; or pass the follow-up on to a named owner"
        found.append(Reason("I-18", text, at=next((at_step(step) for step in protocol.steps if step.watches), "")))
    return found


def _nobody_reports(incident: Incident, protocol: Protocol) -> list[Reason]:
    """I-11: the system opened it, and suspects nothing; somebody does."""
    owed = protocol.at_opening is not None and not incident.obligations
    text = "Nobody has said that they suspect it, so nobody owes the report; say who does, under Reports and exceptions"
    return [Reason("I-11", text, at="/duties")] if owed else []


def _steps(protocol: Protocol, now: Standing) -> list[Reason]:
    unsettled = [step for step in protocol.steps if step.type is not StepType.REVIEW and not now.settled(step.id)]
    return [_undone(step) for step in unsettled]


def at_step(step: Step) -> str:
    return f"/steps/{step.id}"


def at_first(protocol: Protocol, kind: StepType) -> str:
    """Where the first step of this kind is done; empty where there is none."""
    return next((at_step(step) for step in protocol.steps if step.type is kind), "")


def _undone(step: Step) -> Reason:
    title = (("step", called([step])),)
    if step.type is StepType.DECISION:
        return Reason("I-7", "This decision is not answered: %(step)s", title, at_step(step))
    if step.safety is SafetyClass.HARD:
        return Reason("I-19", "This step keeps the student safe and is not done: %(step)s", title, at_step(step))
    text = "This step is not done; do it, or leave it out with a reason: %(step)s"
    return Reason("I-19", text, title, at_step(step))


def _kept_safe(incident: Incident, protocol: Protocol, now: Standing) -> list[Reason]:
    """What no protocol may leave out, whatever its conditions say: I-8, I-17, I-18."""
    found = []
    known = {step.id for step in protocol.steps}
    in_hospital = incident.released_to is ReleaseTo.EMS
    talks = [step_id for step_id in (StepId("safety_plan"), StepId("means_counseling")) if step_id in known]
    if positive(incident) and not in_hospital and any(now[step_id] is not StepState.DONE for step_id in talks):
        text = "After a positive screen the student needs a safety plan and a talk about means"
        first = next(step_id for step_id in talks if now[step_id] is not StepState.DONE)
        found.append(Reason("I-8", text, at=f"/steps/{first}"))
    meeting = StepId("reentry_meeting")
    if in_hospital and meeting in known and not now.settled(meeting):
        text = "After hospital the re-entry meeting is held before the first class"
        found.append(Reason("I-17", text, at=f"/steps/{meeting}"))
    following = [step for step in protocol.steps if step.type is StepType.FOLLOW_UP]
    series = [step for step in following if now[step.id] is not StepState.NOT_NEEDED]
    kept = any(incident.steps[step.id].times for step in series if step.id in incident.steps)
    if series and not kept and not incident.follow_up_transferred:
        found.append(Reason("I-18", "At least one follow-up contact has to be completed", at=at_step(series[0])))
    return found


def _time(incident: Incident, at: datetime) -> list[Reason]:
    """I-18: after high or imminent risk the follow-up runs at least 30 days, or a named owner goes on with it."""
    if not was_high(incident) or incident.follow_up_transferred or incident.released_at is None:
        return []
    if at < incident.released_at + HIGH_FOLLOW_UP:
        text = "After high risk the follow-up runs for at least 30 days from the release"
        return [Reason("I-18", text, at="/close#to")]
    return []


def _review(incident: Incident) -> list[Reason]:
    if incident.review_held is None and review_demanded(incident):
        return [Reason("I-19", "Decide on the after-action review; this incident needs one", at="/close#hold")]
    return []


@rule.register
def _(command: cmd.DecideReview, case: Case) -> list[ev.Event]:
    person(command)
    demanded = review_demanded(case.incident) and not command.hold
    unexplained = not command.hold and command.reason is None
    refuse_if(
        wrong_role(command.by.roles, MAY_SIGN),
        Reason("I-19", "This incident needs a review and cannot go without one", at="hold") if demanded else None,
        Reason("I-19", "Say why no review is held", at="reason") if unexplained else None,
    )
    return [ev.ReviewDecided(**stamp(command, case.at), hold=command.hold, reason=command.reason)]


@rule.register
def _(command: cmd.SignClose, case: Case) -> list[ev.Event]:
    by = person(command)
    refuse_if(wrong_role(command.by.roles, MAY_SIGN), *obstacles(case.incident, case.protocol, case.at))
    if by in case.incident.close_signed_by:
        return []
    return [ev.CloseSigned(**stamp(command, case.at))]


@rule.register
def _(command: cmd.CloseIncident, case: Case) -> list[ev.Event]:
    """By an administrator; after high risk a second person has signed as well (I-19)."""
    by = person(command)
    incident = case.incident
    others = [signer for signer in incident.close_signed_by if signer != by]
    alone = was_high(incident) and not others
    role = wrong_role(command.by.roles, (Role.ADMIN, Role.DISTRICT_ONCALL))
    second = Reason("I-19", "After high risk a second person signs before the incident closes") if alone else None
    reasons = [reason for reason in (role, second) if reason is not None]
    reasons += obstacles(incident, case.protocol, case.at)
    if incident.phase is not Phase.FOLLOW_UP:
        raise Refused(Reason("I-19", "The incident has not come to its follow-up yet"), *reasons)
    PHASE.move(incident.phase, "close", reasons)
    who = stamp(command, case.at)
    reviews = [step for step in case.protocol.steps if step.type is StepType.REVIEW]
    return [
        *(ev.StepCompleted(**who, step=step.id, evidence={}) for step in reviews),
        ev.IncidentClosed(**who),
        ev.PhaseEntered(**who, phase=Phase.CLOSED),
    ]
