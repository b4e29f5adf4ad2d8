"""The safety plan: after the prompts of the BSSA, in the student's own words and language, with a copy to take along.

It is not the form of Stanley and Brown, which may not lie in a record without their permission (`protocols.md` 2.1).
"""

from dataclasses import replace

from crisis import events as ev
from crisis import instrument_commands as icmd
from crisis import instrument_events as iev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Step
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded
from crisis.statemachine.incident import Incident, SafetyPlan
from crisis.statemachine.steps import find_step, not_open, standing, wrong_role
from crisis.statemachine.working import wrong_evidence
from crisis.vocabulary import Evidence, StepId, StepState, StepType

STEP = StepId("safety_plan")  # under this name every protocol has it (I-8)


@rule.register
def _(command: icmd.WriteSafetyPlan, case: Case) -> list[ev.Event]:
    """Every prompt has an answer, if only that there is none; after it was given it can still be written anew."""
    person(command)
    step = _step(command.step, case)
    coping, people, safer_place = command.coping, command.people, command.safer_place
    refuse_if(
        wrong_role(command.by.roles, step.roles),
        None if _done(case, step) else not_open(case.incident, case.protocol, step),
    )
    if coping is None or people is None or safer_place is None:
        text = "Write down what the student says to each question, even that they do not know"
        empty = "coping" if coping is None else "people" if people is None else "safer_place"
        raise Refused(Reason("I-8", text, at=f"plan.{empty}"))
    written = iev.SafetyPlanWritten(
        **stamp(command, case.at),
        step=step.id,
        language=command.language,
        coping=coping,
        people=people,
        safer_place=safer_place,
        stays_safe=command.stays_safe,
    )
    return [written]


@rule.register
def _(command: icmd.GiveSafetyPlan, case: Case) -> list[ev.Event]:
    person(command)
    step, plan = _step(command.step, case), case.incident.plan
    untold = not command.given and command.reason is None
    refuse_if(
        wrong_role(command.by.roles, step.roles),
        None if _done(case, step) else not_open(case.incident, case.protocol, step),
        Reason("I-8", "Write the plan first") if plan is None else None,
        Reason("I-8", "Say why the student has no copy", at="why_not") if untold else None,
    )
    who = stamp(command, case.at)
    given = iev.SafetyPlanGiven(**who, step=step.id, given=command.given, reason=command.reason)
    if plan is None or _done(case, step):
        return [given]
    evidence = _evidence(step, plan, given=command.given)
    if wrong_evidence(step, evidence, case.protocol):
        return [given]  # a district's own protocol asks for more, which its own form still takes
    return [given, ev.StepCompleted(**who, step=step.id, evidence=evidence)]


@folded.register
def _(event: iev.SafetyPlanWritten, incident: Incident) -> Incident:
    plan = SafetyPlan(
        language=event.language,
        coping=event.coping,
        people=event.people,
        safer_place=event.safer_place,
        stays_safe=event.stays_safe,
        at=event.at,
        by=event.by,
    )
    return replace(incident, plan=plan)


@folded.register
def _(event: iev.SafetyPlanGiven, incident: Incident) -> Incident:
    if incident.plan is None or not event.given:
        return incident
    return replace(incident, plan=replace(incident.plan, given_at=event.at))


def _step(named: StepId, case: Case) -> Step:
    step = find_step(case.protocol, named, StepType.DOCUMENT, StepType.ACT, StepType.MEETING)
    refuse_if(Reason("STEP", "This step is no safety plan") if step.id != STEP else None)
    return step


def _done(case: Case, step: Step) -> bool:
    return standing(case.incident, case.protocol)[step.id] is StepState.DONE


def _evidence(step: Step, plan: SafetyPlan, *, given: bool) -> Evidence:
    """Of what the step asks for what the plan holds, under the same names."""
    known: dict[str, str | bool] = {"coping": plan.coping, "people": plan.people, "safer_place": plan.safer_place}
    known |= {"help_to_stay_safe": plan.stays_safe.value, "copy_given": given}
    return {field.name: known[field.name] for field in step.evidence if field.name in known}
