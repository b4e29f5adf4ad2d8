"""When a guardian counts as informed: in a talk that they said back, through nobody who is no interpreter."""

from crisis.commands import RecordContact
from crisis.events import ContactAttempted
from crisis.message_words import STAND_INS
from crisis.vocabulary import ContactOutcome


def informs(talk: RecordContact | ContactAttempted) -> bool:
    """I-9, PR-75: a message left is an attempt, and so is what a child or a relative passed on (PR-74)."""
    reached = talk.guardian and talk.outcome is ContactOutcome.REACHED
    return reached and talk.understood and talk.interpreted_by not in STAND_INS
