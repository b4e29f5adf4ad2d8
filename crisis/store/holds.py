"""Legal holds: placed by one person at once, released by two; as long as one stands nothing of it is destroyed (PR-66).

Why it was placed is sealed with the record: it may name a case.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.store import audit, sealed
from crisis.store.kept_records import Kept
from crisis.store.people_tables import Found
from crisis.store.retention_tables import LEGAL_HOLD
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, WordsId

LONGEST = 1000  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """`text` None: its key was destroyed."""

    id: str
    subject: str
    text: str | None
    placed_by: PersonId
    placed_at: datetime
    release_asked_by: PersonId | None
    released_by: PersonId | None
    released_at: datetime | None


def place(tx: Connection, keys: KeyRing, kept: Kept, why: str, *, by: PersonId, at: datetime) -> str:
    """In force at once, beside others that may stand already: each has its own reason, and its own end."""
    said = " ".join(why.split())
    refuse_if(
        Reason("PR-66", "Say why it has to be kept: the case, the order, or who asked") if not said else None,
        Reason("PR-66", "Keep it to 1,000 letters") if len(said) > LONGEST else None,
    )
    new, words = clock.new_id(), WordsId(clock.new_id())
    sealed.put(tx, keys, kept.subject, {words: said})
    place = {"student": kept.student, "incident": kept.subject if kept.student is None else None}
    row = {"id": new, "district": kept.district, "words": words, "placed_by": by, "placed_at": at}
    tx.execute(insert(LEGAL_HOLD).values(**row, **place))
    audit.record(tx, at=at, actor=by, action="legal hold placed", subject=new)
    return new


def ask_release(tx: Connection, district: DistrictId, hold: str, *, by: PersonId, at: datetime) -> None:
    """It stays in force until somebody else has released it."""
    found = _standing(tx, district, hold)
    if found.release_asked_by is not None:
        raise Refused(Reason("PR-64", "Somebody has asked for that already; another person releases it"))
    _change(tx, hold, release_asked_by=by, release_asked_at=at)
    audit.record(tx, at=at, actor=by, action="legal hold release asked", subject=hold)


def keep(tx: Connection, district: DistrictId, hold: str, *, by: PersonId, at: datetime) -> None:
    """It is not to be released after all; anybody who may release it may say so."""
    _must_be_asked(_standing(tx, district, hold))
    _change(tx, hold, release_asked_by=None, release_asked_at=None)
    audit.record(tx, at=at, actor=by, action="legal hold kept", subject=hold)


def release(tx: Connection, district: DistrictId, hold: str, *, by: PersonId, at: datetime) -> None:
    """By another than who asked for it (PR-64)."""
    found = _standing(tx, district, hold)
    _must_be_asked(found)
    if found.release_asked_by == by:
        raise Refused(Reason("PR-64", "You asked for it; another person has to release it"))
    _change(tx, hold, released_by=by, released_at=at)
    audit.record(tx, at=at, actor=by, action="legal hold released", subject=hold)


def of_record(tx: Connection, keys: KeyRing, kept: Kept) -> list[Hold]:
    """Those that stand, the oldest first; also one that was placed on an incident before anybody knew whose it is."""
    mine = or_(LEGAL_HOLD.c.student == kept.subject, LEGAL_HOLD.c.incident.in_(kept.incidents))
    return _read(tx, keys, mine & LEGAL_HOLD.c.released_at.is_(None))


def of_district(tx: Connection, keys: KeyRing, district: DistrictId) -> list[Hold]:
    """Those that stand."""
    return _read(tx, keys, (LEGAL_HOLD.c.district == district) & LEGAL_HOLD.c.released_at.is_(None))


def any_stands(tx: Connection) -> bool:
    """In any district."""
    return tx.execute(select(LEGAL_HOLD.c.id).where(LEGAL_HOLD.c.released_at.is_(None)).limit(1)).first() is not None


def _read(tx: Connection, keys: KeyRing, which: ColumnElement[bool]) -> list[Hold]:
    rows = tx.execute(select(LEGAL_HOLD).where(which).order_by(LEGAL_HOLD.c.placed_at, LEGAL_HOLD.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    return [
        Hold(
            id=row.id,
            subject=row.student or row.incident,
            text=words.get(WordsId(row.words)),
            placed_by=row.placed_by,
            placed_at=row.placed_at,
            release_asked_by=row.release_asked_by,
            released_by=row.released_by,
            released_at=row.released_at,
        )
        for row in rows
    ]


def _standing(tx: Connection, district: DistrictId, hold: str) -> Found:
    """Raises `NotFound` also for another district's, and for one that was released."""
    mine = (LEGAL_HOLD.c.id == hold, LEGAL_HOLD.c.district == district, LEGAL_HOLD.c.released_at.is_(None))
    row = tx.execute(select(LEGAL_HOLD).where(*mine).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return row


def _must_be_asked(found: Found) -> None:
    if found.release_asked_by is None:
        raise Refused(Reason("PR-64", "Nobody has asked for its release; the first of two people does that"))


def _change(tx: Connection, hold: str, **values: object) -> None:
    tx.execute(update(LEGAL_HOLD).where(LEGAL_HOLD.c.id == hold).values(**values))
