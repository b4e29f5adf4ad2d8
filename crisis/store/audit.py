"""The audit chain: every change and every look, each row bound to the one before and to the events written with it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Row, Select, insert, select, update

from crisis.store import codec, postgres
from crisis.store.tables import AUDIT, EVENT, HEAD
from crisis.vocabulary import PersonId

BATCH = 5000
GENESIS = "0" * 64
NOTHING = ""  # the digest of a row that was written without events
_COVERED = ("position", "incident", "seq", "name", "district", "school", "mode", "at", "body")  # fixed for ever
_LOG = select(*(EVENT.c[name] for name in _COVERED)).order_by(EVENT.c.position)

Detail = Mapping[str, str | int]
Query = Select[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`first_bad` is the number of the first row that does not fit; `reason` says how."""

    ok: bool
    rows: int
    first_bad: int | None = None
    reason: str | None = None


def record(
    tx: Connection, *, at: datetime, actor: PersonId | None, action: str, subject: str, detail: Detail | None = None
) -> None:
    """One row. It covers all events that were written since the row before: both change in the same transaction."""
    if tx.dialect.name == "postgresql":
        postgres.take_log_lock(tx)
    head = tx.execute(select(HEAD.c.position, HEAD.c.audit_number, HEAD.c.audit_digest)).one()
    previous = tx.execute(select(AUDIT.c.detail).where(AUDIT.c.number == head.audit_number)).scalar_one_or_none()
    seen = int(codec.loads(previous)["position"]) if previous is not None else 0
    text = codec.dumps({**(detail or {}), "position": head.position, "log": _log_digest(tx, seen, head.position)})
    number, at = head.audit_number + 1, at.astimezone(UTC)
    digest = _digest(head.audit_digest, number, at, actor, action, subject, text)
    row = {"number": number, "at": at, "actor": actor, "action": action, "subject": subject, "detail": text}
    tx.execute(insert(AUDIT).values(**row, digest=digest))
    tx.execute(update(HEAD).values(audit_number=number, audit_digest=digest))


def _log_digest(tx: Connection, after: int, until: int) -> str:
    """Over the events after one position up to another."""
    if until <= after:
        return NOTHING
    rows = tx.execute(_LOG.where(EVENT.c.position > after, EVENT.c.position <= until))
    return _digest_of_log(rows)


def _digest_of_log(rows: Iterable[Row[tuple[object, ...]]]) -> str:
    seal = hashlib.sha256()
    for row in rows:
        seal.update(codec.dumps(tuple(row)).encode())
    return seal.hexdigest()


def _digest(previous: str, *parts: object) -> str:
    return hashlib.sha256(codec.dumps([previous, *parts]).encode()).hexdigest()


def verify(tx: Connection) -> AuditReport:
    """Walks the whole chain; finds what was edited, taken out, put in, or cut off at the end."""
    head = tx.execute(select(HEAD.c.position, HEAD.c.audit_number, HEAD.c.audit_digest)).one()
    log = _Log(tx)
    digest, number = GENESIS, 0
    for row in _paged(tx, select(AUDIT), AUDIT.c.number):
        problem = _problem(row, number, digest, log)
        if problem is not None:
            return AuditReport(False, number, row.number, problem)
        digest, number = row.digest, row.number
    if (number, digest) != (head.audit_number, head.audit_digest):
        return AuditReport(False, number, number + 1, "the end of the chain was cut off")
    if log.position != head.position or not log.at_end:
        return AuditReport(False, number, number + 1, "the log does not end where the chain says")
    return AuditReport(True, number)


class _Log:
    """The events in order, read once, a batch at a time."""

    def __init__(self, tx: Connection) -> None:
        self.position = 0  # up to which the chain has accounted for the log
        self._rows = _paged(tx, _LOG, EVENT.c.position)
        self._next = next(self._rows, None)

    @property
    def at_end(self) -> bool:
        return self._next is None

    def digest_until(self, position: int) -> str:
        rows = []
        while self._next is not None and self._next.position <= position:
            rows.append(self._next)
            self._next = next(self._rows, None)
        nothing = position <= self.position
        self.position = max(position, self.position)
        return NOTHING if nothing else _digest_of_log(rows)


def _paged(tx: Connection, query: Query, key: Column[int]) -> Iterator[Row[tuple[object, ...]]]:
    """All rows in the order of a key, in statements that each stay short."""
    last = -1
    while rows := tx.execute(query.where(key > last).order_by(key).limit(BATCH)).all():
        yield from rows
        last = rows[-1]._mapping[key]


def _problem(row: Row[tuple[object, ...]], number: int, digest: str, log: _Log) -> str | None:
    if row.number != number + 1:
        return "a row is missing"
    if _digest(digest, row.number, row.at, row.actor, row.action, row.subject, row.detail) != row.digest:
        return "the row was changed"
    detail = codec.loads(row.detail)
    if detail["log"] != log.digest_until(int(detail["position"])):
        return "the events written with this row were changed"
    return None
