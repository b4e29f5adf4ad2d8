"""A failed audit acts: a lost timer is put back or given to the rules at once, a page that nobody called is called.

Everything is looked at once more under the incident's lock, since a worker may have been faster, and is on record.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from crisis.commands import Actor, ActorKind, TimerDue
from crisis.effects import PageLevel, StartTimer
from crisis.errors import Conflict, NotFound, Refused
from crisis.page_events import PageDisposed, PageEscalated, PageRequested
from crisis.sentinel.auditing import Arm, CallAgain, Finding, WriteAgain
from crisis.sentinel.from_the_log import owed_by
from crisis.sentinel.obliged import missing, reminder_of_next
from crisis.statemachine.incident import Incident
from crisis.statemachine.paging import LIVE
from crisis.store import audit, incidents, leases, outbox, people, protocols, watch
from crisis.store.engine import OutcomeUnknown, Store
from crisis.store.leases import Held
from crisis.submit import submit
from crisis.vocabulary import IncidentId

_BEGINS = (PageRequested, PageEscalated, PageDisposed)

log = logging.getLogger(__name__)


def repair(store: Store, found: Iterable[Finding], at: datetime, held: Held) -> int:
    """How many findings something was done about; what cannot be repaired now is found again in ten seconds.

    `held` is the lease under which this is done: once another sentinel has taken it over, nothing is.
    """
    done = 0
    for finding in found:
        try:
            done += _repaired(store, finding, at, held)
        except (Refused, Conflict, NotFound, OutcomeUnknown, DBAPIError) as error:
            log.error("%s of %s was not repaired: %s", finding.invariant, finding.subject, type(error).__name__)
    return done


def _repaired(store: Store, finding: Finding, at: datetime, held: Held) -> bool:
    match finding.repair:
        case None:
            return False
        case Arm() as arm:
            return _armed(store, finding, arm, at, held)
        case CallAgain() as again:
            return _called_again(store, finding, again, at, held)
        case WriteAgain() as again:
            return _written_again(store, finding, again, at, held)
        case _:
            assert_never(finding.repair)


def _armed(store: Store, finding: Finding, arm: Arm, at: datetime, held: Held) -> bool:
    """A timer that is due is an order and goes through the one door; one for later is a row."""
    with store.write() as tx:
        if not leases.holds(tx, held):
            return False
        incident = incidents.load(tx, arm.incident, lock=True)
        owed = _still_missing(tx, incident, arm.timer, at)
        if owed is None:
            return False
        _record(tx, finding, owed.name, at)
        if owed.due_at > at:
            outbox.put_again(tx, incident, incident.seq, owed, at)
    if owed.due_at <= at:
        by = Actor(kind=ActorKind.SYSTEM, id=None, district=incident.district)
        submit(store, arm.incident, TimerDue(by=by, name=owed.name, key=owed.key), at=at)
    return True


def _still_missing(tx: Connection, incident: Incident, timer: StartTimer, at: datetime) -> StartTimer | None:
    """The timer as it is owed now, or None: the state may have changed since the look."""
    if incident.closed_at is not None:
        return None
    protocol, ground = protocols.by_hash(tx, incident.protocol_hash), people.ground(tx, incident.school)
    rows = [(row.timer, row.due_at) for row in watch.waiting(tx, incident.id) if row.timer is not None]
    lost = missing(incident, protocol, ground, rows, at)
    last = None if rows or lost else reminder_of_next(incident, protocol, at)
    owed = [*lost, *([] if last is None else [last])]
    return next((each for each in owed if (each.name, each.key) == (timer.name, timer.key)), None)


def _called_again(store: Store, finding: Finding, again: CallAgain, at: datetime, held: Held) -> bool:
    """The row of the level is due now; where there is none, one more is written for the event that asked for it."""
    incident_id, level = again.incident, again.level
    with store.write() as tx:
        if not leases.holds(tx, held):
            return False
        incident = incidents.load(tx, incident_id, lock=True)
        page = incident.pages.get(level.page)
        if page is None or page.state not in LIVE:
            return False
        rows = [row for row in watch.waiting(tx, incident_id) if _same(row.level, level)]
        for row in rows:
            if row.due_at > at:
                outbox.hasten(tx, row.id, at)
        if not rows:
            outbox.put_again(tx, incident, _asked_by(tx, incident_id, level), level, at)
        _record(tx, finding, f"level {level.level}", at)
    return True


def _begun_by(event: PageRequested | PageEscalated | PageDisposed) -> range:
    """The levels that this event has called."""
    match event:
        case PageRequested(level=last):
            return range(last + 1)
        case PageEscalated(level=last, together=together):
            return range(last - together + 1, last + 1)
        case _:
            return range(1)


def _same(one: PageLevel | None, other: PageLevel) -> bool:
    return one is not None and (one.page, one.level) == (other.page, other.level)


def _asked_by(tx: Connection, incident_id: IncidentId, level: PageLevel) -> int:
    """The number of the event from which on the calls of this level count."""
    log_of = incidents.events_of(tx, incident_id)
    begun = [
        stored.seq
        for stored in log_of
        if isinstance(stored.event, _BEGINS) and stored.event.page == level.page
        if level.level in _begun_by(stored.event)
    ]
    return begun[-1] if begun else log_of[-1].seq


def _written_again(store: Store, finding: Finding, again: WriteAgain, at: datetime, held: Held) -> bool:
    """By the log: the event that the row belongs to is given to the rules once more. I1 has put back a timer."""
    assert finding.incident is not None
    with store.write() as tx:
        if not leases.holds(tx, held):
            return False
        incidents.load(tx, finding.incident, lock=True)
        row = next((each for each in watch.waiting(tx, finding.incident) if each.id == again.row), None)
        effect = None if row is None or row.effect is not None else owed_by(tx, row)
        if effect is None:
            return False
        if isinstance(effect, StartTimer):
            outbox.give_up(tx, again.row, at)
        else:
            outbox.write_again(tx, again.row, effect)
        _record(tx, finding, type(effect).__name__, at)
    return True


def _record(tx: Connection, finding: Finding, what: str, at: datetime) -> None:
    detail = {"invariant": finding.invariant, "what": what}
    audit.record(tx, at=at, actor=None, action="repaired by the sentinel", subject=finding.subject, detail=detail)
