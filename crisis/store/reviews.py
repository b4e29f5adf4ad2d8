"""Reviews that people write of one incident or drill: begun, written, read by a second person, signed, closed.

The figures are never kept here: they are computed from the log (`crisis/review`). Words are sealed with the incident,
and what was signed is changed no more: whoever has something to add writes a remark.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.review import written
from crisis.review.written import Objective, Observed
from crisis.review_words import EntryKind, Rating, ReviewCause, ReviewState
from crisis.statemachine.lifecycle import REVIEW as LIFECYCLE
from crisis.store import audit, sealed
from crisis.store.people_tables import Found
from crisis.store.review_tables import ENTRY, ITEM, RATING, REVIEW
from crisis.store.sealed import KeyRing
from crisis.store.tables import WORDS
from crisis.vocabulary import DistrictId, IncidentId, PersonId, SchoolId, WordsId

LONGEST = 4000  # letters
UNSIGNED = frozenset({ReviewState.OWED, ReviewState.DRAFT, ReviewState.IN_REVIEW})
WRITABLE = frozenset({ReviewState.DRAFT, ReviewState.IN_REVIEW})
FIXED = frozenset({ReviewState.SIGNED, ReviewState.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReview:
    """A review as it stands; times are UTC. `lead` is who led the incident, `written_by` who changed this last."""

    id: str
    district: DistrictId
    school: SchoolId
    incident: IncidentId
    lead: PersonId | None
    state: ReviewState
    causes: tuple[ReviewCause, ...]
    due_at: datetime | None
    begun_by: PersonId | None
    begun_at: datetime | None
    written_by: PersonId | None
    written_at: datetime | None
    signed_by: PersonId | None
    signed_at: datetime | None
    closed_by: PersonId | None
    closed_at: datetime | None

    def late(self, at: datetime) -> bool:
        return self.state in UNSIGNED and self.due_at is not None and self.due_at < at


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody writes. `objective` of strengths and areas; `cause` of areas: why it was so.

    `was`: the version that they saw, where they write it anew.
    """

    kind: EntryKind
    text: str
    objective: Objective | None = None
    cause: str | None = None
    was: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`text` and `cause` None: the key was destroyed, or there is none. `version` changes with what it says."""

    id: str
    version: str
    kind: EntryKind
    objective: Objective | None
    text: str | None
    cause: str | None
    written_by: PersonId
    written_at: datetime


def begin(tx: Connection, kept: KeptReview, *, by: PersonId, at: datetime) -> None:
    _move(tx, kept, "begin", at, begun_by=by, begun_at=at, written_by=by, written_at=at)
    _audit(tx, "review begun", kept, by, at)


def write(tx: Connection, keys: KeyRing, kept: KeptReview, said: Written, *, by: PersonId, at: datetime) -> str:
    """Adds an entry; its id. After the signature a remark, and nothing else."""
    refuse_if(*_against(kept, said))
    new = clock.new_id()
    words = _seal(tx, keys, kept, said)
    place = {"id": new, "district": kept.district, "review": kept.id, "kind": said.kind, "objective": said.objective}
    tx.execute(insert(ENTRY).values(**place, **words, written_by=by, written_at=at))
    _touch(tx, kept, by, at)
    _audit(tx, f"review written: {said.kind}", kept, by, at)
    return new


def change(
    tx: Connection, keys: KeyRing, kept: KeptReview, entry: str, said: Written, *, by: PersonId, at: datetime
) -> None:
    """Writes an entry anew; what it said before is deleted. Raises `NotFound` for one of another review."""
    before = _entry(tx, kept, entry)
    same = Written(kind=before.kind, objective=before.objective, text=said.text, cause=said.cause)
    refuse_if(*_against(kept, same), _fixed(before), _changed(before, said.was))
    words = _seal(tx, keys, kept, same)
    tx.execute(update(ENTRY).where(ENTRY.c.id == entry).values(**words, written_by=by, written_at=at))
    _forget(tx, before)
    _touch(tx, kept, by, at)
    _audit(tx, f"review written: {before.kind}", kept, by, at)


def remove(tx: Connection, kept: KeptReview, entry: str, *, by: PersonId, at: datetime) -> None:
    before = _entry(tx, kept, entry)
    refuse_if(_not_writable(kept), _fixed(before), _followed(tx, entry))
    tx.execute(delete(ENTRY).where(ENTRY.c.id == entry))
    _forget(tx, before)
    _touch(tx, kept, by, at)
    _audit(tx, "review entry taken out", kept, by, at)


def rate(tx: Connection, kept: KeptReview, objective: Objective, rating: Rating, *, by: PersonId, at: datetime) -> None:
    """Raises `Refused` where what was written about it says otherwise."""
    seen = observed(tx, kept.id, [objective])[objective]
    refuse_if(_not_writable(kept), written.against(rating, seen))
    same = (RATING.c.review == kept.id, RATING.c.objective == objective)
    values = {"rating": rating, "rated_by": by, "rated_at": at}
    if tx.execute(update(RATING).where(*same).values(**values)).rowcount == 0:
        tx.execute(insert(RATING).values(review=kept.id, objective=objective, **values))
    _touch(tx, kept, by, at)
    _audit(tx, "review rated", kept, by, at)


def hand_in(tx: Connection, kept: KeptReview, objectives: Sequence[Objective], *, by: PersonId, at: datetime) -> None:
    """A second person reads it now. Raises `Refused` with all that it lacks."""
    reasons = tuple(written.lacking(observed(tx, kept.id, objectives)))
    _move(tx, kept, "hand_in", at, reasons)
    _audit(tx, "review handed in", kept, by, at)


def send_back(tx: Connection, kept: KeptReview, *, by: PersonId, at: datetime) -> None:
    _move(tx, kept, "send_back", at)
    _audit(tx, "review sent back", kept, by, at)


def sign(
    tx: Connection, kept: KeptReview, objectives: Sequence[Objective], *, over: bool, by: PersonId, at: datetime
) -> None:
    """Fixes what it says. `over`: the incident is closed. Asked again what it lacks: it may be changed until now."""
    lacks = written.lacking(observed(tx, kept.id, objectives))
    reasons = (*lacks, *written.unsignable(kept.written_by, by, closed=over))
    _move(tx, kept, "sign", at, reasons, signed_by=by, signed_at=at)
    _audit(tx, "review signed", kept, by, at)


def close(tx: Connection, kept: KeptReview, *, by: PersonId, at: datetime) -> None:
    """Once something is to be done about all that should get better, or somebody has said why not."""
    followed = select(ITEM.c.id).where(ITEM.c.entry == ENTRY.c.id).correlate(ENTRY)
    areas = (ENTRY.c.review == kept.id, ENTRY.c.kind == EntryKind.AREA)
    left = tx.execute(select(ENTRY.c.id).where(*areas, ~exists(followed)).limit(1)).first()
    lacks = Reason("AAR", "Each thing that should get better wants an improvement item, or one that was dropped")
    _move(tx, kept, "close", at, [] if left is None else [lacks], closed_by=by, closed_at=at)
    _audit(tx, "review closed", kept, by, at)


def one(tx: Connection, district: DistrictId, review: str, *, lock: bool = False) -> KeptReview:
    """`lock` keeps others from changing it until the end. Raises `NotFound` also for another district's."""
    query = select(REVIEW).where(REVIEW.c.id == review, REVIEW.c.district == district)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return read(row)


