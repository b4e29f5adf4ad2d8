"""An export into the roster: look first, then confirm what was seen; nobody is ever deleted."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from crisis.errors import Reason, Refused
from crisis.store import audit
from crisis.store.oneroster import AdultRecord, Incoming, StudentRecord, TieRecord, read
from crisis.store.oneroster_files import Fault, Progress
from crisis.store.people_tables import PERSON, PHONE, POST, SCHOOL, STUDENT, TIE
from crisis.store.roster_apply import Target, apply
from crisis.store.roster_difference import ChangeKind, Difference, Item, Kind, Stored, difference, tie_key
from crisis.vocabulary import DistrictId, PersonId, PhoneKind, StaffRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would do. `token` is good for this file and this state of the roster only."""

    incoming: Incoming
    difference: Difference
    token: str

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self.incoming.faults

    @property
    def suspicious(self) -> tuple[Item, ...]:
        return tuple(item for item in self.difference.items if item.change is ChangeKind.SUSPICIOUS)

    def reasons_against(self, *, force: bool = False) -> list[Reason]:
        """Why this cannot be confirmed; `force` says that a person knows that so many have really left."""
        if self.incoming.stopped:
            return [Reason("ROSTER", "The export has faults that must be put right first; see the list of faults")]
        return [] if force else self.difference.too_much_vanishes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """`force`: so many have really left. `accepted`: ids of suspicious items that a person has checked."""

    token: str
    force: bool = False
    accepted: frozenset[str] = frozenset()


def preview(tx: Connection, district: DistrictId, content: bytes, *, at: datetime) -> Preview:
    """Writes nothing."""
    now = stored(tx, district)
    incoming = read(content, at.date(), now.known())
    bound = f"{district} {hashlib.sha256(content).hexdigest()} {now.fingerprint()}"
    changes = Difference(items=(), vanishing={}) if incoming.stopped else difference(now, incoming)
    return Preview(incoming=incoming, difference=changes, token=hashlib.sha256(bound.encode()).hexdigest())


def confirm(
    tx: Connection,
    target: Target,
    content: bytes,
    confirmation: Confirmation,
    *,
    at: datetime,
    by: PersonId | None,
    progress: Progress = lambda _done, _total: None,
) -> Preview:
    """Applies what the preview showed, in the same file to the same roster.

    The caller's transaction is the import: if it does not commit, nothing was imported.
    """
    seen = preview(tx, target.district, content, at=at)
    if seen.token != confirmation.token:
        text = "The roster or the file has changed since this preview; look at a new preview and confirm that"
        raise Refused(Reason("ROSTER", text))
    reasons = seen.reasons_against(force=confirmation.force)
    if reasons:
        raise Refused(*reasons)
    apply(tx, target, seen.incoming, seen.difference, at=at, accepted=confirmation.accepted, progress=progress)
    counts = {f"{kind.value} {change.value}": number for (kind, change), number in seen.difference.counts().items()}
    detail: dict[str, str | int] = {**counts, "faults": len(seen.faults) + seen.incoming.faults_left_out}
    audit.record(tx, at=at, actor=by, action="roster imported", subject=target.district, detail=detail)
    return seen


def stored(tx: Connection, district: DistrictId) -> Stored:
    """The imported part of the roster in the shape of an export; what was added by hand is not in it."""
    missing: set[tuple[Kind, str]] = set()
    schools = tx.execute(select(SCHOOL).where(SCHOOL.c.district == district, SCHOOL.c.source_id.is_not(None))).all()
    missing |= {(Kind.SCHOOL, row.source_id) for row in schools if row.missing_since is not None}
    source_of_school = {row.id: row.source_id for row in schools}
    students = _students(tx, district, source_of_school.__getitem__, missing)
    adults = _adults(tx, district, source_of_school, missing)
    ties, checked = _ties(tx, district, missing)
    return Stored(
        schools={row.source_id: row.name for row in schools},
        students=students,
        adults=adults,
        ties=ties,
        checked=frozenset(checked),
        missing=frozenset(missing),
    )


def _students(
    tx: Connection, district: DistrictId, source_of: Callable[[str], str], missing: set[tuple[Kind, str]]
) -> dict[str, StudentRecord]:
    found = {}
    for row in tx.execute(select(STUDENT).where(STUDENT.c.district == district, STUDENT.c.source_id.is_not(None))):
        if row.missing_since is not None or not row.active:
            missing.add((Kind.STUDENT, row.source_id))
        found[row.source_id] = StudentRecord(
            given=row.given,
            family=row.family,
            preferred_given=row.preferred_given,
            preferred_family=row.preferred_family,
            school=source_of(row.school),
            grade=row.grade,
            birth_date=row.birth_date,
        )
    return found


def _adults(
    tx: Connection, district: DistrictId, source_of_school: dict[str, str], missing: set[tuple[Kind, str]]
) -> dict[str, AdultRecord]:
    posts: dict[str, set[tuple[StaffRole, str]]] = {}
    for row in tx.execute(select(POST).where(POST.c.district == district, POST.c.imported)):
        posts.setdefault(row.person, set()).add((row.post, source_of_school[row.school]))
    phones: dict[str, set[tuple[PhoneKind, str]]] = {}
    for row in tx.execute(select(PHONE).where(PHONE.c.district == district, PHONE.c.imported)):
        phones.setdefault(row.person, set()).add((row.kind, row.raw))
    found = {}
    for row in tx.execute(select(PERSON).where(PERSON.c.district == district, PERSON.c.source_id.is_not(None))):
        if row.missing_since is not None:
            missing.add((Kind.STAFF if row.staff else Kind.CONTACT, row.source_id))
        found[row.source_id] = AdultRecord(
            given=row.given,
            family=row.family,
            staff=row.staff,
            posts=frozenset(posts.get(row.id, set())),
            phones=frozenset(phones.get(row.id, set())),
        )
    return found


def _ties(
    tx: Connection, district: DistrictId, missing: set[tuple[Kind, str]]
) -> tuple[dict[tuple[str, str], TieRecord], set[tuple[str, str]]]:
    query = (
        select(TIE, STUDENT.c.source_id.label("student_source"), PERSON.c.source_id.label("person_source"))
        .join_from(TIE, STUDENT, STUDENT.c.id == TIE.c.student)
        .join(PERSON, PERSON.c.id == TIE.c.person)
        .where(TIE.c.district == district, TIE.c.imported)
    )
    found: dict[tuple[str, str], TieRecord] = {}
    checked = set()
    for row in tx.execute(query):
        pair = (row.student_source, row.person_source)
        found[pair] = TieRecord(relation=row.relation, guardian=row.guardian)
        if row.checked:
            checked.add(pair)
        if row.missing_since is not None:
            missing.add((Kind.TIE, tie_key(pair)))
    return found, checked
