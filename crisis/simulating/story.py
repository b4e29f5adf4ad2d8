"""What a simulation supposes: what people do once a page has reached them, and what the providers do meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from crisis.vocabulary import PersonId

MOST = timedelta(hours=12)  # later than this nothing of a story happens


class Act(StrEnum):
    """What somebody does."""

    ACCEPTS = "accepts"
    DECLINES = "declines"
    SAYS_OK = "says_ok"  # writes a text that is no answer
    STANDS_BY = "stands_by"
    ARRIVES = "arrives"
    LETS_GO = "lets_go"


class Fault(StrEnum):
    """What a provider does instead of its work."""

    DOWN = "down"  # refuses, or cannot be reached
    HANGS = "hangs"  # takes no notice and does not answer
    LOSES = "loses"  # says yes, and nothing arrives


@dataclass(frozen=True, slots=True)
class Deed:
    """`after` counts from the first text or call that reached them."""

    act: Act
    after: timedelta


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of one provider, by its name; from and until count from the page."""

    provider: str
    fault: Fault
    starts: timedelta
    ends: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Whoever is not in it is silent; whatever is not in it works."""

    people: Mapping[PersonId, tuple[Deed, ...]] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()

    def fault(self, provider: str, at: timedelta) -> Fault | None:
        """The latest that was told counts."""
        found = [each for each in self.troubles if each.provider == provider and each.starts <= at < each.ends]
        return found[-1].fault if found else None
