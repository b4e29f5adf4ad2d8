"""That a form was sent, and where its answer led: so that no two processes of the console do its work twice.

What a form held is not kept, only the digest of the whole of it and of the session it came by.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store.answer_tables import PRESS

PATIENCE = timedelta(seconds=30)  # longer than any answer takes; after it, who had begun is taken for dead
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Begun:
    """By somebody before; `location` is None while it is on its way."""

    location: str | None


def begin(tx: Connection, digest: str, at: datetime) -> Begun | None:
    """None: it is ours to do, for the first time or in the place of one that never came to an end."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    row = insert(PRESS).values(digest=digest, at=at).on_conflict_do_nothing().returning(PRESS.c.digest)
    if tx.execute(row).scalar_one_or_none() is not None:
        return None
    never_ended = (PRESS.c.digest == digest, PRESS.c.location.is_(None), PRESS.c.at <= at - PATIENCE)
    if tx.execute(update(PRESS).where(*never_ended).values(at=at)).rowcount:
        return None
    return Begun(tx.execute(select(PRESS.c.location).where(PRESS.c.digest == digest)).scalar_one_or_none())


def ended(tx: Connection, digest: str, location: str | None) -> None:
    """None: it did nothing that could be shown again, and may be sent again."""
    mine = PRESS.c.digest == digest
    tx.execute(delete(PRESS).where(mine) if location is None else update(PRESS).where(mine).values(location=location))


def forget(tx: Connection, at: datetime) -> None:
    tx.execute(delete(PRESS).where(PRESS.c.at < at - KEPT))
