"""How often something may be got wrong: a bucket that refills. None stands before raising an incident."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crisis.store.passwords import token_digest
from crisis.store.people_tables import SIGN_IN_BUDGET

LONGEST = timedelta(hours=1)  # after which each is full again, and forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """So many at once, then one more after each `again_after`."""

    tries: int
    again_after: timedelta


def spend(tx: Connection, name: str, at: datetime, budget: Budget) -> int | None:
    """Takes one try, before anything is looked at; or says after how many minutes there is one again."""
    key = token_digest(name)
    tx.execute(delete(SIGN_IN_BUDGET).where(SIGN_IN_BUDGET.c.at <= at - LONGEST))
    first = {"key": key, "remaining": float(budget.tries), "at": at}
    if tx.dialect.name == "postgresql":
        tx.execute(postgresql.insert(SIGN_IN_BUDGET).values(first).on_conflict_do_nothing())
    else:
        tx.execute(sqlite.insert(SIGN_IN_BUDGET).values(first).on_conflict_do_nothing())
    row = tx.execute(select(SIGN_IN_BUDGET).where(SIGN_IN_BUDGET.c.key == key).with_for_update()).one()
    left = min(float(budget.tries), row.remaining + (at - row.at) / budget.again_after)
    if left < 1:
        return int((1 - left) * budget.again_after / timedelta(minutes=1)) + 1
    tx.execute(update(SIGN_IN_BUDGET).where(SIGN_IN_BUDGET.c.key == key).values(remaining=left - 1, at=at))
    return None


def give_back(tx: Connection, name: str) -> None:
    """All of them: it was got right."""
    tx.execute(delete(SIGN_IN_BUDGET).where(SIGN_IN_BUDGET.c.key == token_digest(name)))
