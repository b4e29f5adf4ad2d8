"""What an adult may do for a student: entered by one person, and counting only when another has seen the paper.

To end one takes nobody else: that gives nobody anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.authorities import Granted, unproved
from crisis.store import audit, people
from crisis.store.authority_tables import AUTHORITY
from crisis.store.people import StudentView
from crisis.store.people_tables import TIE, Found
from crisis.vocabulary import DistrictId, PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAuthority:
    id: str
    student: StudentId
    granted: Granted
    entered_by: PersonId
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAuthority:
    """One that a second person has to check, and the student's name, for those who may know it."""

    kept: KeptAuthority
    name: str


def enter(tx: Connection, student: StudentView, wanted: Granted, *, by: PersonId, at: datetime) -> str:
    """It gives no right yet. `wanted.checked` says nothing here."""
    refuse_if(*_against(tx, student.id, wanted))
    new = clock.new_id()
    row = {"id": new, "district": student.district, "student": student.id, "entered_by": by, "entered_at": at}
    said = {"person": wanted.person, "authority": wanted.authority, "paper": wanted.paper, "until": wanted.until}
    tx.execute(insert(AUTHORITY).values(**row, **said))
    audit.record(tx, at=at, actor=by, action="authority entered", subject=new)
    return new


def _against(tx: Connection, student: StudentId, wanted: Granted) -> Iterable[Reason | None]:
    tied = select(TIE.c.person).where(TIE.c.student == student, TIE.c.person == wanted.person)
    known = [(each.granted.person, each.granted.authority) for each in of_student(tx, student)]
    yield None if tx.execute(tied).first() else Reason("PR-30", "Choose an adult who is on this student's record")
    yield unproved(wanted)
    text = "This is on record already; end it first, where the paper is another one"
    yield Reason("PR-30", text) if (wanted.person, wanted.authority) in known else None


def check(tx: Connection, student: StudentId, authority: str, *, by: PersonId, at: datetime) -> None:
    """It counts from now on: a second person has seen the paper."""
    row = _open(tx, student, authority)
    if row.entered_by == by:
        raise Refused(Reason("PR-64", "You entered it; a second person looks at the paper"))
    if row.checked_by is None:
        _change(tx, authority, checked_by=by, checked_at=at)
        audit.record(tx, at=at, actor=by, action="authority checked", subject=authority)


def end(tx: Connection, student: StudentId, authority: str, *, by: PersonId, at: datetime) -> None:
    """It gives no right any more, at once."""
    _open(tx, student, authority)
    _change(tx, authority, ended_by=by, ended_at=at)
    audit.record(tx, at=at, actor=by, action="authority ended", subject=authority)


def _open(tx: Connection, student: StudentId, authority: str) -> Found:
    """Raises `NotFound` also for one of another student, and for one that was ended."""
    same = (AUTHORITY.c.id == authority, AUTHORITY.c.student == student, AUTHORITY.c.ended_at.is_(None))
    row = tx.execute(select(AUTHORITY).where(*same).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _change(tx: Connection, authority: str, **values: object) -> None:
    tx.execute(update(AUTHORITY).where(AUTHORITY.c.id == authority).values(**values))


def of_student(tx: Connection, student: StudentId) -> list[KeptAuthority]:
    """Those that nobody has ended, also those that count no longer or not yet."""
    query = select(AUTHORITY).where(AUTHORITY.c.student == student, AUTHORITY.c.ended_at.is_(None))
    return [_read(row) for row in tx.execute(query.order_by(AUTHORITY.c.entered_at, AUTHORITY.c.id))]


def waiting(tx: Connection, district: DistrictId) -> list[WaitingAuthority]:
    """Of a district those that nobody else has checked, the oldest first."""
    open_ = (AUTHORITY.c.district == district, AUTHORITY.c.ended_at.is_(None), AUTHORITY.c.checked_at.is_(None))
    rows = tx.execute(select(AUTHORITY).where(*open_).order_by(AUTHORITY.c.entered_at, AUTHORITY.c.id)).all()
    return [WaitingAuthority(kept=_read(row), name=people.student(tx, row.student).name) for row in rows]


def _read(row: Found) -> KeptAuthority:
    granted = Granted(
        person=row.person,
        authority=row.authority,
        paper=row.paper,
        until=row.until,
        checked=row.checked_at is not None,
    )
    return KeptAuthority(
        id=row.id, student=row.student, granted=granted, entered_by=row.entered_by, entered_at=row.entered_at
    )
