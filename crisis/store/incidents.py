"""Incidents: the row of current state and the log, always written together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, reduce

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningUpdate

from crisis.errors import Conflict, NotFound
from crisis.events import Event
from crisis.statemachine.evolve import fold
from crisis.statemachine.incident import Incident
from crisis.store import codec, involved, outbox, wake
from crisis.store.audit import HEAD_NOW, Entry, row_of
from crisis.store.chain import link_event
from crisis.store.outbox import Numbered
from crisis.store.tables import AUDIT, EVENT, HEAD, INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, Mode, SchoolId


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`position` is the global number, dense and in the order of commits; `seq` counts within the incident."""

    position: int
    incident: IncidentId
    seq: int
    event: Event


@dataclass(frozen=True, slots=True)
class Tick:
    """That something happened, and where; not what. Enough to wake whoever may look."""

    position: int
    incident: IncidentId
    seq: int
    district: DistrictId
    school: SchoolId
    mode: Mode


# Built once: they are asked for each call of each page, and to build one takes longer than to ask it.
_STATE = select(INCIDENT.c.state).where(INCIDENT.c.id == bindparam("incident"))
_LOCKED = _STATE.with_for_update()
_MOVE_HEAD = update(HEAD).values(position=bindparam("last"), log_digest=bindparam("log"))
_MOVE_BOTH = _MOVE_HEAD.values(audit_number=bindparam("number"), audit_digest=bindparam("digest"))
_FEW = 4  # events of one order, at most so many mostly
_CHANGES = ("student", "phase", "custody", "emergency", "tier", "adult", "seq", "closed_at", "state")
_CHANGE = (
    update(INCIDENT)
    .where(INCIDENT.c.id == bindparam("incident"), INCIDENT.c.seq == bindparam("seen"))
    .values({name: bindparam(name) for name in _CHANGES})
)
_EVENTS = (
    select(EVENT.c.position, EVENT.c.incident, EVENT.c.seq, EVENT.c.name, EVENT.c.body)
    .where(EVENT.c.incident == bindparam("incident"), EVENT.c.seq > bindparam("after"))
    .order_by(EVENT.c.seq)
)


def load(tx: Connection, incident_id: IncidentId, *, lock: bool = False) -> Incident:
    """The current state; `lock` keeps others from changing it until the transaction ends."""
    state = tx.execute(_LOCKED if lock else _STATE, {"incident": incident_id}).scalar_one_or_none()
    if state is None:
        raise NotFound
    return codec.incident_from_text(state)


def current(
    tx: Connection,
    district: DistrictId,
    *,
    closed_since: datetime | None = None,
    seen: ColumnElement[bool] | None = None,
) -> list[Incident]:
    """The open incidents of a district, and those closed since a time; `seen` keeps to those that somebody sees."""
    asked = select(INCIDENT.c.state, INCIDENT.c.opened_at).where(INCIDENT.c.district == district)
    asked = asked if seen is None else asked.where(seen)
    wanted = [asked.where(INCIDENT.c.closed_at.is_(None))]
    if closed_since is not None:  # not with OR: SQLite would walk through all that the district ever had
        wanted.append(asked.where(INCIDENT.c.closed_at >= closed_since))
    return [codec.incident_from_text(row.state) for row in tx.execute(union_all(*wanted).order_by("opened_at"))]


def of_ids(tx: Connection, wanted: Collection[IncidentId], *, seen: ColumnElement[bool]) -> list[Incident]:
    """Those of them that somebody sees, open or closed."""
    if not wanted:
        return []
    asked = select(INCIDENT.c.state).where(INCIDENT.c.id.in_(sorted(wanted)), seen).order_by(INCIDENT.c.opened_at)
    return [codec.incident_from_text(state) for state in tx.execute(asked).scalars()]


def append(
    tx: Connection,
    before: Incident | None,
    after: Incident,
    events: Sequence[Event],
    *,
    at: datetime,
    effects: Sequence[Numbered] = (),
    entry: Entry | None = None,
    wait: timedelta = timedelta(0),
) -> int:
    """Writes the new state, its events, what they oblige and who did it; returns the global number of the last event.

    `wait`: what would be due now is due that much later.

    Raises `Conflict` when another transaction wrote the same number first. The head of log and audit is locked last and
    moved once: until the commit everybody else who writes waits for it.
    """
    first = (before.seq if before is not None else 0) + 1
    _write_state(tx, before, after)
    involved.write(tx, before, after, at)
    outbox.put(tx, after, effects, at + wait)
    head = tx.execute(HEAD_NOW).one()  # numbers in commit order
    rows = [
        {
            "position": head.position + 1 + turn,
            "incident": after.id,
            "seq": first + turn,
            "name": type(event).__name__,
            "district": after.district,
            "school": after.school,
            "mode": after.mode,
            "at": at.astimezone(UTC),
            "body": codec.event_text(event),
        }
        for turn, event in enumerate(events)
    ]
    last, log = int(head.position) + len(rows), reduce(link_event, rows, head.log_digest)
    audited = None if entry is None else row_of(entry, head, position=last, log_digest=log)
    try:
        _add(tx, rows, audited, last=last, log=log)
    except IntegrityError as error:
        raise Conflict(first - 1, first, ()) from error
    wake.wanted(tx)
    return last


