"""Which calls a page still owes one person, and when the next is due: pure, from what was tried so far.

The cadence is that of `paging.md` 6.5; it goes on when the next level begins, to six calls. What was refused or is
unknown is made good on the other channel at once, and tried again until one call is accepted: twice is chosen over
never.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.vocabulary import AttemptOutcome, Channel, Urgency

CADENCE: dict[Urgency, dict[Channel, tuple[int, ...]]] = {  # seconds since the level began
    Urgency.U1: {Channel.TEXT: (0, 60), Channel.VOICE: (0, 45, 90, 210, 330, 450)},
    Urgency.U2: {Channel.TEXT: (0, 150), Channel.VOICE: (60, 180, 300, 420, 540, 660)},
    Urgency.U3: {Channel.TEXT: (0,), Channel.VOICE: (300,)},
}
AGAIN = (2, 5, 15, 30)  # seconds after the first, second … call of a channel, while none was accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One call of this level to one person: what is known of it now, and when it was first recorded."""

    channel: Channel
    outcome: AttemptOutcome
    at: datetime


def due(urgency: Urgency, began: datetime, tries: Sequence[Try], at: datetime) -> list[Channel]:
    """The channels on which this person must be called now; what was missed meanwhile is made good by one call."""
    return [
        channel for channel in CADENCE[urgency] if any(when <= at for when in _owed(urgency, began, tries, channel))
    ]


def next_due(
    urgency: Urgency, began: datetime, tries: Sequence[Try], channels: Sequence[Channel] = (Channel.TEXT, Channel.VOICE)
) -> datetime | None:
    """When this person must be called again if they stay silent; None when the level's calls are done."""
    return min((when for channel in channels for when in _owed(urgency, began, tries, channel)), default=None)


def _owed(urgency: Urgency, began: datetime, tries: Sequence[Try], channel: Channel) -> Iterator[datetime]:
    """The times of the calls on one channel that have not been made."""
    mine = [each for each in tries if each.channel is channel]
    planned = (began + timedelta(seconds=wait) for wait in CADENCE[urgency][channel])
    yield from (when for when in planned if not any(each.at >= when for each in mine))
    if not tries or any(each.outcome is AttemptOutcome.ACCEPTED for each in tries):
        return
    if not mine:
        yield tries[-1].at  # the other channel, at once
    elif len(mine) < len(tries) and mine[-1].outcome is not AttemptOutcome.SILENT:  # it may have arrived
        yield mine[-1].at + timedelta(seconds=AGAIN[min(len(mine), len(AGAIN)) - 1])
