"""Two incidents of one student at a time: nobody is called twice, and the higher risk counts in both."""

from dataclasses import replace

from crisis import events as ev
from crisis import linked_commands as lcmd
from crisis import linked_events as lev
from crisis.errors import Reason, refuse_if
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.custody import guardians_blocked
from crisis.statemachine.folding import folded
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import find_step, not_open, wrong_role
from crisis.vocabulary import StepType

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
def _(command: lcmd.HearRisk, case: Case) -> list[ev.Event]:
    """I-5: it only ever raises, and only where somebody here assesses."""
    known = case.incident.effective_tier
    assessed = any(step.type is StepType.ASSESS for step in case.protocol.steps)
    if not assessed or (known is not None and known.rank >= command.floor.rank):
        return []
    return [ev.FloorRaised(**stamp(command, case.at), floor=command.floor, source=OTHER_INCIDENT)]
