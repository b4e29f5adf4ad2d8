"""Turns that are about to begin: whoever has one is asked once whether they can be reached (`paging.md` 6.12, W4).

Rows, so that a restart asks nobody twice and forgets nobody. Times of turns come from the schedules in UTC, so that a
change of clocks moves the question with the turn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis import clock
from crisis.errors import NotFound
from crisis.readiness_words import ErrandKind
from crisis.schedules.rota import Slot
from crisis.store import audit, errands, methods, outlook, planners, rotations
from crisis.store.errands import Subject, Wanted
from crisis.store.people_tables import Found
from crisis.store.readiness_tables import ASKED_TURN
from crisis.vocabulary import DistrictId, PersonId

BEFORE = timedelta(minutes=30)
TOLD_UNTIL = timedelta(hours=12)  # after the turn began; after a longer stop of the worker it is no news any more
KEPT = timedelta(days=90)  # longer than the errands that name them
MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTurn:
    """`declined_at`: they said that they cannot."""

    id: str
    person: PersonId
    starts_at: datetime
    asked_at: datetime
    confirmed_at: datetime | None
    declined_at: datetime | None
    told_at: datetime | None


def to_ask(tx: Connection, district: DistrictId, at: datetime) -> list[tuple[PersonId, datetime]]:
    """Whoever has a turn that begins within the half hour and was not asked yet, and when it begins.

    A turn that was running a minute ago does not begin: a handover to oneself asks nothing.
    """
    book = rotations.read(tx, district, at - MOMENT, at + BEFORE + MOMENT)
    every = outlook.turns(book, at - MOMENT, at + BEFORE + MOMENT)
    beginning = {(each.person, each.starts_at) for each in every if at < each.starts_at <= at + BEFORE}
    known = {(row.person, row.starts_at) for row in tx.execute(_between(district, at, at + BEFORE))}
    return sorted(beginning - known)


def ask(tx: Connection, district: DistrictId, turns: Iterable[tuple[PersonId, datetime]], at: datetime) -> int:
    """How many were asked; who was asked meanwhile is not asked twice."""
    tx.execute(delete(ASKED_TURN).where(ASKED_TURN.c.starts_at < at - KEPT))
    return sum(_ask(tx, district, person, starts_at, at) for person, starts_at in turns)


def _between(district: DistrictId, since: datetime, until: datetime) -> Select[tuple[object, ...]]:
    return select(ASKED_TURN).where(
        ASKED_TURN.c.district == district, ASKED_TURN.c.starts_at > since, ASKED_TURN.c.starts_at <= until
    )


def _ask(tx: Connection, district: DistrictId, person: PersonId, starts_at: datetime, at: datetime) -> bool:
    """Two workers may want to at once: one of them does."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    turn = clock.new_id()
    row = insert(ASKED_TURN).values(id=turn, district=district, person=person, starts_at=starts_at, asked_at=at)
    if tx.execute(row.on_conflict_do_nothing().returning(ASKED_TURN.c.id)).scalar_one_or_none() is None:
        return False
    first = next(iter(methods.dialled(tx, [person])[person]), None)
    if first is not None and first.texts:  # else the console asks alone, and the backup hears of it
        wanted = Wanted(
            kind=ErrandKind.CONFIRM,
            subject=Subject.CONFIRM_TURN,
            person=person,
            number=first.number,
            asks=True,
            turn=turn,
            amount=max(1, round((starts_at - at) / timedelta(minutes=1))),
            valid=starts_at - at + TOLD_UNTIL,
        )
        errands.put(tx, district, wanted, at=at)
    return True


def confirm(tx: Connection, turn: str, person: PersonId, *, at: datetime) -> None:
    """Also after the turn began, and after a no: who changed their mind can be reached."""
    theirs = (ASKED_TURN.c.id == turn, ASKED_TURN.c.person == person)
    if tx.execute(update(ASKED_TURN).where(*theirs).values(confirmed_at=at, declined_at=None)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=person, action="turn confirmed", subject=turn)


def decline(tx: Connection, turn: str, person: PersonId, *, at: datetime) -> None:
    """Nothing changes on the rota; those who can change it are told at once."""
    theirs = (ASKED_TURN.c.id == turn, ASKED_TURN.c.person == person)
    if tx.execute(update(ASKED_TURN).where(*theirs).values(declined_at=at, confirmed_at=None)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=person, action="turn declined", subject=turn)


def owes_word(tx: Connection, district: DistrictId, at: datetime) -> bool:
    """Whether there is a turn of which backup and planners must be told."""
    return tx.execute(_to_tell(district, at).limit(1)).first() is not None


def _to_tell(district: DistrictId, at: datetime) -> Select[tuple[object, ...]]:
    began = ASKED_TURN.c.starts_at <= at
    return select(ASKED_TURN).where(
        ASKED_TURN.c.district == district,
        ASKED_TURN.c.told_at.is_(None),
        ASKED_TURN.c.confirmed_at.is_(None),
        ASKED_TURN.c.starts_at > at - TOLD_UNTIL,
        began | ASKED_TURN.c.declined_at.is_not(None),
    )


def tell(tx: Connection, district: DistrictId, at: datetime) -> int:
    """Tells backup and planners of turns that began unconfirmed, or were declined; each once. How many those were."""
    told = 0
    for row in tx.execute(_to_tell(district, at).with_for_update(skip_locked=True)).all():
        tx.execute(update(ASKED_TURN).where(ASKED_TURN.c.id == row.id).values(told_at=at))
        slots = _slots(tx, district, row)
        if not slots:
            continue  # somebody else has the turn by now
        subject = Subject.TURN_DECLINED if row.declined_at is not None else Subject.TURN_UNCONFIRMED
        planners.tell(tx, district, subject, at=at, also=_backups(tx, district, slots, row), but=row.person)
        told += 1
    return told


def _slots(tx: Connection, district: DistrictId, row: Found) -> list[Slot]:
    """What this person is on call for when the turn begins, as the schedules say now."""
    book = rotations.read(tx, district, row.starts_at, row.starts_at + MOMENT)
    every = outlook.turns(book, row.starts_at, row.starts_at + MOMENT)
    return [each.slot for each in every if each.person == row.person]


def _backups(tx: Connection, district: DistrictId, slots: list[Slot], row: Found) -> list[PersonId]:
    found: list[PersonId] = []
    for slot in slots:
        behind = Slot(school=slot.school, role=slot.role, level=slot.level + 1)
        found += rotations.answer(tx, district, behind, at=row.starts_at).people
    return list(dict.fromkeys(found))


def unconfirmed(tx: Connection, district: DistrictId, at: datetime) -> list[AskedTurn]:
    """Asked and not confirmed, up to half a day after the turn began; the earliest first."""
    query = _between(district, at - TOLD_UNTIL, at + BEFORE).where(ASKED_TURN.c.confirmed_at.is_(None))
    return [_turn(row) for row in tx.execute(query.order_by(ASKED_TURN.c.starts_at, ASKED_TURN.c.person))]


def of_person(tx: Connection, person: PersonId, at: datetime) -> list[AskedTurn]:
    """Theirs that begin soon or began lately, confirmed or not."""
    query = select(ASKED_TURN).where(ASKED_TURN.c.person == person, ASKED_TURN.c.starts_at > at - TOLD_UNTIL)
    return [_turn(row) for row in tx.execute(query.order_by(ASKED_TURN.c.starts_at))]


def _turn(row: Found) -> AskedTurn:
    names = ("id", "person", "starts_at", "asked_at", "confirmed_at", "declined_at", "told_at")
    return AskedTurn(**{name: getattr(row, name) for name in names})