def of_incident(tx: Connection, incident: IncidentId) -> KeptReview | None:
    row = tx.execute(select(REVIEW).where(REVIEW.c.incident == incident)).one_or_none()
    return None if row is None else read(row)


def entries(tx: Connection, keys: KeyRing, review: str) -> list[Entry]:
    """In the order in which they were written."""
    rows = tx.execute(select(ENTRY).where(ENTRY.c.review == review).order_by(ENTRY.c.id)).all()
    ids = [WordsId(each) for row in rows for each in (row.words, row.cause) if each is not None]
    words = sealed.read(tx, keys, ids)
    return [
        Entry(
            id=row.id,
            version=row.words,
            kind=row.kind,
            objective=row.objective,
            text=words.get(WordsId(row.words)),
            cause=None if row.cause is None else words.get(WordsId(row.cause)),
            written_by=row.written_by,
            written_at=row.written_at,
        )
        for row in rows
    ]


def observed(tx: Connection, review: str, objectives: Sequence[Objective]) -> dict[Objective, Observed]:
    ratings = {
        row.objective: row.rating
        for row in tx.execute(select(RATING.c.objective, RATING.c.rating).where(RATING.c.review == review))
    }
    seen = [
        (row.objective, row.kind)
        for row in tx.execute(select(ENTRY.c.objective, ENTRY.c.kind).where(ENTRY.c.review == review))
    ]
    return {
        each: Observed(
            rating=ratings.get(each),
            strengths=seen.count((each, EntryKind.STRENGTH)),
            areas=seen.count((each, EntryKind.AREA)),
        )
        for each in objectives
    }


