"""By which names a student wants to be called, and where; sealed under the student, shown by `crisis.policy.naming`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from crisis import clock
from crisis.commands import Actor
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.naming import Called, NameToUse, Naming, against_caution, called, context_of
from crisis.policy.packs import Pack
from crisis.record_words import NameCaution, NameContext
from crisis.store import audit, people, policy_packs, sealed
from crisis.store.instructions import STALE
from crisis.store.name_tables import NAME_CAUTION, NAME_PLACE, STUDENT_NAME
from crisis.store.people import StudentView
from crisis.store.people_tables import STUDENT, TIE, Found
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, SchoolId, StudentId, WordsId

LONGEST_NAME, LONGEST_PRONOUNS = 80, 40  # letters


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptName:
    """`use` None: its key was destroyed. `confirmed_at` is when somebody last said that it still holds."""

    id: str
    use: NameToUse | None
    recorded_by: PersonId
    confirmed_at: datetime

    def stale(self, at: datetime) -> bool:
        return at - self.confirmed_at >= STALE


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCaution:
    """`pack` is the law that was asked when it was recorded. `recorded_at` None: nobody has recorded one."""

    caution: NameCaution = NameCaution.NONE
    pack: str | None = None
    recorded_at: datetime | None = None


def add(tx: Connection, keys: KeyRing, student: StudentView, use: NameToUse, *, by: PersonId, at: datetime) -> str:
    """From now on it stands where it may, and the roster's other name stands nowhere."""
    refuse_if(*_against(tx, student, use))
    new, words = clock.new_id(), WordsId(clock.new_id())
    text = orjson.dumps({"name": use.name, "pronouns": use.pronouns}).decode()
    sealed.put(tx, keys, student.id, {words: text})
    row = {"recorded_by": by, "recorded_at": at, "confirmed_by": by, "confirmed_at": at}
    place = {"id": new, "district": student.district, "student": student.id, "words": words}
    tx.execute(insert(STUDENT_NAME).values(**place, **row, source=use.source, pack=_law_of(tx, student, at)))
    turns = [(each, None) for each in sorted(use.contexts - {NameContext.GUARDIAN})]
    heard = [(NameContext.GUARDIAN, each) for each in sorted(use.guardians)]
    rows = [
        {"name": new, "turn": turn, "context": context, "guardian": guardian}
        for turn, (context, guardian) in enumerate([*turns, *heard])
    ]
    tx.execute(insert(NAME_PLACE), rows)
    audit.record(tx, at=at, actor=by, action="name recorded", subject=new)
    return new


def _against(tx: Connection, student: StudentView, use: NameToUse) -> Iterable[Reason | None]:
    tied = select(TIE.c.person).where(TIE.c.student == student.id)
    strangers = use.guardians - set(tx.execute(tied).scalars())
    listed = NameContext.GUARDIAN in use.contexts
    caution = caution_of(tx, student.id).caution
    yield None if use.name.strip() else Reason("PR-9", "Write the name that the student wants to hear")
    yield (
        Reason("PR-9", "Keep the name to 80 letters, and the pronouns to 40")
        if len(use.name) > LONGEST_NAME or len(use.pronouns or "") > LONGEST_PRONOUNS
        else None
    )
    yield None if use.contexts else Reason("PR-9", "Say where this name may be used; it stands nowhere else")
    yield None if listed == bool(use.guardians) else Reason("PR-10", "Choose with which adult this name may be used")
    yield Reason("PR-10", "Choose an adult who is on this student's record") if strangers else None
    yield (
        Reason("PR-11", "It is on record not to tell parents a name; end that first, with the student")
        if listed and caution is NameCaution.DO_NOT_VOLUNTEER
        else None
    )


def confirm(tx: Connection, student: StudentView, name: str, *, by: PersonId, at: datetime) -> None:
    """The student still wants it so: asked once a year."""
    _change(tx, student, name, confirmed_by=by, confirmed_at=at)
    audit.record(tx, at=at, actor=by, action="name confirmed", subject=name)


def end(tx: Connection, student: StudentView, name: str, *, by: PersonId, at: datetime) -> None:
    """It stands nowhere any more."""
    _change(tx, student, name, ended_by=by, ended_at=at)
    audit.record(tx, at=at, actor=by, action="name ended", subject=name)


def _change(tx: Connection, student: StudentView, name: str, **values: object) -> None:
    """Raises `NotFound` for one of another student, and for one that was ended."""
    same = (STUDENT_NAME.c.id == name, STUDENT_NAME.c.student == student.id, STUDENT_NAME.c.ended_at.is_(None))
    if tx.execute(update(STUDENT_NAME).where(*same).values(**values)).rowcount == 0:
        raise NotFound


