"""Steps that are done, left out with a reason, or answered: act, notify, document, meeting, decision; and facts."""

from collections.abc import Iterator

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import InBoth, Reason, Refused, refuse_if
from crisis.protocols.schema import Choice, EvidenceField, Protocol, Step
from crisis.statemachine import by_record
from crisis.statemachine.assessment import raised
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.conditions import holds
from crisis.statemachine.exceptions import declared_by
from crisis.statemachine.steps import called, find_step, not_open, standing, wrong_role
from crisis.vocabulary import Emergency, Evidence, Role, SafetyClass, StepState, StepType


@rule.register
def _(command: cmd.AssignStep, case: Case) -> list[ev.Event]:
    find_step(case.protocol, command.step)
    return [ev.StepAssigned(**stamp(command, case.at), step=command.step, to=command.to)]


@rule.register
def _(command: cmd.CompleteStep, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.ACT, StepType.NOTIFY, StepType.DOCUMENT, StepType.MEETING)
    refuse_if(
        None if _acted_first(step, case) else not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        *wrong_evidence(step, command.evidence, case.protocol),
        _nobody_kept_out(step, case),
    )
    completed = ev.StepCompleted(**stamp(command, case.at), step=step.id, evidence=command.evidence)
    return [completed, *by_record.finished_by(step, command, case)]


def _nobody_kept_out(step: Step, case: Case) -> Reason | None:
    """PR-54: it is not enough to write that somebody is kept out."""
    if not step.needs_conflict or case.ground.conflict_entered:
        return None
    text = "First enter who must see nothing of this incident, under Conflict of interest; it holds at once"
    return Reason("PR-54", text)


def _acted_first(step: Step, case: Case) -> bool:
    """Whoever breathed for the student writes it down afterwards: nothing that comes first on paper is waited for."""
    return step.act_first and standing(case.incident, case.protocol)[step.id] is StepState.BLOCKED


def wrong_evidence(step: Step, evidence: Evidence, protocol: Protocol) -> list[Reason]:
    """What is missing in, or foreign to, the evidence that the step asks for."""
    fields = {field.name: field for field in step.evidence}
    foreign = [name for name in evidence if name not in fields]
    found = [Reason("EVIDENCE", "This step does not ask for “%(field)s”", (("field", name),)) for name in foreign]
    for name, field in fields.items():
        label = (("field", InBoth(field.label.en, field.label.es)),)
        if name not in evidence:
            if is_required(field, protocol):
                found.append(Reason("EVIDENCE", "Fill in: %(field)s", label, f"evidence.{name}"))
        elif not _fits(field, evidence[name]):
            found.append(Reason("EVIDENCE", "This answer does not fit: %(field)s", label, f"evidence.{name}"))
    return [*found, *_named_twice(step, evidence)]


def _named_twice(step: Step, evidence: Evidence) -> Iterator[Reason]:
    """“Who else?” asks for somebody else; who does two things is named for both."""
    seen = set[str | bool]()
    for field in (each for each in step.evidence if each.kind == "person" and each.name in evidence):
        if evidence[field.name] in seen and not field.required:
            text = "You have named this person above already: choose somebody else, or leave it empty"
            yield Reason("EVIDENCE", text, at=f"evidence.{field.name}")
        seen.add(evidence[field.name])


def is_required(field: EvidenceField, protocol: Protocol) -> bool:
    """Of some things only the jurisdiction says whether they must be written down."""
    if field.required_if is None:
        return field.required
    return protocol.parameters[field.required_if].value is True


def _fits(field: EvidenceField, value: str | bool) -> bool:
    match field.kind:
        case "yes_no":
            return isinstance(value, bool)
        case "choice":
            return isinstance(value, str) and value in (field.options or {})
        case _:
            return isinstance(value, str) and bool(value)


