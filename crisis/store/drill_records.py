"""What came of a drill: the record that a state asks for, and what those say who took part, without their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crisis.drill_words import AlertMethod, DrillId, DrillProblem, DrillState, Situation
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.drilling import KEPT
from crisis.store import audit, sealed
from crisis.store.drill_plans import seal
from crisis.store.drill_tables import DRILL, FEEDBACK, INJECT, MEMBER, OBJECTIVE, RECORD, RUN, TEXT
from crisis.store.kept_drills import Drill, one
from crisis.store.people_tables import Found
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, WordsId

AFTER = frozenset({DrillState.OVER, DrillState.STOOD_DOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`distressed`: for how many it was too much; `looked_after`: how many of them somebody talked with."""

    situation: Situation
    alert: AlertMethod
    hot_wash_at: datetime | None
    posted_on: date | None
    students: int
    staff: int
    distressed: int
    looked_after: int
    problems: frozenset[DrillProblem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    figures: Figures
    conditions: WordsId | None
    notes: WordsId | None
    recorded_by: PersonId
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Marks from 1 to 5. Whose it is nobody is told."""

    knew_what_to_do: int
    felt_safe: int
    words: WordsId | None


def write(
    tx: Connection,
    keys: KeyRing,
    known: Drill,
    figures: Figures,
    said: tuple[str | None, str | None],
    *,
    by: PersonId,
    at: datetime,
) -> None:
    """`said` are conditions and notes of the hot wash. In place of what was written before."""
    found = _after(tx, known)
    conditions, notes = (seal(tx, keys, found.id, text) for text in said)
    _must_add_up(found, figures, at)
    values = {
        **{name: getattr(figures, name) for name in Figures.__dataclass_fields__ if name != "problems"},
        "problems": " ".join(sorted(figures.problems)),
        "conditions": conditions,
        "notes": notes,
        "recorded_by": by,
        "recorded_at": at,
    }
    if tx.execute(update(RECORD).where(RECORD.c.drill == found.id).values(**values)).rowcount == 0:
        tx.execute(insert(RECORD).values(drill=found.id, district=found.district, **values))
    audit.record(tx, at=at, actor=by, action="drill record written", subject=found.id)


def _must_add_up(drill: Drill, figures: Figures, at: datetime) -> None:
    early = figures.hot_wash_at is not None and drill.started_at is not None and figures.hot_wash_at < drill.started_at
    late = figures.hot_wash_at is not None and figures.hot_wash_at > at
    counts = (figures.students, figures.staff, figures.distressed, figures.looked_after)
    refuse_if(
        Reason("DRILL", "The hot wash is held after the start, and not in the future") if early or late else None,
        Reason("DRILL", "Give numbers from 0 to 100,000") if not all(0 <= each <= 100_000 for each in counts) else None,
        Reason("DRILL", "Nobody can have been looked after who was not distressed")
        if figures.looked_after > figures.distressed
        else None,
    )


def of(tx: Connection, drill: DrillId) -> Record | None:
    row = tx.execute(select(RECORD).where(RECORD.c.drill == drill)).one_or_none()
    return None if row is None else _read(row)


def posted(tx: Connection, district: DistrictId) -> dict[DrillId, date]:
    """On which day the record of each was posted, as far as that is written down."""
    query = select(RECORD.c.drill, RECORD.c.posted_on).where(RECORD.c.district == district)
    found = tx.execute(query.where(RECORD.c.posted_on.is_not(None)))
    return {DrillId(row.drill): row.posted_on for row in found}


def _read(row: Found) -> Record:
    plain = {name: getattr(row, name) for name in Figures.__dataclass_fields__ if name != "problems"}
    problems = frozenset(DrillProblem(each) for each in row.problems.split())
    return Record(
        figures=Figures(**plain, problems=problems),
        conditions=row.conditions,
        notes=row.notes,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def say(
    tx: Connection, keys: KeyRing, known: Drill, marks: tuple[int, int], words: str | None, *, by: PersonId
) -> None:
    """By whoever takes part or observes, for themselves, once. That they said something is in no log."""
    found = _after(tx, known)
    if by not in found.members:
        raise NotFound
    knew, safe = marks
    values = {"drill": found.id, "person": by, "district": found.district, "knew_what_to_do": knew, "felt_safe": safe}
    try:
        with tx.begin_nested():
            tx.execute(insert(FEEDBACK).values(**values, words=seal(tx, keys, found.id, words)))
    except IntegrityError:
        raise Refused(Reason("DRILL", "You have said how it was; that stands")) from None


def feedback(tx: Connection, drill: DrillId) -> list[Feedback]:
    """In an order that says nothing of who wrote it."""
    rows = tx.execute(select(FEEDBACK).where(FEEDBACK.c.drill == drill)).all()
    found = [Feedback(knew_what_to_do=row.knew_what_to_do, felt_safe=row.felt_safe, words=row.words) for row in rows]
    return sorted(found, key=lambda each: (each.knew_what_to_do, each.felt_safe, each.words or ""))


def has_said(tx: Connection, drill: DrillId, person: PersonId) -> bool:
    mine = (FEEDBACK.c.drill == drill, FEEDBACK.c.person == person)
    return tx.execute(select(FEEDBACK.c.drill).where(*mine)).first() is not None


def run_out(tx: Connection, district: DistrictId, at: datetime) -> list[DrillId]:
    """Drills that nobody needs any more (S50e); none that is still running."""
    old = (DRILL.c.district == district, DRILL.c.starts_at < at - KEPT, DRILL.c.state != DrillState.RUNNING)
    return [DrillId(each) for each in tx.execute(select(DRILL.c.id).where(*old)).scalars()]


def forget(tx: Connection, these: Sequence[DrillId], at: datetime) -> int:
    """Keys, rows and words; how many drills that were."""
    for drill in these:
        sealed.destroy(tx, drill, at)
        for table in (FEEDBACK, RECORD, TEXT, INJECT, RUN, MEMBER, OBJECTIVE):
            tx.execute(delete(table).where(table.c.drill == drill))
        tx.execute(delete(DRILL).where(DRILL.c.id == drill))
        audit.record(tx, at=at, actor=None, action="drill forgotten", subject=drill)
    return len(these)


def _after(tx: Connection, known: Drill) -> Drill:
    found = one(tx, known.district, known.id, lock=True)
    if found.state not in AFTER:
        raise Refused(Reason("DRILL", "This is written once the drill is over"))
    return found
