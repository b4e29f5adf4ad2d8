"""The audit chain: every change and every look, each row bound to the one before and to the events written with it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from crisis.store import codec, postgres
from crisis.store.tables import AUDIT, EVENT, HEAD
from crisis.vocabulary import PersonId

BATCH = 5000
GENESIS = "0" * 64

Detail = Mapping[str, str | int]


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
    number = head.audit_number + 1
    digest = _digest(head.audit_digest, number, at, actor, action, subject, text)
    row = {"number": number, "at": at, "actor": actor, "action": action, "subject": subject, "detail": text}
    tx.execute(insert(AUDIT).values(**row, digest=digest))
    tx.execute(update(HEAD).values(audit_number=number, audit_digest=digest))


def _log_digest(tx: Connection, after: int, until: int) -> str:
    """Over the events after one position up to another."""
    if until <= after:
        return ""
    columns = (EVENT.c.position, EVENT.c.incident, EVENT.c.seq, EVENT.c.name, EVENT.c.at, EVENT.c.body)
    query = select(*columns).where(EVENT.c.position > after, EVENT.c.position <= until).order_by(EVENT.c.position)
    seal = hashlib.sha256()
    for row in tx.execute(query):
        seal.update(codec.dumps([row.position, row.incident, row.seq, row.name, row.at, row.body]).encode())
    return seal.hexdigest()


def _digest(previous: str, *parts: object) -> str:
    return hashlib.sha256(codec.dumps([previous, *parts]).encode()).hexdigest()


def verify(tx: Connection) -> AuditReport:
    """Walks the whole chain; finds what was edited, taken out, put in, or cut off at the end."""
    head = tx.execute(select(HEAD.c.position, HEAD.c.audit_number, HEAD.c.audit_digest)).one()
    digest, number, position = GENESIS, 0, 0
    while True:
        query = select(AUDIT).where(AUDIT.c.number > number).order_by(AUDIT.c.number).limit(BATCH)
        rows = tx.execute(query).all()
        if not rows:
            break
        for row in rows:
            problem = _problem(tx, row, number, digest, position)
            if problem is not None:
                return AuditReport(False, number, row.number, problem)
            digest, number, position = row.digest, row.number, int(codec.loads(row.detail)["position"])
    if (number, digest) != (head.audit_number, head.audit_digest):
        return AuditReport(False, number, number + 1, "the end of the chain was cut off")
    last = tx.execute(select(EVENT.c.position).order_by(EVENT.c.position.desc()).limit(1)).scalar_one_or_none() or 0
    if not position == head.position == last:
        return AuditReport(False, number, number + 1, "the log does not end where the chain says")
    return AuditReport(True, number)


def _problem(tx: Connection, row: Row[tuple[object, ...]], number: int, digest: str, position: int) -> str | None:
    if row.number != number + 1:
        return "a row is missing"
    if _digest(digest, row.number, row.at, row.actor, row.action, row.subject, row.detail) != row.digest:
        return "the row was changed"
    detail = codec.loads(row.detail)
    if detail["log"] != _log_digest(tx, position, int(detail["position"])):
        return "the events written with this row were changed"
    return None
