"""The script of a drill: lines that whoever runs it gives out, at a minute or by hand, and when each was given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from crisis import clock
from crisis.drill_words import DrillId, DrillState, DrillType
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.store import audit
from crisis.store.drill_plans import seal
from crisis.store.drill_tables import DRILL, INJECT
from crisis.store.kept_drills import Drill, one
from crisis.store.sealed import KeyRing
from crisis.vocabulary import PersonId, WordsId

MOST_LINES, LAST_MINUTE = 60, 480
LONGEST_AHEAD = 480  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject:
    """`minute` from the start; None: by hand, when it fits."""

    id: str
    minute: int | None
    words: WordsId
    done_at: datetime | None
    done_by: PersonId | None


def write(
    tx: Connection, keys: KeyRing, known: Drill, lines: Sequence[tuple[int | None, str]], *, by: PersonId, at: datetime
) -> None:
    """The whole script, in place of the one before, as long as the drill has not begun."""
    found = one(tx, known.district, known.id, lock=True)
    minutes = [minute for minute, _ in lines if minute is not None]
    refuse_if(
        None if found.state is DrillState.PLANNED else Reason("DRILL", "This drill has begun; its script stays"),
        Reason("DRILL", "Keep the script to 60 lines") if len(lines) > MOST_LINES else None,
        Reason("DRILL", "Minutes go from 0 to 480") if any(each > LAST_MINUTE for each in minutes) else None,
    )
    tx.execute(delete(INJECT).where(INJECT.c.drill == found.id))
    base = {"drill": found.id, "district": found.district, "done_at": None, "done_by": None}
    rows = [
        base | {"id": clock.new_id(), "minute": minute, "words": seal(tx, keys, found.id, text)}
        for minute, text in lines
    ]
    if rows:
        tx.execute(insert(INJECT), rows)
    audit.record(tx, at=at, actor=by, action="drill script written", subject=found.id, detail={"lines": len(rows)})


def of(tx: Connection, drill: DrillId) -> list[Inject]:
    """By minute, and those by hand last, in the order in which they were written."""
    rows = tx.execute(select(INJECT).where(INJECT.c.drill == drill).order_by(INJECT.c.id)).all()
    found = [
        Inject(id=row.id, minute=row.minute, words=row.words, done_at=row.done_at, done_by=row.done_by) for row in rows
    ]
    return sorted(found, key=lambda each: (each.minute is None, each.minute or 0))


def give(tx: Connection, known: Drill, inject: str, *, by: PersonId, at: datetime) -> None:
    """That this line was given out now; the first time counts."""
    _running(tx, known)
    waits = (INJECT.c.id == inject, INJECT.c.drill == known.id)
    if tx.execute(select(INJECT.c.id).where(*waits)).first() is None:
        raise NotFound
    mine = update(INJECT).where(*waits, INJECT.c.done_at.is_(None))
    if tx.execute(mine.values(done_at=at, done_by=by)).rowcount == 1:
        audit.record(tx, at=at, actor=by, action="drill line given", subject=known.id)


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
