"""Who is who, for the rules and for the pages: small frozen views of schools, students, families and staff."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, bindparam, select

from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound
from crisis.schedules.school_time import merged
from crisis.statemachine.ground import Ground
from crisis.store import calendars, sealed
from crisis.store.agency_tables import AGENCY_MEMBER
from crisis.store.people_tables import DISTRICT, PERSON, PHONE, POST, SCHOOL, STUDENT, TIE, Found
from crisis.vocabulary import (
    DistrictId,
    Guardian,
    PersonId,
    PhoneKind,
    Relation,
    Role,
    SchoolId,
    StaffRole,
    StudentId,
)

MOST_FOUND = 50
_ANY_ADULT = frozenset({Role.REPORTER, Role.SUPERVISING_ADULT, Role.SCRIBE})
_CARE = _ANY_ADULT | {Role.INCIDENT_LEAD, Role.ASSESSOR, Role.CARE_COORDINATOR, Role.LIAISON}
_SCHOOL_LEAD = _ANY_ADULT | {Role.INCIDENT_LEAD, Role.ADMIN, Role.LIAISON, Role.LOGISTICS}

ROLES_OF_POST: dict[StaffRole, frozenset[Role]] = {
    # What a post lets its holder do in an incident. A role is stacked freely; who may not hold two at once for the
    # same student is a rule of the incident (`protocols.md` section 4). SRO has no post: police are called.
    StaffRole.COUNSELOR: _CARE,
    StaffRole.PSYCHOLOGIST: _CARE,
    StaffRole.SOCIAL_WORKER: _CARE,
    StaffRole.NURSE: _ANY_ADULT | {Role.NURSE, Role.INCIDENT_LEAD},
    StaffRole.PRINCIPAL: _SCHOOL_LEAD,
    StaffRole.ASSISTANT_PRINCIPAL: _SCHOOL_LEAD,
    StaffRole.TEACHER: _ANY_ADULT,
    StaffRole.CLINICIAN: frozenset({Role.ONCALL_CLINICIAN, Role.ASSESSOR}),
    StaffRole.DISTRICT_LEAD: frozenset(
        {Role.REPORTER, Role.ADMIN, Role.DISTRICT_ONCALL, Role.INCIDENT_LEAD, Role.LIAISON, Role.LOGISTICS}
    ),
    StaffRole.PRIVACY_OFFICER: frozenset({Role.REPORTER}),
    StaffRole.OPERATOR: frozenset(),  # keeps the machine running and sees no student
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolView:
    """`hours_checked`: somebody has confirmed zone and bell times; until then they are assumed."""

    id: SchoolId
    district: DistrictId
    name: str
    zone: str
    hours_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentView:
    """`language` is BCP 47, None where nobody asked. `birth_date` is for the rules of age."""

    id: StudentId
    district: DistrictId
    school: SchoolId
    name: str
    goes_by: str | None
    grade: str | None
    language: str | None
    birth_date: date | None
    missing: bool  # not in the last import


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """`guardian` is true only where it was verified, None where nobody knows: that is not a yes.

    `phones` are E.164 where they can be dialled, first; then, as written, those in `doubtful_phones`.
    """

    person: PersonId
    name: str
    relation: Relation
    guardian: bool | None
    priority: int | None
    phones: tuple[str, ...]
    doubtful_phones: tuple[str, ...]
    language: str | None
    missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffView:
    """`schools` is empty for who works for the whole district; `phones` can be dialled."""

    id: PersonId
    name: str
    posts: tuple[StaffRole, ...]
    roles: frozenset[Role]
    schools: frozenset[SchoolId]
    phones: tuple[str, ...]
    missing: bool


def district_name(tx: Connection, district: DistrictId) -> str:
    found = tx.execute(select(DISTRICT.c.name).where(DISTRICT.c.id == district)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return str(found)


def districts(tx: Connection) -> list[DistrictId]:
    return [DistrictId(each) for each in tx.execute(select(DISTRICT.c.id).order_by(DISTRICT.c.id)).scalars()]


def schools(tx: Connection, district: DistrictId) -> list[SchoolView]:
    query = select(SCHOOL).where(SCHOOL.c.district == district, SCHOOL.c.missing_since.is_(None))
    return [_school(row) for row in tx.execute(query.order_by(SCHOOL.c.name))]


# Built once: each page asks them for each of its people.
_SCHOOL = select(SCHOOL).where(SCHOOL.c.id == bindparam("school"))
_LANGUAGE = select(PERSON.c.language).where(PERSON.c.id == bindparam("person"))
_PHONES = select(PHONE).where(PHONE.c.person.in_(bindparam("people", expanding=True)))
_THERE = select(POST.c.person).where(POST.c.school == bindparam("school"))
_HOLDING = select(POST.c.person).where(
    POST.c.district == bindparam("district"), POST.c.post.in_(bindparam("posts", expanding=True))
)
_PRESENT = (
    select(PERSON.c.id)
    .where(PERSON.c.id.in_(_THERE), PERSON.c.id.in_(_HOLDING), PERSON.c.active, PERSON.c.missing_since.is_(None))
    .order_by(PERSON.c.family, PERSON.c.given, PERSON.c.id)
)
_MOBILE_FIRST = {PhoneKind.MOBILE: 0, PhoneKind.HOME: 2, PhoneKind.WORK: 3, PhoneKind.UNKNOWN: 1}


def school(tx: Connection, school_id: SchoolId) -> SchoolView:
    row = tx.execute(_SCHOOL, {"school": school_id}).one_or_none()
    if row is None:
        raise NotFound
    return _school(row)


def _school(row: Found) -> SchoolView:
    return SchoolView(id=row.id, district=row.district, name=row.name, zone=row.zone, hours_checked=row.hours_checked)


def students(tx: Connection, school_id: SchoolId, query: str) -> list[StudentView]:
    """Students of one school whose names hold every word of the query, in whatever letters and accents."""
    words = folded(query).split()
    if not words:
        return []
    asked = select(STUDENT).where(STUDENT.c.school == school_id, STUDENT.c.active)
    for word in words:
        asked = asked.where(STUDENT.c.search.contains(word, autoescape=True))
    ordered = asked.order_by(STUDENT.c.family, STUDENT.c.given, STUDENT.c.id).limit(MOST_FOUND)
    return [_student(row) for row in tx.execute(ordered)]


def just_one(tx: Connection, school_id: SchoolId, name: tuple[str, str], born: date) -> StudentId | None:
    """The one student of a school with this given and family name and this day of birth; None for none and for two.

    Nothing is guessed: a name that is nearly the same is another one.
    """
    named = tuple(folded(part).split() for part in name)
    asked = select(STUDENT).where(STUDENT.c.school == school_id, STUDENT.c.active, STUDENT.c.birth_date == born)
    found = [row.id for row in tx.execute(asked) if (folded(row.given).split(), folded(row.family).split()) == named]
    return StudentId(found[0]) if len(found) == 1 else None


def folded(text: str) -> str:
    """For looking up: without case and accents, which nobody types in a hurry. SQLite folds no letter beyond ASCII."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def student(tx: Connection, student_id: StudentId) -> StudentView:
    """Raises `NotFound` also for one whose record was destroyed."""
    there = (STUDENT.c.id == student_id, ~sealed.destroyed(STUDENT.c.id))
    row = tx.execute(select(STUDENT).where(*there)).one_or_none()
    if row is None:
        raise NotFound
    return _student(row)