def read(row: Found) -> KeptReview:
    plain = {each.name: getattr(row, each.name) for each in fields(KeptReview)}
    return KeptReview(**plain | {"causes": tuple(ReviewCause(each) for each in row.causes.split())})


def _against(kept: KeptReview, said: Written) -> list[Reason | None]:
    remark = said.kind is EntryKind.REMARK
    texts = [said.text, *([said.cause or ""] if said.kind is EntryKind.AREA else [])]
    return [
        _not_writable(kept) if not remark else None,
        Reason("AAR", "A remark is added once the review is signed; write it into the review itself")
        if remark and kept.state not in FIXED
        else None,
        Reason("AAR", "Write something") if not all(each.strip() for each in texts) else None,
        Reason("AAR", "Keep it to 4,000 letters") if any(len(each) > LONGEST for each in texts) else None,
    ]


def _not_writable(kept: KeptReview) -> Reason | None:
    if kept.state in WRITABLE:
        return None
    if kept.state in FIXED:
        return Reason("AAR", "It is signed, and stays as it is; add a remark")
    return Reason("AAR", "Nobody has begun this review yet; begin it first")


def _fixed(entry: Found) -> Reason | None:
    return Reason("AAR", "A remark stays as it is; add another one") if entry.kind is EntryKind.REMARK else None


def _followed(tx: Connection, entry: str) -> Reason | None:
    if tx.execute(select(ITEM.c.id).where(ITEM.c.entry == entry).limit(1)).first() is None:
        return None
    return Reason("AAR", "An improvement item comes from it; it stays")


def _changed(entry: Found, was: str | None) -> Reason | None:
    if was in (None, entry.words):
        return None
    return Reason("AAR", "Somebody has changed this meanwhile; load the page again and read it first")


def _seal(tx: Connection, keys: KeyRing, kept: KeptReview, said: Written) -> dict[str, WordsId | None]:
    new, cause = WordsId(clock.new_id()), WordsId(clock.new_id())
    why = (said.cause or "").strip() if said.kind is EntryKind.AREA else ""
    sealed.put(tx, keys, kept.incident, {new: said.text.strip(), **({cause: why} if why else {})})
    return {"words": new, "cause": cause if why else None}


def _entry(tx: Connection, kept: KeptReview, entry: str) -> Found:
    row = tx.execute(select(ENTRY).where(ENTRY.c.id == entry, ENTRY.c.review == kept.id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def _forget(tx: Connection, before: Found) -> None:
    tx.execute(delete(WORDS).where(WORDS.c.id.in_([each for each in (before.words, before.cause) if each])))


def _touch(tx: Connection, kept: KeptReview, by: PersonId, at: datetime) -> None:
    """Who wrote last; a remark after the signature is nobody's text but its writer's."""
    if kept.state in WRITABLE:
        tx.execute(update(REVIEW).where(REVIEW.c.id == kept.id).values(written_by=by, written_at=at))


def _move(
    tx: Connection, kept: KeptReview, trigger: str, at: datetime, reasons: Sequence[Reason] = (), **values: object
) -> None:
    if not LIFECYCLE.allows(kept.state, trigger):
        raise Refused(Reason("AAR", "Somebody has taken this review further meanwhile; load the page again"))
    state = LIFECYCLE.move(kept.state, trigger, reasons)
    which: ColumnElement[bool] = REVIEW.c.id == kept.id
    tx.execute(update(REVIEW).where(which).values(state=state, **values))


def _audit(tx: Connection, action: str, kept: KeptReview, by: PersonId, at: datetime) -> None:
    audit.record(tx, at=at, actor=by, action=action, subject=kept.id)
