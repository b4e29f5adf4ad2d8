"""Reads a OneRoster 1.1 or 1.2 CSV export into schools, students, adults and what they are to each other. Pure.

Races, birthplaces, e-mail, user names and passwords are not taken: no rule of ours needs them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from crisis.store import oneroster_rows as rows
from crisis.store.oneroster_files import Fault, Faults, Row, Severity, Sheet, sheet, unpack
from crisis.store.oneroster_rows import Holding, Orgs, TermRecord
from crisis.store.phones import phone_number
from crisis.vocabulary import Guardian, PhoneKind, Relation, StaffRole

RELATIONS = {"parent": Relation.PARENT, "guardian": Relation.GUARDIAN, "relative": Relation.RELATIVE}
POSTS = {
    "teacher": StaffRole.TEACHER,
    "aide": StaffRole.TEACHER,
    "proctor": StaffRole.TEACHER,
    "counselor": StaffRole.COUNSELOR,
    "principal": StaffRole.PRINCIPAL,
    "siteAdministrator": StaffRole.ASSISTANT_PRINCIPAL,
}  # nothing for OFFICE: a file makes nobody a district lead or an operator; a person does, by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRecord:
    given: str
    family: str
    preferred_given: str | None
    preferred_family: str | None
    school: str
    grade: str | None
    birth_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdultRecord:
    """Staff, a family contact, or both; `posts` are at a school's id, phones as written."""

    given: str
    family: str
    staff: bool
    posts: frozenset[tuple[StaffRole, str]] = frozenset()
    phones: frozenset[tuple[PhoneKind, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRecord:
    relation: Relation
    guardian: Guardian


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The ids that are stored already: a delta export may point to them."""

    schools: frozenset[str] = frozenset()
    students: Mapping[str, str] = field(default_factory=dict)  # and the school of each
    adults: Mapping[str, AdultRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What an export says. `partial`: only what changed, so that nothing vanishes by not being in it.

    `gone` are users whom the export itself calls deleted; `unread` stood in rows that could not be read.
    """

    version: str
    partial: bool
    schools: Mapping[str, str] = field(default_factory=dict)  # names
    students: Mapping[str, StudentRecord] = field(default_factory=dict)
    adults: Mapping[str, AdultRecord] = field(default_factory=dict)
    ties: Mapping[tuple[str, str], TieRecord] = field(default_factory=dict)  # (student, adult)
    terms: tuple[TermRecord, ...] = ()
    gone: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()
    faults_left_out: int = 0

    @property
    def stopped(self) -> bool:
        return any(fault.severity is Severity.STOPS for fault in self.faults)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What is known while the users are read, and what has been made of them so far."""

    places: frozenset[str]  # every organisation that a role may be at
    schools: frozenset[str]
    held: Mapping[str, list[Holding]]
    births: Mapping[str, date]
    known: Known
    partial: bool
    faults: Faults
    students: dict[str, StudentRecord] = field(default_factory=dict)
    adults: dict[str, AdultRecord] = field(default_factory=dict)
    agents: dict[str, tuple[int, list[str]]] = field(default_factory=dict)  # line and ids, of everybody
    gone: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)


def read(content: bytes, on: date, known: Known | None = None) -> Incoming:
    """Takes what is safe and says all that is wrong, with file and line; `on` decides which roles are current."""
    known, faults = known or Known(), Faults()
    files = unpack(content, faults)
    said = rows.manifest(files, faults) if files or not faults.found else {}
    partial = "delta" in (said.get("file.users"), said.get("file.roles"))
    users = _needed("users.csv", ("sourcedId", "givenName", "familyName"), files, faults)
    inline = users is not None and "role" in users.columns and "roles.csv" not in files
    version = said.get("oneroster.version") or ("1.1" if inline else "1.2")
    held = _held(users, files, faults, inline=inline, on=on, partial=partial)
    if partial and "orgs.csv" not in files:
        orgs: Orgs | None = Orgs(schools={}, districts=frozenset(), all=frozenset())
    else:
        found = _needed("orgs.csv", ("sourcedId", "name", "type"), files, faults)
        orgs = rows.orgs(found, partial, faults) if found is not None else None
    if users is None or held is None or orgs is None:
        return Incoming(version=version, partial=partial, faults=tuple(faults.found))
    reading = _Reading(
        places=orgs.all | known.schools,
        schools=frozenset(orgs.schools) | known.schools,
        held=held,
        births=rows.births(files, faults),
        known=known,
        partial=partial,
        faults=faults,
        unread=set(users.unread),
    )
    for row in rows.once(users, partial, faults):
        _user(reading, row)
    return Incoming(
        version=version,
        partial=partial,
        schools=orgs.schools,
        students=reading.students,
        adults=reading.adults,
        ties=_ties(reading),
        terms=rows.terms(files, faults),
        gone=frozenset(reading.gone),
        unread=frozenset(reading.unread),
        faults=tuple(faults.found),
        faults_left_out=faults.left_out,
    )


def _needed(name: str, columns: tuple[str, ...], files: Mapping[str, bytes], faults: Faults) -> Sheet | None:
    if name in files:
        return sheet(name, files[name], columns, faults)
    if not any(fault.file in (name, "archive") for fault in faults.found):
        faults.add(name, None, Severity.STOPS, "The file is missing from the archive; export it too")
    return None


def _held(
    users: Sheet | None, files: Mapping[str, bytes], faults: Faults, *, inline: bool, on: date, partial: bool
) -> Mapping[str, list[Holding]] | None:
    if users is None:
        return None
    if inline:
        return rows.roles_in_users(users, faults)
    found = _needed("roles.csv", ("sourcedId", "userSourcedId", "role", "orgSourcedId"), files, faults)
    return rows.roles(found, on, partial, faults) if found is not None else None


def _user(reading: _Reading, row: Row) -> None:
    source_id = row["sourcedId"]
    if row["status"] == rows.DELETED:
        reading.gone.add(source_id)
        return
    if not (row["givenName"] or row["familyName"]):
        reading.faults.add("users.csv", row.line, Severity.SKIPPED, "The user has no name; fill in the name")
        reading.unread.add(source_id)
        return
    holdings = [each for each in reading.held.get(source_id, []) if _is_at_a_place(reading, row, each)]
    names = {each.role for each in holdings}
    known = reading.partial and not names
    if rows.STUDENT in names or (known and source_id in reading.known.students):
        _student(reading, row, holdings)
    elif names or (known and source_id in reading.known.adults):
        _adult(reading, row, holdings)
    elif source_id not in reading.held:
        text = "The user has no role that can be read; add one in roles.csv"
        reading.faults.add("users.csv", row.line, Severity.SKIPPED, text)
        reading.unread.add(source_id)
    reading.agents[source_id] = (row.line, rows.ids(row["agentSourcedIds"]))


def _is_at_a_place(reading: _Reading, row: Row, holding: Holding) -> bool:
    """A family's role counts wherever it is: what ties an adult to a student is the student."""
    if holding.role in RELATIONS or holding.org in reading.places:
        return True
    text = "The role %(role)s is at organisation %(org)s, which is not in orgs.csv; add it there"
    reading.faults.add("users.csv", row.line, Severity.SKIPPED, text, role=holding.role, org=holding.org)
    reading.unread.add(row["sourcedId"])
    return False


def _student(reading: _Reading, row: Row, holdings: list[Holding]) -> None:
    source_id = row["sourcedId"]
    at = [each.org for each in sorted(holdings, key=lambda each: not each.primary) if each.role == rows.STUDENT]
    candidates = [row["primaryOrgSourcedId"], *at, reading.known.students.get(source_id, "")]
    school = next((each for each in candidates if each in reading.schools), None)
    if school is None:
        text = "The student is at no school of this export; give the student's role a school"
        reading.faults.add("users.csv", row.line, Severity.SKIPPED, text)
        reading.unread.add(source_id)
        return
    if any(each.role != rows.STUDENT for each in holdings):
        text = "The user is a student and something else; read as a student only"
        reading.faults.add("users.csv", row.line, Severity.KEPT, text)
    reading.students[source_id] = StudentRecord(
        given=row["givenName"],
        family=row["familyName"],
        preferred_given=row["preferredGivenName"] or None,
        preferred_family=row["preferredFamilyName"] or None,
        school=school,
        grade=row["grades"] or None,
        birth_date=reading.births.get(source_id),
    )


def _adult(reading: _Reading, row: Row, holdings: list[Holding]) -> None:
    source_id, names = row["sourcedId"], {each.role for each in holdings}
    before = reading.known.adults.get(source_id) if reading.partial and not holdings else None
    posts = frozenset((POSTS[each.role], each.org) for each in holdings if each.role in POSTS)
    at_schools = frozenset((post, place) for post, place in posts if place in reading.schools)
    if row["enabledUser"].casefold() == "false" and posts:
        text = "The member of staff is switched off in the export; listed, but without a post"
        reading.faults.add("users.csv", row.line, Severity.KEPT, text)
        at_schools = frozenset()
    if names & rows.OFFICE or any(place not in reading.schools for _, place in posts):
        text = "Whoever works for the whole district gets no post from a file; give the post by hand"
        reading.faults.add("users.csv", row.line, Severity.KEPT, text)
    written = ((PhoneKind.MOBILE, "sms"), (PhoneKind.UNKNOWN, "phone"))
    for column in (column for _, column in written if row[column] and not phone_number(row[column]).valid):
        text = "The number in %(column)s cannot be dialled; kept as it is, correct it in the source"
        reading.faults.add("users.csv", row.line, Severity.KEPT, text, column=column)
    reading.adults[source_id] = AdultRecord(
        given=row["givenName"],
        family=row["familyName"],
        staff=before.staff if before is not None else bool(names - RELATIONS.keys()),
        posts=before.posts if before is not None else at_schools,
        phones=frozenset((kind, row[column]) for kind, column in written if row[column]),
    )


def _ties(reading: _Reading) -> dict[tuple[str, str], TieRecord]:
    """Either side may name the other. An export says who is a guardian only by the role of that name."""
    ties: dict[tuple[str, str], TieRecord] = {}
    tied: set[str] = set()
    for source_id, (line, agents) in reading.agents.items():
        for other in agents:
            pair = _pair(reading, source_id, other)
            if pair is not None:
                ties.setdefault(pair, _tie(reading.held.get(pair[1], [])))
                tied.add(pair[1])
            elif other not in reading.unread and other not in reading.gone:
                text = "agentSourcedIds names %(id)s, who is not in the export or is not an adult of a student"
                reading.faults.add("users.csv", line, Severity.KEPT, text, id=other)
    for source_id, adult in reading.adults.items():
        if not adult.staff and source_id not in tied and not reading.partial:
            text = "This contact belongs to no student; name the student in agentSourcedIds"
            reading.faults.add("users.csv", reading.agents[source_id][0], Severity.KEPT, text)
    return ties


def _pair(reading: _Reading, one: str, other: str) -> tuple[str, str] | None:
    if _is_student(reading, one) and _is_adult(reading, other):
        return one, other
    if _is_student(reading, other) and _is_adult(reading, one):
        return other, one
    return None


def _is_student(reading: _Reading, source_id: str) -> bool:
    return source_id in reading.students or source_id in reading.known.students


def _is_adult(reading: _Reading, source_id: str) -> bool:
    return source_id in reading.adults or source_id in reading.known.adults


def _tie(holdings: list[Holding]) -> TieRecord:
    names = {each.role for each in holdings}
    relation = next((RELATIONS[name] for name in ("guardian", "parent", "relative") if name in names), Relation.OTHER)
    guardian = Guardian.YES if relation is Relation.GUARDIAN else Guardian.UNKNOWN  # a parent may have lost custody
    return TieRecord(relation=relation, guardian=guardian)