def hold_student(tx: Connection, student_id: StudentId) -> None:
    """Nobody else who asks for it gets past here before this transaction ends (SQLite has one writer anyhow)."""
    tx.execute(select(STUDENT.c.id).where(STUDENT.c.id == student_id).with_for_update())


def names_of_other_students(tx: Connection, district: DistrictId, student_id: StudentId) -> list[str]:
    """Every name of every other student of the district, also of those who have left."""
    columns = (STUDENT.c.given, STUDENT.c.family, STUDENT.c.preferred_given, STUDENT.c.preferred_family)
    rows = tx.execute(select(*columns).where(STUDENT.c.district == district, STUDENT.c.id != student_id)).all()
    found = [full_name(row.given, row.family) for row in rows]
    return found + [" ".join(filter(None, row[2:])) for row in rows if any(row[2:])]


def _student(row: Found) -> StudentView:
    preferred = " ".join(filter(None, (row.preferred_given, row.preferred_family)))
    return StudentView(
        id=row.id,
        district=row.district,
        school=row.school,
        name=full_name(row.given, row.family),
        goes_by=preferred or None,
        grade=row.grade,
        language=row.language,
        birth_date=row.birth_date,
        missing=row.missing_since is not None,
    )


def full_name(given: str, family: str) -> str:
    return " ".join(filter(None, (given, family)))


