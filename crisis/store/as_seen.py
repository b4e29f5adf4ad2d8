"""Rows that a form writes whole: whoever changes one has seen it as it stands, or is told who was faster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from crisis.errors import Change, Conflict
from crisis.store import audit
from crisis.store.people_tables import Found
from crisis.vocabulary import PersonId


def version(at: datetime | None) -> int:
    """Microseconds; 0 while nothing was recorded."""
    return 0 if at is None else round(at.timestamp() * 1_000_000)


@dataclass(frozen=True, slots=True)
class Deed:
    """How the audit calls a change of rows that do not say when they were changed; its last row is their version."""

    subject: str
    actions: tuple[str, ...]
    detail: Mapping[str, str] = field(default_factory=dict)

    def version(self, tx: Connection) -> int:
        last = audit.last(tx, self.subject, self.actions, self.detail)
        return 0 if last is None else last.number

    def must_be_current(self, tx: Connection, seen: int | None, by: PersonId | None) -> None:
        last = audit.last(tx, self.subject, self.actions, self.detail)
        now, other = (0, None) if last is None else (last.number, last.actor)
        _must_be(seen, now, other, by)


def must_be_current(seen: int | None, last: Found | None, by: PersonId | None) -> None:
    """`last`: `recorded_at` and `recorded_by` of what stands; None where nothing does, or nothing any more.

    A program that says no version is asked for none.
    """
    at, other = (None, None) if last is None else (last.recorded_at, last.recorded_by)
    _must_be(seen, version(at), other, by)


def _must_be(seen: int | None, now: int, other: PersonId | None, by: PersonId | None) -> None:
    if seen is not None and seen != now and (other is None or other != by):
        raise Conflict(seen, now, (Change(seq=0, event=None, by=other),))
