"""How long something took, of many: the middle, the slow end, and of how many the record says nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crisis.review_words import Milestone
from crisis.vocabulary import PageState, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Seconds, in order. `missing`: it is over and was never reached, which is not good; `waiting`: it may still be."""

    lengths: tuple[int, ...]
    missing: int = 0
    waiting: int = 0

    @property
    def median(self) -> int | None:
        """Of an even number the lower of the two in the middle: a time that somebody really took."""
        return self._at(0.5)

    @property
    def ninth(self) -> int | None:
        """The 90th percentile, by nearest rank: nine in ten took no longer."""
        return self._at(0.9)

    @property
    def all(self) -> int:
        return len(self.lengths) + self.missing + self.waiting

    def _at(self, share: float) -> int | None:
        return self.lengths[math.ceil(share * len(self.lengths)) - 1] if self.lengths else None


def together(parts: Sequence[Spread]) -> Spread:
    return Spread(
        lengths=tuple(sorted(each for part in parts for each in part.lengths)),
        missing=sum(part.missing for part in parts),
        waiting=sum(part.waiting for part in parts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The incidents that one school opened in one month, as in 2026-11."""

    school: str
    month: str
    opened: int
    still_open: int
    unfounded: int
    alone: int  # with a time without an accountable adult
    due: int
    kept: int
    follow_due: int
    follow_kept: int
    lengths: dict[Milestone, Spread]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """The pages of one urgency that one school asked for in one month. `tries` are texts and calls.

    They ended in one of these: `first` taken by the first level, `later` by one behind it, `nobody` has taken it and
    somebody had to find help otherwise, `called_off`, or `running`.
    """

    school: str
    month: str
    urgency: Urgency
    asked: int
    first: int
    later: int
    nobody: int
    called_off: int
    running: int
    unfounded: int  # of those that were asked: for an incident that was none, as somebody has said since
    tries: int
    failed: int
    accepted: Spread


FAILED = (PageState.EXHAUSTED, PageState.COVERED_ELSEWHERE)
