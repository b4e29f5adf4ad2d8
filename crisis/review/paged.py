"""Each page of an incident: how long until it went out, arrived, was taken and somebody was there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from crisis import page_events as pev
from crisis.call_words import Receipt
from crisis.events import Event
from crisis.review.replay import Moment
from crisis.vocabulary import AttemptOutcome, PageId, PageState, Role, Urgency

Kind = TypeVar("Kind", bound=Event)
ARRIVED = (Receipt.DELIVERED, Receipt.ANSWERED)  # of a text, of a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """Times are UTC, None where it never came to that. `levels` counts those that were reached, `tries` texts and
    calls; `failed` are those that the provider refused. `alarms`: how often it was loud that nobody had taken it.
    """

    page: PageId
    role: Role
    urgency: Urgency
    state: PageState
    requested_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    accepted_at: datetime | None
    arrived_at: datetime | None
    levels: int
    tries: int
    failed: int
    declined: int
    alarms: int
    unmet: tuple[str, ...]  # wishes about who should come, that whoever took it did not meet

    def seconds(self, until: datetime | None) -> int | None:
        """From the request."""
        return None if until is None else max(0, round((until - self.requested_at).total_seconds()))


def pages(row: Sequence[Moment]) -> list[Paged]:
    """In the order in which they were asked for."""
    asked = [moment.event for moment in row if isinstance(moment.event, pev.PageRequested)]
    return [_paged(event, [m for m in row if getattr(m.event, "page", None) == event.page]) for event in asked]


def _paged(asked: pev.PageRequested, row: Sequence[Moment]) -> Paged:
    page = row[-1].after.pages[asked.page]
    tries = _of(row, pev.PageAttempted)
    heard = [each for each in _of(row, pev.PageReceiptCame) if each.receipt in ARRIVED]
    weighed = _of(row, pev.PreferencesWeighed)
    return Paged(
        page=asked.page,
        role=asked.role,
        urgency=asked.urgency,
        state=page.state,
        requested_at=asked.begins_at or asked.at,
        sent_at=_first([each for each in tries if each.outcome is not AttemptOutcome.REFUSED]),
        delivered_at=_first(heard),
        accepted_at=_first([each for each in _of(row, pev.PageAccepted) if not each.again]),
        arrived_at=_first(_of(row, pev.PageArrived)),
        levels=len(page.began),
        tries=len(tries),
        failed=sum(each.outcome is AttemptOutcome.REFUSED for each in tries),
        declined=len(page.declined),
        alarms=len(_of(row, pev.PageExhausted)),
        unmet=weighed[-1].unmet if weighed else (),
    )


def _of(row: Sequence[Moment], kind: type[Kind]) -> list[Kind]:
    return [moment.event for moment in row if isinstance(moment.event, kind)]


def _first(events: Iterable[Event]) -> datetime | None:
    return min((event.occurred_at or event.at for event in events), default=None)
