"""The incident as a value: what is true of it after its events. Rules read it; only `evolve` makes a new one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import attrgetter

from crisis.instrument_words import StaysSafe
from crisis.ladders import Ladder
from crisis.message_words import (
    GuardianTextId,
    InterpreterKind,
    MeetingPlace,
    MessageWay,
    PhoneId,
    Rung,
    SendState,
)
from crisis.protocol_words import WatchWhy
from crisis.record_words import Assent, RecordTask
from crisis.referral_words import AgencyId, Care, ReferralId, ReferralReason, ReferralState
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact with its provenance; a fact that nobody set is absent, which means unknown."""

    value: str
    by: PersonId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What was recorded for a step. `done_at` is None while it is only assigned or waits for a second signature."""

    done_at: datetime | None = None
    by: PersonId | None = None
    assigned_to: PersonId | None = None
    waived: bool = False
    choice: str | None = None
    awaiting_second: bool = False
    evidence: Evidence = field(default_factory=dict)
    outcomes: tuple[FollowUpOutcome, ...] = ()  # of a follow-up series, in order
    times: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveException:
    step: StepId
    id: str
    by: PersonId | None
    at: datetime
    expires_at: datetime | None
    expired: bool = False
    lift_asked_by: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    id: ObligationId
    kind: ObligationKind
    owner: PersonId
    due_at: datetime
    delegate: PersonId | None = None
    filed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    id: PageId
    role: Role
    urgency: Urgency
    step: StepId | None
    state: PageState
    level: int
    requested_at: datetime
    level_since: datetime
    asked: tuple[PersonId, ...] = ()  # everybody who was paged for it
    on_level: tuple[PersonId, ...] = ()  # those of them who were paged at its present level
    declined: tuple[PersonId, ...] = ()
    accepted_by: PersonId | None = None
    accepted_at: datetime | None = None
    eta_minutes: int | None = None
    began: tuple[datetime, ...] = ()  # each level that was reached, from the first
    seen: tuple[PersonId, ...] = ()
    standing_by: tuple[PersonId, ...] = ()
    explained: tuple[PersonId, ...] = ()  # those who cannot come and said why
    textless: tuple[PersonId, ...] = ()  # those whose telephone takes no more texts from us
    late: tuple[PersonId, ...] = ()  # those who answered when it had ended
    first_eta: int | None = None  # what they said when they took it
    due_here_at: datetime | None = None  # when whoever took it said they would be here, or the rule for it
    asked_if_here: int = 0
    delays: int = 0
    arrived_at: datetime | None = None
    offered_to: PersonId | None = None  # still whose it was, until they accept
    offered_at: datetime | None = None
    alarms: int = 0
    disposed: Disposal | None = None
    ladder: Ladder | None = None  # as it was when it was asked for
    people: int = 1  # how many were still needed then, this one included
    prefers: tuple[str, ...] = ()
    beside: PageId | None = None  # the first page of several for the same need
    held_until: datetime | None = None  # a text waits so long, for another page to the same telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """Who interprets one language, as arranged last; the name stands in the log, sealed."""

    kind: InterpreterKind
    by: PersonId | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianText:
    """One text to a number or address of an adult, from the order on. `rules` are why it was stopped, or should be."""

    id: GuardianTextId
    step: StepId
    contact: PersonId
    phone: PhoneId
    message: str
    language: str
    rung: Rung
    shown: str
    ordered_by: PersonId | None
    ordered_at: datetime
    state: SendState
    state_at: datetime
    rules: frozenset[str] = frozenset()
    code: str = ""  # of the carrier, where it did not arrive
    outrun: bool = False  # it had left when this person was barred
    replies: int = 0
    answered: bool = False  # the one neutral answer has gone back
    refused: bool = False  # they wrote STOP
    wrong_number: bool = False
    way: MessageWay = MessageWay.TEXT
    meets_at: datetime | None = None
    place: MeetingPlace | None = None
    number_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    opened_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentAssent:
    """The last answer of the student about what leaves; `agreed` are codes of the protocol's items."""

    answer: Assent
    agreed: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One whom the student trusts, asked to sit with them. `coming` None: no answer yet."""

    asked_at: datetime
    asked_by: PersonId | None
    coming: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPlan:
    """The last one that was written; `given_at` is when the student got a copy of it."""

    language: str
    coping: WordsId
    people: WordsId
    safer_place: WordsId
    stays_safe: StaysSafe
    at: datetime
    by: PersonId | None
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    id: HandoffId
    step: StepId
    receiver: ReceiverKind
    state: HandoffState
    offered_at: datetime
    accepted_at: datetime | None = None
    disclosed: frozenset[str] = frozenset()
    basis: LegalBasis | None = None
    agency: AgencyId | None = None  # of the directory
    organisation: WordsId | None = None
    threat: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """`check_at` is when somebody asks again, None once it has ended; `moves` counts its states after the first."""

    id: ReferralId
    agency: AgencyId
    care: Care
    state: ReferralState
    since: datetime
    check_at: datetime | None
    moves: int = 0
    reason: ReferralReason | None = None
    said_by: WordsId | None = None
    note: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDate:
    day: date  # at the school
    why: WatchWhy
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    step: StepId
    deadline: str
    kind: DeadlineKind
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`seq` counts its events and is its version. Times are UTC."""

    id: IncidentId
    district: DistrictId
    school: SchoolId
    mode: Mode
    crisis_type: str
    protocol: str
    version: str
    protocol_hash: ProtocolHash
    student: StudentId | None
    opened_at: datetime
    opened_by: PersonId | None
    linked_to: IncidentId | None = None
    links: tuple[IncidentId, ...] = ()
    spawned: Mapping[StepId, tuple[StudentId, ...]] = field(default_factory=dict)  # who got an incident of their own
    seq: int = 1
    phase: Phase = Phase.IDENTIFICATION
    lead: PersonId | None = None
    custody: Custody = Custody.UNHELD
    adult: PersonId | None = None  # the one accountable supervising adult (I-1)
    custody_offered_to: PersonId | None = None
    custody_since: datetime | None = None
    released_to: ReleaseTo | None = None
    released_at: datetime | None = None
    returned_at: datetime | None = None
    custody_gap: bool = False  # ever a time without an accountable adult (I-1)
    emergency: Emergency = Emergency.INACTIVE
    emergency_ever: bool = False
    tier: Tier | None = None  # as an assessor set it, once it stands
    tier_at: datetime | None = None
    tier_by: PersonId | None = None
    tier_awaiting: Tier | None = None  # set, waits for the second signature
    peak: Tier | None = None  # the highest it ever was
    floor: Tier | None = None  # the least that the instruments allow (I-5)
    supports_said: bool = False  # whether what the student needs to tell us things was here (PR-76)
    below_floor_signed: bool = False  # two people put the tier below that floor, with a reason
    screen: ScreenResult | None = None  # of the latest screening
    screen_owed: bool = False  # a questionnaire asked for one, and nobody has held it or an interview since
    plan: SafetyPlan | None = None
    acute_at: datetime | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    steps: Mapping[StepId, StepRecord] = field(default_factory=dict)
    exceptions: Mapping[str, ActiveException] = field(default_factory=dict)
    obligations: Mapping[ObligationId, Obligation] = field(default_factory=dict)
    contact_attempts: tuple[datetime, ...] = ()
    interpreters: Mapping[str, Interpreter] = field(default_factory=dict)  # by language, BCP 47
    contact_decided: Mapping[PersonId, bool] = field(default_factory=dict)  # whether the lead wants them told (1.7)
    guardian_reached_at: datetime | None = None
    texts: Mapping[GuardianTextId, GuardianText] = field(default_factory=dict)
    assent: StudentAssent | None = None  # None: nobody has told them yet
    company: Mapping[PersonId, Company] = field(default_factory=dict)
    tasks: Mapping[RecordTask, TaskRecord] = field(default_factory=dict)
    pages: Mapping[PageId, Page] = field(default_factory=dict)
    handoffs: Mapping[HandoffId, Handoff] = field(default_factory=dict)
    referrals: Mapping[ReferralId, Referral] = field(default_factory=dict)
    follow_up_transferred: bool = False
    watched: Mapping[str, WatchDate] = field(default_factory=dict)  # days to watch, by day and why
    missed: tuple[Missed, ...] = ()
    review_held: bool | None = None  # None: not decided
    close_signed_by: tuple[PersonId, ...] = ()
    closed_at: datetime | None = None

    @property
    def effective_tier(self) -> Tier | None:
        """The highest of what was decided, what awaits a signature and what the instruments demand; None is unknown."""
        if self.below_floor_signed and self.tier_awaiting is None:
            return self.tier
        known = [tier for tier in (self.tier, self.tier_awaiting, self.floor) if tier is not None]
        return max(known, key=lambda tier: tier.rank, default=None)


_STEPS_READ: Callable[[Incident], tuple[object, ...]] = attrgetter(
    *(each.name for each in fields(Incident) if each.name not in ("pages", "seq"))
)


def same_but_for_pages(one: Incident, other: Incident) -> bool:
    """Whether no step and no deadline can differ: neither reads anything of a page. Of two versions of one incident the
    parts that did not change are the very same, so this costs little; most of what happens to a page is a call.
    """
    return one is other or _STEPS_READ(one) == _STEPS_READ(other)