@rule.register
def _(command: cmd.WaiveStep, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step)
    hard = step.safety is SafetyClass.HARD
    refuse_if(
        Reason("I-19", "This step keeps the student safe; nobody can leave it out") if hard else None,
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
    )
    return [ev.StepWaived(**stamp(command, case.at), step=step.id, reason=command.reason)]


@rule.register
def _(command: cmd.AnswerDecision, case: Case) -> list[ev.Event]:
    """I-7, I-14: a decision is answered by acting or by the reason not to; police never without a reason."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.DECISION)
    choice = next((choice for choice in step.choices if choice.id == command.choice), None)
    if choice is None:
        raise Refused(Reason("STEP", "Choose one of the answers of this step"))
    reason_missing = command.reason is None and (choice.reason_needed or choice.police)
    refuse_if(
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        Reason("I-14" if choice.police else "I-7", "This answer needs a reason", at="reason")
        if reason_missing
        else None,
        _lead_first(command, choice, case),
        _too_early(choice, case),
        _lacking(choice, case),
    )
    who = stamp(command, case.at)
    answered = ev.DecisionAnswered(**who, step=step.id, choice=choice.id, reason=command.reason)
    events = [answered, *_acts(command, choice, case), *raised(command, case, choice.floor, step.id)]
    if choice.declares is None:
        return events
    last = case.incident.seq + len(events)
    return [*events, *declared_by(command, case, choice.declares, command.reason, after=last)]


def _too_early(choice: Choice, case: Case) -> Reason | None:
    """protocols.md 0 and (d): calming comes before the police, a professional and the screening before force."""
    wanted = case.protocol.parameters.get(choice.only_after_if or "")
    demanded = wanted is None or wanted.value is True
    if not demanded or case.incident.emergency is Emergency.ACTIVE:
        return None
    now = standing(case.incident, case.protocol)
    first = [step for step in case.protocol.steps if step.id in choice.only_after and not now.settled(step.id)]
    if not first:
        return None
    return Reason(
        "I-14",
        "This comes only after: %(steps)s. Where a life is in danger, raise the emergency and call 911",
        (("steps", called(first)),),
    )


def _lacking(choice: Choice, case: Case) -> Reason | None:
    """What must hold for this answer in any case, as the family's consent before a cause of death is named (I-24)."""
    needs = choice.needs
    if needs is None:
        return None
    now = standing(case.incident, case.protocol)
    if holds(needs.condition, case.incident, now.settled) is True:
        return None
    otherwise = InBoth(needs.otherwise.en, needs.otherwise.es)
    return Reason(needs.rule, "%(otherwise)s", (("otherwise", otherwise),), "/facts" if needs.condition.fact else "")


def _lead_first(command: cmd.AnswerDecision, choice: Choice, case: Case) -> Reason | None:
    """PR-19: what the family asked for holds nothing up where somebody's life is in danger."""
    incident = case.incident
    if not (choice.police and case.ground.wishes.lead_first) or incident.emergency is Emergency.ACTIVE:
        return None
    if command.by.id == incident.lead or Role.DISTRICT_ONCALL in command.by.roles:
        return None
    text = "For this student the lead decides before the police are called; where a life is in danger, call 911"
    return Reason("PR-19", text)


def _acts(command: cmd.AnswerDecision, choice: Choice, case: Case) -> list[ev.Event]:
    if not choice.raises_emergency:
        return []
    return [ev.EmergencyRaised(**stamp(command, case.at), dangers=frozenset(), called_911=not choice.police)]


@rule.register
def _(command: cmd.SetFact, case: Case) -> list[ev.Event]:
    fact = next((fact for fact in case.protocol.facts if fact.id == command.fact), None)
    if fact is None:
        raise Refused(Reason("FACT", "This protocol does not ask for “%(fact)s”", (("fact", command.fact),)))
    refuse_if(
        wrong_role(command.by.roles, fact.setters),
        None if command.value in fact.values else Reason("FACT", "Choose one of the answers of this question"),
    )
    return [ev.FactSet(**stamp(command, case.at), fact=command.fact, value=command.value)]
