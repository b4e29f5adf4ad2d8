"""Whom to call first about a student, as the record says it: the order, what must be so first, who answers (1.7).

What it means is decided in `crisis.policy.family_plan` and `crisis.policy.contact`. Why somebody else answers for the
student stands nowhere in it, and it goes into no message and no brief.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import Reason, Refused, refuse_if
from crisis.policy.family_plan import Condition, Plan
from crisis.privacy_words import InstructionSource
from crisis.record_words import ContactCondition, FamilyStatus, TribalWish
from crisis.store import as_seen, audit, kept, people
from crisis.store.family_tables import CONTACT_CONDITION, CONTACT_TURN, FAMILY_STATUS, TRIBAL_WISH
from crisis.store.instructions import STALE
from crisis.store.people import StudentView
from crisis.store.people_tables import PERSON, TIE, Found
from crisis.vocabulary import PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCondition:
    """`confirmed_at` is when somebody last said that it still holds."""

    id: str
    condition: Condition
    source: InstructionSource
    recorded_by: PersonId
    confirmed_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.confirmed_at >= STALE


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOrder:
    """The last word counts; empty where nobody was asked."""

    people: tuple[PersonId, ...] = ()
    source: InstructionSource | None = None
    recorded_at: datetime | None = None

    def stale(self, at: datetime) -> bool:
        return self.recorded_at is not None and at - self.recorded_at >= STALE

    @property
    def version(self) -> int:
        return as_seen.version(self.recorded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStatus:
    status: FamilyStatus | None = None
    first: PersonId | None = None
    recorded_at: datetime | None = None

    def stale(self, at: datetime) -> bool:
        return self.recorded_at is not None and at - self.recorded_at >= STALE

    @property
    def version(self) -> int:
        return as_seen.version(self.recorded_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTribalWish:
    wish: TribalWish
    source: InstructionSource
    recorded_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.recorded_at >= STALE

    @property
    def version(self) -> int:
        return as_seen.version(self.recorded_at)


def of_student(tx: Connection, student: StudentId) -> Plan:
    """What the decision about a contact asks of it."""
    known = status_of(tx, student)
    return Plan(
        status=known.status,
        first=known.first,
        order=order_of(tx, student).people,
        conditions=tuple(each.condition for each in conditions_of(tx, student)),
    )


def order_of(tx: Connection, student: StudentId) -> KeptOrder:
    rows = tx.execute(select(CONTACT_TURN).where(CONTACT_TURN.c.student == student).order_by(CONTACT_TURN.c.turn)).all()
    if not rows:
        return KeptOrder()
    found = tuple(PersonId(row.person) for row in rows)
    return KeptOrder(people=found, source=rows[0].source, recorded_at=rows[0].recorded_at)


def set_order(
    tx: Connection,
    student: StudentView,
    order: Sequence[PersonId],
    source: InstructionSource,
    *,
    by: PersonId,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Whoever is not in it comes after them, as before. An empty one: nobody asked for any. `seen`: its version."""
    last = select(CONTACT_TURN.c.recorded_at, CONTACT_TURN.c.recorded_by).where(CONTACT_TURN.c.student == student.id)
    as_seen.must_be_current(seen, tx.execute(last.limit(1)).one_or_none(), by)
    refuse_if(
        None if len(set(order)) == len(order) else Reason("FAMILY", "Give each adult another place in the order"),
        _strangers(tx, student.id, order),
    )
    tx.execute(delete(CONTACT_TURN).where(CONTACT_TURN.c.student == student.id))
    row = {"student": student.id, "district": student.district, "source": source, "recorded_by": by, "recorded_at": at}
    if order:
        tx.execute(insert(CONTACT_TURN), [{**row, "person": each, "turn": turn} for turn, each in enumerate(order)])
    audit.record(tx, at=at, actor=by, action="contact order recorded", subject=student.id)


def conditions_of(tx: Connection, student: StudentId) -> list[KeptCondition]:
    """Those that hold."""
    query = select(CONTACT_CONDITION).where(
        CONTACT_CONDITION.c.student == student, CONTACT_CONDITION.c.ended_at.is_(None)
    )
    rows = tx.execute(query.order_by(CONTACT_CONDITION.c.recorded_at, CONTACT_CONDITION.c.id))
    return [_condition(row) for row in rows]


def _condition(row: Found) -> KeptCondition:
    return KeptCondition(
        id=row.id,
        condition=Condition(person=row.person, kind=row.condition, beside=row.beside),
        source=row.source,
        recorded_by=row.recorded_by,
        confirmed_at=row.confirmed_at,
    )


def add_condition(
    tx: Connection, student: StudentView, wanted: Condition, source: InstructionSource, *, by: PersonId, at: datetime
) -> str:
    """Shown beside the number of that adult from now on."""
    refuse_if(*_against(tx, student.id, wanted))
    values = {"person": wanted.person, "condition": wanted.kind, "beside": wanted.beside, "source": source}
    return kept.add(tx, CONTACT_CONDITION, (student.district, student.id), values, by=by, at=at)


