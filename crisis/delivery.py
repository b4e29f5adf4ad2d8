"""The closed words of what goes out: why, on which way, how far it is known to have come, what fails."""

from enum import StrEnum


class AttemptState(StrEnum):
    """How far a text or a call is known to have come; what ranks lower never overwrites what ranks higher (F31)."""

    UNKNOWN = "unknown"  # it was given to a provider, or was about to be
    SUBMITTED = "submitted"
    SENT = "sent"
    ANSWERED = "answered"  # a call; by whom is not known yet
    DELIVERED = "delivered"
    HUMAN_ANSWERED = "human_answered"
    MACHINE_ANSWERED = "machine_answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"

    @property
    def rank(self) -> int:
        return _RANKS.get(self, 5)


_RANKS = {
    AttemptState.UNKNOWN: 1,
    AttemptState.SUBMITTED: 2,
    AttemptState.SENT: 3,
    AttemptState.ANSWERED: 4,
}  # the rest are ends: the first of them stays


class Purpose(StrEnum):
    """Why something goes out to a telephone: who must wait for whom follows from it."""

    PAGE = "page"
    ALARM = "alarm"  # nobody answers, an emergency: has words of its own
    ANSWER = "answer"  # to what a person did
    FAMILY = "family"  # a neutral text to a guardian: at most once
    NOTICE = "notice"  # something waits: one says as much as ten


class ExtraChannel(StrEnum):
    """Beside text and voice, never instead of them: no rule asks whether these arrived."""

    EMAIL = "email"
    PUSH = "push"


class ProviderFault(StrEnum):
    """What is wrong with a provider, so that somebody must see to it."""

    CONFIGURATION = "configuration"  # account, number or request of ours
    BLOCKED = "blocked"  # carriers filter what we send
    SILENT = "silent"  # it accepts, and canary pages do not come back
