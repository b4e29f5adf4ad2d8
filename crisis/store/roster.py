"""Writing the roster by hand: districts, schools, adults, students, and what no export knows."""

import hashlib
from datetime import date, datetime, time

from sqlalchemy import Connection, delete, insert, select, update

from crisis.errors import NotFound
from crisis.store import audit, leaving
from crisis.store.people import folded
from crisis.store.people_tables import DISTRICT, PERSON, PHONE, POST, SCHOOL, STUDENT, TIE
from crisis.store.phones import phone_number
from crisis.vocabulary import (
    DistrictId,
    Guardian,
    PersonId,
    PhoneKind,
    Relation,
    SchoolId,
    StaffRole,
    StudentId,
)

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def derived_id(*parts: str) -> str:
    """The same 26 characters for the same parts, in every installation: an import can be repeated without doubles."""
    number = int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:16], "big")
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(125, -1, -5))


def add_district(tx: Connection, district: DistrictId, name: str) -> None:
    tx.execute(insert(DISTRICT).values(id=district, name=name))


def add_school(
    tx: Connection, district: DistrictId, school: SchoolId, name: str, *, zone: str, opens: time, closes: time
) -> None:
    values = {"id": school, "district": district, "name": name, "zone": zone, "opens": opens, "closes": closes}
    tx.execute(insert(SCHOOL).values(**values, weekdays="01234", hours_checked=True))


def add_person(
    tx: Connection,
    district: DistrictId,
    person: PersonId,
    name: tuple[str, str],
    *,
    staff: bool,
    language: str | None = None,
) -> None:
    """`name` is given and family name; `language` None where nobody asked."""
    values = {"id": person, "district": district, "given": name[0], "family": name[1], "language": language}
    tx.execute(insert(PERSON).values(**values, staff=staff, active=True))


def give_post(
    tx: Connection, district: DistrictId, person: PersonId, post: StaffRole, school: SchoolId | None = None
) -> None:
    """At one school, or in the whole district; a second time changes nothing."""
    post_id = derived_id(person, post, school or "")
    if tx.execute(select(POST.c.id).where(POST.c.id == post_id)).first() is None:
        values = {"id": post_id, "district": district, "person": person, "post": post, "school": school}
        tx.execute(insert(POST).values(**values, imported=False))


def take_post(tx: Connection, person: PersonId, post: StaffRole, school: SchoolId | None = None) -> None:
    tx.execute(delete(POST).where(POST.c.id == derived_id(person, post, school or "")))


def add_student(
    tx: Connection,
    school: tuple[DistrictId, SchoolId],
    student: StudentId,
    name: tuple[str, str],
    *,
    goes_by: str | None = None,
    grade: str | None = None,
    birth_date: date | None = None,
    language: str | None = None,
) -> None:
    given, family = name
    values: dict[str, object] = {"id": student, "district": school[0], "school": school[1]}
    values |= {
        "given": given,
        "family": family,
        "preferred_given": goes_by,
        "search": searchable(given, family, goes_by, None),
    }
    tx.execute(insert(STUDENT).values(**values, grade=grade, birth_date=birth_date, language=language, active=True))


def searchable(given: str, family: str, preferred_given: str | None, preferred_family: str | None) -> str:
    return folded(" ".join(filter(None, (given, family, preferred_given, preferred_family))))


def tie(
    tx: Connection,
    student: StudentId,
    person: PersonId,
    relation: Relation,
    *,
    guardian: Guardian,
    priority: int | None = None,
) -> None:
    """What a person here knows of an adult and a student; imports leave it as it is from now on."""
    here = (TIE.c.student == student, TIE.c.person == person)
    values = {"relation": relation, "guardian": guardian, "priority": priority, "checked": True}
    if tx.execute(update(TIE).where(*here).values(**values)).rowcount == 0:
        district = tx.execute(select(STUDENT.c.district).where(STUDENT.c.id == student)).scalar_one_or_none()
        if district is None:
            raise NotFound
        tx.execute(insert(TIE).values(student=student, person=person, district=district, imported=False, **values))


def add_phone(tx: Connection, person: PersonId, raw: str, kind: PhoneKind = PhoneKind.MOBILE) -> bool:
    """Kept as written; False where it cannot be dialled. Imports leave it alone."""
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one_or_none()
    if district is None:
        raise NotFound
    read = phone_number(raw)
    phone_id = derived_id(person, "local", read.number or raw)
    if tx.execute(select(PHONE.c.id).where(PHONE.c.id == phone_id)).first() is None:
        values = {"id": phone_id, "district": district, "person": person, "kind": kind, "raw": raw}
        tx.execute(insert(PHONE).values(**values, number=read.number, valid=read.valid, imported=False, position=0))
    return read.valid


def set_language(
    tx: Connection, who: PersonId | StudentId, language: str | None, *, at: datetime, by: PersonId | None
) -> None:
    """BCP 47, or None where it turned out that nobody knows. No export has this, so that none can undo it."""
    changed = [
        tx.execute(update(table).where(table.c.id == who).values(language=language)).rowcount
        for table in (PERSON, STUDENT)
    ]
    if not any(changed):
        raise NotFound
    audit.record(tx, at=at, actor=by, action="language set", subject=who, detail={})


def switch_off(
    tx: Connection,
    person: PersonId,
    *,
    at: datetime,
    by: PersonId | None,
    instead: PersonId | None = None,
    leave_gap: bool = False,
) -> None:
    """Who has left holds no post and is not called; the record stays.

    Raises `Refused` where they alone are on call at a level, and nobody takes their place (F56); unless `leave_gap`.
    """
    if instead is not None or not leave_gap:
        leaving.must_be_replaced(tx, person, instead, at=at, by=by)
    if tx.execute(update(PERSON).where(PERSON.c.id == person).values(active=False, switched_off_at=at)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="person switched off", subject=person, detail={})
