"""Who is on call, asked at the moment of sending, so that a change made in between counts; and shifts in UTC."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import Reason, Refused
from crisis.schedules.rota import Slot
from crisis.store import methods, rotations
from crisis.store.methods import Dialled
from crisis.store.people_tables import SHIFT
from crisis.vocabulary import DistrictId, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """`phones` are E.164, the one that is paged first; empty where nobody can be called: that is to be said aloud.

    `numbers` says of each whether it can be texted and called.
    """

    person: PersonId
    numbers: tuple[Dialled, ...]

    @property
    def phones(self) -> tuple[str, ...]:
        return tuple(each.number for each in self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """`school` None is the whole district; level 0 is asked first. `starts_at` is in, `ends_at` is out."""

    id: str
    district: DistrictId
    school: SchoolId | None
    role: Role
    level: int
    person: PersonId
    starts_at: datetime
    ends_at: datetime


def on_call(
    tx: Connection, district: DistrictId, school: SchoolId, role: Role, level: int, *, at: datetime
) -> list[OnCall]:
    """By all layers of the schedule. Who is absent or was switched off is skipped at once (F56)."""
    answer = rotations.answer(tx, district, Slot(school=school, role=role, level=level), at=at)
    numbers = methods.dialled(tx, answer.people)
    return [OnCall(person=person, numbers=numbers[person]) for person in answer.people]


def shifts(tx: Connection, district: DistrictId, *, since: datetime, until: datetime) -> list[Shift]:
    query = select(SHIFT).where(SHIFT.c.district == district, SHIFT.c.starts_at < until, SHIFT.c.ends_at > since)
    return [Shift(**row._mapping) for row in tx.execute(query.order_by(SHIFT.c.starts_at, SHIFT.c.id))]


def add_shifts(tx: Connection, planned: Iterable[Shift]) -> None:
    """Two people may share a level; then both are paged."""
    rows = list(planned)
    if any(shift.starts_at >= shift.ends_at for shift in rows):
        raise Refused(Reason("SHIFT", "A shift begins before it ends"))
    if rows:
        tx.execute(insert(SHIFT), [{each.name: getattr(shift, each.name) for each in fields(shift)} for shift in rows])


def drop_shift(tx: Connection, district: DistrictId, shift: str) -> bool:
    """False where there was none of this district."""
    return tx.execute(delete(SHIFT).where(SHIFT.c.id == shift, SHIFT.c.district == district)).rowcount > 0
