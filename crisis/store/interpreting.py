"""How an adult wants to be interpreted for, and whose names are compared with whoever is named as an interpreter.

Brothers and sisters are the students who share an adult with this one; who is not known to be 18 counts as a child.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, delete, insert, select

from crisis import clock
from crisis import commands as cmd
from crisis.errors import NotFound, Reason, Refused
from crisis.message_words import InterpreterNeed
from crisis.policy.age import years
from crisis.policy.interpreting import Around, Words, misnamed, unwanted
from crisis.statemachine.incident import Incident
from crisis.store import as_seen, audit, people, sealed
from crisis.store.conflicts import KIN
from crisis.store.instructions import STALE
from crisis.store.interpreter_tables import INTERPRETER_WISH
from crisis.store.people import StudentView, folded
from crisis.store.people_tables import PERSON, STUDENT, TIE
from crisis.store.sealed import KeyRing
from crisis.store.tables import WORDS
from crisis.vocabulary import Emergency, PersonId, StudentId, WordsId

LONGEST, MOST = 80, 5  # letters of a name; names
OF_AGE = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpreterWish:
    """`not_these` are names of interpreters whom they do not want."""

    need: InterpreterNeed = InterpreterNeed.SPOKEN
    woman: bool = False
    man: bool = False
    not_own_community: bool = False
    not_these: tuple[str, ...] = ()
    recorded_at: datetime | None = field(default=None, compare=False)

    def stale(self, at: datetime) -> bool:
        return self.recorded_at is not None and at - self.recorded_at >= STALE

    @property
    def version(self) -> int:
        return as_seen.version(self.recorded_at)


def set_wish(
    tx: Connection,
    keys: KeyRing,
    student: StudentView,
    person: PersonId,
    wish: InterpreterWish | None,
    *,
    by: PersonId,
    at: datetime,
    seen: int | None = None,
) -> None:
    """None: they need none. `seen`: the version that was changed. Raises `NotFound` for an adult who is not on this
    student's record.
    """
    tied = select(TIE.c.person).where(TIE.c.student == student.id, TIE.c.person == person)
    if tx.execute(tied).first() is None:
        raise NotFound
    if wish is not None and (len(wish.not_these) > MOST or any(len(each) > LONGEST for each in wish.not_these)):
        raise Refused(Reason("PR-74", "At most five names, each of 80 letters"))
    same = (INTERPRETER_WISH.c.student == student.id, INTERPRETER_WISH.c.person == person)
    last = select(INTERPRETER_WISH.c.recorded_at, INTERPRETER_WISH.c.recorded_by).where(*same)
    as_seen.must_be_current(seen, tx.execute(last).one_or_none(), by)
    before = tx.execute(select(INTERPRETER_WISH.c.words).where(*same)).scalar_one_or_none()
    tx.execute(delete(INTERPRETER_WISH).where(*same))
    if before is not None:
        tx.execute(delete(WORDS).where(WORDS.c.id == before))
    if wish is not None:
        words = _sealed(tx, keys, student.id, wish.not_these)
        said = {"need": wish.need, "woman": wish.woman, "man": wish.man, "not_own_community": wish.not_own_community}
        place = {"student": student.id, "person": person, "district": student.district}
        tx.execute(insert(INTERPRETER_WISH).values(**place, **said, words=words, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="interpreter wish recorded", subject=student.id)


def _sealed(tx: Connection, keys: KeyRing, student: StudentId, names: Sequence[str]) -> WordsId | None:
    if not names:
        return None
    words = WordsId(clock.new_id())
    sealed.put(tx, keys, student, {words: orjson.dumps(list(names)).decode()})
    return words


def wishes(tx: Connection, keys: KeyRing, student: StudentId) -> dict[PersonId, InterpreterWish]:
    rows = tx.execute(select(INTERPRETER_WISH).where(INTERPRETER_WISH.c.student == student)).all()
    opened = sealed.read(tx, keys, [WordsId(row.words) for row in rows if row.words is not None])
    return {
        PersonId(row.person): InterpreterWish(
            need=row.need,
            woman=row.woman,
            man=row.man,
            not_own_community=row.not_own_community,
            not_these=tuple(orjson.loads(opened[row.words])) if row.words in opened else (),
            recorded_at=row.recorded_at,
        )
        for row in rows
    }


def around(tx: Connection, keys: KeyRing, student: StudentId, at: datetime) -> Around:
    known = people.student(tx, student)
    today = at.astimezone(ZoneInfo(people.school(tx, known.school).zone)).date()
    siblings = [people.student(tx, each) for each in _siblings(tx, student)]
    grown = [each for each in siblings if each.birth_date is not None and years(each.birth_date, today) >= OF_AGE]
    children = [known, *(each for each in siblings if each not in grown)]
    adults = [each.name for each in people.contacts_of(tx, student)]
    refused = [name for wish in wishes(tx, keys, student).values() for name in wish.not_these]
    return Around(
        children=_words(name for each in children for name in (each.name, each.goes_by) if name),
        adults=_words([*adults, *(each.name for each in grown)]),
        refused=_words(refused),
    )


def _siblings(tx: Connection, student: StudentId) -> list[StudentId]:
    kin = select(TIE.c.person).join(PERSON, PERSON.c.id == TIE.c.person)
    shared = kin.where(TIE.c.student == student, TIE.c.relation.in_(list(KIN)))
    query = select(TIE.c.student).join(STUDENT, STUDENT.c.id == TIE.c.student)
    theirs = query.where(TIE.c.person.in_(shared), TIE.c.student != student, TIE.c.relation.in_(list(KIN)))
    return [StudentId(each) for each in tx.execute(theirs.distinct().order_by(TIE.c.student)).scalars()]


def _words(names: Iterable[str]) -> tuple[Words, ...]:
    return tuple(frozenset(folded(name).split()) for name in names)


def reasons_against(
    tx: Connection,
    keys: KeyRing,
    command: cmd.Command,
    incident: Incident,
    words: Mapping[WordsId, str],
    *,
    at: datetime,
) -> Sequence[Reason]:
    """Why whoever is named may not interpret; what was written comes with the order, before it is sealed."""
    match command:
        case cmd.RecordContact(interpreter=said, interpreted_by=kind) if said is not None:
            arranging = False
        case cmd.ArrangeInterpreter(interpreter=said, kind=kind):
            arranging = True
        case _:
            return ()
    if incident.student is None:
        return ()
    named, known = frozenset(folded(words.get(said, "")).split()), around(tx, keys, incident.student, at)
    found = [misnamed(kind, named, known)]
    if arranging:
        found.append(unwanted(named, known, emergency=incident.emergency is Emergency.ACTIVE))
    return [each for each in found if each is not None]
