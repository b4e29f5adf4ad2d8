"""Follow-up: a missed contact is escalated and never counts as done (I-18)."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.statemachine.assessment import reopened
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import StepRecord
from crisis.statemachine.steps import find_step, not_open, wrong_role
from crisis.vocabulary import FollowUpOutcome, Phase, StepType


@rule.register
def _(command: cmd.RecordFollowUp, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.FOLLOW_UP)
    concern_without_words = command.safety_concern and command.note is None
    refuse_if(
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        Reason("I-18", "You have a new worry about safety: write down what it is") if concern_without_words else None,
    )
    who = stamp(command, case.at)
    record = case.incident.steps.get(step.id, StepRecord())
    recorded = ev.FollowUpRecorded(
        **who,
        step=step.id,
        occurrence=len(record.outcomes) + 1,
        outcome=command.outcome,
        safety_concern=command.safety_concern,
        note=command.note,
    )
    completed = len(record.times) + (command.outcome is FollowUpOutcome.COMPLETED)
    finished = step.series is not None and completed >= step.series.count
    done: list[ev.Event] = [ev.StepCompleted(**who, step=step.id, evidence={})] if finished else []
    again = [reopened(command, case, command.note)] if command.safety_concern and command.note is not None else []
    return [recorded, *done, *again]


@rule.register
def _(command: cmd.TransferFollowUp, case: Case) -> list[ev.Event]:
    """I-19: only to a named owner who has accepted it."""
    person(command)
    named = command.to is not None or command.organisation is not None
    refuse_if(
        None if named else Reason("I-19", "Name the person or organisation that goes on with the follow-up"),
        None if command.accepted else Reason("I-15", "The follow-up moves only when they have accepted it"),
        None
        if case.incident.phase is Phase.FOLLOW_UP
        else Reason("I-19", "The follow-up can be passed on once the follow-up has begun"),
    )
    if case.incident.follow_up_transferred:
        raise Refused(Reason("I-19", "The follow-up has been passed on already"))
    transferred = ev.FollowUpTransferred(**stamp(command, case.at), to=command.to, organisation=command.organisation)
    return [transferred]
