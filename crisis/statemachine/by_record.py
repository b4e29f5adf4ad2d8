"""What people decide in an incident because of what is on the student's record (`privacy-and-culture.md` 1.7)."""

from dataclasses import replace

from crisis import commands as cmd
from crisis import events as ev
from crisis import record_commands as ccmd
from crisis import record_events as cev
from crisis.errors import Reason, refuse_if
from crisis.events import Event
from crisis.protocols.schema import Step
from crisis.record_words import Assent, RecordTask
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import Incident, StudentAssent, TaskRecord
from crisis.statemachine.steps import standing
from crisis.vocabulary import Emergency, LegalBasis, Role, StepState, WordsId

AT_ONCE = frozenset({LegalBasis.EMERGENCY, LegalBasis.CHILD_PROTECTION_REPORT})
NOT_TOLD = frozenset({Assent.UNSAFE, Assent.NOT_ABLE})
MAY_DECIDE = frozenset({Role.ADMIN, Role.DISTRICT_ONCALL})


@rule.register
def _(command: ccmd.DecideOnContact, case: Case) -> list[Event]:
    by = person(command)
    leads = by == case.incident.lead or command.by.roles & MAY_DECIDE
    text = "The lead of this incident decides that, or the principal; ask one of them"
    refuse_if(None if leads else Reason("FAMILY", text))
    decided = cev.ContactDecided(
        **stamp(command, case.at), contact=command.contact, tell=command.tell, reason=command.reason
    )
    return [decided]


@folded.register
def _(event: cev.ContactDecided, incident: Incident) -> Incident:
    return replace(incident, contact_decided=with_(incident.contact_decided, event.contact, event.tell))


@rule.register
def _(command: ccmd.RecordAssent, case: Case) -> list[Event]:
    """PR-27: what is said aloud is on record, and is no consent. By whoever is with the student."""
    person(command)
    untold = command.answer in NOT_TOLD
    refuse_if(
        Reason("ASSENT", "Say why the student was not told", at="reason")
        if untold and command.reason is None
        else None,
        Reason("ASSENT", "Where the student did not agree there is nothing that they agreed to")
        if command.agreed and command.answer is not Assent.AGREED
        else None,
        None
        if command.agreed <= set(case.protocol.disclosure_items)
        else Reason("ASSENT", "Choose from the items of the list"),
    )
    told = cev.AssentRecorded(
        **stamp(command, case.at), answer=command.answer, agreed=command.agreed, reason=command.reason
    )
    return [told]


@folded.register
def _(event: cev.AssentRecorded, incident: Incident) -> Incident:
    return replace(incident, assent=StudentAssent(answer=event.answer, agreed=event.agreed, at=event.at))


def untold(command: cmd.OfferHandoff, incident: Incident) -> Reason | None:
    """Field 26: before anything first leaves the student is told, or why not is said. A life is never delayed by it."""
    if incident.assent is not None or not command.disclosed:
        return None
    if incident.emergency is Emergency.ACTIVE or command.basis in AT_ONCE:
        return None
    return Reason("ASSENT", "Tell the student first what leaves and record what they say, or why they cannot be told")


@rule.register
def _(command: ccmd.OpenTask, case: Case) -> list[Event]:
    """PR-43: exactly once, whoever says it and however often."""
    person(command)
    return opened(command.task, command, case)


def opened(task: RecordTask, command: cmd.Command, case: Case) -> list[Event]:
    """Nothing where it is there already, done or not."""
    return [] if task in case.incident.tasks else [cev.TaskOpened(**stamp(command, case.at), task=task)]


@rule.register
def _(command: ccmd.FinishTask, case: Case) -> list[Event]:
    person(command)
    known = case.incident.tasks.get(command.task)
    refuse_if(
        Reason("PR-43", "Nobody has said that this is to be done") if known is None else None,
        Reason("PR-43", "This was done before") if known is not None and known.done_at is not None else None,
    )
    who = stamp(command, case.at)
    now = standing(case.incident, case.protocol)
    steps = [step for step in case.protocol.steps if step.task is command.task and now[step.id] is StepState.OPEN]
    return [
        cev.TaskFinished(**who, task=command.task, note=command.note),
        *(
            ev.StepCompleted(**who, step=step.id, evidence={each.name: command.note for each in step.evidence})
            for step in steps
        ),
    ]


def finished_by(step: Step, command: cmd.CompleteStep, case: Case) -> list[Event]:
    """The same from the step: what it asks for, who was told, is the note of the task."""
    if step.task is None:
        return []
    known = case.incident.tasks.get(step.task)
    if known is not None and known.done_at is not None:
        return []
    note = WordsId(str(next(iter(command.evidence.values()))))
    begun = opened(step.task, command, case)
    return [*begun, cev.TaskFinished(**stamp(command, case.at), task=step.task, note=note)]


@folded.register
def _(event: cev.TaskOpened, incident: Incident) -> Incident:
    return replace(incident, tasks=with_(incident.tasks, event.task, TaskRecord(opened_at=event.at)))


@folded.register
def _(event: cev.TaskFinished, incident: Incident) -> Incident:
    done = replace(incident.tasks[event.task], done_at=event.at)
    return replace(incident, tasks=with_(incident.tasks, event.task, done))
