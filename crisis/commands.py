"""Orders to one incident. A form, a JSON body, a text reply, a key, a timer: each becomes one of these, submitted once.

What people write never stands in a command: it is sealed first and the command carries its `WordsId`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crisis.drill_words import DrillId
from crisis.message_words import InterpreterKind
from crisis.referral_words import AgencyId
from crisis.vocabulary import (
    Beside,
    ContactMethod,
    ContactOutcome,
    DistrictId,
    Evidence,
    FollowUpOutcome,
    HandoffId,
    IncidentId,
    LanguageHelp,
    LegalBasis,
    Mode,
    PersonId,
    ProtocolHash,
    ReceiverKind,
    ReleaseTo,
    Role,
    SchoolId,
    ScreenAnswer,
    StaffRole,
    StepId,
    StudentId,
    Tier,
    WordsId,
)


class ActorKind(StrEnum):
    PERSON = "person"  # signed in, or holding a personal token
    PHONE = "phone"  # answered from a registered phone
    SYSTEM = "system"  # a timer or the worker; may never decide anything clinical


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who gives the order, with what the district says of them at that moment.

    `schools` holds the schools of a school post; a district post has none and reaches all of `district`. `at_schools`
    says which post is held at which of them; None: each at each. `partner`: they work for an agency.
    `roles` are the step roles that the person's posts and training let them hold.
    """

    kind: ActorKind
    id: PersonId | None
    district: DistrictId
    schools: frozenset[SchoolId] = frozenset()
    posts: frozenset[StaffRole] = frozenset()
    roles: frozenset[Role] = frozenset()
    at_schools: frozenset[tuple[StaffRole, SchoolId]] | None = None
    partner: bool = False

    def posts_at(self, school: SchoolId) -> frozenset[StaffRole]:
        """Whoever counsels at one school and teaches at another is no counselor there."""
        if school not in self.schools:
            return frozenset()
        return frozenset(post for post in self.posts if self.at_schools is None or (post, school) in self.at_schools)

    def schools_of(self, posts: frozenset[StaffRole]) -> frozenset[SchoolId]:
        """Where somebody holds one of these posts."""
        return frozenset(school for school in self.schools if self.posts_at(school) & posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`occurred_at` is what the person claims (act first, write later); the server's time is the event's `at`.

    `queued_at`: when their device took it, which had no network then; a claim as well, and no other order by it.
    """

    by: Actor
    occurred_at: datetime | None = None
    queued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident(Command):
    mode: Mode
    school: SchoolId
    crisis_type: str
    protocol: str
    version: str
    protocol_hash: ProtocolHash
    place: WordsId | None  # where people should go
    student: StudentId | None
    beside: Beside
    linked_to: IncidentId | None = None  # I-4, I-20: a child, or new information on a closed one
    lead: PersonId | None = None  # of a child: whoever leads there knows already, and nobody is paged for it
    drill: DrillId | None = None  # of a drill: the plan by which it is held
    instead_of: IncidentId | None = None  # the drill that turned out to be happening; it ends with this
    kept_out: tuple[PersonId, ...] = ()  # staff whom it is about: they see nothing of it from the first second (PR-54)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyStudent(Command):
    student: StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignLead(Command):
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignStep(Command):
    step: StepId
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteStep(Command):
    """For act, notify, document and meeting steps."""

    step: StepId
    evidence: Evidence = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiveStep(Command):
    """Leaves out a step that is not hard, with a reason."""

    step: StepId
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDecision(Command):
    step: StepId
    choice: str
    reason: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScreen(Command):
    step: StepId
    instrument: str
    answers: Mapping[str, ScreenAnswer]
    language: str  # BCP 47
    language_help: LanguageHelp
    form_language: str = "en"  # of the words that were read


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInterview(Command):
    """A brief suicide safety assessment: not scored, one of its dispositions is chosen."""

    step: StepId
    instrument: str
    disposition: str
    right_now: ScreenAnswer  # thoughts of suicide right now; unobtainable counts as yes (I-6)
    rationale: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSupports(Command):
    """What the student needs to tell us things is here, or why not; an assessment waits for it (PR-76)."""

    step: StepId
    here: frozenset[str]  # codes of `Preference`
    without: WordsId | None = None  # why the rest is not


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTier(Command):
    step: StepId
    tier: Tier
    rationale: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class SignTier(Command):
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenAssessment(Command):
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFact(Command):
    fact: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeCustody(Command):
    """The one who gives the order is with the student."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAdult(Command):
    """Somebody else is with the student and cannot record it; they are asked to confirm (I-1)."""

    adult: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCustody(Command):
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptCustody(Command):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineCustody(Command):
    """By the one it was offered to, or taken back by the one who offered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCustodyLost(Command):
    last_seen: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStudentFound(Command):
    """The one who gives the order is with the student now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCustody(Command):
    to: ReleaseTo
    contact: PersonId | None = None  # a guardian or authorised adult of the roster
    receiver: WordsId | None = None  # who it was, for everybody not on the roster
    identity_checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReturn(Command):
    """The student is back at school after hospital; anchors the re-entry meeting (I-17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseEmergency(Command):
    dangers: frozenset[str]  # codes of the protocol's emergency lane
    called_911: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveEmergency(Command):
    outcome: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact(Command):
    """One attempt to reach the family, whatever came of it (I-12)."""

    step: StepId
    contact: PersonId | None
    guardian: bool
    method: ContactMethod
    outcome: ContactOutcome
    language: str | None = None
    language_help: LanguageHelp | None = None
    interpreted_by: InterpreterKind | None = None
    interpreter: WordsId | None = None  # a name, or the number that the service gave
    waiver: WordsId | None = None  # why without an interpreter, or through somebody who is none
    understood: bool = False  # said back in their own words
    safety_concern: bool = False
    note: WordsId | None = None
    alone: WordsId | None = None  # why the one who is with the student made the call


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeInterpreter(Command):
    """Somebody who can interpret this language is on the line, or will be; arranged beside the first call."""

    step: StepId
    language: str  # BCP 47
    kind: InterpreterKind
    interpreter: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareException(Command):
    step: StepId
    exception: str
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewException(Command):
    exception: str
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftException(Command):
    """Two people: the first asks, a second one confirms (I-10)."""

    exception: str
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHandoff(Command):
    step: StepId
    receiver: ReceiverKind
    organisation: WordsId
    basis: LegalBasis
    threat: WordsId | None  # the articulable threat, for the emergency basis (34 CFR 99.36)
    disclosed: frozenset[str]
    withheld: Mapping[str, str]  # item code -> reason code (I-16)
    agency: AgencyId | None = None  # of the directory


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptHandoff(Command):
    handoff: HandoffId
    recipient: WordsId  # a named person of the receiving organisation (I-15)
    next_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineHandoff(Command):
    handoff: HandoffId
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFollowUp(Command):
    step: StepId
    outcome: FollowUpOutcome
    safety_concern: bool = False
    note: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFollowUp(Command):
    """The series goes to a named owner who goes on with it (I-19)."""

    to: PersonId | None
    organisation: WordsId | None
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDue(Command):
    """A timer came due; the rules look again and may find nothing to do."""

    name: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    words: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectEvent(Command):
    """`in_error`: the entry should not be there at all; it stays, struck, and goes into no brief."""

    seq: int
    words: WordsId
    in_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIncident(Command):
    other: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideReview(Command):
    """Whether an after-action review is held; where a rule demands one it cannot be refused (I-19)."""

    hold: bool
    reason: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignClose(Command): ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident(Command): ...