def contacts_of(tx: Connection, student_id: StudentId) -> list[ContactView]:
    """The adults of a student: verified guardians first, then by the order that the school was given."""
    query = (
        select(TIE.c.relation, TIE.c.guardian, TIE.c.priority, TIE.c.missing_since, PERSON.c.id)
        .add_columns(PERSON.c.given, PERSON.c.family, PERSON.c.language, PERSON.c.missing_since.label("person_missing"))
        .join_from(TIE, PERSON, PERSON.c.id == TIE.c.person)
        .where(TIE.c.student == student_id, PERSON.c.active)
    )
    rows = tx.execute(query).all()
    phones = _phones(tx, [row.id for row in rows])
    found = [_contact(row, phones[row.id]) for row in rows]
    last = 1_000
    return sorted(
        found, key=lambda each: (not each.guardian, each.priority or last, each.missing, each.name, each.person)
    )


_IS_GUARDIAN = {Guardian.YES: True, Guardian.NO: False, Guardian.UNKNOWN: None}


def _contact(row: Found, phones: list[tuple[str, bool]]) -> ContactView:
    return ContactView(
        person=row.id,
        name=full_name(row.given, row.family),
        relation=row.relation,
        guardian=_IS_GUARDIAN[row.guardian],
        priority=row.priority,
        phones=tuple(number for number, _ in phones),
        doubtful_phones=tuple(number for number, valid in phones if not valid),
        language=row.language,
        missing=row.missing_since is not None or row.person_missing is not None,
    )


def _phones(tx: Connection, people: Iterable[str]) -> defaultdict[str, list[tuple[str, bool]]]:
    """Numbers by person, each once and with whether it can be dialled: a mobile first, a doubtful one last."""
    rows = tx.execute(_PHONES, {"people": list(people)}).all()
    found: defaultdict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (not row.valid, _MOBILE_FIRST[row.kind], row.position, row.id)):
        entry = (row.number or row.raw, row.valid)
        if entry not in found[row.person]:
            found[row.person].append(entry)
    return found


