"""evolve: `(Incident, Event) -> Incident`. One function an event; `fold` of the log is the state."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce, singledispatch
from typing import TypeVar

from crisis import events as ev
from crisis.statemachine.incident import (
    ActiveException,
    Fact,
    Handoff,
    Incident,
    Missed,
    Obligation,
    Page,
    StepRecord,
)
from crisis.vocabulary import (
    Beside,
    ContactOutcome,
    Custody,
    Emergency,
    FollowUpOutcome,
    HandoffState,
    PageState,
    ScreenResult,
    StepId,
    Tier,
)

Key = TypeVar("Key")
Value = TypeVar("Value")

_ACUTE_FROM = Tier.HIGH.rank


def evolve(incident: Incident, event: ev.Event) -> Incident:
    """The incident after one event; its version counts the event."""
    return _grown(replace(_after(event, incident), seq=incident.seq + 1), event)


def begin(event: ev.IncidentOpened) -> Incident:
    """The incident as its first event left it."""
    return Incident(
        id=event.incident,
        district=event.district,
        school=event.school,
        mode=event.mode,
        crisis_type=event.crisis_type,
        protocol=event.protocol,
        version=event.version,
        protocol_hash=event.protocol_hash,
        student=event.student,
        opened_at=event.at,
        opened_by=event.by,
        linked_to=event.linked_to,
        custody_gap=event.beside in (Beside.NOBODY, Beside.UNKNOWN),
    )


def fold(log: Iterable[ev.Event]) -> Incident:
    """The state that a whole log stands for; its first event is the opening."""
    events = iter(log)
    first = next(events)
    if not isinstance(first, ev.IncidentOpened):
        raise TypeError("a log begins with IncidentOpened")
    return reduce(evolve, events, begin(first))


def _grown(incident: Incident, event: ev.Event) -> Incident:
    """What only ever grows: the highest tier, and the first moment of acute danger."""
    tier = incident.effective_tier
    if tier is None:
        return incident
    if incident.peak is None or tier.rank > incident.peak.rank:
        incident = replace(incident, peak=tier)
    if incident.acute_at is None and tier.rank >= _ACUTE_FROM:
        incident = replace(incident, acute_at=event.at)
    return incident


def _with(known: Mapping[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    return {**known, key: value}


def _record(incident: Incident, step: StepId) -> StepRecord:
    return incident.steps.get(step, StepRecord())


def _put(incident: Incident, step: StepId, record: StepRecord) -> Incident:
    return replace(incident, steps=_with(incident.steps, step, record))


@singledispatch
def _after(event: ev.Event, incident: Incident) -> Incident:
    raise TypeError(f"no fold for {type(event).__name__}")


@_after.register
def _(event: ev.PhaseEntered, incident: Incident) -> Incident:
    return replace(incident, phase=event.phase)


@_after.register
def _(event: ev.StudentIdentified, incident: Incident) -> Incident:
    return replace(incident, student=event.student)


@_after.register
def _(event: ev.LeadAssigned, incident: Incident) -> Incident:
    return replace(incident, lead=event.lead)


@_after.register
def _(event: ev.StepAssigned, incident: Incident) -> Incident:
    return _put(incident, event.step, replace(_record(incident, event.step), assigned_to=event.to))


@_after.register
def _(event: ev.StepCompleted, incident: Incident) -> Incident:
    record = replace(_record(incident, event.step), done_at=event.at, by=event.by, evidence=event.evidence)
    return _put(incident, event.step, record)


@_after.register
def _(event: ev.StepWaived, incident: Incident) -> Incident:
    record = replace(_record(incident, event.step), done_at=event.at, by=event.by, waived=True)
    return _put(incident, event.step, record)


@_after.register
def _(event: ev.DecisionAnswered, incident: Incident) -> Incident:
    record = replace(_record(incident, event.step), done_at=event.at, by=event.by, choice=event.choice)
    return _put(incident, event.step, record)


@_after.register
def _(event: ev.ScreenRecorded, incident: Incident) -> Incident:
    acute = event.result is ScreenResult.ACUTE_POSITIVE and incident.acute_at is None
    return replace(incident, screen=event.result, acute_at=event.at if acute else incident.acute_at)


@_after.register
def _(event: ev.InterviewRecorded, incident: Incident) -> Incident:
    record = _record(incident, event.step)
    return _put(incident, event.step, replace(record, choice=event.disposition))


@_after.register
def _(event: ev.FloorRaised, incident: Incident) -> Incident:
    return replace(incident, floor=event.floor, below_floor_signed=False)


@_after.register
def _(event: ev.TierSet, incident: Incident) -> Incident:
    if event.second_needed:
        record = replace(_record(incident, event.step), awaiting_second=True, done_at=None)
        return replace(_put(incident, event.step, record), tier_awaiting=event.tier, tier_by=event.by)
    record = replace(_record(incident, event.step), awaiting_second=False)
    decided = _put(incident, event.step, record)
    return replace(decided, tier=event.tier, tier_at=event.at, tier_by=event.by, tier_awaiting=None)


@_after.register
def _(event: ev.TierSigned, incident: Incident) -> Incident:
    tier = incident.tier_awaiting
    below = tier is not None and incident.floor is not None and tier.rank < incident.floor.rank
    record = replace(_record(incident, event.step), awaiting_second=False)
    signed = _put(incident, event.step, record)
    return replace(signed, tier=tier, tier_at=event.at, tier_awaiting=None, below_floor_signed=below)


@_after.register
def _(event: ev.AssessmentReopened, incident: Incident) -> Incident:
    steps = {step: record for step, record in incident.steps.items() if step not in event.steps}
    reopened = replace(incident, steps=steps, tier_awaiting=None)
    if not event.supervise_again:
        return reopened
    return replace(reopened, custody=Custody.UNHELD, adult=None, released_to=None, released_at=None, custody_since=None)


@_after.register
def _(event: ev.FactSet, incident: Incident) -> Incident:
    fact = Fact(value=event.value, by=event.by, at=event.at)
    return replace(incident, facts=_with(incident.facts, event.fact, fact))


def _held(incident: Incident, event: ev.CustodyTaken | ev.CustodyAccepted | ev.StudentFound) -> Incident:
    return replace(incident, custody=Custody.HELD, adult=event.adult, custody_offered_to=None, custody_since=event.at)


@_after.register
def _(event: ev.CustodyTaken, incident: Incident) -> Incident:
    return _held(incident, event)


@_after.register
def _(event: ev.CustodyOffered, incident: Incident) -> Incident:
    return replace(incident, custody=Custody.OFFERED, custody_offered_to=event.to)


@_after.register
def _(event: ev.CustodyAccepted, incident: Incident) -> Incident:
    return _held(incident, event)


@_after.register
def _(_event: ev.CustodyOfferEnded, incident: Incident) -> Incident:
    return replace(incident, custody=Custody.HELD, custody_offered_to=None)


@_after.register
def _(event: ev.CustodyLost, incident: Incident) -> Incident:
    return replace(
        incident,
        custody=Custody.LOST,
        adult=None,
        custody_offered_to=None,
        custody_since=event.at,
        custody_gap=True,
    )


@_after.register
def _(event: ev.StudentFound, incident: Incident) -> Incident:
    return _held(incident, event)


@_after.register
def _(event: ev.CustodyReleased, incident: Incident) -> Incident:
    return replace(
        incident,
        custody=Custody.RELEASED,
        adult=None,
        custody_since=event.at,
        released_to=event.to,
        released_at=event.at,
    )


@_after.register
def _(event: ev.StudentReturned, incident: Incident) -> Incident:
    return replace(incident, returned_at=event.at)


@_after.register
def _(event: ev.EmergencyRaised, incident: Incident) -> Incident:
    acute_at = incident.acute_at or event.at
    return replace(incident, emergency=Emergency.ACTIVE, emergency_ever=True, acute_at=acute_at)


@_after.register
def _(_event: ev.EmergencyResolved, incident: Incident) -> Incident:
    return replace(incident, emergency=Emergency.RESOLVED)


@_after.register
def _(event: ev.ContactAttempted, incident: Incident) -> Incident:
    tried = replace(incident, contact_attempts=(*incident.contact_attempts, event.at))
    reached = event.guardian and event.outcome is ContactOutcome.REACHED and event.understood
    if reached and incident.guardian_reached_at is None:
        return replace(tried, guardian_reached_at=event.at)
    return tried


@_after.register
def _(event: ev.ExceptionDeclared, incident: Incident) -> Incident:
    active = ActiveException(step=event.step, id=event.exception, by=event.by, at=event.at, expires_at=event.expires_at)
    return replace(incident, exceptions=_with(incident.exceptions, event.exception, active))


@_after.register
def _(event: ev.ExceptionRenewed, incident: Incident) -> Incident:
    known = incident.exceptions[event.exception]
    renewed = replace(known, expires_at=event.expires_at, expired=False, lift_asked_by=None)
    return replace(incident, exceptions=_with(incident.exceptions, event.exception, renewed))


@_after.register
def _(event: ev.ExceptionExpired, incident: Incident) -> Incident:
    expired = replace(incident.exceptions[event.exception], expired=True)
    return replace(incident, exceptions=_with(incident.exceptions, event.exception, expired))


@_after.register
def _(event: ev.ExceptionLiftAsked, incident: Incident) -> Incident:
    asked = replace(incident.exceptions[event.exception], lift_asked_by=event.by)
    return replace(incident, exceptions=_with(incident.exceptions, event.exception, asked))


@_after.register
def _(event: ev.ExceptionLifted, incident: Incident) -> Incident:
    left = {name: known for name, known in incident.exceptions.items() if name != event.exception}
    return replace(incident, exceptions=left)


@_after.register
def _(event: ev.ObligationCreated, incident: Incident) -> Incident:
    created = Obligation(
        id=event.obligation,
        kind=event.kind,
        owner=event.owner,
        due_at=event.due_at,
    )
    return replace(incident, obligations=_with(incident.obligations, event.obligation, created))


@_after.register
def _(event: ev.ObligationDelegated, incident: Incident) -> Incident:
    delegated = replace(incident.obligations[event.obligation], delegate=event.to)
    return replace(incident, obligations=_with(incident.obligations, event.obligation, delegated))


@_after.register
def _(event: ev.ReportFiled, incident: Incident) -> Incident:
    filed = replace(incident.obligations[event.obligation], filed_at=event.at)
    return replace(incident, obligations=_with(incident.obligations, event.obligation, filed))


@_after.register
def _(event: ev.HandoffOffered, incident: Incident) -> Incident:
    offered = Handoff(
        id=event.handoff,
        step=event.step,
        receiver=event.receiver,
        state=HandoffState.OFFERED,
        offered_at=event.at,
    )
    return replace(incident, handoffs=_with(incident.handoffs, event.handoff, offered))


@_after.register
def _(event: ev.HandoffAccepted, incident: Incident) -> Incident:
    known = incident.handoffs[event.handoff]
    accepted = replace(known, state=HandoffState.ACCEPTED, accepted_at=event.at)
    return replace(incident, handoffs=_with(incident.handoffs, event.handoff, accepted))


@_after.register
def _(event: ev.HandoffDeclined, incident: Incident) -> Incident:
    declined = replace(incident.handoffs[event.handoff], state=HandoffState.DECLINED)
    return replace(incident, handoffs=_with(incident.handoffs, event.handoff, declined))


@_after.register
def _(event: ev.FollowUpRecorded, incident: Incident) -> Incident:
    record = _record(incident, event.step)
    done = event.outcome is FollowUpOutcome.COMPLETED
    times = (*record.times, event.at) if done else record.times
    return _put(incident, event.step, replace(record, outcomes=(*record.outcomes, event.outcome), times=times))


@_after.register
def _(_event: ev.FollowUpTransferred, incident: Incident) -> Incident:
    return replace(incident, follow_up_transferred=True)


def _page(incident: Incident, page: Page) -> Incident:
    return replace(incident, pages=_with(incident.pages, page.id, page))


@_after.register
def _(event: ev.PageRequested, incident: Incident) -> Incident:
    page = Page(
        id=event.page,
        role=event.role,
        urgency=event.urgency,
        step=event.step,
        state=PageState.PAGING,
        level=0,
        requested_at=event.at,
        level_since=event.at,
    )
    return _page(incident, page)


@_after.register
def _(event: ev.PageAttempted, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    if event.person in page.asked:
        return incident
    return _page(incident, replace(page, asked=(*page.asked, event.person)))


@_after.register
def _(event: ev.PageAccepted, incident: Incident) -> Incident:
    page = replace(
        incident.pages[event.page],
        state=PageState.ACCEPTED,
        accepted_by=event.person,
        accepted_at=event.at,
        eta_minutes=event.eta_minutes,
    )
    return _page(incident, page)


@_after.register
def _(event: ev.PageDeclined, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    return _page(incident, replace(page, declined=(*page.declined, event.person)))


@_after.register
def _(event: ev.PageEscalated, incident: Incident) -> Incident:
    page = incident.pages[event.page]
    return _page(incident, replace(page, level=event.level, level_since=event.at))


@_after.register
def _(event: ev.PageExhausted, incident: Incident) -> Incident:
    return _page(incident, replace(incident.pages[event.page], state=PageState.EXHAUSTED))


@_after.register
def _(event: ev.PageCancelled, incident: Incident) -> Incident:
    return _page(incident, replace(incident.pages[event.page], state=PageState.CANCELLED))


@_after.register
def _(event: ev.DeadlineMissed, incident: Incident) -> Incident:
    missed = Missed(step=event.step, deadline=event.deadline, kind=event.kind, due_at=event.due_at)
    return replace(incident, missed=(*incident.missed, missed))


@_after.register
def _(_event: ev.Reminded, incident: Incident) -> Incident:
    return incident


@_after.register
def _(_event: ev.NoteAdded, incident: Incident) -> Incident:
    return incident


@_after.register
def _(_event: ev.EventCorrected, incident: Incident) -> Incident:
    return incident


@_after.register
def _(event: ev.IncidentLinked, incident: Incident) -> Incident:
    return replace(incident, links=(*incident.links, event.other))


@_after.register
def _(event: ev.ReviewDecided, incident: Incident) -> Incident:
    return replace(incident, review_held=event.hold)


@_after.register
def _(event: ev.CloseSigned, incident: Incident) -> Incident:
    return replace(incident, close_signed_by=(*incident.close_signed_by, *([event.by] if event.by else [])))


@_after.register
def _(event: ev.IncidentClosed, incident: Incident) -> Incident:
    return replace(incident, closed_at=event.at)
