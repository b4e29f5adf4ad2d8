"""Writes the difference between an export and the roster, in batches, inside the caller's transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from crisis.store import calendars
from crisis.store.oneroster import Incoming
from crisis.store.oneroster_files import Progress
from crisis.store.people_tables import PERSON, PHONE, POST, SCHOOL, STUDENT, TIE
from crisis.store.phones import phone_number
from crisis.store.roster import derived_id, searchable
from crisis.store.roster_difference import ChangeKind, Difference, Item, Kind
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, PhoneKind, SchoolId

BATCH = 500
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an import goes, and what is assumed of a new school until a person sets its hours."""

    district: DistrictId
    zone: str = "America/New_York"
    opens: time = time(7, 30)
    closes: time = time(14, 30)


@dataclass(slots=True, kw_only=True)
class _Import:
    tx: Connection
    target: Target
    incoming: Incoming
    at: datetime
    progress: Progress
    total: int
    done: int = 0
    held: frozenset[str] = field(default_factory=frozenset)  # ids that wait for a person to look

    def id_of(self, kind: str, source_id: str) -> str:
        return derived_id("oneroster", self.target.district, kind, source_id)

    def in_batches(self, rows: Sequence[Values]) -> Iterator[list[Values]]:
        for start in range(0, len(rows), BATCH):
            batch = list(rows[start : start + BATCH])
            yield batch
            self.done += len(batch)
            self.progress(min(self.done, self.total), self.total)

    def add(self, table: Table, rows: Sequence[Values]) -> None:
        for batch in self.in_batches(rows):
            self.tx.execute(insert(table), batch)

    def change(self, table: Table, rows: Sequence[Values], *keys: str) -> None:
        """Every row carries its keys and the same further columns."""
        if not rows:
            return
        columns = rows[0].keys() - set(keys)
        order = update(table).where(*(table.c[key] == bindparam(f"key_{key}") for key in keys))
        order = order.values({column: bindparam(f"to_{column}") for column in columns})
        for batch in self.in_batches(rows):
            named = [
                {f"key_{name}" if name in keys else f"to_{name}": value for name, value in row.items()} for row in batch
            ]
            self.tx.execute(order, named)


def apply(
    tx: Connection,
    target: Target,
    incoming: Incoming,
    changes: Difference,
    *,
    at: datetime,
    accepted: frozenset[str],
    progress: Progress,
) -> None:
    """Suspicious items are held back with all their ties, except those that somebody has `accepted`."""
    doubtful = [item for item in changes.items if item.change is ChangeKind.SUSPICIOUS]
    held = frozenset(item.source_id for item in doubtful if item.source_id not in accepted or item.settled_in_source)
    work = _Import(
        tx=tx, target=target, incoming=incoming, at=at, progress=progress, total=len(changes.items), held=held
    )
    for kind, write in ((Kind.SCHOOL, _schools), (Kind.STUDENT, _students), (Kind.STAFF, _adults)):
        kinds = (Kind.STAFF, Kind.CONTACT) if kind is Kind.STAFF else (kind,)
        write(work, [item for item in changes.items if item.kind in kinds and item.source_id not in held])
    _ties(
        work, [item for item in changes.items if item.kind is Kind.TIE and not held & set(item.source_id.split("\t"))]
    )
    if incoming.terms:
        for source_id in incoming.schools:
            school = SchoolId(work.id_of("school", source_id))
            calendars.set_terms(tx, school, ((t.title, t.starts_on, t.ends_on) for t in incoming.terms), imported=True)
    progress(work.total, work.total)


def _new(items: Sequence[Item]) -> list[str]:
    return [
        item.source_id
        for item in items
        if item.change is ChangeKind.NEW or (item.change is ChangeKind.SUSPICIOUS and not item.fields)
    ]


def _altered(items: Sequence[Item]) -> list[str]:
    return [
        item.source_id
        for item in items
        if item.change is ChangeKind.CHANGED or (item.change is ChangeKind.SUSPICIOUS and item.fields)
    ]


def _vanished(work: _Import, table: Table, kind: str, items: Sequence[Item]) -> None:
    """Marked, never deleted."""
    gone = [item.source_id for item in items if item.change is ChangeKind.VANISHED]
    work.change(table, [{"id": work.id_of(kind, key), "missing_since": work.at} for key in gone], "id")


def _schools(work: _Import, items: Sequence[Item]) -> None:
    names, target = work.incoming.schools, work.target
    assumed = {"zone": target.zone, "opens": target.opens, "closes": target.closes, "weekdays": "01234"}
    work.add(
        SCHOOL,
        [
            {"id": work.id_of("school", key), "district": target.district, "source_id": key, "name": names[key]}
            | {**assumed, "hours_checked": False}
            for key in _new(items)
        ],
    )
    altered = [{"id": work.id_of("school", key), "name": names[key], "missing_since": None} for key in _altered(items)]
    work.change(SCHOOL, altered, "id")
    _vanished(work, SCHOOL, "school", items)


def _students(work: _Import, items: Sequence[Item]) -> None:
    work.add(STUDENT, [{**_student(work, key), **_birth(work, key, None)} for key in _new(items)])
    altered = _altered(items)
    work.change(STUDENT, [_student(work, key) for key in altered], "id")
    born = [_birth(work, key, work.id_of("student", key)) for key in altered]
    work.change(STUDENT, [values for values in born if values["birth_date"] is not None], "id")
    _vanished(work, STUDENT, "student", items)
    deleted = {work.id_of("student", item.source_id) for item in items if "deleted" in item.fields}
    open_ = select(INCIDENT.c.student).where(INCIDENT.c.closed_at.is_(None), INCIDENT.c.student.is_not(None))
    # Whoever is in an open incident stays findable, whatever the export says of them.
    leaving = deleted - set(work.tx.execute(open_).scalars()) if deleted else set()
    work.change(STUDENT, [{"id": key, "active": False} for key in sorted(leaving)], "id")


