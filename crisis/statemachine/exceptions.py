"""Exceptions put something else in the place of a step; the report that one creates belongs to a person."""

from datetime import datetime

from pydantic import TypeAdapter

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Duration, ExceptionRule, Protocol, Step
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import ActiveException, Obligation
from crisis.statemachine.steps import SETTLED, standing, wrong_role
from crisis.vocabulary import ObligationId, ObligationKind

_DURATION: TypeAdapter[Duration] = TypeAdapter(Duration)


def _exception(protocol: Protocol, name: str) -> tuple[Step, ExceptionRule]:
    found = protocol.exception(name)
    if found is None:
        raise Refused(Reason("EXCEPTION", "This protocol has no such exception"))
    return found


def _active(case: Case, name: str) -> ActiveException:
    if name not in case.incident.exceptions:
        raise Refused(Reason("EXCEPTION", "This exception is not in force"))
    return case.incident.exceptions[name]


def _expiry(rule_of: ExceptionRule, at: datetime) -> datetime | None:
    return None if rule_of.expires is None else at + rule_of.expires


@rule.register
def _(command: cmd.DeclareException, case: Case) -> list[ev.Event]:
    owner = person(command)
    step, wanted = _exception(case.protocol, command.exception)
    refuse_if(wrong_role(command.by.roles, wanted.authorisers), *_untimely(command, case, step, wanted))
    who = stamp(command, case.at)
    declared = ev.ExceptionDeclared(
        **who, step=step.id, exception=wanted.id, reason=command.reason, expires_at=_expiry(wanted, case.at)
    )
    if wanted.obligation is None:
        return [declared]
    oral, written = (_clock(case.protocol, name) for name in (wanted.obligation.oral, wanted.obligation.written))
    reports = [(wanted.obligation.kind, oral), (ObligationKind.WRITTEN_REPORT, written)]
    return [
        declared,
        *(
            ev.ObligationCreated(
                **who,
                obligation=ObligationId(f"{case.incident.id}-{case.incident.seq + n}"),
                kind=kind,
                owner=owner,
                due_at=case.at + within,
            )
            for n, (kind, within) in enumerate(reports, start=2)
        ),
    ]


def _untimely(command: cmd.DeclareException, case: Case, step: Step, wanted: ExceptionRule) -> list[Reason]:
    found = []
    if step.id != command.step:
        found.append(Reason("EXCEPTION", "This exception belongs to another step"))
    if command.exception in case.incident.exceptions:
        found.append(Reason("EXCEPTION", "This exception is in force already"))
    elif standing(case.incident, case.protocol)[step.id] in SETTLED and not wanted.blocks_guardians:
        found.append(Reason("EXCEPTION", "This step is settled already"))
    if len(case.incident.contact_attempts) < wanted.min_attempts:
        found.append(Reason("I-12", "Record %(least)s attempts first", (("least", str(wanted.min_attempts)),)))
    return found


def _clock(protocol: Protocol, name: str) -> Duration:
    return _DURATION.validate_python(protocol.parameters[name].value)


@rule.register
def _(command: cmd.RenewException, case: Case) -> list[ev.Event]:
    person(command)
    _active(case, command.exception)
    _step, wanted = _exception(case.protocol, command.exception)
    refuse_if(wrong_role(command.by.roles, wanted.authorisers))
    expires_at = _expiry(wanted, case.at)
    return [
        ev.ExceptionRenewed(
            **stamp(command, case.at), exception=wanted.id, reason=command.reason, expires_at=expires_at
        )
    ]


@rule.register
def _(command: cmd.LiftException, case: Case) -> list[ev.Event]:
    """I-10: where two are needed, the first asks and another one lifts. The report it created stays (I-11)."""
    by = person(command)
    active = _active(case, command.exception)
    _step, wanted = _exception(case.protocol, command.exception)
    refuse_if(wrong_role(command.by.roles, wanted.authorisers))
    who = stamp(command, case.at)
    if wanted.two_to_lift and active.lift_asked_by is None:
        return [ev.ExceptionLiftAsked(**who, exception=wanted.id, reason=command.reason)]
    if wanted.two_to_lift and active.lift_asked_by == by:
        raise Refused(Reason("I-10", "You asked for it; a second person must lift this block"))
    return [ev.ExceptionLifted(**who, exception=wanted.id, reason=command.reason)]


def _obligation(case: Case, key: ObligationId) -> Obligation:
    if key not in case.incident.obligations:
        raise Refused(Reason("I-11", "There is no such report to file"))
    return case.incident.obligations[key]


@rule.register
def _(command: cmd.FileReport, case: Case) -> list[ev.Event]:
    by = person(command)
    report = _obligation(case, command.obligation)
    foreign = by not in (report.owner, report.delegate)
    refuse_if(
        Reason("I-11", "This report belongs to the person who suspects; only they, or their delegate, can file it")
        if foreign
        else None,
        Reason("I-11", "This report is filed already") if report.filed_at is not None else None,
    )
    filed = ev.ReportFiled(
        **stamp(command, case.at), obligation=report.id, agency=command.agency, number=command.number
    )
    return [filed]


@rule.register
def _(command: cmd.DelegateReport, case: Case) -> list[ev.Event]:
    report = _obligation(case, command.obligation)
    rules = [step.obligation for owner in case.protocol.steps for step in owner.exceptions if step.obligation]
    allowed = all(case.protocol.parameters[wanted.delegation].value is True for wanted in rules)
    refuse_if(
        Reason("I-11", "Only the person who suspects can pass the report on")
        if person(command) != report.owner
        else None,
        None if allowed else Reason("I-11", "In this state the person who suspects must file the report themselves"),
        Reason("I-11", "This report is filed already") if report.filed_at is not None else None,
    )
    return [ev.ObligationDelegated(**stamp(command, case.at), obligation=report.id, to=command.to)]
