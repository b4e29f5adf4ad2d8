"""What can be ordered in an incident because of what is on the student's record."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.record_words import Assent, RecordTask
from crisis.vocabulary import PersonId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideOnContact(Command):
    """Whether an adult is told for whom the record does not say so by itself, and why; the last word counts."""

    contact: PersonId
    tell: bool
    reason: WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAssent(Command):
    """What the student said when they were told what leaves, and about which items they agreed; no legal consent."""

    answer: Assent
    agreed: frozenset[str] = frozenset()  # codes of the protocol's items that may be given, as they said
    reason: WordsId | None = None  # why they were not told


@dataclass(frozen=True, slots=True, kw_only=True)
class AskToCome(Command):
    """An adult of the school whom the student named is asked to come and sit with them (2.3, field 25)."""

    to: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SayIfComing(Command):
    """By whoever was asked to sit with the student; they may change their mind."""

    coming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask(Command):
    """Something has to be done because of what this is about; said twice it is there once."""

    task: RecordTask


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishTask(Command):
    """It was done: `note` says who was told or asked, and nothing more."""

    task: RecordTask
    note: WordsId
