"""A district leaves: everything of it is given back in a file, and then destroyed by two people, with a certificate.

A hold, an open incident and an open records request keep it, as they keep one record. What is destroyed is what was
given back: anything written since wants a new file (`privacy-and-culture.md` 1.10, 3.6; PR-64 to PR-66).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, exists, func, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.store import audit, whole_district
from crisis.store.people_tables import DISTRICT, STUDENT, Found
from crisis.store.record_tables import RECORDS_REQUEST
from crisis.store.retention_tables import DISTRICT_END, LEGAL_HOLD
from crisis.store.sealed import KeyRing
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, PersonId

SHOWN = 12  # digits of the file's digest, by which two people know that they hold the same


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictEnd:
    """From the file to the certificate. `file` is its SHA-256; the counts are None until it is done."""

    id: str
    district: DistrictId
    file: str
    given_by: PersonId
    given_at: datetime
    asked_by: PersonId | None
    asked_at: datetime | None
    confirmed_by: PersonId | None
    done_at: datetime | None
    students: int | None
    incidents: int | None
    keys: int | None
    records: int | None


def give_back(
    tx: Connection, keys: KeyRing, district: DistrictId, write: Callable[[bytes], object], *, by: PersonId, at: datetime
) -> DistrictEnd:
    """Everything of it, line by line. It goes to the party whose records they are: no disclosure (34 CFR 99.3)."""
    made, content = hashlib.sha256(), whole_district.digest(tx, keys, district)
    for line in whole_district.lines(tx, keys, district):
        made.update(line)
        write(line)
    new = clock.new_id()
    row = {"id": new, "district": district, "content": content, "file": made.hexdigest(), "given_by": by}
    tx.execute(insert(DISTRICT_END).values(**row, given_at=at))
    audit.record(tx, at=at, actor=by, action="district given back", subject=new)
    return _one(tx, district, new)


def newest(tx: Connection, district: DistrictId) -> DistrictEnd | None:
    """The last file that was given back, and what became of it."""
    mine = select(DISTRICT_END).where(DISTRICT_END.c.district == district)
    row = tx.execute(mine.order_by(DISTRICT_END.c.given_at.desc(), DISTRICT_END.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _read(row)


def reasons_against(tx: Connection, district: DistrictId) -> list[Reason]:
    """What keeps it today."""
    held = (LEGAL_HOLD.c.district == district, LEGAL_HOLD.c.released_at.is_(None))
    is_open = (INCIDENT.c.district == district, INCIDENT.c.closed_at.is_(None))
    asked = (RECORDS_REQUEST.c.district == district, RECORDS_REQUEST.c.ended_at.is_(None))
    found = [
        (exists(select(LEGAL_HOLD.c.id).where(*held)), Reason("PR-66", "A legal hold stands in this district")),
        (exists(select(INCIDENT.c.id).where(*is_open)), Reason("PR-66", "An incident of this district is open")),
        (exists(select(RECORDS_REQUEST.c.id).where(*asked)), Reason("PR-66", "Somebody waits to see a record")),
    ]
    return [reason for stands, reason in found if tx.execute(select(stands)).scalar_one()]


def ask(tx: Connection, keys: KeyRing, district: DistrictId, file: str, *, by: PersonId, at: datetime) -> None:
    """By whoever has the file. Nothing is destroyed yet. Raises `Refused` with everything that keeps it."""
    found = _current(tx, keys, district, file)
    if found.asked_by is not None:
        raise Refused(Reason("PR-64", "Somebody has asked for that already; another person does it"))
    _change(tx, found.id, asked_by=by, asked_at=at)
    audit.record(tx, at=at, actor=by, action="end of the district asked", subject=found.id)


def withdraw(tx: Connection, district: DistrictId, *, by: PersonId, at: datetime) -> None:
    found = newest(tx, district)
    if found is None or found.asked_by is None or found.done_at is not None:
        raise NotFound
    _change(tx, found.id, asked_by=None, asked_at=None)
    audit.record(tx, at=at, actor=by, action="end of the district withdrawn", subject=found.id)


def confirm(
    tx: Connection, keys: KeyRing, district: DistrictId, file: str, *, by: PersonId, at: datetime
) -> DistrictEnd:
    """Destroys everything of it, now and for ever, in this transaction (PR-65)."""
    tx.execute(select(DISTRICT.c.id).where(DISTRICT.c.id == district).with_for_update())
    found = _current(tx, keys, district, file)
    if found.asked_by is None:
        raise Refused(Reason("PR-64", "Nobody has asked for it; the first of two people does that"))
    if found.asked_by == by:
        raise Refused(Reason("PR-64", "You asked for it; another person has to do it"))
    students, incidents = (
        tx.execute(select(func.count()).select_from(table).where(table.c.district == district)).scalar_one()
        for table in (STUDENT, INCIDENT)
    )
    done_keys, records = whole_district.erase(tx, district, at)
    made = {"students": students, "incidents": incidents, "keys": done_keys, "records": records}
    _change(tx, found.id, confirmed_by=by, done_at=at, **made)
    detail: audit.Detail = {"students": students, "incidents": incidents, "keys": done_keys, "records": records}
    audit.record(tx, at=at, actor=by, action="district destroyed", subject=found.id, detail=detail)
    return _one(tx, district, found.id)


def certificates(tx: Connection) -> list[DistrictEnd]:
    """Of all districts that have left, for whoever runs the machine; the newest first."""
    query = select(DISTRICT_END).where(DISTRICT_END.c.done_at.is_not(None)).order_by(DISTRICT_END.c.done_at.desc())
    return [_read(row) for row in tx.execute(query)]


def _current(tx: Connection, keys: KeyRing, district: DistrictId, file: str) -> DistrictEnd:
    found = newest(tx, district)
    if found is None or found.done_at is not None:
        raise Refused(Reason("PR-65", "Nothing was given back yet: whoever runs the machine writes the file first"))
    content = tx.execute(select(DISTRICT_END.c.content).where(DISTRICT_END.c.id == found.id)).scalar_one()
    changed = content != whole_district.digest(tx, keys, district)
    text = "Something was written since the file was made; have a new one made, and look that it is kept"
    refuse_if(
        *reasons_against(tx, district),
        Reason("PR-65", text) if changed else None,
        None
        if file.strip().lower() == found.file[:SHOWN]
        else Reason("PR-65", "Type the first 12 digits of the file's SHA-256, as whoever made it has told you"),
    )
    return found


def _one(tx: Connection, district: DistrictId, end: str) -> DistrictEnd:
    mine = (DISTRICT_END.c.id == end, DISTRICT_END.c.district == district)
    return _read(tx.execute(select(DISTRICT_END).where(*mine)).one())


def _change(tx: Connection, end: str, **values: object) -> None:
    tx.execute(update(DISTRICT_END).where(DISTRICT_END.c.id == end).values(**values))


def _read(row: Found) -> DistrictEnd:
    shown = row._asdict()
    return DistrictEnd(**{name: shown[name] for name in DistrictEnd.__dataclass_fields__})
