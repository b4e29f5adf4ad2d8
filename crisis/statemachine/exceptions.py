"""Exceptions put something else in the place of a step; the report that one creates belongs to a person."""

from datetime import datetime

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import ExceptionRule, Protocol, Step
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import ActiveException
from crisis.statemachine.reports import owed, owns_one
from crisis.statemachine.steps import SETTLED, standing, wrong_role
from crisis.vocabulary import WordsId


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
    person(command)
    step, wanted = _exception(case.protocol, command.exception)
    refuse_if(wrong_role(command.by.roles, wanted.authorisers), *_untimely(command, case, step, wanted))
    who = stamp(command, case.at)
    declared = ev.ExceptionDeclared(
        **who, step=step.id, exception=wanted.id, reason=command.reason, expires_at=_expiry(wanted, case.at)
    )
    return [declared, *_reports(command, case, wanted, after=case.incident.seq + 1)]


def _reports(command: cmd.Command, case: Case, wanted: ExceptionRule, after: int) -> list[ev.Event]:
    owner = command.by.id
    if wanted.obligation is None or owner is None or owns_one(case.incident, owner):
        return []
    return [*owed(command, case, wanted.obligation, owner, after=after)]


def declared_by(command: cmd.Command, case: Case, name: str, reason: WordsId | None, *, after: int) -> list[ev.Event]:
    """In force because of what was opened or answered, once. `after` is the number of the event before."""
    step, wanted = _exception(case.protocol, name)
    if name in case.incident.exceptions:
        return []
    declared = ev.ExceptionDeclared(
        **stamp(command, case.at),
        step=step.id,
        exception=wanted.id,
        reason=reason,
        expires_at=_expiry(wanted, case.at),
    )
    return [declared, *_reports(command, case, wanted, after=after + 1)]


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
