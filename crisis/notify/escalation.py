"""Which calls a page still owes one person, and when the next is due: pure, from what was tried so far.

The cadence is the ladder's (`paging.md` 6.5); it goes on when the next level begins, to six calls. What was refused or
is unknown is made good on the other channel at once, and tried again until one call is accepted: twice is chosen over
never.
"""

from collections.abc import Iterator, Mapping, Sequence
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


def due(
    cadence: Cadence,
    began: datetime,
    tries: Sequence[Try],
    at: datetime,
    *,
    texts: bool = True,
    calls: bool = True,
) -> list[Channel]:
    """The channels on which this person must be called now; what was missed meanwhile is made good by one call.

    `calls` False: they were rung as often as one page may.
    """
    planned = _planned(cadence, texts=texts, calls=calls)
    return [channel for channel in planned if any(when <= at for when in _owed(planned, began, tries, channel))]


def next_due(
    cadence: Cadence,
    began: datetime,
    tries: Sequence[Try],
    channels: Sequence[Channel] = CHANNELS,
    *,
    texts: bool = True,
    calls: bool = True,
) -> datetime | None:
    """When this person must be called again if they stay silent; None when the level's calls are done."""
    planned = _planned(cadence, texts=texts, calls=calls)
    wanted = [channel for channel in planned if channel in channels]
    return min((when for channel in wanted for when in _owed(planned, began, tries, channel)), default=None)


def _planned(cadence: Cadence, *, texts: bool, calls: bool) -> dict[Channel, tuple[timedelta, ...]]:
    """`texts` False is for whom no text reaches: the first call comes when the text would have (F27, F28)."""
    if not calls:
        return {Channel.TEXT: cadence.texts} if texts else {}
    rings, at_once = cadence.all_calls(), cadence.texts[0]
    if texts:
        return {Channel.TEXT: cadence.texts, Channel.VOICE: rings}
    return {Channel.VOICE: rings if rings[0] <= at_once else (at_once, *rings[:-1])}


def _owed(
    cadence: Mapping[Channel, tuple[timedelta, ...]], began: datetime, tries: Sequence[Try], channel: Channel
) -> Iterator[datetime]:
    """The times of the calls on one channel that have not been made."""
    mine = [each for each in tries if each.channel is channel]
    alone = len(cadence) == 1  # nobody waits for the other channel where there is none
    planned = (began + wait for wait in cadence[channel])
    yield from (when for when in planned if not any(each.at >= when for each in mine))
    if not tries or any(each.outcome is AttemptOutcome.ACCEPTED for each in tries):
        return
    if not mine:
        yield tries[-1].at  # the other channel, at once
    elif (alone or len(mine) < len(tries)) and mine[-1].outcome is not AttemptOutcome.SILENT:  # it may have arrived
        yield mine[-1].at + timedelta(seconds=AGAIN[min(len(mine), len(AGAIN)) - 1])
