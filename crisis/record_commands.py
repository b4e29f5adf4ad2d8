"""What can be ordered in an incident because of what is on the student's record."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.vocabulary import PersonId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideOnContact(Command):
    """Whether an adult is told for whom the record does not say so by itself, and why; the last word counts."""

    contact: PersonId
    tell: bool
    reason: WordsId
