"""What events about the response make of an incident: exceptions, reports, handoffs, pages, follow-up, closing."""

from dataclasses import replace

from crisis import events as ev
from crisis.statemachine.folding import folded, put, record_of, with_
from crisis.statemachine.incident import ActiveException, Handoff, Incident, Missed, Obligation
from crisis.vocabulary import FollowUpOutcome, HandoffState


@folded.register
def _(event: ev.ExceptionDeclared, incident: Incident) -> Incident:
    active = ActiveException(step=event.step, id=event.exception, by=event.by, at=event.at, expires_at=event.expires_at)
    return replace(incident, exceptions=with_(incident.exceptions, event.exception, active))


@folded.register
def _(event: ev.ExceptionRenewed, incident: Incident) -> Incident:
    known = incident.exceptions[event.exception]
    renewed = replace(known, expires_at=event.expires_at, expired=False, lift_asked_by=None)
    return replace(incident, exceptions=with_(incident.exceptions, event.exception, renewed))


@folded.register
def _(event: ev.ExceptionExpired, incident: Incident) -> Incident:
    expired = replace(incident.exceptions[event.exception], expired=True)
    return replace(incident, exceptions=with_(incident.exceptions, event.exception, expired))


@folded.register
def _(event: ev.ExceptionLiftAsked, incident: Incident) -> Incident:
    asked = replace(incident.exceptions[event.exception], lift_asked_by=event.by)
    return replace(incident, exceptions=with_(incident.exceptions, event.exception, asked))


@folded.register
def _(event: ev.ExceptionLifted, incident: Incident) -> Incident:
    left = {name: known for name, known in incident.exceptions.items() if name != event.exception}
    return replace(incident, exceptions=left)


@folded.register
def _(event: ev.ObligationCreated, incident: Incident) -> Incident:
    created = Obligation(
        id=event.obligation,
        kind=event.kind,
        owner=event.owner,
        due_at=event.due_at,
    )
    return replace(incident, obligations=with_(incident.obligations, event.obligation, created))


@folded.register
def _(event: ev.ObligationDelegated, incident: Incident) -> Incident:
    delegated = replace(incident.obligations[event.obligation], delegate=event.to)
    return replace(incident, obligations=with_(incident.obligations, event.obligation, delegated))


@folded.register
def _(event: ev.ReportFiled, incident: Incident) -> Incident:
    filed = replace(incident.obligations[event.obligation], filed_at=event.at)
    return replace(incident, obligations=with_(incident.obligations, event.obligation, filed))


@folded.register
def _(event: ev.HandoffOffered, incident: Incident) -> Incident:
    offered = Handoff(
        id=event.handoff,
        step=event.step,
        receiver=event.receiver,
        state=HandoffState.OFFERED,
        offered_at=event.at,
        disclosed=event.disclosed,
        basis=event.basis,
        agency=event.agency,
        organisation=event.organisation,
        threat=event.threat,
    )
    return replace(incident, handoffs=with_(incident.handoffs, event.handoff, offered))


@folded.register
def _(event: ev.HandoffAccepted, incident: Incident) -> Incident:
    known = incident.handoffs[event.handoff]
    accepted = replace(known, state=HandoffState.ACCEPTED, accepted_at=event.at)
    return replace(incident, handoffs=with_(incident.handoffs, event.handoff, accepted))


@folded.register
def _(event: ev.HandoffDeclined, incident: Incident) -> Incident:
    declined = replace(incident.handoffs[event.handoff], state=HandoffState.DECLINED)
    return replace(incident, handoffs=with_(incident.handoffs, event.handoff, declined))


@folded.register
def _(event: ev.FollowUpRecorded, incident: Incident) -> Incident:
    record = record_of(incident, event.step)
    counts = event.outcome is FollowUpOutcome.COMPLETED and not event.beside
    times = tuple(sorted((*record.times, event.held_at or event.at))) if counts else record.times
    return put(incident, event.step, replace(record, outcomes=(*record.outcomes, event.outcome), times=times))


@folded.register
def _(_event: ev.FollowUpEnded, incident: Incident) -> Incident:
    return incident  # that the step is done is an event of its own


@folded.register
def _(_event: ev.FollowUpTransferred, incident: Incident) -> Incident:
    return replace(incident, follow_up_transferred=True)


@folded.register
def _(event: ev.DeadlineMissed, incident: Incident) -> Incident:
    missed = Missed(step=event.step, deadline=event.deadline, kind=event.kind, due_at=event.due_at)
    return replace(incident, missed=(*incident.missed, missed))


@folded.register
def _(_event: ev.Reminded, incident: Incident) -> Incident:
    return incident


@folded.register
def _(_event: ev.NoteAdded, incident: Incident) -> Incident:
    return incident


@folded.register
def _(_event: ev.EventCorrected, incident: Incident) -> Incident:
    return incident


@folded.register
def _(event: ev.IncidentLinked, incident: Incident) -> Incident:
    return replace(incident, links=(*incident.links, event.other))


@folded.register
def _(event: ev.ReviewDecided, incident: Incident) -> Incident:
    return replace(incident, review_held=event.hold)


@folded.register
def _(event: ev.CloseSigned, incident: Incident) -> Incident:
    return replace(incident, close_signed_by=(*incident.close_signed_by, *([event.by] if event.by else [])))


@folded.register
def _(event: ev.IncidentClosed, incident: Incident) -> Incident:
    return replace(incident, closed_at=event.at)
