"""Signs of life: what each part that paging needs last said of itself. Whoever is silent for too long is not well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store import codec
from crisis.store.tables import SIGN

AUDIT, WORKER, WEB, HEARTBEAT, CANARY = "audit", "worker", "web", "heartbeat", "canary"
ANCHOR, BACKUP = "anchor", "backup"

Plain = str | int | list[str] | dict[str, int] | dict[str, list[str]]
Detail = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Sign:
    """`good_at` is when it last was as it should be; None: never yet."""

    at: datetime
    good_at: datetime | None
    detail: Detail


def leave(tx: Connection, name: str, at: datetime, *, good: bool, detail: Detail | None = None) -> None:
    """Rings no bell: nobody acts on a sign of life, only on its absence."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    values = {"at": at, "detail": codec.dumps(detail or {}), **({"good_at": at} if good else {})}
    row = insert(SIGN).values(name=name, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


def left(tx: Connection) -> dict[str, Sign]:
    return {row.name: Sign(row.at, row.good_at, codec.loads(row.detail)) for row in tx.execute(select(SIGN))}
