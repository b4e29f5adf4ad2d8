"""What simulated people say in a drill, as texts to its list, and what those who take part write back.

No row is for a number that is not on the list of that drill, nor for anything real: the database itself refuses it
(N19, F75, I-22). Each line goes out at most once; it is practice, and a page that is real never waits for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, insert, select, update

from crisis import clock
from crisis.drill_words import DrillId, DrillState, DrillType
from crisis.policy.drilling import Speaker
from crisis.store import drills, methods, sealed
from crisis.store.drill_tables import DRILL, INJECT, RUN, TEXT
from crisis.store.kept_drills import Drill
from crisis.store.people_tables import Found
from crisis.store.sealed import KeyRing
from crisis.vocabulary import AttemptOutcome, IncidentId, Mode, PersonId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillText:
    """`inject` None: they wrote it. `words` are sealed. `outcome` None: it has not gone out, or nobody knows."""

    id: str
    drill: DrillId
    incident: IncidentId
    inject: str | None
    person: PersonId
    phone: str
    words: WordsId
    speaker: Speaker | None
    at: datetime
    outcome: AttemptOutcome | None


def speak(tx: Connection, drill: Drill, inject: str, words: WordsId, at: datetime) -> int:
    """To each who takes part and can be texted in it; how many those are."""
    if drill.incident is None or drill.type is DrillType.TABLETOP:
        return 0
    numbers = {
        person: next((each.number for each in known if each.texts), None)
        for person, known in methods.dialled(tx, sorted(drill.takes_part)).items()
    }
    listed = drills.within(tx, drill.incident, [each for each in numbers.values() if each is not None])
    rows = [
        _row(drill, at, inject=inject, person=person, phone=number, words=words)
        for person, number in numbers.items()
        if number in listed
    ]
    if rows:
        tx.execute(insert(TEXT), rows)
    return len(rows)


def _row(drill: Drill, at: datetime, **values: object) -> dict[str, object]:
    place = {"id": clock.new_id(), "drill": drill.id, "district": drill.district, "incident": drill.incident}
    empty = {"inject": None, "came_as": None, "sent_at": None, "outcome": None}
    return place | empty | {"mode": Mode.DRILL, "at": at} | values


def _running() -> Select[tuple[str]]:
    return select(DRILL.c.id).where(DRILL.c.state == DrillState.RUNNING)


def come(tx: Connection, at: datetime) -> list[tuple[DrillId, str]]:
    """Lines of simulated people whose minute has come in a drill that runs, and that nobody has given out."""
    spoken = select(INJECT.c.drill, INJECT.c.id, INJECT.c.minute, DRILL.c.started_at).join(DRILL)
    waiting = (INJECT.c.speaker.is_not(None), INJECT.c.done_at.is_(None), INJECT.c.minute.is_not(None))
    query = spoken.where(DRILL.c.state == DrillState.RUNNING, DRILL.c.type != DrillType.TABLETOP, *waiting)
    rows = tx.execute(query.order_by(INJECT.c.minute, INJECT.c.id))
    return [(DrillId(row.drill), row.id) for row in rows if row.started_at + timedelta(minutes=row.minute) <= at]


def claim(tx: Connection, at: datetime) -> DrillText | None:
    """The next that goes out; it is marked before, so that a crash loses it and never sends it twice."""
    waits = (TEXT.c.inject.is_not(None), TEXT.c.sent_at.is_(None), TEXT.c.drill.in_(_running()))
    query = _texts().where(*waits).order_by(TEXT.c.at, TEXT.c.id).limit(1)
    row = tx.execute(query.with_for_update(skip_locked=True, of=TEXT)).one_or_none()
    if row is None:
        return None
    tx.execute(update(TEXT).where(TEXT.c.id == row.id).values(sent_at=at))
    return _read(row)


def waits(tx: Connection) -> bool:
    unsent = (TEXT.c.inject.is_not(None), TEXT.c.sent_at.is_(None), TEXT.c.drill.in_(_running()))
    return tx.execute(select(TEXT.c.id).where(*unsent).limit(1)).first() is not None


def finish(tx: Connection, text: str, outcome: AttemptOutcome | None) -> None:
    tx.execute(update(TEXT).where(TEXT.c.id == text).values(outcome=outcome))


def last_to(tx: Connection, phone: str) -> DrillText | None:
    """The newest line that went to this telephone, as long as its drill runs."""
    went = (TEXT.c.phone == phone, TEXT.c.inject.is_not(None), TEXT.c.sent_at.is_not(None))
    query = _texts().where(*went, TEXT.c.drill.in_(_running())).order_by(TEXT.c.sent_at.desc(), TEXT.c.id.desc())
    row = tx.execute(query.limit(1)).one_or_none()
    return None if row is None else _read(row)


def replied(tx: Connection, keys: KeyRing, to: DrillText, said: str, at: datetime, *, key: str | None) -> None:
    """On the record of the drill, once for each `key`; sealed with it."""
    if key is not None and tx.execute(select(TEXT.c.id).where(TEXT.c.came_as == key)).first() is not None:
        return
    district = tx.execute(select(RUN.c.district).where(RUN.c.incident == to.incident)).scalar_one()
    words = WordsId(clock.new_id())
    sealed.put(tx, keys, to.drill, {words: said})
    place = {"id": clock.new_id(), "drill": to.drill, "district": district, "incident": to.incident, "inject": None}
    row = {"mode": Mode.DRILL, "person": to.person, "phone": to.phone, "words": words, "at": at, "came_as": key}
    tx.execute(insert(TEXT).values(**place, **row, sent_at=None, outcome=None))


def of(tx: Connection, drill: DrillId) -> list[DrillText]:
    """Both ways, in the order in which they came."""
    return [_read(row) for row in tx.execute(_texts().where(TEXT.c.drill == drill).order_by(TEXT.c.at, TEXT.c.id))]


def _texts() -> Select[tuple[object, ...]]:
    return select(TEXT, INJECT.c.speaker).join_from(TEXT, INJECT, INJECT.c.id == TEXT.c.inject, isouter=True)


def _read(row: Found) -> DrillText:
    return DrillText(
        id=row.id,
        drill=row.drill,
        incident=row.incident,
        inject=row.inject,
        person=row.person,
        phone=row.phone,
        words=row.words,
        speaker=row.speaker,
        at=row.at,
        outcome=row.outcome,
    )
