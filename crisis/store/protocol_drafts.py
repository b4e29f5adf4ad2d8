"""The protocols that a district is changing: copies of published ones, kept as they were typed, every saving of them.

A text with faults is kept too: nothing is lost of what somebody typed, and it is told what is wrong and where.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.protocols import loader, patching
from crisis.protocols.loader import content_hash
from crisis.protocols.patching import Changes
from crisis.protocols.plain_yaml import ProtocolFault, written
from crisis.protocols.schema import Protocol, Review, Reviewer
from crisis.store import audit, protocols
from crisis.store.draft_tables import DRAFT, EDITION
from crisis.store.people_tables import Found
from crisis.store.tables import PROTOCOL
from crisis.vocabulary import DistrictId, PersonId, ProtocolHash, SafetyClass, StepId

NAME = "the protocol"  # what a fault calls the text
LARGEST = 200_000  # characters of a text; a request holds no more
NOT_REVIEWED = Review(clinical=Reviewer(name=None, on=None), legal=Reviewer(name=None, on=None), expires=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    number: int
    text: str
    hash: ProtocolHash | None
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`latest` is what stands now. `writers` are all who ever saved it: none of them may sign for it."""

    id: str
    came_from: ProtocolHash
    begun_by: PersonId
    begun_at: datetime
    latest: Edition
    writers: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class Read:
    """A text as a protocol, or the sentences that say why it is none; each names its line."""

    protocol: Protocol | None
    faults: tuple[str, ...]


@lru_cache(maxsize=64)
def read(text: str) -> Read:
    try:
        found = loader.protocol_from_text(text, NAME)
    except ProtocolFault as fault:
        return Read(None, fault.faults)
    if found.review != NOT_REVIEWED:
        return Read(
            None, (f"{NAME}: review: leave it empty; who signs this version is written in when it is published",)
        )
    return Read(found, ())


def hash_of(text: str) -> ProtocolHash | None:
    known = read(text).protocol
    return None if known is None else content_hash(known)


def begin(tx: Connection, district: DistrictId, came_from: ProtocolHash, *, by: PersonId, at: datetime) -> str:
    """A copy with a version number of the district's own, and without anybody's review. Raises `NotFound`."""
    known = protocols.by_hash(tx, came_from)
    values = json.loads(known.model_dump_json(exclude_unset=True))
    values |= {"version": _next_version(tx, district, known), "review": json.loads(NOT_REVIEWED.model_dump_json())}
    new = clock.new_id()
    row = {"id": new, "district": district, "came_from": came_from, "begun_by": by, "begun_at": at}
    tx.execute(insert(DRAFT).values(**row))
    _add(tx, district, new, _edition(1, written(values), by, at))
    audit.record(tx, at=at, actor=by, action="protocol draft begun", subject=new, detail={"of": came_from})
    return new


def _next_version(tx: Connection, district: DistrictId, known: Protocol) -> str:
    """One more than any of this name that is published, or that somebody of the district is writing."""
    published = tx.execute(select(PROTOCOL.c.version).where(PROTOCOL.c.id == known.id)).scalars()
    writing = (read(draft.latest.text).protocol for draft in open_ones(tx, district))
    taken = [*published, *(each.version for each in writing if each is not None and each.id == known.id)]
    major, minor, patch = max(tuple(int(part) for part in version.split(".")) for version in taken)
    return f"{major}.{minor}.{patch + 1}"


def save(tx: Connection, district: DistrictId, draft: str, text: str, *, seen: int, by: PersonId, at: datetime) -> int:
    """One more edition; the number of it. `seen` is the edition that was changed: a slower writer overwrites nobody.

    The same text again is no edition. Raises `Refused` where somebody saved meanwhile, and `NotFound`.
    """
    tx.execute(select(DRAFT.c.id).where(DRAFT.c.id == draft).with_for_update())
    known, text = one(tx, district, draft), tidy(text)
    if text == known.latest.text:
        return known.latest.number
    if len(text) > LARGEST:
        raise Refused(Reason("DRAFT", "This is too long for a protocol; take out what is not needed"))
    if seen != known.latest.number:
        raise Refused(Reason("DRAFT", "Somebody saved this draft while you wrote; compare, then save yours again"))
    new = _edition(seen + 1, text, by, at)
    _add(tx, district, draft, new)
    detail = {"edition": new.number, "content": new.hash or ""}
    audit.record(tx, at=at, actor=by, action="protocol draft saved", subject=draft, detail=detail)
    return new.number


