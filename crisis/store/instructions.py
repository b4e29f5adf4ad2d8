"""What to do for one student, and what not, as the student, the family or staff asked for it.

It advises and never holds anything up (`privacy-and-culture.md` 2.1). After a year it asks to be confirmed, and is
shown all the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.store import audit, sealed
from crisis.store.people_tables import Found
from crisis.store.privacy_tables import INSTRUCTION
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, StudentId, WordsId

LONGEST = 300  # letters: it is read by somebody with a frightened student beside them
STALE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be kept."""

    kind: InstructionKind
    source: InstructionSource
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """`text` None: its key was destroyed. `confirmed_at` is when somebody last said that it still holds."""

    id: str
    kind: InstructionKind
    source: InstructionSource
    text: str | None
    recorded_by: PersonId
    confirmed_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.confirmed_at >= STALE


def add(
    tx: Connection,
    keys: KeyRing,
    whose: tuple[DistrictId, StudentId],
    told: Told,
    *,
    by: PersonId,
    at: datetime,
) -> str:
    """Shown from now on to whoever looks after the student in an incident."""
    district, student = whose
    text = " ".join(told.text.split())
    if not text:
        raise Refused(Reason("PR-45", "Write what to do, or what not to do"))
    if len(text) > LONGEST:
        raise Refused(Reason("PR-45", "Keep it to 300 letters: it is read in a hurry"))
    new, words = clock.new_id(), WordsId(clock.new_id())
    sealed.put(tx, keys, student, {words: text})
    row = {"recorded_by": by, "recorded_at": at, "confirmed_by": by, "confirmed_at": at}
    place = {"id": new, "district": district, "student": student, "words": words}
    tx.execute(insert(INSTRUCTION).values(**place, **row, kind=told.kind, source=told.source))
    _record(tx, "instruction recorded", new, by, at)
    return new


def confirm(tx: Connection, district: DistrictId, instruction: str, *, by: PersonId, at: datetime) -> None:
    """It still holds: asked of the student or the family once a year."""
    _change(tx, district, instruction, confirmed_by=by, confirmed_at=at)
    _record(tx, "instruction confirmed", instruction, by, at)


def end(tx: Connection, district: DistrictId, instruction: str, *, by: PersonId, at: datetime) -> None:
    """Shown to nobody any more."""
    _change(tx, district, instruction, ended_by=by, ended_at=at)
    _record(tx, "instruction ended", instruction, by, at)


def _change(tx: Connection, district: DistrictId, instruction: str, **values: object) -> None:
    """Raises `NotFound` also for one of another district, and for one that was ended."""
    same = (INSTRUCTION.c.id == instruction, INSTRUCTION.c.district == district, INSTRUCTION.c.ended_at.is_(None))
    if tx.execute(update(INSTRUCTION).where(*same).values(**values)).rowcount == 0:
        raise NotFound


def of_student(tx: Connection, keys: KeyRing, student: StudentId) -> list[Instruction]:
    """Those that hold: what must not be done first, and of a kind the student's own first."""
    query = select(INSTRUCTION).where(INSTRUCTION.c.student == student, INSTRUCTION.c.ended_at.is_(None))
    rows = tx.execute(query.order_by(INSTRUCTION.c.recorded_at, INSTRUCTION.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    kinds, sources = list(InstructionKind), list(InstructionSource)
    found = [_read(row, words.get(WordsId(row.words))) for row in rows]
    return sorted(found, key=lambda each: (kinds.index(each.kind), sources.index(each.source)))


def _read(row: Found, text: str | None) -> Instruction:
    return Instruction(
        id=row.id,
        kind=row.kind,
        source=row.source,
        text=text,
        recorded_by=row.recorded_by,
        confirmed_at=row.confirmed_at,
    )


def _record(tx: Connection, action: str, instruction: str, by: PersonId, at: datetime) -> None:
    audit.record(tx, at=at, actor=by, action=action, subject=instruction)
