"""How far a text or a call is known to have come, from what providers say of it: pure, and never backwards (F31)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.call_words import CallState, Receipt
from crisis.delivery import AttemptState
from crisis.vocabulary import AttemptOutcome

SILENCE = timedelta(seconds=30)  # without a sign that it arrived (F32)
# Seconds after it was given to a provider; not further apart than half a minute, since what no provider has taken is
# tried again by what a look finds.
UNKNOWN_LOOKS = (1, 5, 15, 30, 45, 60, 90, 120, 150, 180, 210, 240)
TAKEN_LOOKS = (20, 30, 60, 120)  # the callback is expected before the first
EARLY, LATE = timedelta(seconds=5), timedelta(seconds=20)  # how far its provider's clock and ours may be apart
HEARD_OF = AttemptState.ANSWERED.rank

_STATES = {
    "queued": AttemptState.SUBMITTED,
    "accepted": AttemptState.SUBMITTED,
    "sending": AttemptState.SUBMITTED,
    "initiated": AttemptState.SUBMITTED,
    "ringing": AttemptState.SENT,
    "sent": AttemptState.SENT,
    "in-progress": AttemptState.ANSWERED,
    "completed": AttemptState.ANSWERED,
    "delivered": AttemptState.DELIVERED,
    "human": AttemptState.HUMAN_ANSWERED,
    "fax": AttemptState.MACHINE_ANSWERED,
    "no-answer": AttemptState.NO_ANSWER,
    "canceled": AttemptState.NO_ANSWER,
    "busy": AttemptState.BUSY,
    "undelivered": AttemptState.FAILED,
    "failed": AttemptState.FAILED,
}
_RECEIPTS = {
    "delivered": Receipt.DELIVERED,
    "in-progress": Receipt.ANSWERED,
    "human": Receipt.ANSWERED,
    "fax": Receipt.MACHINE,
    "no-answer": Receipt.NO_ANSWER,
    "busy": Receipt.BUSY,
    "canceled": Receipt.ENDED,
}
_CALL_STATES = {
    **dict.fromkeys(("queued", "initiated", "ringing"), CallState.PLACED),
    "in-progress": CallState.ANSWERED,
    **dict.fromkeys(("completed", "busy", "failed", "no-answer", "canceled"), CallState.OVER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text or a call as its provider knows it, in the words of the first. `body` is empty where it was not kept."""

    sid: str
    sender: str
    status: str
    made_at: datetime | None
    body: str = ""
    callback: str = ""  # the address that is told what becomes of it; not every provider says it
    code: str = ""


def state_of(status: str) -> AttemptState | None:
    """Of a provider's word for a state; None for one that says nothing."""
    return AttemptState.MACHINE_ANSWERED if status.startswith("machine") else _STATES.get(status)


def receipt_of(status: str) -> Receipt | None:
    """What people read of a provider's word for a state; None for one that says no more than that it went out."""
    return Receipt.MACHINE if status.startswith("machine") else _RECEIPTS.get(status)


def call_state_of(status: str) -> CallState | None:
    """Whether a call rings, is talked on or is over; None for a word that does not say."""
    return _CALL_STATES.get(status)


def final(known: AttemptOutcome, said: AttemptOutcome) -> AttemptOutcome:
    """What stands of two words on one attempt, in the order of the log: a failure stays, and not to know says nothing.

    A callback may be written down before our own report that the call was made (F31).
    """
    return known if known is AttemptOutcome.REFUSED or said is AttemptOutcome.UNKNOWN else said


def further(known: AttemptState, said: AttemptState | None) -> AttemptState:
    return said if said is not None and said.rank > known.rank else known


def outcome_of(state: AttemptState, latest: AttemptOutcome | None) -> AttemptOutcome | None:
    """The later word on an attempt that this state obliges; None where the log says it already.

    Somebody who was taken for unreached stays so until it has arrived: that it went out says nothing new. A failure
    stays.
    """
    match state:
        case _ if latest is AttemptOutcome.REFUSED:
            return None
        case AttemptState.UNKNOWN:
            return None
        case AttemptState.FAILED:
            said = AttemptOutcome.REFUSED
        case AttemptState.SUBMITTED | AttemptState.SENT if latest is AttemptOutcome.SILENT:
            return None
        case _:
            said = AttemptOutcome.ACCEPTED
    return None if said is latest else said


def next_look(sent_at: datetime, at: datetime, *, unknown: bool) -> datetime | None:
    """When a provider is asked about it next; None when that has been tried for long enough."""
    looks = (sent_at + timedelta(seconds=wait) for wait in (UNKNOWN_LOOKS if unknown else TAKEN_LOOKS))
    return next((when for when in looks if when > at), None)


def ours(
    listed: Sequence[Found], reference: str, code: str, sent_at: datetime, elsewhere: Collection[str]
) -> Found | None:
    """Which of what went to this telephone is this attempt; None where that cannot be told for sure.

    By the attempt in the callback's address. Where a provider does not show that: the only one made at that time that
    is none of ours under another name (`elsewhere`), and that, where its words were kept, has the page's code.
    """
    named = [each for each in listed if reference in each.callback]
    if named:
        return named[0]
    fitting = [each for each in _maybe_ours(listed, code, sent_at, elsewhere) if each.made_at is not None]
    return fitting[0] if len(fitting) == 1 else None


def taken_by_none(
    listed: Sequence[Found], reference: str, code: str, sent_at: datetime, elsewhere: Collection[str]
) -> bool:
    """Whether nothing of what went to this telephone can be this attempt."""
    named = any(reference in each.callback for each in listed)
    return not named and next(_maybe_ours(listed, code, sent_at, elsewhere), None) is None


def _maybe_ours(listed: Sequence[Found], code: str, sent_at: datetime, elsewhere: Collection[str]) -> Iterator[Found]:
    return (
        each
        for each in listed
        if not each.callback
        and each.sid not in elsewhere
        and (each.made_at is None or sent_at - EARLY <= each.made_at <= sent_at + LATE)
        and (not each.body or f" {code}" in each.body)
    )
