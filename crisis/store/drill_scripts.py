"""The script of a drill: lines that whoever runs it gives out, at a minute or by hand, and when each was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from crisis import clock
from crisis.drill_words import DrillId, DrillState, DrillType
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.drilling import Line, Speaker, misspoken
from crisis.store import audit, drill_texts, people
from crisis.store.drill_plans import seal
from crisis.store.drill_tables import DRILL, INJECT
from crisis.store.kept_drills import Drill, one
from crisis.store.sealed import KeyRing
from crisis.vocabulary import PersonId, StudentId, WordsId

LONGEST_AHEAD = 480  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """`minute` from the start; None: by hand, when it fits."""

    id: str
    minute: int | None
    words: WordsId
    speaker: Speaker | None
    done_at: datetime | None
    done_by: PersonId | None


def write(tx: Connection, keys: KeyRing, known: Drill, lines: Sequence[Line], *, by: PersonId, at: datetime) -> None:
    """The whole script, in place of the one before, as long as the drill has not begun."""
    found = one(tx, known.district, known.id, lock=True)
    spoken = any(each.speaker is not None for each in lines)
    names = people.names_of_other_students(tx, found.district, StudentId("")) if spoken else []
    refuse_if(
        None if found.state is DrillState.PLANNED else Reason("DRILL", "This drill has begun; its script stays"),
        *misspoken(lines, names),
    )
    tx.execute(delete(INJECT).where(INJECT.c.drill == found.id))
    base = {"drill": found.id, "district": found.district, "done_at": None, "done_by": None}
    rows = [
        base
        | {"id": clock.new_id(), "minute": each.minute, "words": seal(tx, keys, found.id, each.text)}
        | {"speaker": each.speaker}
        for each in lines
    ]
    if rows:
        tx.execute(insert(INJECT), rows)
    audit.record(tx, at=at, actor=by, action="drill script written", subject=found.id, detail={"lines": len(rows)})


def of(tx: Connection, drill: DrillId) -> list[Inject]:
    """By minute, and those by hand last, in the order in which they were written."""
    rows = tx.execute(select(INJECT).where(INJECT.c.drill == drill).order_by(INJECT.c.id)).all()
    plain = ("id", "minute", "words", "speaker", "done_at", "done_by")
    found = [Inject(**{name: getattr(row, name) for name in plain}) for row in rows]
    return sorted(found, key=lambda each: (each.minute is None, each.minute or 0))


def give(tx: Connection, known: Drill, inject: str, *, by: PersonId, at: datetime) -> None:
    """That this line was given out now, and what a simulated person says is sent; the first time counts."""
    found = _running(tx, known)
    waits = (INJECT.c.id == inject, INJECT.c.drill == known.id)
    line = tx.execute(select(INJECT).where(*waits)).one_or_none()
    if line is None:
        raise NotFound
    mine = update(INJECT).where(*waits, INJECT.c.done_at.is_(None))
    if tx.execute(mine.values(done_at=at, done_by=by)).rowcount == 1:
        told = 0 if line.speaker is None else drill_texts.speak(tx, found, line.id, line.words, at)
        detail = {} if line.speaker is None else {"texts": told}
        audit.record(tx, at=at, actor=by, action="drill line given", subject=known.id, detail=detail)


def give_by_time(tx: Connection, drill: DrillId, inject: str, *, at: datetime) -> None:
    """By the clock, in the name of whoever began the drill; nothing where that has ended meanwhile."""
    district = tx.execute(select(DRILL.c.district).where(DRILL.c.id == drill)).scalar_one()
    found = one(tx, district, drill, lock=True)
    if found.state is DrillState.RUNNING and found.started_by is not None:
        give(tx, found, inject, by=found.started_by, at=at)


def put_on(tx: Connection, known: Drill, minutes: int, *, by: PersonId, at: datetime) -> None:
    """The clock of a tabletop alone: what is expected by then is shown, and nothing happens by it."""
    found = _running(tx, known)
    refuse_if(
        None
        if found.type is DrillType.TABLETOP
        else Reason("DRILL", "Only the clock of a tabletop can be put on; everywhere else time is what it is"),
        None
        if 1 <= minutes <= LONGEST_AHEAD - found.ahead
        else Reason("DRILL", "Put it on by 1 to 480 minutes in all"),
    )
    tx.execute(update(DRILL).where(DRILL.c.id == found.id).values(ahead=found.ahead + minutes))
    audit.record(tx, at=at, actor=by, action="drill clock put on", subject=found.id, detail={"minutes": minutes})


def note_time(tx: Connection, known: Drill, what: str, *, by: PersonId, at: datetime) -> None:
    """`protective_at` or `accounted_at`, now; the first time counts."""
    assert what in ("protective_at", "accounted_at")
    found = _running(tx, known)
    if getattr(found, what) is None:
        tx.execute(update(DRILL).where(DRILL.c.id == found.id).values(**{what: at}))
        audit.record(tx, at=at, actor=by, action="drill time noted", subject=found.id, detail={"what": what})


def _running(tx: Connection, known: Drill) -> Drill:
    found = one(tx, known.district, known.id, lock=True)
    if found.state is not DrillState.RUNNING:
        raise Refused(Reason("DRILL", "This drill is not running"))
    return found
