"""That a student agreed to their own care, where the law lets a minor: parents may then be told less (PR-42).

It says neither which care nor where. What it changes the law of the place decides (`Pack.parent_notice`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.store import audit, people
from crisis.store.family_tables import OWN_CARE
from crisis.store.instructions import STALE
from crisis.store.people import StudentView
from crisis.vocabulary import PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCare:
    recorded_by: PersonId
    recorded_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.recorded_at >= STALE


def of_student(tx: Connection, student: StudentId) -> OwnCare | None:
    """None: nobody has said so."""
    row = tx.execute(select(OWN_CARE).where(OWN_CARE.c.student == student)).one_or_none()
    return None if row is None else OwnCare(recorded_by=PersonId(row.recorded_by), recorded_at=row.recorded_at)


def set_agreed(tx: Connection, student: StudentView, *, agreed: bool, by: PersonId, at: datetime) -> None:
    """The last word counts; the same word again is the same one."""
    people.hold_student(tx, student.id)
    if (of_student(tx, student.id) is not None) is agreed:
        return
    tx.execute(delete(OWN_CARE).where(OWN_CARE.c.student == student.id))
    if agreed:
        row = {"student": student.id, "district": student.district, "recorded_by": by, "recorded_at": at}
        tx.execute(insert(OWN_CARE).values(**row))
    audit.record(tx, at=at, actor=by, action="own care recorded", subject=student.id)
