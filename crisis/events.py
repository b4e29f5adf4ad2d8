"""What happened to one incident, in the past tense. The names are stored and never change; fields are only ever added.

Bodies hold ids, codes and times. `at` is the server's time in UTC, `occurred_at` what the person claimed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.message_words import InterpreterKind
from crisis.referral_words import AgencyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`by` is a person's id, or None where a timer or the worker did it."""

    at: datetime
    by: v.PersonId | None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened(Event):
    incident: v.IncidentId
    district: v.DistrictId
    school: v.SchoolId
    mode: v.Mode
    crisis_type: str
    protocol: str
    version: str
    protocol_hash: v.ProtocolHash
    place: v.WordsId | None
    student: v.StudentId | None
    beside: v.Beside
    linked_to: v.IncidentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEntered(Event):
    phase: v.Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentIdentified(Event):
    student: v.StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadAssigned(Event):
    lead: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAssigned(Event):
    step: v.StepId
    to: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted(Event):
    step: v.StepId
    evidence: v.Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsSpawned(Event):
    step: v.StepId
    students: tuple[v.StudentId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWaived(Event):
    step: v.StepId
    reason: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAnswered(Event):
    step: v.StepId
    choice: str
    reason: v.WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRecorded(Event):
    """`answers` store the branch taken: an item that was not triggered is `not_asked`, never absent."""

    step: v.StepId
    instrument: str
    instrument_version: str
    answers: Mapping[str, v.ScreenAnswer]
    result: v.ScreenResult
    language: str
    language_help: v.LanguageHelp
    form_language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewRecorded(Event):
    step: v.StepId
    instrument: str
    disposition: str
    right_now: v.ScreenAnswer
    rationale: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRaised(Event):
    """Software raised the least tier that stands without a second signature (I-5)."""

    floor: v.Tier
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportsRecorded(Event):
    """Of what the student needs to tell us things, what was here; `without` is why the rest was not."""

    step: v.StepId
    here: frozenset[str]
    missing: frozenset[str]
    without: v.WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSet(Event):
    step: v.StepId
    tier: v.Tier
    rationale: v.WordsId
    second_needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TierSigned(Event):
    step: v.StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentReopened(Event):
    reason: v.WordsId
    steps: tuple[v.StepId, ...]
    supervise_again: bool = False  # the student had been released and needs an adult beside them again


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSet(Event):
    fact: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyTaken(Event):
    adult: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyOffered(Event):
    to: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyAccepted(Event):
    adult: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyOfferEnded(Event):
    """The offer was declined or taken back; the one who offered still holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyLost(Event):
    last_seen: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFound(Event):
    adult: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyReleased(Event):
    to: v.ReleaseTo
    contact: v.PersonId | None
    receiver: v.WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentReturned(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRaised(Event):
    dangers: frozenset[str]
    called_911: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyResolved(Event):
    outcome: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAttempted(Event):
    step: v.StepId
    contact: v.PersonId | None
    guardian: bool
    method: v.ContactMethod
    outcome: v.ContactOutcome
    language: str | None
    language_help: v.LanguageHelp | None
    waiver: v.WordsId | None
    understood: bool
    safety_concern: bool
    note: v.WordsId | None
    alone: v.WordsId | None = None
    interpreted_by: InterpreterKind | None = None
    interpreter: v.WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpreterArranged(Event):
    step: v.StepId
    language: str
    kind: InterpreterKind
    interpreter: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDeclared(Event):
    step: v.StepId
    exception: str
    reason: v.WordsId | None  # None: the opening of this kind of crisis says it
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRenewed(Event):
    exception: str
    reason: v.WordsId
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionExpired(Event):
    """Time ran out unrenewed: the block stays, and this is said again until a human renews or lifts it."""

    exception: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLiftAsked(Event):
    exception: str
    reason: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLifted(Event):
    exception: str
    reason: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationCreated(Event):
    obligation: v.ObligationId
    kind: v.ObligationKind
    owner: v.PersonId
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationDelegated(Event):
    obligation: v.ObligationId
    to: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiled(Event):
    obligation: v.ObligationId
    agency: str
    number: v.WordsId
    worker: v.WordsId | None = None  # who took it down there


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffOffered(Event):
    step: v.StepId
    handoff: v.HandoffId
    receiver: v.ReceiverKind
    organisation: v.WordsId
    basis: v.LegalBasis
    threat: v.WordsId | None
    disclosed: frozenset[str]
    withheld: Mapping[str, str]
    agency: AgencyId | None = None  # of the directory


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffAccepted(Event):
    handoff: v.HandoffId
    recipient: v.WordsId
    next_contact_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffDeclined(Event):
    handoff: v.HandoffId
    reason: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRecorded(Event):
    step: v.StepId
    occurrence: int  # 1 is the first
    outcome: v.FollowUpOutcome
    safety_concern: bool
    note: v.WordsId | None
    beside: bool = False  # so near to one that counts that it stands beside it, and counts for no week of its own
    held_at: datetime | None = None  # from when the next one is due; without it, from `at`


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpEnded(Event):
    step: v.StepId
    reason: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpTransferred(Event):
    to: v.PersonId | None
    organisation: v.WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineMissed(Event):
    """A fact about time; it edits nothing and advances nothing."""

    step: v.StepId
    deadline: str
    kind: v.DeadlineKind
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
    words: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCorrected(Event):
    """`in_error`: the entry should not be there; what followed from it stays as it is until somebody changes that."""

    seq: int
    words: v.WordsId
    in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLinked(Event):
    other: v.IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecided(Event):
    hold: bool
    reason: v.WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSigned(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeExpired(Event):
    """It is closed, and about nobody any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed(Event):
    pass
