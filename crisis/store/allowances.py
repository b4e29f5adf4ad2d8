"""How often something may be done for one telephone or person: texts back, calls back, wrong codes, wrong PINs.

Numbers are kept as digests. What is never given back is an allowance for good.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store.answer_tables import ALLOWANCE

FOR_GOOD = datetime(2000, 1, 1, tzinfo=UTC)


KEPT = timedelta(days=2)  # a window is an hour


def this_hour(at: datetime) -> datetime:
    """The window of a limit by the hour."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def take(tx: Connection, kind: str, subject: str, most: int, *, since: datetime = FOR_GOOD) -> bool:
    """One of `most` in the window that began at `since`; False when none is left."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    key = {"kind": kind, "subject": _digest(subject), "since": since}
    row = insert(ALLOWANCE).values(**key, used=1)
    one_more = row.on_conflict_do_update(
        index_elements=list(key), set_={"used": ALLOWANCE.c.used + 1}, where=ALLOWANCE.c.used < most
    )
    return tx.execute(one_more.returning(ALLOWANCE.c.used)).scalar_one_or_none() is not None


def used(tx: Connection, kind: str, subject: str, *, since: datetime = FOR_GOOD) -> int:
    same = (ALLOWANCE.c.kind == kind, ALLOWANCE.c.subject == _digest(subject), ALLOWANCE.c.since == since)
    return tx.execute(select(ALLOWANCE.c.used).where(*same)).scalar_one_or_none() or 0


def forget(tx: Connection, at: datetime) -> None:
    """Windows that have long closed; what is allowed for good stays used."""
    tx.execute(delete(ALLOWANCE).where(ALLOWANCE.c.since > FOR_GOOD, ALLOWANCE.c.since < at - KEPT))


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
