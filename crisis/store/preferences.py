"""What a student and a family asked for, in closed words, each with whom it came from and how old it is.

It acts in paging, at the assessment, and before the police are called (`privacy-and-culture.md` 2.3, 15 and 19 to 21).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, refuse_if
from crisis.policy.preferences import COMPANY, KIND_OF, OF_A_PERSON, STRENGTH
from crisis.privacy_words import InstructionSource
from crisis.record_words import Preference, PreferenceKind, Strength
from crisis.store import audit
from crisis.store.instructions import STALE
from crisis.store.people_tables import PERSON, Found
from crisis.store.preference_tables import PREFERENCE
from crisis.vocabulary import DistrictId, PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be kept."""

    preference: Preference
    person: PersonId | None = None
    source: InstructionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPreference:
    """`confirmed_at` is when somebody last said that it still holds."""

    id: str
    preference: Preference
    person: PersonId | None
    source: InstructionSource
    recorded_by: PersonId
    confirmed_at: datetime

    @property
    def kind(self) -> PreferenceKind:
        return KIND_OF[self.preference]

    @property
    def strength(self) -> Strength:
        return STRENGTH[self.kind]

    def stale(self, at: datetime) -> bool:
        return at - self.confirmed_at >= STALE


def add(tx: Connection, whose: tuple[DistrictId, StudentId], asked: Asked, *, by: PersonId, at: datetime) -> str:
    """It acts from the next page, decision or assessment on."""
    district, student = whose
    refuse_if(*_against(tx, district, student, asked))
    new = clock.new_id()
    row = {"recorded_by": by, "recorded_at": at, "confirmed_by": by, "confirmed_at": at}
    said = {"preference": asked.preference, "person": asked.person, "source": asked.source}
    tx.execute(insert(PREFERENCE).values(id=new, district=district, student=student, **said, **row))
    audit.record(tx, at=at, actor=by, action="preference recorded", subject=new)
    return new


def _against(tx: Connection, district: DistrictId, student: StudentId, asked: Asked) -> Iterable[Reason | None]:
    of_person = asked.preference in OF_A_PERSON
    staff = select(PERSON.c.id).where(PERSON.c.id == asked.person, PERSON.c.district == district, PERSON.c.staff)
    known = asked.person is not None and tx.execute(staff).first() is not None
    kept = ((each.preference, each.person) for each in of_student(tx, student))
    yield Reason("PR-16", "Choose the person whom they mean") if of_person and not known else None
    by_student = asked.source is InstructionSource.STUDENT or asked.preference not in COMPANY
    yield None if by_student else Reason("FIELD-25", "Only the student says whom they trust; ask them")
    yield None if of_person or asked.person is None else Reason("PR-16", "This wish is about no one person")
    yield Reason("PR-16", "This is on record already") if (asked.preference, asked.person) in kept else None


def confirm(tx: Connection, district: DistrictId, preference: str, *, by: PersonId, at: datetime) -> None:
    """It still holds: asked of the student or the family once a year."""
    _change(tx, district, preference, confirmed_by=by, confirmed_at=at)
    audit.record(tx, at=at, actor=by, action="preference confirmed", subject=preference)


def end(tx: Connection, district: DistrictId, preference: str, *, by: PersonId, at: datetime) -> None:
    """It acts no longer."""
    _change(tx, district, preference, ended_by=by, ended_at=at)
    audit.record(tx, at=at, actor=by, action="preference ended", subject=preference)


def _change(tx: Connection, district: DistrictId, preference: str, **values: object) -> None:
    """Raises `NotFound` also for one of another district, and for one that was ended."""
    same = (PREFERENCE.c.id == preference, PREFERENCE.c.district == district, PREFERENCE.c.ended_at.is_(None))
    if tx.execute(update(PREFERENCE).where(*same).values(**values)).rowcount == 0:
        raise NotFound


def of_student(tx: Connection, student: StudentId) -> list[KeptPreference]:
    """Those that hold, by what they are about."""
    query = select(PREFERENCE).where(PREFERENCE.c.student == student, PREFERENCE.c.ended_at.is_(None))
    found = [_read(row) for row in tx.execute(query.order_by(PREFERENCE.c.recorded_at, PREFERENCE.c.id))]
    order = list(Preference)
    return sorted(found, key=lambda each: order.index(each.preference))


def _read(row: Found) -> KeptPreference:
    return KeptPreference(
        id=row.id,
        preference=row.preference,
        person=row.person,
        source=row.source,
        recorded_by=row.recorded_by,
        confirmed_at=row.confirmed_at,
    )
