"""The audit chain: every change and every look, each row bound to the one before and to the events written with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Row, Select, bindparam, func, insert, select, update

from crisis.store import codec
from crisis.store.chain import EVENT_COLUMNS, GENESIS, link, link_event
from crisis.store.tables import AUDIT, EVENT, HEAD
from crisis.vocabulary import PersonId

BATCH = 5000
LOOKED = "incident viewed"

Detail = Mapping[str, str | int]
Query = Select[tuple[object, ...]]
HEAD_NOW: Query = select(HEAD.c.position, HEAD.c.log_digest, HEAD.c.audit_number, HEAD.c.audit_digest).with_for_update()
_MOVE_HEAD = update(HEAD).values(audit_number=bindparam("last_number"), audit_digest=bindparam("last_digest"))


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`first_bad` is the number of the first row that does not fit; `reason` says how."""

    ok: bool
    rows: int
    first_bad: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is put on record. `actor` None is the system."""

    at: datetime
    actor: PersonId | None
    action: str
    subject: str
    detail: Detail | None = None


def record(
    tx: Connection, *, at: datetime, actor: PersonId | None, action: str, subject: str, detail: Detail | None = None
) -> None:
    """One row. It covers all events that were written since the row before: both change in the same transaction."""
    head = tx.execute(HEAD_NOW).one()
    entry = Entry(at=at, actor=actor, action=action, subject=subject, detail=detail)
    row = row_of(entry, head, position=head.position, log_digest=head.log_digest)
    tx.execute(insert(AUDIT), row)
    tx.execute(_MOVE_HEAD, {"last_number": row["number"], "last_digest": row["digest"]})


def looked(tx: Connection, subject: str, person: PersonId, since: datetime) -> bool:
    """Whether a look at the whole of it by this person is on record since then."""
    mine = (AUDIT.c.subject == subject, AUDIT.c.actor == person, AUDIT.c.action == LOOKED, AUDIT.c.at >= since)
    return tx.execute(select(AUDIT.c.number).where(*mine).limit(1)).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One row of the chain. `actor` None is the system, or an operator at the command line."""

    number: int
    at: datetime
    actor: PersonId | None
    action: str
    subject: str


def of(tx: Connection, subject: str) -> list[Recorded]:
    """Who looked at or changed this incident, student or person, in order; nothing of what they read."""
    return _recorded(tx, _ROWS.where(AUDIT.c.subject == subject))


def by(tx: Connection, actor: PersonId, since: datetime) -> list[Recorded]:
    """What somebody did and looked at since then, in order; nothing of what they read."""
    return _recorded(tx, _ROWS.where(AUDIT.c.actor == actor, AUDIT.c.at >= since))


def last(tx: Connection, subject: str, actions: Sequence[str], detail: Mapping[str, str]) -> Recorded | None:
    """The last of these deeds at this subject whose details say this."""
    mine = select(AUDIT).where(AUDIT.c.subject == subject, AUDIT.c.action.in_(actions))
    for row in tx.execute(mine.order_by(AUDIT.c.number.desc())):
        if detail.items() <= codec.loads(row.detail).items():
            return _read(row)
    return None


_ROWS = select(AUDIT.c.number, AUDIT.c.at, AUDIT.c.actor, AUDIT.c.action, AUDIT.c.subject)


def _recorded(tx: Connection, query: Query) -> list[Recorded]:
    return [_read(row) for row in tx.execute(query.order_by(AUDIT.c.number))]


def _read(row: Row[tuple[object, ...]]) -> Recorded:
    return Recorded(number=row.number, at=row.at, actor=row.actor, action=row.action, subject=row.subject)


def row_of(entry: Entry, head: Row[tuple[object, ...]], *, position: int, log_digest: str) -> dict[str, object]:
    """The next row behind `head`, which covers the log up to `position`."""
    text = codec.dumps({**(entry.detail or {}), "position": position, "log": log_digest})
    number, at = head.audit_number + 1, entry.at.astimezone(UTC)
    digest = link(head.audit_digest, number, at, entry.actor, entry.action, entry.subject, text)
    return {
        "number": number,
        "at": at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": text,
        "digest": digest,
    }


