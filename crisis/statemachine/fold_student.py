"""What events about the student and the steps make of an incident: steps, tier, custody, emergency, contact."""

from dataclasses import replace

from crisis import events as ev
from crisis import instrument_events as iev
from crisis.statemachine.folding import folded, put, record_of, with_
from crisis.statemachine.incident import Fact, Incident, Interpreter
from crisis.statemachine.informing import informs
from crisis.vocabulary import Custody, Emergency, ScreenResult


@folded.register
def _(event: ev.PhaseEntered, incident: Incident) -> Incident:
    return replace(incident, phase=event.phase)


@folded.register
def _(event: ev.StudentIdentified, incident: Incident) -> Incident:
    return replace(incident, student=event.student)


@folded.register
def _(event: ev.LeadAssigned, incident: Incident) -> Incident:
    return replace(incident, lead=event.lead)


@folded.register
def _(event: ev.StepAssigned, incident: Incident) -> Incident:
    return put(incident, event.step, replace(record_of(incident, event.step), assigned_to=event.to))


@folded.register
def _(event: ev.StepCompleted, incident: Incident) -> Incident:
    record = replace(record_of(incident, event.step), done_at=event.at, by=event.by, evidence=event.evidence)
    return put(incident, event.step, record)


@folded.register
def _(event: ev.StepWaived, incident: Incident) -> Incident:
    record = replace(record_of(incident, event.step), done_at=event.at, by=event.by, waived=True)
    return put(incident, event.step, record)


@folded.register
def _(event: ev.DecisionAnswered, incident: Incident) -> Incident:
    record = replace(record_of(incident, event.step), done_at=event.at, by=event.by, choice=event.choice)
    return put(incident, event.step, record)


@folded.register
def _(event: ev.ScreenRecorded, incident: Incident) -> Incident:
    acute = event.result is ScreenResult.ACUTE_POSITIVE and incident.acute_at is None
    owed = incident.screen_owed and event.result is ScreenResult.INCOMPLETE
    at = event.at if acute else incident.acute_at
    return replace(incident, screen=event.result, acute_at=at, screen_owed=owed)


@folded.register
def _(event: ev.InterviewRecorded, incident: Incident) -> Incident:
    record = record_of(incident, event.step)
    heard = replace(incident, screen_owed=False)
    return put(heard, event.step, replace(record, choice=event.disposition))


@folded.register
def _(event: iev.QuestionnaireRecorded, incident: Incident) -> Incident:
    """It asks for a screening and sets nothing: neither a level nor how urgent it is."""
    return replace(incident, screen_owed=incident.screen_owed or event.screen_needed)


@folded.register
def _(event: ev.FloorRaised, incident: Incident) -> Incident:
    return replace(incident, floor=event.floor, below_floor_signed=False)


@folded.register
def _(event: ev.SupportsRecorded, incident: Incident) -> Incident:
    return replace(incident, supports_said=True)


@folded.register
def _(event: ev.TierSet, incident: Incident) -> Incident:
    if event.second_needed:
        record = replace(record_of(incident, event.step), awaiting_second=True, done_at=None)
        return replace(put(incident, event.step, record), tier_awaiting=event.tier, tier_by=event.by)
    record = replace(record_of(incident, event.step), awaiting_second=False)
    decided = put(incident, event.step, record)
    return replace(decided, tier=event.tier, tier_at=event.at, tier_by=event.by, tier_awaiting=None)


@folded.register
def _(event: ev.TierSigned, incident: Incident) -> Incident:
    tier = incident.tier_awaiting
    below = tier is not None and incident.floor is not None and tier.rank < incident.floor.rank
    record = replace(record_of(incident, event.step), awaiting_second=False)
    signed = put(incident, event.step, record)
    return replace(signed, tier=tier, tier_at=event.at, tier_awaiting=None, below_floor_signed=below)


@folded.register
def _(event: ev.AssessmentReopened, incident: Incident) -> Incident:
    steps = {step: record for step, record in incident.steps.items() if step not in event.steps}
    reopened = replace(incident, steps=steps, tier_awaiting=None, supports_said=False)
    if not event.supervise_again:
        return reopened
    return replace(reopened, custody=Custody.UNHELD, adult=None, released_to=None, released_at=None, custody_since=None)


@folded.register
def _(event: ev.FactSet, incident: Incident) -> Incident:
    fact = Fact(value=event.value, by=event.by, at=event.at)
    return replace(incident, facts=with_(incident.facts, event.fact, fact))


def _held(incident: Incident, event: ev.CustodyTaken | ev.CustodyAccepted | ev.StudentFound) -> Incident:
    return replace(incident, custody=Custody.HELD, adult=event.adult, custody_offered_to=None, custody_since=event.at)


@folded.register
def _(event: ev.CustodyTaken, incident: Incident) -> Incident:
    return _held(incident, event)


@folded.register
def _(event: ev.CustodyOffered, incident: Incident) -> Incident:
    return replace(incident, custody=Custody.OFFERED, custody_offered_to=event.to)


@folded.register
def _(event: ev.CustodyAccepted, incident: Incident) -> Incident:
    return _held(incident, event)


@folded.register
def _(_event: ev.CustodyOfferEnded, incident: Incident) -> Incident:
    return replace(incident, custody=Custody.HELD, custody_offered_to=None)


@folded.register
def _(event: ev.CustodyLost, incident: Incident) -> Incident:
    return replace(
        incident,
        custody=Custody.LOST,
        adult=None,
        custody_offered_to=None,
        custody_since=event.at,
        custody_gap=True,
    )


@folded.register
def _(event: ev.StudentFound, incident: Incident) -> Incident:
    return _held(incident, event)


@folded.register
def _(event: ev.CustodyReleased, incident: Incident) -> Incident:
    return replace(
        incident,
        custody=Custody.RELEASED,
        adult=None,
        custody_since=event.at,
        released_to=event.to,
        released_at=event.at,
    )


@folded.register
def _(event: ev.StudentReturned, incident: Incident) -> Incident:
    return replace(incident, returned_at=event.at)


@folded.register
def _(event: ev.EmergencyRaised, incident: Incident) -> Incident:
    acute_at = incident.acute_at or event.at
    return replace(incident, emergency=Emergency.ACTIVE, emergency_ever=True, acute_at=acute_at)


@folded.register
def _(_event: ev.EmergencyResolved, incident: Incident) -> Incident:
    return replace(incident, emergency=Emergency.RESOLVED)


@folded.register
def _(event: ev.ContactAttempted, incident: Incident) -> Incident:
    tried = replace(incident, contact_attempts=(*incident.contact_attempts, event.at))
    if informs(event) and incident.guardian_reached_at is None:
        return replace(tried, guardian_reached_at=event.at)
    return tried


@folded.register
def _(event: ev.InterpreterArranged, incident: Incident) -> Incident:
    arranged = Interpreter(kind=event.kind, by=event.by, at=event.at)
    return replace(incident, interpreters=with_(incident.interpreters, event.language, arranged))
