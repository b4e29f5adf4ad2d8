"""Who must not be contacted about a student: entered by one person and in force at once, lifted by two (PR-6)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.effects import LookAtTexts
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.privacy_words import RestrictionKind
from crisis.store import audit, codec, outbox, people
from crisis.store.people_tables import TIE, Found
from crisis.store.privacy_tables import CONTACT_WISH, RESTRICTION, RESTRICTION_NUMBER
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, PersonId, StudentId

UNCHECKED_FOR = timedelta(hours=24)  # then somebody is asked to look, and it stays in force


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is entered. `until` is an order's last day; `household`: nobody who lives with them either.

    `person` None: the family, as `family_stays_blocked` says.
    """

    student: StudentId
    person: PersonId | None
    kind: RestrictionKind
    household: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A restriction as it stands. `numbers` are E.164, and addresses of e-mail, as they were when it was entered."""

    id: str
    district: DistrictId
    entry: Entry
    numbers: frozenset[str]
    entered_by: PersonId
    entered_at: datetime
    checked_by: PersonId | None
    lift_asked_by: PersonId | None
    lifted_at: datetime | None

    def to_check(self, at: datetime) -> bool:
        """For longer than a day nobody else has looked at it; in force all the same."""
        return self.checked_by is None and self.lifted_at is None and at >= self.entered_at + UNCHECKED_FOR


def enter(tx: Connection, entry: Entry, *, by: PersonId, at: datetime) -> str:
    """In force as soon as the transaction ends. Raises `Refused` for somebody who is not on the student's record."""
    tied = select(TIE.c.district).where(TIE.c.student == entry.student, TIE.c.person == entry.person)
    district = tx.execute(tied).scalar_one_or_none()
    if district is None or entry.person is None:
        raise Refused(Reason("PR-1", "This person is not on the student's record; add them at the office first"))
    people.hold_student(tx, entry.student)  # a text that is about to leave is first, or sees this (PR-5)
    same = [each for each in of_student(tx, entry.student) if each.lifted_at is None and each.entry == entry]
    if same:
        return same[0].id
    new = clock.new_id()
    row = {"id": new, "district": district, "entered_by": by, "entered_at": at}
    tx.execute(
        insert(RESTRICTION).values(
            **row,
            student=entry.student,
            person=entry.person,
            kind=entry.kind,
            household=entry.household,
            until=entry.until,
        )
    )
    numbers = {*people.dialled(tx, [entry.person]).get(entry.person, ()), *_addresses(tx, entry.person)}
    if numbers:
        tx.execute(insert(RESTRICTION_NUMBER), [{"restriction": new, "number": each} for each in sorted(numbers)])
    _record(tx, "restriction entered", new, by, at)
    _look_at_texts(tx, entry.student, at)
    return new


def _addresses(tx: Connection, person: PersonId) -> Iterable[str]:
    """Of e-mail, on whatever record somebody gave one for them."""
    query = select(CONTACT_WISH.c.email).where(CONTACT_WISH.c.person == person, CONTACT_WISH.c.email.is_not(None))
    return tx.execute(query).scalars().all()


def family_stays_blocked(
    tx: Connection, student: StudentId, district: DistrictId, *, by: PersonId, at: datetime
) -> None:
    """I-10: a block of the guardians outlives its incident; from then on two people lift it here, like any other."""
    if family_blocked(tx, student):
        return
    new, kind = clock.new_id(), RestrictionKind.SUSPECTED_ABUSE
    row = {"id": new, "district": district, "entered_by": by, "entered_at": at, "household": False}
    tx.execute(insert(RESTRICTION).values(**row, student=student, person=None, kind=kind))
    _record(tx, "family stays blocked", new, by, at)


def family_blocked(tx: Connection, student: StudentId) -> bool:
    """Whether one of these stands: until two people have lifted it."""
    theirs = (RESTRICTION.c.student == student, RESTRICTION.c.person.is_(None), RESTRICTION.c.lifted_at.is_(None))
    return tx.execute(select(RESTRICTION.c.id).where(*theirs).limit(1)).first() is not None


def _look_at_texts(tx: Connection, student: StudentId, at: datetime) -> None:
    """Whether something had left for them already, in whatever incident is open: the worker finds it (PR-5)."""
    open_ones = select(INCIDENT.c.state).where(INCIDENT.c.student == student, INCIDENT.c.closed_at.is_(None))
    for state in tx.execute(open_ones).scalars().all():
        incident = codec.incident_from_text(state)
        outbox.put_again(tx, incident, incident.seq, LookAtTexts(mode=incident.mode), at)


