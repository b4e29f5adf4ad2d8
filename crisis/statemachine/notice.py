"""A notice tells the school to be kind, and nothing else: it holds no words, and it runs out (protocols.md 1 h)."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import get_args, get_type_hints

from crisis import commands as cmd
from crisis import events as ev
from crisis.effects import Effect, OpenLinked, StartTimer
from crisis.errors import Reason, Refused
from crisis.protocol_words import Subject
from crisis.protocols.schema import Protocol
from crisis.statemachine.case import Case
from crisis.statemachine.folding import folded
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.reacting import reaction
from crisis.vocabulary import Phase, WordsId

EXPIRES = "notice_expires"
OF_NOW = (cmd.OpenIncident, cmd.ResolveEmergency, cmd.DecideReview)  # an emergency of today is not what it was about


def must_be_silent(command: cmd.Command, protocol: Protocol) -> None:
    """Nobody asks the student what happened, and nobody writes it down: what people write is refused, wherever."""
    if protocol.subject is not Subject.NOTICE or isinstance(command, OF_NOW):
        return
    if any(getattr(command, name) is not None for name in _words(type(command))):
        text = "A notice keeps no words; where you are worried, choose the answer that opens an incident"
        raise Refused(Reason("NOTICE", text))


_KNOWN: dict[str, tuple[str, ...]] = {}  # by the name of the order, which no two share


def _words(kind: type[cmd.Command]) -> tuple[str, ...]:
    if kind.__name__ not in _KNOWN:
        hints, names = get_type_hints(kind), [each.name for each in fields(kind)]
        found = [name for name in names if hints[name] is WordsId or WordsId in get_args(hints[name])]
        _KNOWN[kind.__name__] = tuple(found)
    return _KNOWN[kind.__name__]


def expiry(incident: Incident, protocol: Protocol) -> Iterator[StartTimer]:
    """When it ends by itself, as long as it has not."""
    if protocol.expires_after is not None and incident.closed_at is None:
        yield StartTimer(name=EXPIRES, key="notice", due_at=incident.opened_at + protocol.expires_after)


def over(case: Case) -> list[ev.Event]:
    """It was about a bad night: after its time nobody has to do anything, and it follows the student nowhere."""
    due = [timer for timer in expiry(case.incident, case.protocol) if timer.due_at <= case.at]
    if not due:
        return []
    return [ev.NoticeExpired(at=case.at, by=None), ev.PhaseEntered(at=case.at, by=None, phase=Phase.CLOSED)]


@folded.register
def _(event: ev.NoticeExpired, incident: Incident) -> Incident:
    return replace(incident, student=None, closed_at=event.at)


@reaction.register
def _(event: ev.DecisionAnswered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """Signs were seen: an incident of the same student, led by whoever saw to it."""
    step = protocol.step(event.step)
    chosen = next((each for each in step.choices if each.id == event.choice), None) if step is not None else None
    if chosen is None or chosen.opens is None or after.student is None:
        return []
    return [
        OpenLinked(
            protocol=chosen.opens.protocol,
            crisis_type=chosen.opens.crisis_type,
            parent=after.id,
            student=after.student,
            lead=after.lead or event.by,
        )
    ]
