"""What happened in an incident because of what is on the student's record."""

from dataclasses import dataclass

from crisis import vocabulary as v
from crisis.events import Event
from crisis.record_words import Assent, RecordTask


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDecided(Event):
    contact: v.PersonId
    tell: bool
    reason: v.WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class AssentRecorded(Event):
    answer: Assent
    agreed: frozenset[str]
    reason: v.WordsId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyAsked(Event):
    """`by` None: by the student's own wish, when the incident began to be about them."""

    to: v.PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyAnswered(Event):
    coming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOpened(Event):
    task: RecordTask


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFinished(Event):
    task: RecordTask
    note: v.WordsId
