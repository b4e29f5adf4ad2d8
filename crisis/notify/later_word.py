"""A later word on an attempt: what a callback or a provider that was asked says of a text or call that was made."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce

from sqlalchemy import Connection

from crisis.call_words import Failure, Receipt
from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound, Refused
from crisis.events import Event
from crisis.notify.answers import Asked
from crisis.notify.standing import final
from crisis.page_commands import RecordPageAttempt, RecordPageReceipt
from crisis.page_events import PageAttempted, PageReceiptCame
from crisis.store import incidents, outbox
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId

Order = Callable[..., RecordPageAttempt | RecordPageReceipt]


@dataclass(frozen=True, slots=True)
class About:
    """The text or call of which something is heard; `attempt` is its name in the log."""

    asked: Asked
    channel: Channel
    attempt: str


def latest_word(tx: Connection, incident: IncidentId, attempt: str) -> AttemptOutcome | None:
    """What the log knows of an attempt; None where it is not written down yet."""
    log = _log(tx, incident)
    said = [each.outcome for each in log if isinstance(each, PageAttempted) and each.attempt == attempt]
    return reduce(final, said) if said else None


def say(
    store: Store, about: About, outcome: AttemptOutcome, at: datetime, *, failure: Failure | None = None, code: str = ""
) -> None:
    """It never stops an escalation; what did not arrive is made good on the other channel now, not at the next step."""
    _record(store, about, partial(RecordPageAttempt, outcome=outcome, failure=failure, code=code), at)
    if outcome in (AttemptOutcome.REFUSED, AttemptOutcome.SILENT):
        with store.write() as tx:
            outbox.hasten(tx, int(about.attempt.partition("-")[0]), at)


def show(store: Store, about: About, receipt: Receipt, at: datetime) -> None:
    """For people to read, once; nothing is decided by it."""
    with store.read() as tx:
        log = _log(tx, about.asked.incident)
    if not any(isinstance(each, PageReceiptCame) and _same(each, about, receipt) for each in log):
        _record(store, about, partial(RecordPageReceipt, receipt=receipt), at)


def _same(event: PageReceiptCame, about: About, receipt: Receipt) -> bool:
    return (event.attempt, event.receipt) == (about.attempt, receipt)


def _log(tx: Connection, incident: IncidentId) -> list[Event]:
    """Nothing of an incident that there is not."""
    with suppress(NotFound):
        return [stored.event for stored in incidents.events_of(tx, incident)]
    return []


def _record(
    store: Store, about: About, order: Callable[..., RecordPageAttempt | RecordPageReceipt], at: datetime
) -> None:
    asked = about.asked
    with suppress(Refused, NotFound):
        with store.read() as tx:
            district = incidents.load(tx, asked.incident).district
        by = Actor(kind=ActorKind.SYSTEM, id=None, district=district)
        told = order(by=by, page=asked.page, person=asked.person, channel=about.channel, attempt=about.attempt)
        submit(store, asked.incident, told, at=at)
