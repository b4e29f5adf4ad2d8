"""Rows that a form writes whole: whoever changes one has seen it as it stands, or is told who was faster."""

from datetime import datetime

from crisis.errors import Change, Conflict
from crisis.store.people_tables import Found
from crisis.vocabulary import PersonId


def version(at: datetime | None) -> int:
    """Microseconds; 0 while nothing was recorded."""
    return 0 if at is None else round(at.timestamp() * 1_000_000)


def must_be_current(seen: int | None, last: Found | None, by: PersonId | None) -> None:
    """`last`: `recorded_at` and `recorded_by` of what stands; None where nothing does, or nothing any more.

    A program that says no version is asked for none.
    """
    at, other = (None, None) if last is None else (last.recorded_at, last.recorded_by)
    if seen is not None and seen != version(at) and (other is None or other != by):
        raise Conflict(seen, version(at), (Change(seq=0, event=None, by=other),))
