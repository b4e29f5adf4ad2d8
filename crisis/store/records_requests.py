"""Requests to see a record: asked, gone through part by part, looked at by a second person, and released."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from crisis import clock
from crisis.commands import Actor
from crisis.disclosure_words import (
    DisclosureEffect,
    DisclosurePurpose,
    DisclosureWay,
    RecipientKind,
    RequestEnd,
    RequestStage,
)
from crisis.errors import NotFound, Reason, Refused
from crisis.policy import inspection
from crisis.policy.disclosure import decide_disclosure
from crisis.policy.disclosure_case import Disclosure, Recipient
from crisis.policy.inspection import Choice, Part
from crisis.policy.outflow import post_of
from crisis.store import (
    audit,
    codec,
    consents,
    disclosures,
    instructions,
    outflows,
    policy_packs,
    record_fields,
    restrictions,
    same_student,
    statements,
)
from crisis.store.disclosures import About, DisclosureRefused, Happened
from crisis.store.people_tables import Found
from crisis.store.record_tables import RECORDS_CHOICE, RECORDS_REQUEST
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, LegalBasis, Mode, PersonId, StaffRole, StudentId

LINE = "line:"  # and the incident, and the number of the event: one line that is kept back


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`person` None: the student asks."""

    student: StudentId
    person: PersonId | None
    asked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A request as it stands. `choices` are by part."""

    id: str
    district: DistrictId
    asked: Asked
    due_on: date
    recorded_by: PersonId
    prepared_by: PersonId | None
    checked_by: PersonId | None
    ended_as: RequestEnd | None
    choices: Mapping[str, Choice]

    def stage(self, today: date) -> RequestStage:
        return inspection.stage(self.asked.asked_on, self.due_on, today)


def record(tx: Connection, district: DistrictId, asked: Asked, *, by: Actor, at: datetime) -> str:
    """Raises `DisclosureRefused` for somebody without the right to see it; that is logged as well (PR-31)."""
    about = About(district=district, student=asked.student)
    known = outflows.circumstances_of(tx, about, None, at)
    given = replace(known, family_blocked=False)  # the officer decides at the release; the days of the law run on
    wanted = release_of(asked, frozenset({"whole"}), by)
    decision = decide_disclosure(wanted, given)
    if decision.effect is DisclosureEffect.REFUSE:
        raise DisclosureRefused(about, wanted, decision)
    if asked.asked_on > given.today:
        raise Refused(Reason("PR-39", "The day on which they asked cannot be in the future"))
    new = clock.new_id()
    law = policy_packs.in_force(tx, district, asked.asked_on).pack
    tx.execute(
        insert(RECORDS_REQUEST).values(
            id=new,
            district=district,
            student=asked.student,
            person=asked.person,
            asked_on=asked.asked_on,
            due_on=inspection.due(asked.asked_on, law),
            pack=f"{law.id} {law.version}",
            recorded_by=by.id,
            recorded_at=at,
        )
    )
    _audit(tx, "records request recorded", new, by, at)
    return new


def release_of(asked: Asked, fields: frozenset[str], by: Actor) -> Disclosure:
    """What goes out on it; whether it may is asked with it."""
    kind = RecipientKind.STUDENT if asked.person is None else RecipientKind.PARENT
    name = "the student" if asked.person is None else None
    return Disclosure(
        way=DisclosureWay.EXPORT,
        basis=LegalBasis.PARENT_OR_STUDENT,
        purpose=DisclosurePurpose.INSPECTION,
        recipients=(Recipient(kind=kind, person=asked.person, name=name),),
        fields=fields,
        released_by=by.id,
        released_as=post_of(by),
        officer=by.id if StaffRole.PRIVACY_OFFICER in by.posts else None,
        notice=True,
    )


def parts_of(tx: Connection, keys: KeyRing, student: StudentId) -> list[Part]:
    """What there is to decide about: only what exists. Who reported is apart from the incident, and stays (PR-41)."""
    found = []
    for incident, reports in _incidents(tx, student):
        found.append(Part(key=f"incident:{incident}"))
        if reports:
            found.append(Part(key=f"report:{incident}", very_restricted=True, never=True))
    there = {
        "instructions": bool(instructions.of_student(tx, keys, student)),
        "consents": bool(consents.of_student(tx, keys, student)),
        "ledger": bool(disclosures.of_student(tx, keys, student)),
    }
    found += [Part(key=name) for name, exists in there.items() if exists]
    found += record_fields.parts(tx, keys, student)
    if restrictions.of_student(tx, student):
        found.append(Part(key="restrictions", very_restricted=True))
    return found


def _incidents(tx: Connection, student: StudentId) -> list[tuple[IncidentId, bool]]:
    theirs = select(INCIDENT.c.state).where(INCIDENT.c.student == student, INCIDENT.c.mode == Mode.LIVE)
    found = [codec.incident_from_text(state) for state in tx.execute(theirs.order_by(INCIDENT.c.opened_at)).scalars()]
    return [(each.id, bool(each.obligations or each.exceptions)) for each in found]


def prepare(
    tx: Connection, keys: KeyRing, kept: Kept, choices: Mapping[str, Choice], *, by: Actor, at: datetime
) -> None:
    """Somebody has gone through it. A second look is asked for anew."""
    _must_be_open(kept)
    parts = parts_of(tx, keys, kept.asked.student)
    missing = list(inspection.undecided(parts, {key: each for key, each in choices.items() if not _of_line(key)}))
    if missing:
        raise Refused(*missing)
    tx.execute(delete(RECORDS_CHOICE).where(RECORDS_CHOICE.c.request == kept.id))
    rows = [
        {"request": kept.id, "part": key, "basis": each.basis, "quiet": each.quiet} for key, each in choices.items()
    ]
    if rows:
        tx.execute(insert(RECORDS_CHOICE), rows)
    _change(tx, kept, prepared_by=by.id, checked_by=None)
    _audit(tx, "records request prepared", kept.id, by, at)


def _of_line(key: str) -> bool:
    return key.startswith(LINE)


def check(tx: Connection, kept: Kept, *, by: Actor, at: datetime) -> None:
    _must_be_open(kept)
    if kept.prepared_by is None:
        raise Refused(Reason("PR-39", "Somebody goes through the record first"))
    if kept.prepared_by == by.id:
        raise Refused(Reason("PR-64", "You went through it; a second person looks at it"))
    _change(tx, kept, checked_by=by.id)
    _audit(tx, "records request checked", kept.id, by, at)


def family_blocked(tx: Connection, kept: Kept) -> bool:
    """Whether a parent asks whose family must not be contacted: then the privacy officer decides, and says so."""
    return kept.asked.person is not None and same_student.guardians_blocked(tx, kept.asked.student)


def release(
    tx: Connection, keys: KeyRing, kept: Kept, *, by: Actor, at: datetime, although_blocked: bool = False
) -> list[str]:
    """The parts that go out, with their row of the ledger. Each copy is one; the first ends the request."""
    if kept.ended_as is RequestEnd.WITHDRAWN:
        raise Refused(Reason("PR-39", "This request was taken back"))
    parts = parts_of(tx, keys, kept.asked.student)
    decided = {key: each for key, each in kept.choices.items() if not _of_line(key)}
    reasons = list(inspection.unreleasable(parts, decided, kept.prepared_by, kept.checked_by))
    if reasons:
        raise Refused(*reasons)
    given = [each.key for each in parts if decided[each.key].basis is None]
    codes = frozenset("events" if each.startswith("incident:") else each for each in given)
    if codes and statements.of_student(tx, keys, kept.asked.student):
        codes |= {"family_statement"}  # it goes with every copy (34 CFR 99.21(c))
    about = About(district=kept.district, student=kept.asked.student)
    if codes:
        wanted = replace(release_of(kept.asked, codes, by), although_blocked=although_blocked)
        circumstances = outflows.circumstances_of(tx, about, None, at)
        happened = Happened(at=at, by=by.id, action="record released", subject=kept.id)
        disclosures.disclose(tx, keys, about, wanted, circumstances, happened=happened)
    if kept.ended_as is None:
        _change(tx, kept, ended_as=RequestEnd.RELEASED, ended_by=by.id, ended_at=at)
    return given


def withdraw(tx: Connection, kept: Kept, *, by: Actor, at: datetime) -> None:
    """They do not want to see it any more."""
    _must_be_open(kept)
    _change(tx, kept, ended_as=RequestEnd.WITHDRAWN, ended_by=by.id, ended_at=at)
    _audit(tx, "records request withdrawn", kept.id, by, at)


def one(tx: Connection, district: DistrictId, request: str) -> Kept:
    """Raises `NotFound` also for another district's."""
    same = (RECORDS_REQUEST.c.id == request, RECORDS_REQUEST.c.district == district)
    row = tx.execute(select(RECORDS_REQUEST).where(*same).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return replace(_kept(row), choices=_choices(tx, request))


def of_district(tx: Connection, district: DistrictId) -> list[Kept]:
    """Those that are open, what is due first."""
    query = select(RECORDS_REQUEST).where(RECORDS_REQUEST.c.district == district, RECORDS_REQUEST.c.ended_at.is_(None))
    return [_kept(row) for row in tx.execute(query.order_by(RECORDS_REQUEST.c.due_on, RECORDS_REQUEST.c.id))]


def is_open(tx: Connection, student: StudentId) -> bool:
    """Whether somebody waits for this record: then nothing of it is destroyed (34 CFR 99.10(e))."""
    theirs = (RECORDS_REQUEST.c.student == student, RECORDS_REQUEST.c.ended_at.is_(None))
    return tx.execute(select(RECORDS_REQUEST.c.id).where(*theirs).limit(1)).first() is not None


def _choices(tx: Connection, request: str) -> dict[str, Choice]:
    rows = tx.execute(select(RECORDS_CHOICE).where(RECORDS_CHOICE.c.request == request))
    return {row.part: Choice(basis=row.basis, quiet=row.quiet) for row in rows}


def _kept(row: Found) -> Kept:
    return Kept(
        id=row.id,
        district=row.district,
        asked=Asked(student=row.student, person=row.person, asked_on=row.asked_on),
        due_on=row.due_on,
        recorded_by=row.recorded_by,
        prepared_by=row.prepared_by,
        checked_by=row.checked_by,
        ended_as=row.ended_as,
        choices={},
    )


def _must_be_open(kept: Kept) -> None:
    if kept.ended_as is not None:
        raise Refused(Reason("PR-39", "This request has ended; load the page again"))


def _change(tx: Connection, kept: Kept, **values: object) -> None:
    tx.execute(update(RECORDS_REQUEST).where(RECORDS_REQUEST.c.id == kept.id).values(**values))


def _audit(tx: Connection, action: str, request: str, by: Actor, at: datetime) -> None:
    audit.record(tx, at=at, actor=by.id, action=action, subject=request)