def verify(tx: Connection) -> AuditReport:
    """Walks the whole chain; finds what was edited, taken out, put in, or cut off at the end."""
    head = tx.execute(select(HEAD)).one()
    log = _Log(tx)
    digest, number = GENESIS, 0
    for row in _paged(tx, select(AUDIT), AUDIT.c.number):
        problem = _problem(row, number, digest, log)
        if problem is not None:
            return AuditReport(False, number, row.number, problem)
        digest, number = row.digest, row.number
    if (number, digest) != (head.audit_number, head.audit_digest):
        return AuditReport(False, number, number + 1, "the end of the chain was cut off")
    if not log.at_end or (log.position, log.digest) != (head.position, head.log_digest):
        return AuditReport(False, number, number + 1, "the log does not end where the chain says")
    return AuditReport(True, number)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the chain was walked, and what it was there."""

    number: int = 0
    digest: str = GENESIS
    position: int = 0
    log: str = GENESIS


def walk(tx: Connection, start: Checkpoint, limit: int) -> tuple[Checkpoint, str | None]:
    """The next rows of the chain from a checkpoint on, and what is wrong with the first that does not fit."""
    log = _Log(tx, start.position, start.log)
    digest, number = start.digest, start.number
    rows = select(AUDIT).where(AUDIT.c.number > number).order_by(AUDIT.c.number).limit(limit)
    for row in tx.execute(rows).all():
        problem = _problem(row, number, digest, log)
        if problem is not None:
            return Checkpoint(number, digest, log.position, log.digest), problem
        digest, number = row.digest, row.number
    return Checkpoint(number, digest, log.position, log.digest), _end(tx, Checkpoint(number, digest))


def _end(tx: Connection, reached: Checkpoint) -> str | None:
    """What is wrong with the end, where a walk has reached it."""
    head = tx.execute(select(HEAD)).one()
    last = tx.execute(select(func.max(AUDIT.c.number))).scalar_one() or 0
    if last != head.audit_number or (reached.number == last and reached.digest != head.audit_digest):
        return "the end of the chain was cut off"
    return None


class _Log:
    """The events in order, read once, a batch at a time, with the digest up to where it was read."""

    def __init__(self, tx: Connection, position: int = 0, digest: str = GENESIS) -> None:
        self.position, self.digest = position, digest
        self._rows = _paged(tx, select(*(EVENT.c[name] for name in EVENT_COLUMNS)), EVENT.c.position, position)
        self._next = next(self._rows, None)

    @property
    def at_end(self) -> bool:
        return self._next is None

    def read_until(self, position: int) -> tuple[int, str]:
        """Position and digest of the last event up to there."""
        while self._next is not None and self._next.position <= position:
            self.position, self.digest = self._next.position, link_event(self.digest, self._next._asdict())
            self._next = next(self._rows, None)
        return self.position, self.digest


def _paged(tx: Connection, query: Query, key: Column[int], last: int = -1) -> Iterator[Row[tuple[object, ...]]]:
    """All rows behind `last` in the order of a key, in statements that each stay short."""
    while rows := tx.execute(query.where(key > last).order_by(key).limit(BATCH)).all():
        yield from rows
        last = rows[-1]._mapping[key]


def _problem(row: Row[tuple[object, ...]], number: int, digest: str, log: _Log) -> str | None:
    if row.number != number + 1:
        return "a row is missing"
    if link(digest, row.number, row.at, row.actor, row.action, row.subject, row.detail) != row.digest:
        return "the row was changed"
    detail = codec.loads(row.detail)
    if (detail["position"], detail["log"]) != log.read_until(detail["position"]):
        return "the events written with this row were changed"
    return None
