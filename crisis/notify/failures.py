"""Why a provider did not take something, in five classes: what is done about it follows from the class alone."""

from dataclasses import dataclass, field

from crisis.call_words import Failure
from crisis.vocabulary import AttemptOutcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What one provider is known to have done. `code` is its own word for why not; it names nobody.

    `sid` is its name for what it took, where it says one; `account` is whose it is.
    """

    outcome: AttemptOutcome
    failure: Failure | None = None
    code: str = ""
    sid: str = field(default="", compare=False)
    account: str = field(default="", compare=False)

    @property
    def accepted(self) -> bool:
        return self.outcome is AttemptOutcome.ACCEPTED

    @property
    def for_another(self) -> bool:
        """Surely not done, and not because of the number: another provider may do it, and it is done once."""
        return self.outcome is AttemptOutcome.REFUSED and self.failure is not Failure.ADDRESS

    @property
    def against_provider(self) -> bool:
        """Whether it says something about the provider, not about one number or one text."""
        return self.failure in (Failure.TEMPORARY, Failure.CONFIGURATION, Failure.UNKNOWN)


ACCEPTED = Answer(AttemptOutcome.ACCEPTED)


def accepted(sid: str) -> Answer:
    return Answer(AttemptOutcome.ACCEPTED, sid=sid)


def refused(failure: Failure, code: str = "") -> Answer:
    return Answer(AttemptOutcome.REFUSED, failure, code)


def unknown(code: str = "") -> Answer:
    return Answer(AttemptOutcome.UNKNOWN, Failure.UNKNOWN, code)
