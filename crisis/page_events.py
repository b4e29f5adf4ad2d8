"""What happened to a page, from the request to the person who stands at the door."""

from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.call_words import Failure, Receipt
from crisis.delivery import ExtraChannel
from crisis.events import Event
from crisis.ladders import Ladder


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequested(Event):
    page: v.PageId
    role: v.Role
    urgency: v.Urgency
    step: v.StepId | None
    ladder: Ladder | None = None  # as it was then: a change of the district's ladder moves no page that is under way
    begins_at: datetime | None = None  # later than now where the page waits for the next school day
    people: int = 1  # how many are still needed, this one included
    prefers: tuple[str, ...] = ()  # what they should be able to do; it delays nothing
    beside: v.PageId | None = None  # the page that was taken and needs one more person
    level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAttempted(Event):
    page: v.PageId
    person: v.PersonId
    channel: v.Channel
    outcome: v.AttemptOutcome
    attempt: str
    level: int | None = None  # of the page when it was made; a receipt does not know it
    failure: Failure | None = None
    code: str = ""  # the provider's own word for why not


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReceiptCame(Event):
    """What became of a text or a call: it stops nothing, and a person has not answered by it."""

    page: v.PageId
    person: v.PersonId
    channel: v.Channel
    attempt: str
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHeldBack(Event):
    """A text waits: its telephone was texted about another page just now (`paging.md` 6.10)."""

    page: v.PageId
    person: v.PersonId
    channel: v.Channel
    attempt: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSentBeside(Event):
    """An e-mail or a push message went out beside text and voice; no rule asks for it."""

    page: v.PageId
    person: v.PersonId
    channel: ExtraChannel
    outcome: v.AttemptOutcome
    attempt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAccepted(Event):
    page: v.PageId
    person: v.PersonId
    eta_minutes: int | None
    due_here_at: datetime | None = None  # None: nobody watches for it
    again: bool = False  # whoever has it says when they come


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesWeighed(Event):
    """Whether whoever took the page is whom the student and the family asked for; help did not wait for it (PR-16)."""

    page: v.PageId
    person: v.PersonId
    met: tuple[str, ...]
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDeclined(Event):
    page: v.PageId
    person: v.PersonId
    reason: v.DeclineReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen(Event):
    """A sign of life that is no answer: it stops nothing and delays nothing."""

    page: v.PageId
    person: v.PersonId
    words: v.WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTextsStopped(Event):
    """Their telephone takes no more texts from us; they are called."""

    page: v.PageId
    person: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnsweredLate(Event):
    """After the page, or the whole incident, had ended: nothing changes by it."""

    page: v.PageId
    person: v.PersonId
    words: v.WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDeclineExplained(Event):
    """Why somebody cannot come, said after they had said no."""

    page: v.PageId
    person: v.PersonId
    reason: v.DeclineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStoodBy(Event):
    """Somebody would come if whoever took it cannot."""

    page: v.PageId
    person: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArrived(Event):
    page: v.PageId
    person: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDelayed(Event):
    page: v.PageId
    person: v.PersonId
    eta_minutes: int  # from now
    due_here_at: datetime | None  # sooner than that where it has been put off for too long


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalAsked(Event):
    """Whoever took it is not here at the time they gave and was asked about it."""

    page: v.PageId
    turn: int  # 1 is at that time, 2 a little later


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLapsed(Event):
    """Whoever took it never came: the page is open again."""

    page: v.PageId
    person: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLetGo(Event):
    """Whoever had taken it gave it back: the page is open again."""

    page: v.PageId
    person: v.PersonId
    reason: v.DeclineReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOffered(Event):
    """Whoever has it asks one other person to take it over, and has it until they say yes."""

    page: v.PageId
    to: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfferEnded(Event):
    """Refused, taken back, or not answered in time: it stays where it was. A yes is `PageAccepted`."""

    page: v.PageId
    to: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDisposed(Event):
    """A person ended the alarm of a page that nobody took."""

    page: v.PageId
    how: v.Disposal
    words: v.WordsId | None
    begins_at: datetime | None = None  # of a page that starts again: later than now where it waits for the school day


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEscalated(Event):
    page: v.PageId
    level: int
    begins_at: datetime | None = None  # later than now where the page waits for the next school day
    together: int = 1  # this many levels, up to this one, begin at once
    due_at: datetime | None = None  # when it should have happened, where nothing worked then


@dataclass(frozen=True, slots=True, kw_only=True)
class PageExhausted(Event):
    """Nobody on the ladder took it; repeats until a person disposes of it."""

    page: v.PageId
    due_at: datetime | None = None  # when it should have happened, where nothing worked then


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCancelled(Event):
    page: v.PageId
    reason: v.WordsId | None
