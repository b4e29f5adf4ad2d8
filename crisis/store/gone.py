"""Which records were destroyed, beside the key file: a backup from before brings none of them back (PR-65).

One line a certificate, ids and codes alone. The database has them too; an older one that is put in its place has not.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

import orjson
from sqlalchemy import Connection, delete, exists, insert, select

from crisis.policy.inspection import HIDDEN
from crisis.store import audit, remains, sealed, whole_district
from crisis.store.engine import Store
from crisis.store.people_tables import DISTRICT, PERSON, STUDENT
from crisis.store.remains import Whose
from crisis.store.retention_tables import DESTRUCTION, DISTRICT_END
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, StudentId

Line = Mapping[str, object]


def list_of(keys: KeyRing) -> Path | None:
    return None if keys.path is None else keys.path.with_name(f"{keys.path.name}.destroyed")


def write_down(store: Store) -> int:
    """What is not in the list yet, such as after a crash in between; how many that were. Raises `OSError`."""
    path = list_of(store.keys)
    if path is None:
        return 0
    with store.across.read() as tx:
        rows = tx.execute(select(DESTRUCTION).where(DESTRUCTION.c.done_at.is_not(None)).order_by(DESTRUCTION.c.done_at))
        made = [row._asdict() for row in rows]
        ended = select(DISTRICT_END).where(DISTRICT_END.c.done_at.is_not(None))
        made += [{**row._asdict(), "whole": True} for row in tx.execute(ended.order_by(DISTRICT_END.c.done_at))]
    known = {line["id"] for line in _lines(path)}
    fresh = [line for line in made if line["id"] not in known]
    if fresh:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.writelines(b"\n" + orjson.dumps(line) for line in fresh)  # never behind half a line
            file.flush()
            os.fsync(file.fileno())
    return len(fresh)


def again(tx: Connection, keys: KeyRing, at: datetime) -> int:
    """Destroys what a restored database still has, and puts each certificate back; how many records that were."""
    path = list_of(keys)
    return 0 if path is None else sum(_once_more(tx, line, at) for line in _lines(path))


def _lines(path: Path) -> Iterator[Line]:
    """Each that was written to its end; after a crash one may not be."""
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError:
            continue


def _once_more(tx: Connection, line: Line, at: datetime) -> bool:
    return _district_again(tx, line, at) if line.get("whole") else _record_again(tx, line, at)


def _district_again(tx: Connection, line: Line, at: datetime) -> bool:
    """The restored database may have the same line without its end, or an end of another try."""
    district = DistrictId(str(line["district"]))
    named = select(DISTRICT.c.id).where(DISTRICT.c.id == district, DISTRICT.c.name != HIDDEN)
    if tx.execute(named).first() is None:
        return False
    whole_district.erase(tx, district, at)
    tx.execute(delete(DISTRICT_END).where(DISTRICT_END.c.id == line["id"]))
    tx.execute(insert(DISTRICT_END).values(**{key: each for key, each in _times(line).items() if key != "whole"}))
    audit.record(tx, at=at, actor=None, action="district destroyed again", subject=str(line["id"]))
    return True


def _record_again(tx: Connection, line: Line, at: datetime) -> bool:
    student, incident = line["student"], line["incident"]
    table, subject = (STUDENT, str(student)) if student is not None else (INCIDENT, str(incident))
    there = exists(select(table.c.id).where(table.c.id == subject)) & ~sealed.destroyed(subject)
    if not tx.execute(select(there)).scalar_one():
        return False
    theirs = INCIDENT.c.student == subject if student is not None else INCIDENT.c.id == subject
    incidents = list(tx.execute(select(INCIDENT.c.id).where(theirs)).scalars())
    remains.erase(tx, Whose(None if student is None else StudentId(subject), incidents))
    for each in {subject, *incidents}:
        sealed.destroy(tx, each, at)
    tx.execute(delete(DESTRUCTION).where(DESTRUCTION.c.id == line["id"]))
    tx.execute(insert(DESTRUCTION).values(**_row(tx, line)))
    audit.record(tx, at=at, actor=None, action="record destroyed again", subject=str(line["id"]))
    return True


def _times(line: Line) -> dict[str, object]:
    row = dict(line)
    for name in row:
        value = row[name]
        if isinstance(value, str) and name.endswith("_at"):
            row[name] = datetime.fromisoformat(value)
        elif isinstance(value, str) and name.endswith("_on"):
            row[name] = date.fromisoformat(value)
    return row


def _row(tx: Connection, line: Line) -> dict[str, object]:
    """As it was. Where a person came after the backup, nobody is named: the list still does."""
    row = _times(line)
    by = {row["asked_by"], row["confirmed_by"]} - {None}
    known = set(tx.execute(select(PERSON.c.id).where(PERSON.c.id.in_(by))).scalars())
    if by - known:
        row |= {"asked_by": None, "asked_at": None, "confirmed_by": None}
    return row
