"""What became of a text to a guardian. No number and no words of it stand here: they are read when it is sent."""

from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.events import Event
from crisis.message_words import GuardianTextId, MeetingPlace, MessageWay, PhoneId, Rung, SendState


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTextOrdered(Event):
    """`rung` is how far down the ladder of languages it had to go; `shown` the digest of the words that were read.

    `meets_at` and `place` are what it says of a meeting, where it is about one. `number_given`: whoever ordered it says
    that they gave this number to the school themselves.
    """

    step: v.StepId
    text: GuardianTextId
    contact: v.PersonId
    phone: PhoneId
    message: str
    language: str
    rung: Rung
    shown: str
    way: MessageWay = MessageWay.TEXT
    meets_at: datetime | None = None
    place: MeetingPlace | None = None
    number_given: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTextGiven(Event):
    """To the carrier or the mail server; its row of the ledger is written with this. `ordered_by` answers for it."""

    text: GuardianTextId
    contact: v.PersonId
    phone: PhoneId
    message: str
    ordered_by: v.PersonId | None
    way: MessageWay = MessageWay.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTextStopped(Event):
    """A rule stopped it: nothing has left."""

    text: GuardianTextId
    contact: v.PersonId
    rules: frozenset[str]
    way: MessageWay = MessageWay.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTextMoved(Event):
    """What the carrier says. Delivered is not informed (PR-75)."""

    text: GuardianTextId
    contact: v.PersonId
    state: SendState
    code: str
    way: MessageWay = MessageWay.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTextOutrun(Event):
    """It had left already when this person was barred (PR-5)."""

    text: GuardianTextId
    contact: v.PersonId
    rules: frozenset[str]
    way: MessageWay = MessageWay.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianWrote(Event):
    """`answered`: the one neutral answer went back, with its row of the ledger."""

    text: GuardianTextId
    contact: v.PersonId
    words: v.WordsId
    answered: bool
    ordered_by: v.PersonId | None  # of the text that they answered


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianTextsRefused(Event):
    """They wrote STOP (`by` is nobody), or said so in other words: no text goes to this number any more."""

    text: GuardianTextId
    contact: v.PersonId
    way: MessageWay = MessageWay.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianNumberWrong(Event):
    text: GuardianTextId
    contact: v.PersonId
    phone: PhoneId
    way: MessageWay = MessageWay.TEXT
