"""Leases: one holder at a time, until it stops renewing. The fence counts holders, so that an old one can be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store.channel_tables import LEASE

SENTINEL = "sentinel"


@dataclass(frozen=True, slots=True)
class Held:
    name: str
    holder: str
    fence: int


def take(tx: Connection, name: str, holder: str, at: datetime, length: timedelta) -> Held | None:
    """Takes or renews it; None while another one has it. Whoever takes it over has the next fence."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    tx.execute(insert(LEASE).values(name=name, holder=holder, fence=1, until=at).on_conflict_do_nothing())
    free = or_(LEASE.c.holder == holder, LEASE.c.until <= at)
    fence = case((LEASE.c.holder == holder, LEASE.c.fence), else_=LEASE.c.fence + 1)
    taken = update(LEASE).where(LEASE.c.name == name, free).values(holder=holder, until=at + length, fence=fence)
    got = tx.execute(taken.returning(LEASE.c.fence)).scalar_one_or_none()
    return None if got is None else Held(name, holder, got)


def holds(tx: Connection, held: Held) -> bool:
    """Whether it is still theirs; until this transaction ends nobody can take it over."""
    mine = select(LEASE.c.name).where(LEASE.c.name == held.name, LEASE.c.fence == held.fence)
    return tx.execute(mine.with_for_update(read=True)).first() is not None


def release(tx: Connection, held: Held, at: datetime) -> None:
    """At an orderly end: whoever stands by need not wait."""
    mine = (LEASE.c.name == held.name, LEASE.c.fence == held.fence)
    tx.execute(update(LEASE).where(*mine).values(until=at))