def check(tx: Connection, restriction: str, district: DistrictId, *, by: PersonId, at: datetime) -> None:
    """A second person has seen the document, or asked; until then it is in force as well."""
    known = _open(tx, restriction, district)
    if known.checked_by is not None:
        return
    refuse_if(_by_another(by, known.entered_by, Reason("PR-6", "You entered it; a second person checks it")))
    _change(tx, restriction, checked_by=by, checked_at=at)
    _record(tx, "restriction checked", restriction, by, at)


def ask_to_lift(tx: Connection, restriction: str, district: DistrictId, *, by: PersonId, at: datetime) -> None:
    """Changes nothing yet: it is lifted when a second person agrees."""
    if _open(tx, restriction, district).lift_asked_by is not None:
        return
    _change(tx, restriction, lift_asked_by=by, lift_asked_at=at)
    _record(tx, "lifting of a restriction asked", restriction, by, at)


def lift(tx: Connection, restriction: str, district: DistrictId, *, by: PersonId, at: datetime) -> None:
    known = _open(tx, restriction, district)
    if known.lift_asked_by is None:
        raise Refused(Reason("PR-6", "Somebody asks for it to be lifted first, and a second person agrees"))
    refuse_if(
        _by_another(by, known.lift_asked_by, Reason("PR-6", "You asked for it to be lifted; a second person agrees"))
    )
    _change(tx, restriction, lifted_by=by, lifted_at=at)
    _record(tx, "restriction lifted", restriction, by, at)


def keep(tx: Connection, restriction: str, district: DistrictId, *, by: PersonId, at: datetime) -> None:
    """Somebody does not agree that it is lifted; it stays, and can be asked for again."""
    if _open(tx, restriction, district).lift_asked_by is None:
        return
    _change(tx, restriction, lift_asked_by=None, lift_asked_at=None)
    _record(tx, "restriction kept", restriction, by, at)


def of_student(tx: Connection, student: StudentId) -> list[Kept]:
    """All that were ever entered, the newest first; also those that are over: a look back asks for them."""
    rows = tx.execute(
        select(RESTRICTION)
        .where(RESTRICTION.c.student == student)
        .order_by(RESTRICTION.c.entered_at.desc(), RESTRICTION.c.id)
    ).all()
    return _read(tx, rows)


def of_district(tx: Connection, district: DistrictId) -> list[Kept]:
    """Those that two people have not lifted, the oldest first."""
    query = select(RESTRICTION).where(RESTRICTION.c.district == district, RESTRICTION.c.lifted_at.is_(None))
    return _read(tx, tx.execute(query.order_by(RESTRICTION.c.entered_at, RESTRICTION.c.id)).all())


def one(tx: Connection, restriction: str, district: DistrictId) -> Kept:
    """Raises `NotFound` also for another district's."""
    same = (RESTRICTION.c.id == restriction, RESTRICTION.c.district == district)
    found = _read(tx, tx.execute(select(RESTRICTION).where(*same).with_for_update()).all())
    if not found:
        raise NotFound
    return found[0]


def _open(tx: Connection, restriction: str, district: DistrictId) -> Kept:
    known = one(tx, restriction, district)
    if known.lifted_at is not None:
        raise Refused(Reason("PR-6", "It was lifted before; load the page again"))
    return known


def _by_another(by: PersonId, first: PersonId, otherwise: Reason) -> Reason | None:
    return otherwise if by == first else None


def _change(tx: Connection, restriction: str, **values: object) -> None:
    tx.execute(update(RESTRICTION).where(RESTRICTION.c.id == restriction).values(**values))


def _record(tx: Connection, action: str, restriction: str, by: PersonId, at: datetime) -> None:
    audit.record(tx, at=at, actor=by, action=action, subject=restriction)


def _read(tx: Connection, rows: Collection[Found]) -> list[Kept]:
    theirs: dict[str, set[str]] = defaultdict(set)
    these = [row.id for row in rows]
    numbers = select(RESTRICTION_NUMBER).where(RESTRICTION_NUMBER.c.restriction.in_(these))
    for row in tx.execute(numbers) if these else ():
        theirs[row.restriction].add(row.number)
    return [_kept(row, frozenset(theirs[row.id])) for row in rows]


def _kept(row: Found, numbers: frozenset[str]) -> Kept:
    return Kept(
        id=row.id,
        district=row.district,
        entry=Entry(student=row.student, person=row.person, kind=row.kind, household=row.household, until=row.until),
        numbers=numbers,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        checked_by=row.checked_by,
        lift_asked_by=row.lift_asked_by,
        lifted_at=row.lifted_at,
    )