def _student(work: _Import, key: str) -> dict[str, object]:
    record = work.incoming.students[key]
    names = (record.given, record.family, record.preferred_given, record.preferred_family)
    return {
        "id": work.id_of("student", key),
        "district": work.target.district,
        "source_id": key,
        "school": work.id_of("school", record.school),
        "given": record.given,
        "family": record.family,
        "preferred_given": record.preferred_given,
        "preferred_family": record.preferred_family,
        "search": searchable(*names),
        "grade": record.grade,
        "active": True,
        "missing_since": None,
    }


def _birth(work: _Import, key: str, student: str | None) -> dict[str, object]:
    born: dict[str, object] = {"birth_date": work.incoming.students[key].birth_date}
    return born if student is None else {"id": student, **born}


def _adults(work: _Import, items: Sequence[Item]) -> None:
    new, altered = _new(items), _altered(items)
    work.add(PERSON, [{**_adult(work, key), "active": True} for key in new])
    work.change(PERSON, [_adult(work, key) for key in altered], "id")
    back = [work.id_of("adult", item.source_id) for item in items if "returned" in item.fields]
    by_hand = select(PERSON.c.id).where(PERSON.c.id.in_(back), PERSON.c.switched_off_at.is_not(None))
    stay_off = set(work.tx.execute(by_hand).scalars()) if back else set()
    work.change(PERSON, [{"id": key, "active": True} for key in back if key not in stay_off], "id")
    _vanished(work, PERSON, "adult", items)
    deleted = [work.id_of("adult", item.source_id) for item in items if "deleted" in item.fields]
    work.change(PERSON, [{"id": key, "active": False} for key in deleted], "id")
    for table in (POST, PHONE):
        for batch in work.in_batches([{"id": work.id_of("adult", key)} for key in altered]):
            people = [str(values["id"]) for values in batch]
            work.tx.execute(delete(table).where(table.c.person.in_(people), table.c.imported))
    _posts(work, [*new, *altered])
    work.add(PHONE, [_phone(work, key, *phone) for key in (*new, *altered) for phone in _phones(work, key)])


def _adult(work: _Import, key: str) -> dict[str, object]:
    record = work.incoming.adults[key]
    values = {"id": work.id_of("adult", key), "district": work.target.district, "source_id": key}
    return {**values, "given": record.given, "family": record.family, "staff": record.staff, "missing_since": None}


def _posts(work: _Import, keys: Sequence[str]) -> None:
    """A post that was given by hand already becomes the export's."""
    rows: dict[str, Values] = {}
    for key in keys:
        person = work.id_of("adult", key)
        for post, place in work.incoming.adults[key].posts:
            school = work.id_of("school", place)
            values = {"district": work.target.district, "person": person, "post": post, "school": school}
            rows[derived_id(person, post, school)] = {**values, "imported": True}
    by_hand: set[str] = set()
    for batch in work.in_batches([{"id": key} for key in sorted(rows)]):
        known = select(POST.c.id).where(POST.c.id.in_([values["id"] for values in batch]))
        by_hand |= set(work.tx.execute(known).scalars())
    work.change(POST, [{"id": key, "imported": True} for key in sorted(by_hand)], "id")
    work.add(POST, [{"id": key, **rows[key]} for key in sorted(rows.keys() - by_hand)])


def _phones(work: _Import, key: str) -> list[tuple[int, PhoneKind, str]]:
    return [(place, kind, raw) for place, (kind, raw) in enumerate(sorted(work.incoming.adults[key].phones))]


def _phone(work: _Import, key: str, position: int, kind: PhoneKind, raw: str) -> Values:
    person, number = work.id_of("adult", key), phone_number(raw)
    values: Values = {
        "id": derived_id(person, "imported", kind, raw),
        "district": work.target.district,
        "person": person,
    }
    read = {"kind": kind, "raw": raw, "number": number.number}
    return {**values, **read, "valid": number.valid, "imported": True, "position": position}


def _ties(work: _Import, items: Sequence[Item]) -> None:
    def ids(key: str) -> dict[str, object]:
        student, person = key.split("\t")
        return {"student": work.id_of("student", student), "person": work.id_of("adult", person)}

    def said(key: str) -> dict[str, object]:
        student, person = key.split("\t")
        record = work.incoming.ties[student, person]
        return {"relation": record.relation, "guardian": record.guardian}

    here = select(TIE.c.student, TIE.c.person, TIE.c.checked).where(TIE.c.district == work.target.district)
    known = {(row.student, row.person): row.checked for row in work.tx.execute(here)}
    new = [(ids(key), said(key)) for key in _new(items)]
    altered = [(ids(key), said(key)) for key in _altered(items)] + [each for each in new if _pair(each[0]) in known]
    rest = {"district": work.target.district, "checked": False, "imported": True}
    work.add(TIE, [{**key, **values, **rest} for key, values in new if _pair(key) not in known])
    back = [{**key, "imported": True, "missing_since": None} for key, _ in altered]
    work.change(TIE, back, "student", "person")
    # What a person here has checked is not undone by an export.
    unchecked = [{**key, **values} for key, values in altered if not known.get(_pair(key), False)]
    work.change(TIE, unchecked, "student", "person")
    gone = [ids(item.source_id) for item in items if item.change is ChangeKind.VANISHED]
    work.change(TIE, [{**key, "missing_since": work.at} for key in gone], "student", "person")


def _pair(key: Values) -> tuple[object, object]:
    return key["student"], key["person"]
