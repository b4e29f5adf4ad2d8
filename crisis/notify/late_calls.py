"""Levels that are over before their first call is due: nobody who sleeps hears of them (`paging.md` 6.5, 6.12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from crisis.ladders import Ladder, cadence_of
from crisis.vocabulary import Role, Urgency


@dataclass(frozen=True, slots=True, order=True)
class LateCall:
    """The call comes `call_after` the level began, which is over `answer_within`."""

    role: Role
    urgency: Urgency
    level: int
    call_after: timedelta
    answer_within: timedelta


def late_calls(ladders: Mapping[tuple[Role, Urgency], Ladder]) -> list[LateCall]:
    """A text alone wakes nobody, so the first call of each level must come before the level is over."""
    found = []
    for (role, urgency), ladder in ladders.items():
        first = cadence_of(ladder, urgency).calls[0]
        found += [
            LateCall(role, urgency, level, first, within)
            for level, within in enumerate(ladder.answer_within)
            if first >= within
        ]
    return sorted(found)
