"""What the API tells of an incident, one closed model for each view (`privacy-and-culture.md` 3.5, PR-48).

A field is here or it does not appear. Which view somebody gets, and which matters it holds, says `crisis.policy`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from crisis.access_words import Matter, View
from crisis.ladders import Ladder
from crisis.message_words import GuardianTextId
from crisis.policy import matters
from crisis.record_words import RecordTask
from crisis.referral_words import AgencyId, Care, ReferralId, ReferralReason, ReferralState
from crisis.statemachine.incident import Incident, SafetyPlan, WatchDate
from crisis.store.queries import IncidentView
from crisis.vocabulary import (
    Custody,
    DeadlineKind,
    Disposal,
    DistrictId,
    Emergency,
    Evidence,
    FollowUpOutcome,
    HandoffId,
    HandoffState,
    IncidentId,
    LegalBasis,
    Mode,
    ObligationId,
    ObligationKind,
    PageId,
    PageState,
    PersonId,
    Phase,
    ProtocolHash,
    ReceiverKind,
    ReleaseTo,
    Role,
    SchoolId,
    ScreenResult,
    StepId,
    StudentId,
    Tier,
    Urgency,
    WordsId,
)
from web.api.family_views import AssentTold, InterpreterTold, TextTold, Told


class FactTold(Told):
    value: str
    by: PersonId | None
    at: datetime


class StepTold(Told):
    """How far a step is, without what was found in it."""

    done_at: datetime | None
    by: PersonId | None
    assigned_to: PersonId | None
    waived: bool
    choice: str | None
    awaiting_second: bool
    times: tuple[datetime, ...]


class StepWhole(StepTold):
    evidence: Evidence
    outcomes: tuple[FollowUpOutcome, ...]


class ExceptionTold(Told):
    step: StepId
    id: str
    by: PersonId | None
    at: datetime
    expires_at: datetime | None
    expired: bool
    lift_asked_by: PersonId | None


class ReportTold(Told):
    id: ObligationId
    kind: ObligationKind
    owner: PersonId
    due_at: datetime
    delegate: PersonId | None
    filed_at: datetime | None


class PageTold(Told):
    id: PageId
    role: Role
    urgency: Urgency
    step: StepId | None
    state: PageState
    level: int
    requested_at: datetime
    level_since: datetime
    asked: tuple[PersonId, ...]
    on_level: tuple[PersonId, ...]
    declined: tuple[PersonId, ...]
    accepted_by: PersonId | None
    accepted_at: datetime | None
    eta_minutes: int | None
    began: tuple[datetime, ...]
    seen: tuple[PersonId, ...]
    standing_by: tuple[PersonId, ...]
    explained: tuple[PersonId, ...]
    textless: tuple[PersonId, ...]
    late: tuple[PersonId, ...]
    first_eta: int | None
    due_here_at: datetime | None
    asked_if_here: int
    delays: int
    arrived_at: datetime | None
    offered_to: PersonId | None
    offered_at: datetime | None
    alarms: int
    disposed: Disposal | None
    ladder: Ladder | None
    people: int
    prefers: tuple[str, ...]
    beside: PageId | None
    held_until: datetime | None


class CompanyTold(Told):
    asked_at: datetime
    asked_by: PersonId | None
    coming: bool | None  # null: no answer yet


class TaskTold(Told):
    opened_at: datetime
    done_at: datetime | None


class HandoffTold(Told):
    """`organisation` and `threat` are ids of words; the words come with the events, where the view lists them."""

    id: HandoffId
    step: StepId
    receiver: ReceiverKind
    state: HandoffState
    offered_at: datetime
    accepted_at: datetime | None
    disclosed: frozenset[str]
    basis: LegalBasis | None
    agency: AgencyId | None
    organisation: WordsId | None
    threat: WordsId | None


class ReferralTold(Told):
    id: ReferralId
    agency: AgencyId
    care: Care
    state: ReferralState
    since: datetime
    check_at: datetime | None
    moves: int
    reason: ReferralReason | None
    said_by: WordsId | None
    note: WordsId | None


class MissedTold(Told):
    step: StepId
    deadline: str
    kind: DeadlineKind
    due_at: datetime


class Handling(Told):
    id: IncidentId
    district: DistrictId
    school: SchoolId
    mode: Mode
    opened_at: datetime
    linked_to: IncidentId | None
    links: tuple[IncidentId, ...]
    seq: int
    phase: Phase
    obligations: dict[ObligationId, ReportTold]
    follow_up_transferred: bool
    watched: Mapping[str, WatchDate]
    review_held: bool | None
    close_signed_by: tuple[PersonId, ...]
    closed_at: datetime | None


class Risk(Told):
    crisis_type: str
    protocol: str
    version: str
    protocol_hash: ProtocolHash
    tier: Tier | None
    tier_at: datetime | None
    tier_by: PersonId | None
    tier_awaiting: Tier | None
    peak: Tier | None
    floor: Tier | None
    below_floor_signed: bool
    acute_at: datetime | None
    steps: Mapping[StepId, StepTold]
    facts: dict[str, FactTold]
    missed: tuple[MissedTold, ...]


class Safety(Told):
    custody: Custody
    adult: PersonId | None
    custody_offered_to: PersonId | None
    custody_since: datetime | None
    released_to: ReleaseTo | None
    released_at: datetime | None
    returned_at: datetime | None
    custody_gap: bool
    emergency: Emergency
    emergency_ever: bool
    exceptions: dict[str, ExceptionTold]


class Team(Told):
    lead: PersonId | None
    pages: dict[PageId, PageTold]
    company: dict[PersonId, CompanyTold]


class Student(Told):
    student: StudentId | None


class Family(Told):
    contact_attempts: tuple[datetime, ...]
    interpreters: dict[str, InterpreterTold]
    guardian_reached_at: datetime | None
    contact_decided: dict[PersonId, bool]
    texts: dict[GuardianTextId, TextTold]


class AskedFor(Told):
    supports_said: bool
    assent: AssentTold | None


class Assessed(Told):
    screen: ScreenResult | None
    screen_owed: bool
    plan: SafetyPlan | None
    tasks: dict[RecordTask, TaskTold]
    steps: Mapping[StepId, StepWhole]


class HandedOver(Told):
    handoffs: dict[HandoffId, HandoffTold]


class Referred(Told):
    referrals: dict[ReferralId, ReferralTold]


class Reported(Told):
    opened_by: PersonId | None
    spawned: Mapping[StepId, tuple[StudentId, ...]]


class _Base(Handling, Risk, Safety, Team, Student, Family, AskedFor, HandedOver):
    pass


class LogisticsView(_Base):
    """A principal who has taken nothing on: how it stands, who is with the student, who comes."""

    view: Literal[View.LOGISTICS]


class ResponderView(_Base):
    """Somebody of the team, or who has taken something on."""

    view: Literal[View.RESPONDER]


class ClinicianView(Assessed, Referred, _Base):
    """Who assesses, of the school or called in."""

    view: Literal[View.CLINICIAN]


class LeadView(Assessed, Referred, Reported, _Base):
    view: Literal[View.LEAD]


class RecordsView(Assessed, Referred, Reported, _Base):
    """The privacy officer."""

    view: Literal[View.RECORDS]


class PartnerView(Handling, Safety, Team):
    """Who works for an agency. What the agreement does not list is absent; null is not known."""

    view: Literal[View.PARTNER]
    crisis_type: str | None = None
    protocol: str | None = None
    version: str | None = None
    protocol_hash: ProtocolHash | None = None
    tier: Tier | None = None
    tier_at: datetime | None = None
    tier_by: PersonId | None = None
    tier_awaiting: Tier | None = None
    peak: Tier | None = None
    floor: Tier | None = None
    below_floor_signed: bool | None = None
    acute_at: datetime | None = None
    steps: dict[StepId, StepTold] | None = None
    facts: dict[str, FactTold] | None = None
    missed: tuple[MissedTold, ...] | None = None
    student: StudentId | None = None
    contact_attempts: tuple[datetime, ...] | None = None
    interpreters: dict[str, InterpreterTold] | None = None
    guardian_reached_at: datetime | None = None
    contact_decided: dict[PersonId, bool] | None = None
    texts: dict[GuardianTextId, TextTold] | None = None
    supports_said: bool | None = None
    assent: AssentTold | None = None
    screen: ScreenResult | None = None
    screen_owed: bool | None = None
    plan: SafetyPlan | None = None
    tasks: dict[RecordTask, TaskTold] | None = None
    handoffs: dict[HandoffId, HandoffTold] | None = None


Whole = LogisticsView | ResponderView | ClinicianView | LeadView | RecordsView | PartnerView
AnyView = Annotated[Whole, Field(discriminator="view")]
MODELS: Mapping[View, type[Whole]] = {
    View.LOGISTICS: LogisticsView,
    View.RESPONDER: ResponderView,
    View.CLINICIAN: ClinicianView,
    View.LEAD: LeadView,
    View.RECORDS: RecordsView,
    View.PARTNER: PartnerView,
}


def incident_told(seen: IncidentView) -> Whole:
    return told_as(seen.view, seen.matters, seen.incident, seen.owed)


def told_as(view: View, listed: frozenset[Matter], incident: Incident, owed: Mapping[str, object]) -> Whole:
    """`owed`: the reports that this person sees."""
    values = matters.of_incident(incident, listed)
    return MODELS[view].model_validate({"view": view, **values, "obligations": owed})
