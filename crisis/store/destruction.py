"""Destruction of a record whose time is over: asked for by one person, done by another, with a certificate (PR-65).

In one transaction: the keys are destroyed, rows are deleted, of what has to stay every name is taken out. The log, the
chain and the ledger verify afterwards as before.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.retention_words import DestructionMethod, RetentionClass
from crisis.store import audit, kept_records, remains, sealed
from crisis.store.kept_records import Kept
from crisis.store.people_tables import STUDENT, Found
from crisis.store.remains import Whose
from crisis.store.retention_tables import DESTRUCTION
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What waits for a second person. `told_on`: when the student or the parents were told."""

    id: str
    subject: str
    told_on: date | None
    asked_by: PersonId
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What was destroyed, without a name. `asked_by` None: nobody need ask, its time was over.

    `of_student`: the whole record of one; else an incident of nobody, or a drill. `records` are rows of the database.
    """

    id: str
    subject: str
    of_student: bool
    incidents: int
    keys: int
    records: int
    classes: tuple[RetentionClass, ...]
    due_on: date
    pack: str
    method: DestructionMethod
    told_on: date | None
    asked_by: PersonId | None
    asked_at: datetime | None
    confirmed_by: PersonId | None
    done_at: datetime


def ask(tx: Connection, kept: Kept, told_on: date | None, *, by: PersonId, at: datetime) -> str:
    """Nothing is destroyed yet. Raises `Refused` with everything that keeps it."""
    refuse_if(*kept.reasons, *_telling(kept, told_on))
    if waiting_for(tx, kept.subject) is not None:
        raise Refused(Reason("PR-65", "Somebody has asked for that already; another person does it"))
    new = clock.new_id()
    row = {"id": new, "district": kept.district, "told_on": told_on, "asked_by": by, "asked_at": at}
    tx.execute(insert(DESTRUCTION).values(**row, **_place(kept)))
    audit.record(tx, at=at, actor=by, action="destruction asked", subject=new)
    return new


def withdraw(tx: Connection, district: DistrictId, asked: str, *, by: PersonId, at: datetime) -> None:
    _waiting(tx, district, asked)
    tx.execute(update(DESTRUCTION).where(DESTRUCTION.c.id == asked).values(withdrawn_by=by, withdrawn_at=at))
    audit.record(tx, at=at, actor=by, action="destruction withdrawn", subject=asked)


def confirm(tx: Connection, district: DistrictId, asked: str, *, by: PersonId, at: datetime) -> None:
    """Destroys it, now and for ever. Everything is asked again: a hold may be a second old (PR-66)."""
    row = _waiting(tx, district, asked)
    if row.asked_by == by:
        raise Refused(Reason("PR-65", "You asked for it; another person has to do it"))
    _lock(tx, row)
    kept = kept_records.of_subject(tx, district, row.student or row.incident, at)
    refuse_if(*kept.reasons)
    _destroy(tx, kept, asked, by=by, at=at)


def by_time(tx: Connection, kept: Kept, at: datetime) -> str:
    """What nobody need ask for. Raises `Refused` with everything that keeps it."""
    assert kept.student is None
    refuse_if(*kept.reasons)
    new = clock.new_id()
    row = {"id": new, "district": kept.district, **_place(kept)}
    tx.execute(insert(DESTRUCTION).values(**row))
    _destroy(tx, kept, new, by=None, at=at)
    return new


def _destroy(tx: Connection, kept: Kept, asked: str, *, by: PersonId | None, at: datetime) -> None:
    subjects = [*kept.incidents, *([] if kept.student is None else [kept.student])]
    records = remains.erase(tx, Whose(kept.student, kept.incidents))
    keys = sum(sealed.destroy(tx, each, at) for each in subjects)
    made = {
        "method": DestructionMethod.KEYS_AND_ROWS,
        "classes": " ".join(sorted(kept.record.classes)),
        "due_on": kept.due_on,
        "pack": f"{kept.pack.id} {kept.pack.version}",
        "incidents": len(kept.incidents),
        "keys": keys,
        "records": records,
    }
    tx.execute(update(DESTRUCTION).where(DESTRUCTION.c.id == asked).values(**made, confirmed_by=by, done_at=at))
    detail: audit.Detail = {"incidents": len(kept.incidents), "keys": keys, "records": records}
    audit.record(tx, at=at, actor=by, action="record destroyed", subject=asked, detail=detail)


def _telling(kept: Kept, told_on: date | None) -> list[Reason]:
    if kept.student is None:
        return []
    if told_on is None:
        return [Reason("PR-65", "Say on which day the student or the parents were told that it will be destroyed")]
    return [Reason("PR-65", "They cannot have been told on a later day than today")] if told_on > kept.today else []


def _place(kept: Kept) -> dict[str, str | None]:
    return {"student": kept.student, "incident": kept.subject if kept.student is None else None}


def _lock(tx: Connection, row: Found) -> None:
    """Nobody else writes to this record, or asks to see it, until it is gone."""
    table, subject = (STUDENT, row.student) if row.student is not None else (INCIDENT, row.incident)
    tx.execute(select(table.c.id).where(table.c.id == subject).with_for_update())


def _waiting(tx: Connection, district: DistrictId, asked: str) -> Found:
    """Raises `NotFound` also for another district's, and for what has ended."""
    mine = (DESTRUCTION.c.id == asked, DESTRUCTION.c.district == district, *_OPEN)
    row = tx.execute(select(DESTRUCTION).where(*mine).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


_OPEN = (DESTRUCTION.c.done_at.is_(None), DESTRUCTION.c.withdrawn_at.is_(None))


def waiting(tx: Connection, district: DistrictId) -> list[Asked]:
    """What waits for a second person, the oldest first."""
    return _asked(tx, DESTRUCTION.c.district == district)


def waiting_for(tx: Connection, subject: str) -> Asked | None:
    return next(iter(_asked(tx, (DESTRUCTION.c.student == subject) | (DESTRUCTION.c.incident == subject))), None)


def _asked(tx: Connection, which: ColumnElement[bool]) -> list[Asked]:
    rows = tx.execute(select(DESTRUCTION).where(which, *_OPEN).order_by(DESTRUCTION.c.asked_at, DESTRUCTION.c.id))
    return [
        Asked(
            id=row.id,
            subject=row.student or row.incident,
            told_on=row.told_on,
            asked_by=row.asked_by,
            asked_at=row.asked_at,
        )
        for row in rows
    ]


def certificate(tx: Connection, district: DistrictId | None, asked: str) -> Certificate:
    """Raises `NotFound` also for another district's; `district` None: whichever it is, for the machine's operator."""
    query = select(DESTRUCTION).where(DESTRUCTION.c.id == asked, DESTRUCTION.c.done_at.is_not(None))
    row = tx.execute(query if district is None else query.where(DESTRUCTION.c.district == district)).one_or_none()
    if row is None:
        raise NotFound
    return _certificate(row)


def certificates(tx: Connection, district: DistrictId | None = None) -> list[Certificate]:
    """The newest first."""
    query = select(DESTRUCTION).where(DESTRUCTION.c.done_at.is_not(None))
    query = query if district is None else query.where(DESTRUCTION.c.district == district)
    return [_certificate(row) for row in tx.execute(query.order_by(DESTRUCTION.c.done_at.desc(), DESTRUCTION.c.id))]


def _certificate(row: Found) -> Certificate:
    return Certificate(
        id=row.id,
        subject=row.student or row.incident,
        of_student=row.student is not None,
        incidents=row.incidents,
        keys=row.keys,
        records=row.records,
        classes=tuple(RetentionClass(each) for each in row.classes.split()),
        due_on=row.due_on,
        pack=row.pack,
        method=row.method,
        told_on=row.told_on,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        confirmed_by=row.confirmed_by,
        done_at=row.done_at,
    )
