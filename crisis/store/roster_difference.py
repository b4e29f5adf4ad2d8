"""What an export would change in the stored roster, typed and counted, before anything is changed. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from crisis.errors import Reason
from crisis.store.oneroster import AdultRecord, Incoming, Known, StudentRecord, TieRecord
from crisis.vocabulary import Relation

MOST_VANISHING = 0.05  # more than this share of one kind missing is far more often a bad export than a real change


class Kind(StrEnum):
    SCHOOL = "school"
    STUDENT = "student"
    STAFF = "staff"
    CONTACT = "contact"
    TIE = "tie"


class ChangeKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    VANISHED = "vanished"
    SUSPICIOUS = "suspicious"  # held back until a person has looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One change; of a suspicious item no `fields` means that it would be new.

    `source_id` is the export's id, of a tie both, with a tab between; `fields` name what differs; no names.
    """

    kind: Kind
    change: ChangeKind
    source_id: str
    fields: tuple[str, ...] = ()
    why: str | None = None
    settled_in_source: bool = False  # nobody here can accept it


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The imported part of the roster as it stands; `missing` were not in the last export or are switched off."""

    schools: Mapping[str, str] = field(default_factory=dict)
    students: Mapping[str, StudentRecord] = field(default_factory=dict)
    adults: Mapping[str, AdultRecord] = field(default_factory=dict)
    ties: Mapping[tuple[str, str], TieRecord] = field(default_factory=dict)
    checked: frozenset[tuple[str, str]] = frozenset()  # ties that a person here has set
    missing: frozenset[tuple[Kind, str]] = frozenset()

    def known(self) -> Known:
        return Known(
            schools=frozenset(self.schools),
            students={source_id: student.school for source_id, student in self.students.items()},
            adults=self.adults,
        )

    def fingerprint(self) -> str:
        """Changes with every change of the imported roster; a preview is bound to it."""
        lines = sorted(
            [f"school {key!r} {name!r}" for key, name in self.schools.items()]
            + [f"student {key!r} {record!r}" for key, record in self.students.items()]
            + [f"adult {key!r} {_steady(record)!r}" for key, record in self.adults.items()]
            + [f"tie {key!r} {record!r}" for key, record in self.ties.items()]
            + [f"checked {pair!r}" for pair in self.checked]
            + [f"missing {kind.value} {key!r}" for kind, key in self.missing]
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _steady(adult: AdultRecord) -> tuple[str, str, bool, list[tuple[str, str]], list[tuple[str, str]]]:
    """Sets print in any order; this one is the same in every process."""
    return adult.given, adult.family, adult.staff, sorted(adult.posts), sorted(adult.phones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    items: tuple[Item, ...]
    vanishing: Mapping[Kind, tuple[int, int]]  # how many of how many, of each kind of which something vanishes

    def count(self, kind: Kind, change: ChangeKind) -> int:
        return self.counts()[kind, change]

    def counts(self) -> Counter[tuple[Kind, ChangeKind]]:
        return Counter((item.kind, item.change) for item in self.items)

    def too_much_vanishes(self) -> list[Reason]:
        text = "%(gone)s of %(all)s would be marked as missing (%(kind)s); check the export, or confirm that it is so"
        return [
            Reason("ROSTER", text, (("gone", str(gone)), ("all", str(all_of_them)), ("kind", kind.value)))
            for kind, (gone, all_of_them) in self.vanishing.items()
            if gone > MOST_VANISHING * all_of_them
        ]


def difference(stored: Stored, incoming: Incoming) -> Difference:
    items = [
        *_schools(stored, incoming),
        *_students(stored, incoming),
        *_adults(stored, incoming),
        *_ties(stored, incoming),
    ]
    gone = Counter(item.kind for item in items if item.change is ChangeKind.VANISHED)
    standing = Counter(kind for kind, key in _everything(stored) if (kind, key) not in stored.missing)
    return Difference(items=tuple(items), vanishing={kind: (number, standing[kind]) for kind, number in gone.items()})


def tie_key(pair: tuple[str, str]) -> str:
    return "\t".join(pair)  # no cell of an export holds a tab


def adult_kind(adult: AdultRecord) -> Kind:
    return Kind.STAFF if adult.staff else Kind.CONTACT


def _everything(stored: Stored) -> Iterator[tuple[Kind, str]]:
    yield from ((Kind.SCHOOL, key) for key in stored.schools)
    yield from ((Kind.STUDENT, key) for key in stored.students)
    yield from ((adult_kind(adult), key) for key, adult in stored.adults.items())
    yield from ((Kind.TIE, tie_key(pair)) for pair in stored.ties)


def _schools(stored: Stored, incoming: Incoming) -> Iterator[Item]:
    for key, name in incoming.schools.items():
        if key not in stored.schools:
            yield Item(kind=Kind.SCHOOL, change=ChangeKind.NEW, source_id=key)
        else:
            differing = ("name",) if stored.schools[key] != name else ()
            yield from _changed(stored, Kind.SCHOOL, key, differing)
    yield from _vanished(stored, incoming, Kind.SCHOOL, stored.schools, incoming.schools)


def _students(stored: Stored, incoming: Incoming) -> Iterator[Item]:
    people = {_identity(student) for student in stored.students.values() if student.birth_date is not None}
    for key, student in incoming.students.items():
        before = stored.students.get(key)
        fields = _student_fields(before, student) if before is not None else ()
        if key in stored.adults:
            yield _other_kind(Kind.STUDENT, key)
        elif before is None and student.birth_date is not None and _identity(student) in people:
            why = "A student of this name and date of birth is stored under another id; join them in the source"
            yield Item(kind=Kind.STUDENT, change=ChangeKind.SUSPICIOUS, source_id=key, why=why)
        elif before is None:
            yield Item(kind=Kind.STUDENT, change=ChangeKind.NEW, source_id=key)
        elif _is_another({"given", "family"} & set(fields), "birth_date" in fields and before.birth_date is not None):
            yield _other_person(Kind.STUDENT, key, fields)
        else:
            yield from _changed(stored, Kind.STUDENT, key, fields)
    present = incoming.students.keys() | incoming.adults.keys()
    yield from _vanished(stored, incoming, Kind.STUDENT, stored.students, present)


def _other_kind(kind: Kind, key: str) -> Item:
    why = "This id was a student's or an adult's so far and is not now; give the new person another id in the source"
    return Item(kind=kind, change=ChangeKind.SUSPICIOUS, source_id=key, why=why, settled_in_source=True)


def _other_person(kind: Kind, key: str, fields: tuple[str, ...]) -> Item:
    why = "This id carries another name now; check that it was not given to somebody else"
    return Item(kind=kind, change=ChangeKind.SUSPICIOUS, source_id=key, fields=fields, why=why)


def _is_another(names: set[str], born_otherwise: bool) -> bool:
    """One name changes by marriage or correction; both, or one and the date of birth, are somebody else."""
    return len(names) == 2 or (bool(names) and born_otherwise)


def _identity(student: StudentRecord) -> tuple[str, str, object]:
    return student.given.casefold(), student.family.casefold(), student.birth_date


def _student_fields(before: StudentRecord, after: StudentRecord) -> tuple[str, ...]:
    """A birth date that is no longer in the export is not forgotten: demographics may simply have been left out."""
    names = ("given", "family", "preferred_given", "preferred_family", "school", "grade", "birth_date")
    return tuple(
        name
        for name in names
        if getattr(before, name) != getattr(after, name) and (name != "birth_date" or after.birth_date is not None)
    )


def _adults(stored: Stored, incoming: Incoming) -> Iterator[Item]:
    names = ("given", "family", "staff", "posts", "phones")
    for key, adult in incoming.adults.items():
        before, kind = stored.adults.get(key), adult_kind(adult)
        fields = tuple(name for name in names if before is not None and getattr(before, name) != getattr(adult, name))
        if key in stored.students:
            yield _other_kind(kind, key)
        elif before is None:
            yield Item(kind=kind, change=ChangeKind.NEW, source_id=key)
        elif _is_another({"given", "family"} & set(fields), False):
            yield _other_person(kind, key, fields)
        else:
            yield from _changed(stored, kind, key, fields)
    present = incoming.students.keys() | incoming.adults.keys()
    for kind in (Kind.STAFF, Kind.CONTACT):
        of_kind = [key for key, adult in stored.adults.items() if adult_kind(adult) is kind]
        yield from _vanished(stored, incoming, kind, of_kind, present)


def _ties(stored: Stored, incoming: Incoming) -> Iterator[Item]:
    for pair, tie in incoming.ties.items():
        before = stored.ties.get(pair)
        if before is None:
            yield Item(kind=Kind.TIE, change=ChangeKind.NEW, source_id=tie_key(pair))
        else:
            differing = ("relation",) if pair not in stored.checked and _says_otherwise(before, tie) else ()
            yield from _changed(stored, Kind.TIE, tie_key(pair), differing)
    if incoming.partial:
        return  # a delta names who changed, not who belongs together no longer
    for pair in stored.ties:
        lost = pair not in incoming.ties and not incoming.unread & set(pair)
        if lost and (Kind.TIE, tie_key(pair)) not in stored.missing:
            yield Item(kind=Kind.TIE, change=ChangeKind.VANISHED, source_id=tie_key(pair))


def _says_otherwise(before: TieRecord, after: TieRecord) -> bool:
    """`other` is what an export says that does not know; it does not undo what is known."""
    return before.relation != after.relation and after.relation is not Relation.OTHER


def _changed(stored: Stored, kind: Kind, key: str, differing: tuple[str, ...]) -> Iterator[Item]:
    fields = (*differing, "returned") if (kind, key) in stored.missing else differing
    if fields:
        yield Item(kind=kind, change=ChangeKind.CHANGED, source_id=key, fields=fields)


def _vanished(
    stored: Stored, incoming: Incoming, kind: Kind, before: Iterable[str], after: Iterable[str]
) -> Iterator[Item]:
    here = set(after) | incoming.unread
    for key in before:
        if (kind, key) in stored.missing:
            continue
        if key in incoming.gone:
            yield Item(kind=kind, change=ChangeKind.VANISHED, source_id=key, fields=("deleted",))
        elif key not in here and not incoming.partial:
            yield Item(kind=kind, change=ChangeKind.VANISHED, source_id=key)