def dialled(tx: Connection, people: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each person the E.164 numbers, a mobile first."""
    return {
        person: tuple(number for number, valid in phones if valid) for person, phones in _phones(tx, people).items()
    }


def staff(tx: Connection, district: DistrictId, school: SchoolId | None = None) -> list[StaffView]:
    """Everybody with a post, by name; with a `school` those who have one there, with all their posts."""
    query = (
        select(POST.c.post, POST.c.school, PERSON.c.id, PERSON.c.given, PERSON.c.family, PERSON.c.missing_since)
        .join_from(POST, PERSON, PERSON.c.id == POST.c.person)
        .where(POST.c.district == district, PERSON.c.active)
        .order_by(PERSON.c.family, PERSON.c.given, PERSON.c.id)
    )
    if school is not None:
        there = select(POST.c.person).where(POST.c.school == school)
        query = query.where(PERSON.c.id.in_(there))
    held: dict[str, list[Found]] = {}
    for row in tx.execute(query):
        held.setdefault(row.id, []).append(row)
    phones = dialled(tx, held)
    return [_staff(rows, phones.get(person, ())) for person, rows in held.items()]


def without_post(tx: Connection, district: DistrictId) -> list[tuple[PersonId, str]]:
    """Staff of the roster whom nobody has given a post: an import gives none for the whole district."""
    query = (
        select(PERSON.c.id, PERSON.c.given, PERSON.c.family)
        .where(PERSON.c.district == district, PERSON.c.active, PERSON.c.staff, PERSON.c.missing_since.is_(None))
        .where(PERSON.c.id.not_in(select(POST.c.person)))
        .order_by(PERSON.c.family, PERSON.c.given, PERSON.c.id)
    )
    return [(PersonId(row.id), full_name(row.given, row.family)) for row in tx.execute(query)]


def _staff(rows: list[Found], phones: tuple[str, ...]) -> StaffView:
    first, posts = rows[0], frozenset(row.post for row in rows)
    return StaffView(
        id=first.id,
        name=full_name(first.given, first.family),
        posts=tuple(sorted(posts)),
        roles=roles_of(posts),
        schools=frozenset(row.school for row in rows if row.school is not None),
        phones=phones,
        missing=first.missing_since is not None,
    )


def present(tx: Connection, district: DistrictId, school: SchoolId, role: Role) -> list[PersonId]:
    """Who has a post at this school and by any post the role, by name, but for those whom the last roster left out."""
    posts = [post for post, roles in ROLES_OF_POST.items() if role in roles]
    found = tx.execute(_PRESENT, {"district": district, "school": school, "posts": posts})
    return [PersonId(each) for each in found.scalars()]


def holding(tx: Connection, posts: Collection[StaffRole]) -> list[PersonId]:
    """Everybody with one of these posts, in every district."""
    query = select(POST.c.person).join_from(POST, PERSON, PERSON.c.id == POST.c.person).where(PERSON.c.active)
    found = tx.execute(query.where(POST.c.post.in_(list(posts))).distinct().order_by(POST.c.person)).scalars()
    return [PersonId(each) for each in found]


def roles_of(posts: Iterable[StaffRole]) -> frozenset[Role]:
    return frozenset[Role]().union(*(ROLES_OF_POST[post] for post in posts))


def actor(tx: Connection, person: PersonId) -> Actor:
    """A signed-in person with what the district says of them now; who was switched off has no post."""
    found = actors(tx, [person])
    if not found:
        raise NotFound
    return found[person]


def actors(tx: Connection, people: Collection[PersonId]) -> dict[PersonId, Actor]:
    """Those who are on record."""
    known = (
        select(PERSON.c.id, PERSON.c.district, PERSON.c.active, AGENCY_MEMBER.c.agency)
        .join_from(PERSON, AGENCY_MEMBER, AGENCY_MEMBER.c.person == PERSON.c.id, isouter=True)
        .where(PERSON.c.id.in_(list(people)))
    )
    rows = {row.id: row for row in tx.execute(known)}
    held: defaultdict[PersonId, list[Found]] = defaultdict(list)
    for row in tx.execute(select(POST.c.person, POST.c.post, POST.c.school).where(POST.c.person.in_(list(rows)))):
        if rows[row.person].active:
            held[row.person].append(row)
    partners = {person for person, row in rows.items() if row.agency is not None}
    found = ((person, _actor(person, row.district, held[person])) for person, row in rows.items())
    return {person: replace(actor, partner=True) if person in partners else actor for person, actor in found}


def _actor(person: PersonId, district: DistrictId, held: list[Found]) -> Actor:
    posts = frozenset(each.post for each in held)
    return Actor(
        kind=ActorKind.PERSON,
        id=person,
        district=district,
        schools=frozenset(each.school for each in held if each.school is not None),
        posts=posts,
        roles=roles_of(posts),
        at_schools=frozenset((each.post, each.school) for each in held if each.school is not None),
    )


def names(tx: Connection, people: Iterable[PersonId]) -> dict[PersonId, str]:
    """Those who are not on record are not in the answer."""
    query = select(PERSON.c.id, PERSON.c.given, PERSON.c.family).where(PERSON.c.id.in_(list(people)))
    return {row.id: full_name(row.given, row.family) for row in tx.execute(query)}


def language(tx: Connection, person: PersonId) -> str | None:
    """BCP 47; None where nobody asked."""
    found: str | None = tx.execute(_LANGUAGE, {"person": person}).scalar_one_or_none()
    return found


def ground(tx: Connection, school_id: SchoolId) -> Ground:
    """Read anew each time: an override of the calendar counts from the next command on."""
    layers, district = calendars.of_school(tx, school_id)
    return Ground(calendar=merged(layers), ladders=calendars.ladders(tx, district))
