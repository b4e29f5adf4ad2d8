"""Nobody leaves who is alone on a level of the rota, unless somebody takes over (F56).

An import is not stopped by this: what it says is a fact. The schedules skip the person at once, and the gap is red.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.schedules.ahead import LOOKED_AHEAD, stretches
from crisis.schedules.rota import Slot
from crisis.store import audit, people, rotations, standing
from crisis.store.people_tables import PERSON, SHIFT
from crisis.store.rotation_tables import MEMBER, OVERRIDE
from crisis.store.rotations import Book
from crisis.vocabulary import DistrictId, PersonId


def must_be_replaced(
    tx: Connection, person: PersonId, instead: PersonId | None, *, at: datetime, by: PersonId | None
) -> None:
    """Puts `instead` in the person's place for what is to come; raises `Refused` where that is needed and missing."""
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one_or_none()
    if district is None:
        raise NotFound
    book = rotations.read(tx, DistrictId(district), at, at + LOOKED_AHEAD)
    alone = alone_on(tx, DistrictId(district), book, person, at)
    if alone and instead is None:
        levels = len({(slot.role, slot.level) for slot in alone})
        raise Refused(
            Reason(
                "F56",
                "This person alone is on call on %(levels)s levels in the next 14 days. Name who takes their place, "
                "or put somebody else on the rota first",
                (("levels", str(levels)),),
            )
        )
    if instead is not None:
        _put_in_place(tx, DistrictId(district), person, instead, at=at, by=by)


def alone_on(tx: Connection, district: DistrictId, book: Book, person: PersonId, at: datetime) -> list[Slot]:
    """The schools' slots where nobody would be left at some time of the coming 14 days."""
    without = replace(book, gone=book.gone | {person})
    until = at + LOOKED_AHEAD
    found = []
    for school in people.schools(tx, district):
        for role, level in rotations.slots(tx, district, school.id):
            slot = Slot(school=school.id, role=role, level=level)
            now = stretches(book.schedule(slot), at, until)
            if any(person in each.answer.people for each in now) and any(
                not each.answer.people and person in each.answer.out
                for each in stretches(without.schedule(slot), at, until)
            ):
                found.append(slot)
    return found


def _put_in_place(
    tx: Connection, district: DistrictId, person: PersonId, instead: PersonId, *, at: datetime, by: PersonId | None
) -> None:
    """In every rotation, and in the shifts and overrides that are not over."""
    book = rotations.read(tx, district, at, at + LOOKED_AHEAD)
    for slot, plan in book.plans.items():
        if person in rotations.named(plan):
            rotations.must_be_fit(tx, district, instead, slot.role)
    theirs = (MEMBER.c.person == person, MEMBER.c.district == district)
    tx.execute(update(MEMBER).where(*theirs).values(person=instead))
    _shifts(tx, district, person, instead, at)
    changed = (OVERRIDE.c.incoming == person, OVERRIDE.c.district == district, OVERRIDE.c.ends_at > at)
    tx.execute(update(OVERRIDE).where(*changed).values(incoming=instead))
    audit.record(tx, at=at, actor=by, action="takes the place of", subject=instead, detail={"person": person})
    standing.put_on_rota(tx, [instead], at=at, by=by)


def _shifts(tx: Connection, district: DistrictId, person: PersonId, instead: PersonId, at: datetime) -> None:
    """One that has begun is cut in two, so that what was stays on record."""
    theirs = (SHIFT.c.person == person, SHIFT.c.district == district, SHIFT.c.ends_at > at)
    begun = tx.execute(select(SHIFT).where(*theirs, SHIFT.c.starts_at < at)).all()
    tx.execute(update(SHIFT).where(*theirs, SHIFT.c.starts_at >= at).values(person=instead))
    for row in begun:
        tx.execute(update(SHIFT).where(SHIFT.c.id == row.id).values(ends_at=at))
        rest = dict(row._mapping) | {"id": clock.new_id(), "person": instead, "starts_at": at}
        tx.execute(insert(SHIFT).values(**rest))