def _add(
    tx: Connection, rows: Sequence[Mapping[str, object]], audited: Mapping[str, object] | None, *, last: int, log: str
) -> None:
    """The rows, and the head that they move. PostgreSQL is asked once, since all who write wait for the answer."""
    moved = {"last": last, "log": log}
    if audited is None:
        tx.execute(insert(EVENT), rows)
        tx.execute(_MOVE_HEAD, moved)
        return
    moved |= {"number": audited["number"], "digest": audited["digest"]}
    if tx.dialect.name == "postgresql" and len(rows) <= _FEW:
        numbered = {f"{name}_{turn}": value for turn, row in enumerate(rows) for name, value in row.items()}
        audit = {f"audit_{name}": value for name, value in audited.items()}
        tx.execute(_all_at_once(len(rows)), {**numbered, **audit, **moved})
        wake.told(tx)
        return
    tx.execute(insert(EVENT), rows)
    tx.execute(insert(AUDIT), audited)
    tx.execute(_MOVE_BOTH, moved)


@cache
def _all_at_once(events: int) -> ReturningUpdate[tuple[object]]:
    """And whoever waits for it is told when it is committed."""
    rows = [
        {each.name: bindparam(f"{each.name}_{turn}", type_=each.type) for each in EVENT.c} for turn in range(events)
    ]
    audited = insert(AUDIT).values({each.name: bindparam(f"audit_{each.name}", type_=each.type) for each in AUDIT.c})
    written = (insert(EVENT).values(row).cte(f"event_{turn}") for turn, row in enumerate(rows))
    return _MOVE_BOTH.add_cte(*written, audited.cte("audited")).returning(func.pg_notify(wake.CHANNEL, ""))


def _write_state(tx: Connection, before: Incident | None, after: Incident) -> None:
    values = _row(after)
    if before is None:
        tx.execute(insert(INCIDENT), values)
        return
    changes = {name: values[name] for name in _CHANGES}
    done = tx.execute(_CHANGE, {**changes, "incident": after.id, "seen": before.seq})
    if done.rowcount != 1:
        raise Conflict(before.seq, before.seq + 1, ())


def _row(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "district": incident.district,
        "school": incident.school,
        "mode": incident.mode,
        "crisis_type": incident.crisis_type,
        "protocol": incident.protocol,
        "version": incident.version,
        "protocol_hash": incident.protocol_hash,
        "student": incident.student,
        "phase": incident.phase,
        "custody": incident.custody,
        "emergency": incident.emergency,
        "tier": incident.effective_tier,
        "adult": incident.adult,
        "seq": incident.seq,
        "opened_at": incident.opened_at,
        "closed_at": incident.closed_at,
        "state": codec.incident_text(incident),
    }


def events_of(
    tx: Connection, incident_id: IncidentId, *, after: int = 0, limit: int | None = None
) -> list[StoredEvent]:
    query = _EVENTS if limit is None else _EVENTS.limit(limit)
    return [
        StoredEvent(row.position, IncidentId(row.incident), row.seq, codec.event_from_text(row.name, row.body))
        for row in tx.execute(query, {"incident": incident_id, "after": after})
    ]


def since(tx: Connection, position: int, *, limit: int = 1000) -> list[Tick]:
    """What happened after a position, in the order of commits; nothing can later appear before what was returned."""
    columns = (EVENT.c.position, EVENT.c.incident, EVENT.c.seq, EVENT.c.district, EVENT.c.school, EVENT.c.mode)
    query = select(*columns).where(EVENT.c.position > position).order_by(EVENT.c.position).limit(limit)
    return [
        Tick(row.position, IncidentId(row.incident), row.seq, DistrictId(row.district), SchoolId(row.school), row.mode)
        for row in tx.execute(query)
    ]


def head(tx: Connection) -> int:
    return int(tx.execute(select(HEAD.c.position)).scalar_one())


def refold(tx: Connection, incident_id: IncidentId) -> Incident:
    """The state that the log stands for; it must equal the row."""
    return fold(stored.event for stored in events_of(tx, incident_id))
