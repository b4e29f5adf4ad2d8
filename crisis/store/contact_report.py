"""For which students nobody could be called: asked of the same decision as every call, before it matters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from crisis.policy.contact import Adult, Circumstances, Contact, ContactRecord, decide_contact
from crisis.privacy_words import ContactEffect, ContactPurpose, ContactWay, StudentLack
from crisis.store import contact_record, people
from crisis.store.people_tables import STUDENT
from crisis.vocabulary import DistrictId, SchoolId, StudentId

REACHES = frozenset({ContactEffect.ALLOW, ContactEffect.ALLOW_WITH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unready:
    """A student of whom something is missing."""

    student: StudentId
    school: SchoolId
    lacks: tuple[StudentLack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReport:
    students: int
    unready: tuple[Unready, ...]

    def count(self, lack: StudentLack, school: SchoolId | None = None) -> int:
        return sum(lack in each.lacks for each in self.unready if school in (None, each.school))


def report(
    tx: Connection, district: DistrictId, at: datetime, progress: Callable[[int, int], None] | None = None
) -> ContactReport:
    """Every student who is still enrolled. `progress` is told how many of how many were looked at."""
    enrolled = select(STUDENT.c.id, STUDENT.c.school).where(
        STUDENT.c.district == district, STUDENT.c.active, STUDENT.c.missing_since.is_(None)
    )
    rows = tx.execute(enrolled.order_by(STUDENT.c.school, STUDENT.c.id)).all()
    found = []
    for number, row in enumerate(rows, start=1):
        lacks = tuple(lacks_of(contact_record.of_student(tx, row.id), at))
        if lacks:
            found.append(Unready(student=row.id, school=row.school, lacks=lacks))
        if progress is not None:
            progress(number, len(rows))
    return ContactReport(students=len(rows), unready=tuple(found))


def lacks_of(record: ContactRecord, at: datetime) -> Iterator[StudentLack]:
    if not record.adults:
        yield StudentLack.NO_ADULT
        return
    if not any(each.numbers for each in record.adults):
        yield StudentLack.NO_NUMBER
    elif not any(_is_called(record, each, at) for each in record.adults):
        yield StudentLack.NOBODY_TO_CALL
    if not any(each.guardian for each in record.adults):
        yield StudentLack.NO_GUARDIAN
    if not any(each.speaks or each.reads for each in record.adults):
        yield StudentLack.NO_LANGUAGE


def _is_called(record: ContactRecord, adult: Adult, at: datetime) -> bool:
    """Whether some number of theirs may be rung, to ask them to call back."""
    asked = (
        Contact(person=adult.person, purpose=ContactPurpose.SAFETY_CALLBACK, way=ContactWay.CALL, number=number)
        for number in adult.numbers
    )
    return any(decide_contact(record, each, Circumstances(), at).effect in REACHES for each in asked)


def school_names(tx: Connection, district: DistrictId) -> dict[SchoolId, str]:
    return {each.id: each.name for each in people.schools(tx, district)}
