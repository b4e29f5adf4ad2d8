"""Orders about a follow-up that has no last contact of its own."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.vocabulary import StepId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndFollowUp(Command):
    """A qualified person says why it need not go on; nothing else ends it (I-18)."""

    step: StepId
    reason: WordsId
