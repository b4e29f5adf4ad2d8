"""How the board stands in three numbers: all that a locked screen shows of it (`user-interface.md` 6)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis.commands import Actor
from crisis.store import partial, queries
from crisis.vocabulary import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Never who, what or where. `pages`: to this person, and not answered yet."""

    open: int
    alarms: int
    pages: int


def counts(tx: Connection, actor: Actor, at: datetime) -> Counts:
    board = queries.board(tx, actor, at)
    real = [row for row in board.open if row.incident.mode is Mode.LIVE]
    return Counts(
        open=len(board.open),
        alarms=sum(queries.is_alarm(row) for row in real),
        pages=len(partial.pages_waiting(tx, actor, at)),
    )
