"""What can be ordered about a text to a guardian: sent by a person, moved on by the worker, answered by a telephone."""

from dataclasses import dataclass
from datetime import datetime

from crisis.commands import Command
from crisis.message_words import GuardianTextId, MeetingPlace, MessageWay, PhoneId, Rung, SendState
from crisis.vocabulary import PersonId, StepId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class TextGuardian(Command):
    """Sends one text of the catalog to one number of one adult. `shown` is the digest of the words that were read.

    By e-mail `phone` is what the record calls the address. In a drill `person` is whoever gives the order, and the text
    goes to their own telephone. `meets_at` and `place` are of a text that names a time; `number_given`: they gave this
    number to the school themselves, says whoever orders it (47 CFR 64.1200).
    """

    step: StepId
    person: PersonId
    phone: PhoneId
    message: str
    language: str  # BCP 47
    rung: Rung
    shown: str
    way: MessageWay = MessageWay.TEXT
    meets_at: datetime | None = None
    place: MeetingPlace | None = None
    number_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWrongNumber(Command):
    """Whoever has this telephone is somebody else; no way by this number is offered any more."""

    text: GuardianTextId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTexts(Command):
    """They said, in whatever words, that they want no more texts: it counts like STOP (47 CFR 64.1200(a)(10))."""

    text: GuardianTextId


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveText(Command):
    """The worker is about to hand it to the carrier: asked whether it still may, in that transaction (PR-5)."""

    text: GuardianTextId


@dataclass(frozen=True, slots=True, kw_only=True)
class StopText(Command):
    text: GuardianTextId
    rules: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTextOutcome(Command):
    """`code` is the carrier's own word for why not."""

    text: GuardianTextId
    state: SendState
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTextOutrun(Command):
    """It had left when somebody entered that this person must not be contacted."""

    text: GuardianTextId
    rules: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGuardianReply(Command):
    """`answer`: the one neutral answer goes back."""

    text: GuardianTextId
    words: WordsId
    answer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTextsRefused(Command):
    """They wrote STOP in answer to it (PR-15)."""

    text: GuardianTextId


BY_WORKER = (
    GiveText,
    StopText,
    RecordTextOutcome,
    RecordTextOutrun,
    RecordGuardianReply,
    RecordTextsRefused,
)
