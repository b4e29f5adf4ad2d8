"""What an event obliges us to do, as values stored in the outbox; they carry meaning, never text, names or numbers."""

from dataclasses import dataclass
from datetime import datetime

from crisis.call_words import CallWhy
from crisis.message_words import GuardianTextId
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId, Role, StudentId, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLevel:
    """Page whoever is on call at this level at the moment of sending."""

    page: PageId
    role: Role
    urgency: Urgency
    level: int  # 0 is the first
    mode: Mode
    not_before: datetime | None = None  # None is now


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """Tell one person what became of the page they answered: taken, taken by somebody else, or cancelled."""

    page: PageId
    person: PersonId
    outcome: str  # a code of the message catalog: you_have_it, someone_else, declined, cancelled, here_yet …
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCalls:
    """Nobody is to be rung any more for a page that somebody has taken, or that has ended."""

    page: PageId
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPerson:
    """Call one person about a page, whatever the cadence says."""

    page: PageId
    person: PersonId
    why: CallWhy
    urgency: Urgency
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyRole:
    """Tell a role on the team, on its phones and on the console, that something needs a human."""

    role: Role
    subject: str  # a code of the message catalog
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyPerson:
    """Tell one person, on their phone and on the console, that something waits for them."""

    person: PersonId
    subject: str  # a code of the message catalog
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTimer:
    name: str
    key: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLinked:
    """Open a child incident on another protocol: for the same student (I-4), or for another one whom a step names."""

    protocol: str
    crisis_type: str
    parent: IncidentId
    student: StudentId | None = None
    lead: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendGuardianText:
    """Hand one text to the carrier, if it still may go at that moment."""

    text: GuardianTextId
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtTexts:
    """Somebody was barred just now: find what had left for them already (PR-5)."""

    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSameStudent:
    """Link this incident and every other open one of its student to each other."""

    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAdult:
    """In every other open incident of the student, `adult` is with them now instead of `was`; None: nobody has them."""

    was: PersonId | None
    adult: PersonId | None
    mode: Mode


Effect = (
    PageLevel
    | ConfirmPage
    | EndCalls
    | CallPerson
    | NotifyRole
    | NotifyPerson
    | StartTimer
    | OpenLinked
    | SendGuardianText
    | LookAtTexts
    | LinkSameStudent
    | MoveAdult
)
