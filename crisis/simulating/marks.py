"""What a simulation shows: one mark for each thing that would happen, in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crisis.ladders import Ladder
from crisis.vocabulary import AttemptOutcome, PersonId, Role, Urgency


class What(StrEnum):
    """Of a mark."""

    LEVEL = "level"  # a level begins
    TEXT = "text"
    CALL = "call"
    CONSOLE = "console"  # has no number that can be called: asked on the console alone
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SEEN = "seen"
    STANDS_BY = "stands_by"
    LETS_GO = "lets_go"
    ASKED_IF_HERE = "asked_if_here"
    ARRIVED = "arrived"
    LAPSED = "lapsed"  # given up on: never came
    ALARM = "alarm"  # nobody answered
    NOTHING = "nothing"  # what they wanted to do changed nothing any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`level` counts from 0. `outcome` and `by` are of a text or call: what came of it, and who took it."""

    at: datetime
    what: What
    person: PersonId | None = None
    level: int | None = None
    outcome: AttemptOutcome | None = None
    by: str | None = None
    arrives: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """`asked_at` is when the page was asked for; `ends_at` where the simulation stops looking."""

    role: Role
    urgency: Urgency
    ladder: Ladder
    asked_at: datetime
    ends_at: datetime
    marks: tuple[Mark, ...]

    @property
    def people(self) -> Sequence[PersonId]:
        """Everybody who comes in it, in the order in which they do."""
        return list(dict.fromkeys(each.person for each in self.marks if each.person is not None))
