"""Rows that a form writes whole: whoever changes one has seen it as it stands, or is told who was faster."""

from datetime import datetime

from crisis.errors import Change, Conflict
from crisis.vocabulary import PersonId


def version(at: datetime | None) -> int:
    """Microseconds; 0 while nothing was recorded."""
    return 0 if at is None else round(at.timestamp() * 1_000_000)


def must_be_current(seen: int | None, last: tuple[datetime, PersonId | None] | None, by: PersonId | None) -> None:
    """`last`: when it was recorded, and by whom. A program that says no version is asked for none."""
    now = version(None if last is None else last[0])
    if seen is not None and last is not None and seen != now and last[1] != by:
        raise Conflict(seen, now, (Change(seq=0, event=None, by=last[1]),))
