"""What can be ordered about a page: asked for, answered, handed over, ended, and the report of each provider call."""

from dataclasses import dataclass
from datetime import datetime

from crisis.call_words import Failure, Receipt
from crisis.commands import Command
from crisis.delivery import ExtraChannel
from crisis.vocabulary import (
    AttemptOutcome,
    Channel,
    DeclineReason,
    Disposal,
    PageId,
    PersonId,
    Role,
    StepId,
    Urgency,
    WordsId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPage(Command):
    role: Role
    urgency: Urgency
    step: StepId | None = None
    people: int = 1  # how many must come
    prefers: tuple[str, ...] = ()  # what they should be able to do: asked first, and nobody waits for it


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptPage(Command):
    page: PageId
    eta_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclinePage(Command):
    """By whoever has taken it too: then with a reason, and the page is open again at once."""

    page: PageId
    reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeePage(Command):
    """A sign of life: the link was opened, or a text came that was no answer, with its words."""

    page: PageId
    words: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTexts(Command):
    """Whoever was paged wrote a word by which carriers cut texts off."""

    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLate(Command):
    """An answer to a page that has ended."""

    page: PageId
    words: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandBy(Command):
    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(Command):
    """Whoever took it is here; they say so themselves, or somebody who sees them does."""

    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayPage(Command):
    page: PageId
    eta_minutes: int  # from now


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage(Command):
    """Whoever has it asks one other person to take it over."""

    page: PageId
    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPageOffer(Command):
    """Taken back by whoever offered it, or refused by whoever was asked; yes is `AcceptPage`."""

    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposePage(Command):
    """How the alarm of a page that nobody took ends: who covers, whom was called, or why nobody is needed."""

    page: PageId
    how: Disposal
    words: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPage(Command):
    page: PageId
    reason: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPageAttempt(Command):
    """The worker's report of one provider call."""

    page: PageId
    person: PersonId
    channel: Channel
    outcome: AttemptOutcome
    attempt: str  # the outbox row
    level: int | None = None
    failure: Failure | None = None
    code: str = ""  # the provider's own word for why not


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPageReceipt(Command):
    """What the provider tells later about a text or a call that it took."""

    page: PageId
    person: PersonId
    channel: Channel
    attempt: str
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBackPage(Command):
    """The worker's report that a text waits: the telephone was texted about another page just now."""

    page: PageId
    person: PersonId
    channel: Channel
    attempt: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExtra(Command):
    """The worker's report of an e-mail or a push message beside a page."""

    page: PageId
    person: PersonId
    channel: ExtraChannel
    outcome: AttemptOutcome
    attempt: str


BY_WORKER = (RecordPageAttempt, RecordPageReceipt, HoldBackPage, RecordExtra)
