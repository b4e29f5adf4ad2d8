"""Which calls a page still owes one person, and when the next is due: pure, from what was tried so far.

The cadence is the ladder's (`paging.md` 6.5); it goes on when the next level begins, to six calls. What was refused or
is unknown is made good on the other channel at once, and tried again until one call is accepted: twice is chosen over
never.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.ladders import Cadence
from crisis.vocabulary import AttemptOutcome, Channel

CHANNELS = (Channel.TEXT, Channel.VOICE)
AGAIN = (2, 5, 15, 30)  # seconds after the first, second … call of a channel, while none was accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One call of this level to one person: what is known of it now, and when it was first recorded."""

    channel: Channel
    outcome: AttemptOutcome
    at: datetime


def due(cadence: Cadence, began: datetime, tries: Sequence[Try], at: datetime) -> list[Channel]:
    """The channels on which this person must be called now; what was missed meanwhile is made good by one call."""
    return [channel for channel in CHANNELS if any(when <= at for when in _owed(cadence, began, tries, channel))]


def next_due(cadence: Cadence, began: datetime, tries: Sequence[Try]) -> datetime | None:
    """When this person must be called again if they stay silent; None when the level's calls are done."""
    return min((when for channel in CHANNELS for when in _owed(cadence, began, tries, channel)), default=None)


def _owed(cadence: Cadence, began: datetime, tries: Sequence[Try], channel: Channel) -> Iterator[datetime]:
    """The times of the calls on one channel that have not been made."""
    mine = [each for each in tries if each.channel is channel]
    waits = cadence.texts if channel is Channel.TEXT else cadence.all_calls()
    planned = (began + wait for wait in waits)
    yield from (when for when in planned if not any(each.at >= when for each in mine))
    if not tries or any(each.outcome is AttemptOutcome.ACCEPTED for each in tries):
        return
    if not mine:
        yield tries[-1].at  # the other channel, at once
    elif len(mine) < len(tries):
        yield mine[-1].at + timedelta(seconds=AGAIN[min(len(mine), len(AGAIN)) - 1])
