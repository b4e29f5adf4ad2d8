"""Mandated reports: each belongs to the person who suspects, and only that person's filing ends it (I-11)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from crisis import commands as cmd
from crisis import events as ev
from crisis import report_commands as tcmd
from crisis import report_events as tev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Duration, ObligationRule, Protocol
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.incident import Incident, Obligation
from crisis.vocabulary import ObligationId, ObligationKind, PersonId

_DURATION: TypeAdapter[Duration] = TypeAdapter(Duration)


def rules_of(protocol: Protocol) -> list[ObligationRule]:
    """Every report that this protocol can make somebody owe, that of the opening first."""
    first = [] if protocol.at_opening is None else [protocol.at_opening.report]
    of_steps = [each.obligation for step in protocol.steps for each in step.exceptions]
    return [each for each in (*first, *of_steps) if each is not None]


def owns_one(incident: Incident, owner: PersonId) -> bool:
    """Whoever owes the oral and the written report owes them once, for whatever reason."""
    return any(each.owner == owner for each in incident.obligations.values())


def owed(
    command: cmd.Command, case: Case, wanted: ObligationRule, owner: PersonId, *, after: int
) -> Sequence[ev.ObligationCreated]:
    """The oral and the written one, from the suspicion on. `after` is the number of the event before."""
    who, since = stamp(command, case.at), _since(command, case)
    return [
        ev.ObligationCreated(
            **who,
            obligation=ObligationId(f"{case.incident.id}-{after + n}"),
            kind=kind,
            owner=owner,
            due_at=since + _length(kind, wanted, case.protocol),
        )
        for n, kind in enumerate((wanted.kind, ObligationKind.WRITTEN_REPORT), start=1)
    ]


def _since(command: cmd.Command, case: Case) -> datetime:
    """When it was suspected, never later than it was said."""
    return min(command.occurred_at or case.at, case.at)


def _length(kind: ObligationKind, wanted: ObligationRule, protocol: Protocol) -> Duration:
    name = wanted.written if kind is ObligationKind.WRITTEN_REPORT else wanted.oral
    return _DURATION.validate_python(protocol.parameters[name].value)


@rule.register
def _(command: tcmd.Suspect, case: Case) -> list[ev.Event]:
    """Each who suspects reports: somebody else's report takes nobody's own away."""
    owner = person(command) if command.to is None else command.to
    wanted = next(iter(rules_of(case.protocol)), None)
    if wanted is None:
        raise Refused(Reason("I-11", "Nothing has to be reported in this kind of incident"))
    if not owns_one(case.incident, owner):
        return [*owed(command, case, wanted, owner, after=case.incident.seq)]
    who, since = stamp(command, case.at), _since(command, case)
    open_ones = [each for each in case.incident.obligations.values() if each.owner == owner and each.filed_at is None]
    due = [(each, since + _length(each.kind, wanted, case.protocol)) for each in open_ones]
    earlier = [(each.id, at) for each, at in due if at < each.due_at]
    return [tev.SuspectedEarlier(**who, obligation=report, due_at=at) for report, at in earlier]


@folded.register
def _(event: tev.SuspectedEarlier, incident: Incident) -> Incident:
    earlier = replace(incident.obligations[event.obligation], due_at=event.due_at)
    return replace(incident, obligations=with_(incident.obligations, event.obligation, earlier))


def _obligation(case: Case, key: ObligationId) -> Obligation:
    if key not in case.incident.obligations:
        raise Refused(Reason("I-11", "There is no such report to file"))
    return case.incident.obligations[key]


@rule.register
def _(command: tcmd.FileReport, case: Case) -> list[ev.Event]:
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
        **stamp(command, case.at),
        obligation=report.id,
        agency=command.agency,
        number=command.number,
        worker=command.worker,
    )
    return [filed]


@rule.register
def _(command: tcmd.DelegateReport, case: Case) -> list[ev.Event]:
    report = _obligation(case, command.obligation)
    allowed = all(case.protocol.parameters[wanted.delegation].value is True for wanted in rules_of(case.protocol))
    refuse_if(
        Reason("I-11", "Only the person who suspects can pass the report on")
        if person(command) != report.owner
        else None,
        None if allowed else Reason("I-11", "In this state the person who suspects must file the report themselves"),
        Reason("I-11", "This report is filed already") if report.filed_at is not None else None,
    )
    return [ev.ObligationDelegated(**stamp(command, case.at), obligation=report.id, to=command.to)]
