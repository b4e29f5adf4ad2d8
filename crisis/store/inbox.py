"""What comes from outside is recorded once, before anything else happens with it, and answered at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store.sealed import KeyRing
from crisis.store.tables import INBOX


@dataclass(frozen=True, slots=True)
class Received:
    source: str
    external_id: str
    received_at: datetime
    body: Mapping[str, str]


def receive(
    tx: Connection, keys: KeyRing, source: str, external_id: str, body: Mapping[str, str], *, at: datetime
) -> bool:
    """False if it has come before: the same text twice is one text."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    sealed = keys.seal(f"inbox|{source}|{external_id}", orjson.dumps(dict(body)))
    row = insert(INBOX).values(source=source, external_id=external_id, received_at=at, body=sealed)
    written = tx.execute(row.on_conflict_do_nothing().returning(INBOX.c.external_id))
    return written.scalar_one_or_none() is not None


def unanswered(tx: Connection, keys: KeyRing, limit: int) -> list[Received]:
    """What was recorded and not dealt with yet, oldest first: a crash in between is made up for."""
    query = select(INBOX).where(INBOX.c.done_at.is_(None)).order_by(INBOX.c.received_at).limit(limit)
    return [
        Received(
            source=row.source,
            external_id=row.external_id,
            received_at=row.received_at,
            body=orjson.loads(keys.unseal(f"inbox|{row.source}|{row.external_id}", row.body)),
        )
        for row in tx.execute(query)
    ]


def done(tx: Connection, source: str, external_id: str, at: datetime) -> None:
    same = (INBOX.c.source == source, INBOX.c.external_id == external_id)
    tx.execute(update(INBOX).where(*same).values(done_at=at))


def forget_from(tx: Connection, keys: KeyRing, numbers: Collection[str]) -> int:
    """What came from these telephones, done or not; how many rows that were."""
    theirs = []
    for row in tx.execute(select(INBOX)):
        body = orjson.loads(keys.unseal(f"inbox|{row.source}|{row.external_id}", row.body))
        if set(map(str, body.values())) & set(numbers):
            theirs.append((row.source, row.external_id))
    for source, external_id in theirs:
        tx.execute(delete(INBOX).where(INBOX.c.source == source, INBOX.c.external_id == external_id))
    return len(theirs)
