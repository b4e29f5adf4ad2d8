"""What a parent or the student says about a record that they think is wrong: it stays with the record (34 CFR 99.21).

It goes with every copy of the record, whole, and nobody can keep it back or change it; only its key can be destroyed.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.policy.contact import DECIDES, ContactRecord, rights
from crisis.store import audit, contact_record, sealed
from crisis.store.record_tables import STATEMENT
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, StudentId, WordsId

LONGEST = 8000  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """`person` None: the student. `text` None: its key was destroyed."""

    id: str
    person: PersonId | None
    text: str | None
    recorded_by: PersonId
    recorded_at: datetime


def add(
    tx: Connection,
    keys: KeyRing,
    whose: tuple[DistrictId, StudentId],
    said: tuple[PersonId | None, str],
    *,
    by: PersonId,
    at: datetime,
) -> str:
    """Raises `Refused` for an adult who is not on record with a parent's rights."""
    (district, student), (person, text) = whose, said
    if not text.strip():
        raise Refused(Reason("PR-39", "Write what they say, in their own words"))
    if len(text) > LONGEST:
        raise Refused(Reason("PR-39", "Keep it to 8,000 letters"))
    if person is not None and not _may(contact_record.of_student(tx, student), person, at):
        raise Refused(Reason("PR-30", "Nobody on record shows that this person has a parent's right to be told"))
    new, words = clock.new_id(), WordsId(clock.new_id())
    sealed.put(tx, keys, student, {words: text.strip()})
    row = {"id": new, "district": district, "student": student, "person": person, "words": words}
    tx.execute(insert(STATEMENT).values(**row, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="statement added to the record", subject=new)
    return new


def _may(record: ContactRecord, person: PersonId, at: datetime) -> bool:
    adult = next((each for each in record.adults if each.person == person), None)
    today = at.astimezone(ZoneInfo(record.zone)).date()
    return adult is not None and (adult.guardian is True or bool(rights(record, person, today) & DECIDES))


def of_student(tx: Connection, keys: KeyRing, student: StudentId) -> list[Statement]:
    """The oldest first."""
    query = select(STATEMENT).where(STATEMENT.c.student == student)
    rows = tx.execute(query.order_by(STATEMENT.c.recorded_at, STATEMENT.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    return [
        Statement(
            id=row.id,
            person=row.person,
            text=words.get(WordsId(row.words)),
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
