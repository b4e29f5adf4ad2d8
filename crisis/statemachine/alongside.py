"""Two incidents of one student at a time: nobody is called twice, and the higher risk counts in both."""

from dataclasses import replace

from crisis import events as ev
from crisis import linked_commands as lcmd
from crisis import linked_events as lev
from crisis.errors import Reason, refuse_if
from crisis.protocols.schema import Protocol
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.custody import guardians_blocked
from crisis.statemachine.folding import folded
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import find_step, not_open, standing, unattended, wrong_role
from crisis.vocabulary import Custody, StepState, StepType

OTHER_INCIDENT = "other_incident"  # as the source of a floor


@rule.register
def _(command: lcmd.CountContact, case: Case) -> list[ev.Event]:
    """I-9: only what a person says covered this too, and only a talk that was understood."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.CONTACT)
    talk = case.ground.elsewhere.talks.get(command.other)
    text = "Nobody was reached there who understood it; call them"
    refuse_if(
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        Reason("I-10", "Do not contact the guardians: a safety reason was declared; two people can lift it")
        if guardians_blocked(case)
        else None,
        Reason("I-9", text) if talk is None else None,
    )
    assert talk is not None
    who = stamp(command, case.at)
    return [
        lev.ContactCounted(**who, step=step.id, other=command.other, contact=talk.contact, reached_at=talk.at),
        ev.StepCompleted(**who, step=step.id, evidence={}),
    ]


@folded.register
def _(event: lev.ContactCounted, incident: Incident) -> Incident:
    return replace(incident, guardian_reached_at=incident.guardian_reached_at or event.reached_at)


@rule.register
def _(command: lcmd.FollowAdult, case: Case) -> list[ev.Event]:
    """I-1: only who was the adult here too is moved, and a student who was lost here is found.

    Two names that were different before stay so, loudly: nobody is taken out of it by what others agreed.
    """
    incident, adult = case.incident, command.adult
    held = incident.custody in (Custody.HELD, Custody.OFFERED)
    same = held and command.was is not None and incident.adult == command.was
    found = incident.custody is Custody.LOST and adult is not None
    if not (same or found) or adult == incident.adult:
        return []
    return [lev.AdultFollowed(**stamp(command, case.at), other=command.other, adult=adult)]


@folded.register
def _(event: lev.AdultFollowed, incident: Incident) -> Incident:
    after = replace(incident, adult=event.adult, custody_offered_to=None, custody_since=event.at)
    if event.adult is not None:
        return replace(after, custody=Custody.HELD)
    return replace(after, custody=Custody.LOST, custody_gap=True)


def level_owed(incident: Incident, protocol: Protocol) -> bool:
    """Whether the student is still in our care without a level of risk that this protocol asks for (I-3)."""
    if incident.effective_tier is not None or incident.custody is Custody.RELEASED:
        return False
    if incident.custody is Custody.UNHELD and not unattended(incident, protocol):
        return False  # nobody has to stay with them for this one
    now = standing(incident, protocol)
    return any(step.type is StepType.ASSESS and now[step.id] in TO_DO for step in protocol.steps)


TO_DO = (StepState.OPEN, StepState.BLOCKED)


@rule.register
def _(command: lcmd.HearRisk, case: Case) -> list[ev.Event]:
    """I-5: it only ever raises, and only where somebody here assesses."""
    known = case.incident.effective_tier
    assessed = any(step.type is StepType.ASSESS for step in case.protocol.steps)
    if not assessed or (known is not None and known.rank >= command.floor.rank):
        return []
    return [ev.FloorRaised(**stamp(command, case.at), floor=command.floor, source=OTHER_INCIDENT)]
