"""A later word on an attempt: what a callback or a provider that was asked says of a text or call that was made."""

from datetime import datetime

from sqlalchemy import Connection

from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound, Refused
from crisis.notify.answers import Asked
from crisis.page_commands import RecordPageAttempt
from crisis.page_events import PageAttempted
from crisis.store import incidents, outbox
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId


def latest_word(tx: Connection, incident: IncidentId, attempt: str) -> AttemptOutcome | None:
    """What the log knows of an attempt; None where it is not written down yet."""
    events = (stored.event for stored in incidents.events_of(tx, incident))
    said = [each.outcome for each in events if isinstance(each, PageAttempted) and each.attempt == attempt]
    return said[-1] if said else None


def say(store: Store, asked: Asked, channel: Channel, *, attempt: str, outcome: AttemptOutcome, at: datetime) -> None:
    """It never stops an escalation; what did not arrive is made good on the other channel now, not at the next step."""
    try:
        with store.read() as tx:
            district = incidents.load(tx, asked.incident).district
        record = RecordPageAttempt(
            by=Actor(kind=ActorKind.SYSTEM, id=None, district=district),
            page=asked.page,
            person=asked.person,
            channel=channel,
            outcome=outcome,
            attempt=attempt,
        )
        submit(store, asked.incident, record, at=at)
    except (Refused, NotFound):
        return
    if outcome in (AttemptOutcome.REFUSED, AttemptOutcome.SILENT):
        with store.write() as tx:
            outbox.hasten(tx, int(attempt.partition("-")[0]), at)
