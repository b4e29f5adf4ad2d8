"""Rows of a student's record that are never changed, only confirmed and ended: what is the same for all such tables.

A table of them has `id`, `district`, `student`, and who recorded, confirmed and ended a row, each with its time.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Table, insert, update

from crisis import clock
from crisis.errors import NotFound
from crisis.store import audit
from crisis.vocabulary import DistrictId, PersonId, StudentId


def add(
    tx: Connection,
    table: Table,
    whose: tuple[DistrictId, StudentId],
    values: Mapping[str, object],
    *,
    by: PersonId,
    at: datetime,
) -> str:
    """The id of the new row."""
    district, student = whose
    new = clock.new_id()
    row = {"recorded_by": by, "recorded_at": at, "confirmed_by": by, "confirmed_at": at}
    tx.execute(insert(table).values(id=new, district=district, student=student, **row, **values))
    _record(tx, f"{table.name} recorded", new, by, at)
    return new


def confirm(tx: Connection, table: Table, student: StudentId, row: str, *, by: PersonId, at: datetime) -> None:
    """It still holds: asked of the student or the family once a year (PR-81)."""
    _change(tx, table, student, row, {"confirmed_by": by, "confirmed_at": at})
    _record(tx, f"{table.name} confirmed", row, by, at)


def end(tx: Connection, table: Table, student: StudentId, row: str, *, by: PersonId, at: datetime) -> None:
    """It acts no longer."""
    _change(tx, table, student, row, {"ended_by": by, "ended_at": at})
    _record(tx, f"{table.name} ended", row, by, at)


def _change(tx: Connection, table: Table, student: StudentId, row: str, values: Mapping[str, object]) -> None:
    """Raises `NotFound` also for one of another student, and for one that was ended."""
    same = (table.c.id == row, table.c.student == student, table.c.ended_at.is_(None))
    if tx.execute(update(table).where(*same).values(**values)).rowcount == 0:
        raise NotFound


def _record(tx: Connection, what: str, row: str, by: PersonId, at: datetime) -> None:
    audit.record(tx, at=at, actor=by, action=what.replace("_", " "), subject=row)
