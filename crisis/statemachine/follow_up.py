"""Follow-up: a missed contact is escalated and never counts as done (I-18)."""

from datetime import date, datetime, timedelta

from crisis import commands as cmd
from crisis import events as ev
from crisis import follow_up_commands as ucmd
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Series, Step
from crisis.statemachine.assessment import is_assessed, reopened
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.deadlines import local_date
from crisis.statemachine.ground import SchoolCalendar
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.steps import find_step, not_open, opened_at, wrong_role
from crisis.vocabulary import FollowUpOutcome, Phase, StepType


@rule.register
def _(command: cmd.RecordFollowUp, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.FOLLOW_UP)
    concern_without_words = command.safety_concern and command.note is None
    refuse_if(
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        Reason("I-18", "You have a new worry about safety: write down what it is", at="note")
        if concern_without_words
        else None,
    )
    who = stamp(command, case.at)
    record = case.incident.steps.get(step.id, StepRecord())
    held_at = who["occurred_at"] or case.at
    beside = command.outcome is FollowUpOutcome.COMPLETED and is_beside(step, record, held_at, case.ground.calendar)
    recorded = ev.FollowUpRecorded(
        **who,
        step=step.id,
        occurrence=len(record.outcomes) + 1,
        outcome=command.outcome,
        safety_concern=command.safety_concern,
        note=command.note,
        beside=beside,
        held_at=held_at,
    )
    completed = len(record.times) + (command.outcome is FollowUpOutcome.COMPLETED and not beside)
    finished = step.series is not None and not step.series.ended_by and completed >= step.series.count
    done: list[ev.Event] = [ev.StepCompleted(**who, step=step.id, evidence={})] if finished else []
    concern = command.note if command.safety_concern and is_assessed(case.protocol) else None
    again = [] if concern is None else [reopened(command, case, concern)]
    return [recorded, *done, *again]


def is_beside(step: Step, record: StepRecord, held_at: datetime, calendar: SchoolCalendar) -> bool:
    """Weekly for a month is not four times in a week: so near to one that counts, another one is kept beside it."""
    day = local_date(held_at, calendar)
    return any(abs((day - local_date(each, calendar)).days) < _days_between(step) for each in record.times)


def counts_again(step: Step, record: StepRecord, calendar: SchoolCalendar) -> date | None:
    """The first day on which the next contact counts; None before there was one."""
    return local_date(record.times[-1], calendar) + timedelta(days=_days_between(step)) if record.times else None


def _days_between(step: Step) -> int:
    """D: a third of the interval is left for a day off or a weekend."""
    return 0 if step.series is None else step.series.days - step.series.days // 3


@rule.register
def _(command: ucmd.EndFollowUp, case: Case) -> list[ev.Event]:
    """I-18: somebody qualified ends it, with a reason, and not before its time."""
    person(command)
    step = find_step(case.protocol, command.step, StepType.FOLLOW_UP)
    series = step.series
    if series is None or not series.ended_by:
        raise Refused(Reason("I-18", "This follow-up ends with its last contact, and not before"))
    refuse_if(
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, series.ended_by),
        _too_few(step, series, case),
        _too_soon(step, case),
    )
    who = stamp(command, case.at)
    return [
        ev.FollowUpEnded(**who, step=step.id, reason=command.reason),
        ev.StepCompleted(**who, step=step.id, evidence={}),
    ]


def _too_few(step: Step, series: Series, case: Case) -> Reason | None:
    held = len(case.incident.steps.get(step.id, StepRecord()).times)
    if held >= series.count:
        return None
    least = (("least", str(series.count)),)
    return Reason("I-18", "It ends after at least %(least)s; hold it first, and record what came of it", least)


def _too_soon(step: Step, case: Case) -> Reason | None:
    days = least_days(step, case.incident)
    if case.at >= opened_at(case.incident, step) + timedelta(days=days):
        return None
    text = "This goes on for at least %(days)s days; until then it can only be passed on to somebody who accepts it"
    return Reason("I-18", text, (("days", str(days)),))


def least_days(step: Step, incident: Incident) -> int:
    """As the decision was answered; unknown is the longest."""
    runs = None if step.series is None else step.series.runs
    if runs is None:
        return 0
    answered = incident.steps.get(runs.decision, StepRecord()).choice
    return runs.days.get(answered or "", max(runs.days.values()))


@rule.register
def _(command: cmd.TransferFollowUp, case: Case) -> list[ev.Event]:
    """I-19: only to a named owner who has accepted it."""
    person(command)
    named = command.to is not None or command.organisation is not None
    refuse_if(
        None
        if named
        else Reason("I-19", "Name the person or organisation that goes on with the follow-up", at="organisation"),
        None
        if command.accepted
        else Reason("I-15", "The follow-up moves only when they have accepted it", at="accepted"),
        None
        if case.incident.phase is Phase.FOLLOW_UP
        else Reason("I-19", "The follow-up can be passed on once the follow-up has begun"),
    )
    if case.incident.follow_up_transferred:
        raise Refused(Reason("I-19", "The follow-up has been passed on already"))
    transferred = ev.FollowUpTransferred(**stamp(command, case.at), to=command.to, organisation=command.organisation)
    return [transferred]
