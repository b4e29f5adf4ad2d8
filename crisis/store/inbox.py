"""What comes from outside is recorded once, before anything else happens with it, and answered at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.sql.functions import coalesce

from crisis.store.sealed import KeyRing
from crisis.store.tables import INBOX

SETTLED = timedelta(minutes=10)  # D: until then its provider may still be telling us


@dataclass(frozen=True, slots=True)
class Received:
    source: str
    external_id: str
    received_at: datetime
    body: Mapping[str, str]


def receive(
    tx: Connection,
    keys: KeyRing,
    source: str,
    external_id: str,
    body: Mapping[str, str],
    *,
    at: datetime,
    kept_by: str | None = None,
) -> bool:
    """False if it has come before: the same text twice is one text. `kept_by`: the account that has a copy too."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    sealed = _sealed(keys, source, external_id, body)
    row = insert(INBOX).values(source=source, external_id=external_id, received_at=at, body=sealed, kept_by=kept_by)
    written = tx.execute(row.on_conflict_do_nothing().returning(INBOX.c.external_id))
    return written.scalar_one_or_none() is not None


def _sealed(keys: KeyRing, source: str, external_id: str, body: Mapping[str, str]) -> bytes:
    return keys.seal(f"inbox|{source}|{external_id}", orjson.dumps(dict(body)))


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


@dataclass(frozen=True, slots=True)
class Copy:
    """Of a text that came in, at the account of a provider."""

    source: str
    sid: str
    account: str


def to_forget(tx: Connection, at: datetime, limit: int) -> list[Copy]:
    """What was dealt with and is still kept by a provider, the oldest first."""
    kept = (INBOX.c.kept_by.is_not(None), INBOX.c.done_at.is_not(None), INBOX.c.received_at < at - SETTLED)
    query = select(INBOX.c.source, INBOX.c.external_id, INBOX.c.kept_by).where(*kept)
    return [Copy(*row) for row in tx.execute(query.order_by(INBOX.c.received_at).limit(limit))]


def gone_at(tx: Connection, copies: Collection[Copy]) -> None:
    """Their provider has these no longer, or never deletes."""
    for each in copies:
        same = (INBOX.c.source == each.source, INBOX.c.external_id == each.sid)
        tx.execute(update(INBOX).where(*same).values(kept_by=None))


def forget_from(tx: Connection, keys: KeyRing, numbers: Collection[str], at: datetime) -> int:
    """What came from these telephones, done or not; how many rows that were.

    Where a provider has a copy the words go and the name stays, by which the provider is told to delete it.
    """
    theirs = []
    for row in tx.execute(select(INBOX)):
        body = orjson.loads(keys.unseal(f"inbox|{row.source}|{row.external_id}", row.body))
        if set(map(str, body.values())) & set(numbers):
            theirs.append((row.source, row.external_id, row.kept_by))
    for source, external_id, kept_by in theirs:
        same = (INBOX.c.source == source, INBOX.c.external_id == external_id)
        if kept_by is None:
            tx.execute(delete(INBOX).where(*same))
        else:
            nothing = _sealed(keys, source, external_id, {})
            tx.execute(update(INBOX).where(*same).values(body=nothing, done_at=coalesce(INBOX.c.done_at, at)))
    return len(theirs)
