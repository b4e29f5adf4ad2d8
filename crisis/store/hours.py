"""When the people around a student asked not to be contacted, and how to reach them; acts from the next look on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound, Reason, refuse_if
from crisis.policy.hours import AvoidedTime, against, unknown_way
from crisis.privacy_words import ContactWay, InstructionSource
from crisis.store import audit, kept
from crisis.store.hours_tables import AVOIDED_TIME, CONTACT_WAYS
from crisis.store.instructions import STALE
from crisis.store.people import StudentView
from crisis.store.people_tables import TIE, Found
from crisis.vocabulary import PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTime:
    """`confirmed_at` is when somebody last said that it still holds."""

    id: str
    avoided: AvoidedTime
    source: InstructionSource
    confirmed_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.confirmed_at >= STALE


def add(
    tx: Connection, student: StudentView, wanted: AvoidedTime, source: InstructionSource, *, by: PersonId, at: datetime
) -> str:
    """Raises `NotFound` for an adult who is not on this student's record."""
    _must_be_theirs(tx, student.id, wanted.person)
    there = [each.avoided for each in of_student(tx, student.id)]
    refuse_if(against(wanted), Reason("HOURS", "This is on record already") if wanted in there else None)
    values = {
        "person": wanted.person,
        "starts": wanted.starts,
        "ends": wanted.ends,
        "days": " ".join(str(each) for each in sorted(wanted.days)),
        "first_day": wanted.first_day,
        "last_day": wanted.last_day,
        "source": source,
    }
    return kept.add(tx, AVOIDED_TIME, (student.district, student.id), values, by=by, at=at)


def of_student(tx: Connection, student: StudentId) -> list[KeptTime]:
    """Those that hold."""
    query = select(AVOIDED_TIME).where(AVOIDED_TIME.c.student == student, AVOIDED_TIME.c.ended_at.is_(None))
    return [_read(row) for row in tx.execute(query.order_by(AVOIDED_TIME.c.recorded_at, AVOIDED_TIME.c.id))]


def set_ways(
    tx: Connection, student: StudentView, person: PersonId, ways: Sequence[ContactWay], *, by: PersonId, at: datetime
) -> None:
    """The last word counts; none: nobody has said. Raises `NotFound` for who is not on this student's record."""
    _must_be_theirs(tx, student.id, person)
    refuse_if(unknown_way(ways))
    tx.execute(delete(CONTACT_WAYS).where(CONTACT_WAYS.c.student == student.id, CONTACT_WAYS.c.person == person))
    row = {"student": student.id, "person": person, "district": student.district, "ways": " ".join(ways)}
    if ways:
        tx.execute(insert(CONTACT_WAYS).values(**row, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="ways to reach an adult recorded", subject=student.id)


def ways(tx: Connection, student: StudentId) -> dict[PersonId, tuple[ContactWay, ...]]:
    query = select(CONTACT_WAYS.c.person, CONTACT_WAYS.c.ways).where(CONTACT_WAYS.c.student == student)
    return {PersonId(row.person): tuple(ContactWay(each) for each in row.ways.split()) for row in tx.execute(query)}


def _must_be_theirs(tx: Connection, student: StudentId, person: PersonId | None) -> None:
    tied = select(TIE.c.person).where(TIE.c.student == student, TIE.c.person == person)
    if person is not None and tx.execute(tied).first() is None:
        raise NotFound


def _read(row: Found) -> KeptTime:
    avoided = AvoidedTime(
        person=None if row.person is None else PersonId(row.person),
        starts=row.starts,
        ends=row.ends,
        days=frozenset(int(each) for each in row.days.split()),
        first_day=row.first_day,
        last_day=row.last_day,
    )
    return KeptTime(id=row.id, avoided=avoided, source=row.source, confirmed_at=row.confirmed_at)