def set_caution(tx: Connection, student: StudentView, caution: NameCaution, *, by: PersonId, at: datetime) -> None:
    """The last word counts. Refused where the law that is in force does not permit it (PR-11)."""
    law = _law(tx, student, at)
    refuse_if(against_caution(caution, law))
    listed = select(NAME_PLACE.c.name).join_from(NAME_PLACE, STUDENT_NAME, STUDENT_NAME.c.id == NAME_PLACE.c.name)
    holding = (STUDENT_NAME.c.student == student.id, STUDENT_NAME.c.ended_at.is_(None))
    told = tx.execute(listed.where(*holding, NAME_PLACE.c.context == NameContext.GUARDIAN).limit(1)).first()
    if caution is NameCaution.DO_NOT_VOLUNTEER and told is not None:
        raise Refused(Reason("PR-11", "A name may be used with a parent; end that first, with the student"))
    tx.execute(delete(NAME_CAUTION).where(NAME_CAUTION.c.student == student.id))
    row = {"student": student.id, "district": student.district, "caution": caution, "pack": f"{law.id} {law.version}"}
    tx.execute(insert(NAME_CAUTION).values(**row, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="name caution recorded", subject=student.id)


def _law(tx: Connection, student: StudentView, at: datetime) -> Pack:
    zone = people.school(tx, student.school).zone
    return policy_packs.in_force(tx, student.district, at.astimezone(ZoneInfo(zone)).date()).pack


def _law_of(tx: Connection, student: StudentView, at: datetime) -> str:
    law = _law(tx, student, at)
    return f"{law.id} {law.version}"


def caution_of(tx: Connection, student: StudentId) -> KeptCaution:
    row = tx.execute(select(NAME_CAUTION).where(NAME_CAUTION.c.student == student)).one_or_none()
    if row is None:
        return KeptCaution()
    return KeptCaution(caution=row.caution, pack=row.pack, recorded_at=row.recorded_at)


def to_review(tx: Connection, district: DistrictId, at: datetime) -> list[StudentView]:
    """Whose caution the law does not permit any more: it acts until somebody has decided, and is never undone alone."""
    query = select(NAME_CAUTION.c.student, NAME_CAUTION.c.caution).where(NAME_CAUTION.c.district == district)
    kept = [
        (people.student(tx, row.student), row.caution) for row in tx.execute(query.order_by(NAME_CAUTION.c.student))
    ]
    return [student for student, caution in kept if against_caution(caution, _law(tx, student, at)) is not None]


def of_student(tx: Connection, keys: KeyRing, student: StudentId) -> list[KeptName]:
    """Those that hold, in the order in which they were recorded."""
    return [kept for _, kept in _kept(tx, keys, STUDENT_NAME.c.student == student)]


def naming(tx: Connection, keys: KeyRing, student: StudentView) -> Naming:
    """What `crisis.policy.naming` asks of the record; every view of a student goes through it."""
    kept = of_student(tx, keys, student.id)
    uses = [each.use for each in kept if each.use is not None]
    return Naming(on_roster=student.goes_by, names=uses, caution=caution_of(tx, student.id).caution)


def seen_by(tx: Connection, keys: KeyRing, actor: Actor, student: StudentView) -> tuple[StudentView, Called]:
    """The student as somebody who is signed in may see them: `goes_by` is the name for that context, or None."""
    seen = called(naming(tx, keys, student), context_of(actor))
    return replace(student, goes_by=seen.name), seen


def found(tx: Connection, keys: KeyRing, actor: Actor, school: SchoolId, query: str) -> list[StudentView]:
    """Students of a school by the names that this person may see; no other name leads to anybody.

    Names that only the record knows are sealed, so that each of the school's is opened and compared.
    """
    words = people.folded(query).split()
    here = select(STUDENT.c.id).where(STUDENT.c.school == school, STUDENT.c.active)
    by_roster = people.students(tx, school, query)
    recorded = {student for student, _ in _kept(tx, keys, STUDENT_NAME.c.student.in_(here))} if words else set()
    more = [people.student(tx, each) for each in sorted(recorded - {each.id for each in by_roster})]
    seen = [seen_by(tx, keys, actor, each)[0] for each in (*by_roster, *more)]
    return [each for each in seen if _fits(each, words)]


def _fits(student: StudentView, words: Sequence[str]) -> bool:
    shown = people.folded(f"{student.name} {student.goes_by or ''}")
    return all(word in shown for word in words)


def _kept(tx: Connection, keys: KeyRing, whose: ColumnElement[bool]) -> list[tuple[StudentId, KeptName]]:
    query = select(STUDENT_NAME).where(whose, STUDENT_NAME.c.ended_at.is_(None))
    rows = tx.execute(query.order_by(STUDENT_NAME.c.recorded_at, STUDENT_NAME.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    places: defaultdict[str, list[Found]] = defaultdict(list)
    for place in tx.execute(select(NAME_PLACE).where(NAME_PLACE.c.name.in_([row.id for row in rows]))):
        places[place.name].append(place)
    return [(StudentId(row.student), _read(row, words.get(WordsId(row.words)), places[row.id])) for row in rows]


def _read(row: Found, words: str | None, places: Sequence[Found]) -> KeptName:
    use = None
    if words is not None:
        said = orjson.loads(words)
        use = NameToUse(
            name=said["name"],
            pronouns=said["pronouns"],
            contexts=frozenset(place.context for place in places),
            guardians=frozenset(PersonId(place.guardian) for place in places if place.guardian is not None),
            source=row.source,
        )
    return KeptName(id=row.id, use=use, recorded_by=row.recorded_by, confirmed_at=row.confirmed_at)
