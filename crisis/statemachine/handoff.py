"""Responsibility for the incident moves only when a named person accepts it; sent is not accepted (I-15, I-16)."""

from datetime import datetime, timedelta

from crisis import commands as cmd
from crisis import events as ev
from crisis import referral_events as rev
from crisis.errors import Reason, Refused, refuse_if
from crisis.protocols.schema import Protocol
from crisis.statemachine.by_record import untold
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.incident import Handoff, Incident
from crisis.statemachine.lifecycle import HANDOFF
from crisis.statemachine.steps import SETTLED, find_step, not_open, standing, wrong_role
from crisis.vocabulary import HandoffId, HandoffState, LegalBasis, StepType

WAITS = timedelta(minutes=10)  # D, where the protocol says no other: offered is not accepted


@rule.register
def _(command: cmd.OfferHandoff, case: Case) -> list[ev.Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.HANDOFF)
    refuse_if(
        not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        *_disclosure(command, case),
        untold(command, case.incident),
    )
    offered = ev.HandoffOffered(
        **stamp(command, case.at),
        step=step.id,
        handoff=HandoffId(f"{case.incident.id}-{case.incident.seq + 1}"),
        receiver=command.receiver,
        organisation=command.organisation,
        basis=command.basis,
        threat=command.threat,
        disclosed=command.disclosed,
        withheld=command.withheld,
        agency=command.agency,
    )
    return [offered]


def _disclosure(command: cmd.OfferHandoff, case: Case) -> list[Reason]:
    """I-16: every item is either disclosed or withheld with a reason; an emergency names its threat (34 CFR 99.36)."""
    found = []
    items = set(case.protocol.disclosure_items)
    unknown = (command.disclosed | set(command.withheld)) - items
    twice = command.disclosed & set(command.withheld)
    forgotten = items - command.disclosed - set(command.withheld)
    if unknown or twice:
        found.append(Reason("I-16", "Choose for each item on the list: given, or kept back"))
    first = next((name for name in case.protocol.disclosure_items if name in forgotten), "")
    if forgotten or not set(command.withheld.values()) <= set(case.protocol.withhold_reasons):
        found.append(
            Reason("I-16", "Each item that you keep back needs a reason", at=f"items.{first}" if first else "")
        )
    if command.basis is LegalBasis.EMERGENCY and command.threat is None:
        found.append(
            Reason("I-16", "An emergency disclosure needs the threat in words: what danger, to whom", at="threat")
        )
    return found


def answer_by(known: Handoff, protocol: Protocol) -> datetime:
    step = protocol.step(known.step)
    return known.offered_at + (WAITS if step is None or step.answer_within is None else step.answer_within)


def timed_out(key: str, case: Case) -> list[ev.Event]:
    """By itself this moves nothing but the offer: the student stays the school's (I-15)."""
    known = case.incident.handoffs.get(HandoffId(key))
    if known is None or known.state is not HandoffState.OFFERED or answer_by(known, case.protocol) > case.at:
        return []
    return [rev.HandoffTimedOut(at=case.at, by=None, handoff=known.id)]


def unanswered(incident: Incident, known: Handoff) -> bool:
    """Offered, or timed out and nobody else has been asked since for the same step."""
    if known.state is not HandoffState.TIMED_OUT:
        return known.state is HandoffState.OFFERED
    return not any(
        other.step == known.step and other.offered_at > known.offered_at for other in incident.handoffs.values()
    )


def _known(case: Case, key: HandoffId) -> Handoff:
    if key not in case.incident.handoffs:
        raise Refused(Reason("I-15", "No such handoff has been offered"))
    return case.incident.handoffs[key]


@rule.register
def _(command: cmd.AcceptHandoff, case: Case) -> list[ev.Event]:
    person(command)
    handoff = _known(case, command.handoff)
    HANDOFF.move(handoff.state, "accept")
    who = stamp(command, case.at)
    accepted = ev.HandoffAccepted(
        **who, handoff=handoff.id, recipient=command.recipient, next_contact_at=command.next_contact_at
    )
    if standing(case.incident, case.protocol)[handoff.step] in SETTLED:
        return [accepted]
    return [accepted, ev.StepCompleted(**who, step=handoff.step, evidence={})]


@rule.register
def _(command: cmd.DeclineHandoff, case: Case) -> list[ev.Event]:
    person(command)
    handoff = _known(case, command.handoff)
    HANDOFF.move(handoff.state, "decline")
    return [ev.HandoffDeclined(**stamp(command, case.at), handoff=handoff.id, reason=command.reason)]