def change(
    tx: Connection, district: DistrictId, draft: str, changes: Changes, *, seen: int, by: PersonId, at: datetime
) -> int:
    """Other values at places of the text, as a form asks for them. Raises `Refused` with every fault that it makes."""
    latest, known = _whole(tx, district, draft)
    return _save_whole(tx, district, draft, patching.changed(latest.text, known, changes), seen=seen, by=by, at=at)


def leave_out(
    tx: Connection, district: DistrictId, draft: str, step: StepId, *, seen: int, by: PersonId, at: datetime
) -> int:
    """One that somebody may waive with a reason anyway; raises `Refused` for any other, and where others ask for it."""
    latest, known = _whole(tx, district, draft)
    found = known.step(step)
    if found is None:
        raise NotFound
    if found.safety is SafetyClass.HARD:
        raise Refused(Reason("DRAFT", "This step is never left out: nobody may waive it"))
    return _save_whole(tx, district, draft, patching.without(latest.text, known, step), seen=seen, by=by, at=at)


def _whole(tx: Connection, district: DistrictId, draft: str) -> tuple[Edition, Protocol]:
    latest = one(tx, district, draft).latest
    known = read(latest.text).protocol
    if known is None:
        raise Refused(Reason("DRAFT", "The text of this draft has faults; put them right there first"))
    return latest, known


def _save_whole(
    tx: Connection, district: DistrictId, draft: str, text: str, *, seen: int, by: PersonId, at: datetime
) -> int:
    faults = read(tidy(text)).faults
    if faults:
        raise Refused(*(Reason("DRAFT", "%(fault)s", (("fault", each),)) for each in faults))
    return save(tx, district, draft, text, seen=seen, by=by, at=at)


def tidy(text: str) -> str:
    """Lines as files have them: a browser sends them with a carriage return."""
    return text.replace("\r\n", "\n").strip("\n") + "\n"


def _edition(number: int, text: str, by: PersonId, at: datetime) -> Edition:
    return Edition(number=number, text=text, hash=hash_of(text), by=by, at=at)


def _add(tx: Connection, district: DistrictId, draft: str, new: Edition) -> None:
    row = {"id": clock.new_id(), "draft": draft, "district": district, "saved_by": new.by, "saved_at": new.at}
    tx.execute(insert(EDITION).values(**row, number=new.number, text=new.text, hash=new.hash))


def throw_away(tx: Connection, district: DistrictId, draft: str, *, by: PersonId, at: datetime) -> None:
    """It stays on record, and nobody goes on with it."""
    one(tx, district, draft)
    tx.execute(update(DRAFT).where(DRAFT.c.id == draft).values(ended_by=by, ended_at=at))
    audit.record(tx, at=at, actor=by, action="protocol draft thrown away", subject=draft)


def one(tx: Connection, district: DistrictId, draft: str) -> Draft:
    """Raises `NotFound` for one that is ended, and for another district's."""
    found = _drafts(tx, DRAFT.c.district == district, DRAFT.c.id == draft, DRAFT.c.ended_at.is_(None))
    if not found:
        raise NotFound
    return found[0]


def open_ones(tx: Connection, district: DistrictId) -> list[Draft]:
    """Those that are neither thrown away nor published, the newest first."""
    return _drafts(tx, DRAFT.c.district == district, DRAFT.c.ended_at.is_(None))


def _drafts(tx: Connection, *which: ColumnElement[bool]) -> list[Draft]:
    rows = tx.execute(select(DRAFT).where(*which).order_by(DRAFT.c.begun_at.desc(), DRAFT.c.id.desc())).all()
    return [_draft(tx, row) for row in rows]


def _draft(tx: Connection, row: Found) -> Draft:
    saved = tx.execute(select(EDITION).where(EDITION.c.draft == row.id).order_by(EDITION.c.number.desc()).limit(1))
    writers = tx.execute(select(EDITION.c.saved_by).where(EDITION.c.draft == row.id)).scalars()
    return Draft(
        id=row.id,
        came_from=ProtocolHash(row.came_from),
        begun_by=PersonId(row.begun_by),
        begun_at=row.begun_at,
        latest=_kept(saved.one()),
        writers=frozenset(PersonId(each) for each in writers),
    )


def editions(tx: Connection, draft: Draft) -> list[Edition]:
    """All that was ever saved of it, the newest first."""
    query = select(EDITION).where(EDITION.c.draft == draft.id).order_by(EDITION.c.number.desc())
    return [_kept(row) for row in tx.execute(query)]


def _kept(row: Found) -> Edition:
    hashed = None if row.hash is None else ProtocolHash(row.hash)
    return Edition(number=row.number, text=row.text, hash=hashed, by=PersonId(row.saved_by), at=row.saved_at)
