"""What happened to one incident, in the past tense. The names are stored and never change; fields are only ever added.

Bodies hold ids, codes and times. `at` is the server's time in UTC, `occurred_at` what the person claimed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crisis.vocabulary import (
    AttemptOutcome,
    Beside,
    Channel,
    ContactMethod,
    ContactOutcome,
    DeadlineKind,
    DistrictId,
    Evidence,
    FollowUpOutcome,
    HandoffId,
    IncidentId,
    LanguageHelp,
    LegalBasis,
    Mode,
    ObligationId,
    ObligationKind,
    PageId,
    PersonId,
    Phase,
    ProtocolHash,
    ReceiverKind,
    ReleaseTo,
    Role,
    SchoolId,
    ScreenAnswer,
    ScreenResult,
    StepId,
    StudentId,
    Tier,
    Urgency,
    WordsId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`by` is a person's id, or None where a timer or the worker did it."""

    at: datetime
    by: PersonId | None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(Event):
    incident: IncidentId
    district: DistrictId
    school: SchoolId
    mode: Mode
    crisis_type: str
    protocol: str
    version: str
    protocol_hash: ProtocolHash
    place: WordsId | None
    student: StudentId | None
    beside: Beside
    linked_to: IncidentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEntered(Event):
    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentIdentified(Event):
    student: StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAssigned(Event):
    lead: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAssigned(Event):
    step: StepId
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted(Event):
    step: StepId
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWaived(Event):
    step: StepId
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAnswered(Event):
    step: StepId
    choice: str
    reason: WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRecorded(Event):
    """`answers` store the branch taken: an item that was not triggered is `not_asked`, never absent."""

    step: StepId
    instrument: str
    instrument_version: str
    answers: Mapping[str, ScreenAnswer]
    result: ScreenResult
    language: str
    language_help: LanguageHelp


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewRecorded(Event):
    step: StepId
    instrument: str
    disposition: str
    right_now: ScreenAnswer
    rationale: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRaised(Event):
    """Software raised the least tier that stands without a second signature (I-5)."""

    floor: Tier
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSet(Event):
    step: StepId
    tier: Tier
    rationale: WordsId
    second_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSigned(Event):
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentReopened(Event):
    reason: WordsId
    steps: tuple[StepId, ...]
    supervise_again: bool = False  # the student had been released and needs an adult beside them again


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSet(Event):
    fact: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyTaken(Event):
    adult: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyOffered(Event):
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyAccepted(Event):
    adult: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyOfferEnded(Event):
    """The offer was declined or taken back; the one who offered still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLost(Event):
    last_seen: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFound(Event):
    adult: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyReleased(Event):
    to: ReleaseTo
    contact: PersonId | None
    receiver: WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentReturned(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRaised(Event):
    dangers: frozenset[str]
    called_911: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyResolved(Event):
    outcome: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAttempted(Event):
    step: StepId
    contact: PersonId | None
    guardian: bool
    method: ContactMethod
    outcome: ContactOutcome
    language: str | None
    language_help: LanguageHelp | None
    waiver: WordsId | None
    understood: bool
    safety_concern: bool
    note: WordsId | None
    alone: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDeclared(Event):
    step: StepId
    exception: str
    reason: WordsId
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRenewed(Event):
    exception: str
    reason: WordsId
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionExpired(Event):
    """Time ran out unrenewed: the block stays, and this is said again until a human renews or lifts it."""

    exception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLiftAsked(Event):
    exception: str
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLifted(Event):
    exception: str
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationCreated(Event):
    obligation: ObligationId
    kind: ObligationKind
    owner: PersonId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDelegated(Event):
    obligation: ObligationId
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiled(Event):
    obligation: ObligationId
    agency: str
    number: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffOffered(Event):
    step: StepId
    handoff: HandoffId
    receiver: ReceiverKind
    organisation: WordsId
    basis: LegalBasis
    threat: WordsId | None
    disclosed: frozenset[str]
    withheld: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffAccepted(Event):
    handoff: HandoffId
    recipient: WordsId
    next_contact_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffDeclined(Event):
    handoff: HandoffId
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRecorded(Event):
    step: StepId
    occurrence: int  # 1 is the first
    outcome: FollowUpOutcome
    safety_concern: bool
    note: WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpTransferred(Event):
    to: PersonId | None
    organisation: WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequested(Event):
    page: PageId
    role: Role
    urgency: Urgency
    step: StepId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAttempted(Event):
    page: PageId
    person: PersonId
    channel: Channel
    outcome: AttemptOutcome
    attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccepted(Event):
    page: PageId
    person: PersonId
    eta_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDeclined(Event):
    page: PageId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEscalated(Event):
    page: PageId
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageExhausted(Event):
    """Nobody on the ladder took it; repeats until a person disposes of it."""

    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCancelled(Event):
    page: PageId
    reason: WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMissed(Event):
    """A fact about time; it edits nothing and advances nothing."""

    step: StepId
    deadline: str
    kind: DeadlineKind
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Event):
    """Something is still open after its time: its people were told again; nothing open ever falls silent.

    `about` says what: `step:ID`, `obligation:ID`, `handoff:ID`, `custody`, `offer`, `signature`.
    """

    about: str
    turn: int  # 1 is the first reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(Event):
    words: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCorrected(Event):
    seq: int
    words: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLinked(Event):
    other: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided(Event):
    hold: bool
    reason: WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSigned(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed(Event):
    pass
