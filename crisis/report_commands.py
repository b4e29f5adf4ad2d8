"""What can be ordered about mandated reports: each belongs to one person who suspects (I-11)."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.vocabulary import ObligationId, PersonId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect(Command):
    """Somebody suspects it too, and owes a report of their own; `to` None is whoever says it.

    `occurred_at` is since when, and from then their clock counts. Said again with an earlier time, the earlier counts.
    """

    to: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport(Command):
    """By the owner of the obligation, or by the delegate where the jurisdiction allows one (I-11).

    `occurred_at` is when it was made; `worker` took it down at the agency.
    """

    obligation: ObligationId
    agency: str
    number: WordsId
    worker: WordsId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegateReport(Command):
    obligation: ObligationId
    to: PersonId
