"""Why a provider did not take something, in five classes: what is done about it follows from the class alone."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from crisis.vocabulary import AttemptOutcome


class Failure(StrEnum):
    ADDRESS = "address"  # this number cannot be reached so, by anybody: the other channel, now
    TEMPORARY = "temporary"  # not done, may be asked again
    BLOCKED = "blocked"  # a carrier will not have it from this sender: another sender
    CONFIGURATION = "configuration"  # our account, number or request is at fault: somebody must see to it
    UNKNOWN = "unknown"  # it may have been done


@dataclass(frozen=True, slots=True)
class Answer:
    """What one provider is known to have done. `code` is its own word for why not; it names nobody.

    `sid` is its name for what it took, where it gave one.
    """

    outcome: AttemptOutcome
    failure: Failure | None = None
    code: str = ""
    sid: str = field(default="", compare=False)

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


def accepted(sid: object) -> Answer:
    return replace(ACCEPTED, sid=sid if isinstance(sid, str) else "")


def refused(failure: Failure, code: str = "") -> Answer:
    return Answer(AttemptOutcome.REFUSED, failure, code)


def unknown(code: str = "") -> Answer:
    return Answer(AttemptOutcome.UNKNOWN, Failure.UNKNOWN, code)