def _against(tx: Connection, student: StudentId, wanted: Condition) -> Iterable[Reason | None]:
    named = (wanted.kind is ContactCondition.WITH_ADULT) == (wanted.beside is not None)
    yield _strangers(tx, student, [wanted.person, *([] if wanted.beside is None else [wanted.beside])])
    yield None if named else Reason("FAMILY", "Choose who is to be with them, where it is about that")
    yield Reason("FAMILY", "Choose another adult to be with them") if wanted.beside == wanted.person else None
    there = [each.condition for each in conditions_of(tx, student)]
    yield Reason("FAMILY", "This is on record already") if wanted in there else None


def _strangers(tx: Connection, student: StudentId, adults: Iterable[PersonId]) -> Reason | None:
    tied = set(tx.execute(select(TIE.c.person).where(TIE.c.student == student)).scalars())
    return None if set(adults) <= tied else Reason("FAMILY", "Choose an adult who is on this student's record")


def status_of(tx: Connection, student: StudentId) -> KeptStatus:
    row = tx.execute(select(FAMILY_STATUS).where(FAMILY_STATUS.c.student == student)).one_or_none()
    if row is None:
        return KeptStatus()
    return KeptStatus(status=row.status, first=row.first, recorded_at=row.recorded_at)


def set_status(
    tx: Connection,
    student: StudentView,
    status: FamilyStatus | None,
    first: PersonId | None,
    *,
    by: PersonId,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The last word counts; None: the adults of the list answer, as usual. It acts from the next look and order on.

    `seen`: the version that was changed.
    """
    last = select(FAMILY_STATUS.c.recorded_at, FAMILY_STATUS.c.recorded_by).where(FAMILY_STATUS.c.student == student.id)
    as_seen.must_be_current(seen, tx.execute(last).one_or_none(), by)
    refuse_if(*_against_status(tx, student, status, first))
    tx.execute(delete(FAMILY_STATUS).where(FAMILY_STATUS.c.student == student.id))
    if status is not None:
        row = {"student": student.id, "district": student.district, "status": status, "first": first}
        tx.execute(insert(FAMILY_STATUS).values(**row, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="family status recorded", subject=student.id)


def _against_status(
    tx: Connection, student: StudentView, status: FamilyStatus | None, first: PersonId | None
) -> Iterable[Reason | None]:
    staff = select(PERSON.c.id).where(PERSON.c.id == first, PERSON.c.district == student.district, PERSON.c.staff)
    ours = first is None or tx.execute(staff).first() is not None
    yield None if ours else _strangers(tx, student.id, [] if first is None else [first])
    text = "Say who answers for the student, or choose nobody to call first"
    yield Reason("FAMILY", text) if status is None and first is not None else None
    text = "Choose the surrogate parent who was appointed"
    yield Reason("FAMILY", text) if status is FamilyStatus.SURROGATE and first is None else None


def tribal_wish_of(tx: Connection, student: StudentId) -> KeptTribalWish | None:
    row = tx.execute(select(TRIBAL_WISH).where(TRIBAL_WISH.c.student == student)).one_or_none()
    return None if row is None else KeptTribalWish(wish=row.wish, source=row.source, recorded_at=row.recorded_at)


def set_tribal_wish(
    tx: Connection,
    student: StudentView,
    wish: TribalWish | None,
    source: InstructionSource,
    *,
    by: PersonId,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The last word counts; None: nothing is on record any more. Only the student and the family can say it.

    `seen`: the version that was changed.
    """
    last = select(TRIBAL_WISH.c.recorded_at, TRIBAL_WISH.c.recorded_by).where(TRIBAL_WISH.c.student == student.id)
    as_seen.must_be_current(seen, tx.execute(last).one_or_none(), by)
    if source is InstructionSource.STAFF:
        raise Refused(Reason("FAMILY", "Only the student or a parent can say this; staff write nothing down for them"))
    tx.execute(delete(TRIBAL_WISH).where(TRIBAL_WISH.c.student == student.id))
    if wish is not None:
        row = {"student": student.id, "district": student.district, "wish": wish, "source": source}
        tx.execute(insert(TRIBAL_WISH).values(**row, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="tribal wish recorded", subject=student.id)


def first_of_staff(tx: Connection, student: StudentView) -> tuple[PersonId, str, tuple[str, ...]] | None:
    """Whom of the staff to call first, with their name and numbers; None where it is an adult of the record, or nobody.

    A number is one that can be dialled, E.164.
    """
    first = status_of(tx, student.id).first
    if first is None or first in {each.person for each in people.contacts_of(tx, student.id)}:
        return None
    name = people.names(tx, [first]).get(first)
    return None if name is None else (first, name, people.dialled(tx, [first]).get(first, ()))
