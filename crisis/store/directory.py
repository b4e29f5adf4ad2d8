"""The directory of a district: who outside the school helps, kept by the district crisis lead."""

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, refuse_if
from crisis.policy.directory import Agency, Entry, Places
from crisis.policy.opening_hours import read_hours, written
from crisis.referral_words import AgencyId, AgencyKind, Capacity, Care, Insurance
from crisis.store import as_seen, audit
from crisis.store.agency_tables import AGENCY
from crisis.store.people_tables import Found
from crisis.store.phones import phone_number
from crisis.vocabulary import DistrictId, PersonId

LONGEST_NAME, LONGEST_TEXT = 120, 300
OLDEST, LONGEST_WAIT = 120, 730
Word = TypeVar("Word", bound=StrEnum)


def add(tx: Connection, district: DistrictId, entry: Entry, *, by: PersonId | None, at: datetime) -> AgencyId:
    """Raises `Refused` with everything that is wrong with it."""
    _must_be_whole(entry)
    new = AgencyId(clock.new_id())
    row = {"id": new, "district": district, "changed_by": by, "changed_at": at}
    tx.execute(insert(AGENCY).values(**row, **_columns(entry)))
    audit.record(tx, at=at, actor=by, action="agency added", subject=new)
    return new


def change(
    tx: Connection,
    district: DistrictId,
    agency: AgencyId,
    entry: Entry,
    *,
    by: PersonId | None,
    at: datetime,
    seen: int | None = None,
) -> None:
    """What is known of its places stays. `seen`: its version as whoever changes it saw it."""
    _must_be_whole(entry)
    mine = (AGENCY.c.id == agency, AGENCY.c.district == district)
    changed = AGENCY.c.changed_at.label("recorded_at"), AGENCY.c.changed_by.label("recorded_by")
    as_seen.must_be_current(seen, tx.execute(select(*changed).where(*mine)).one_or_none(), by)
    _set(tx, district, agency, **_columns(entry), changed_by=by, changed_at=at)
    audit.record(tx, at=at, actor=by, action="agency changed", subject=agency)


def confirm_places(
    tx: Connection,
    district: DistrictId,
    agency: AgencyId,
    said: tuple[Capacity, int | None],
    *,
    by: PersonId,
    at: datetime,
) -> None:
    """What somebody there has just said; it is shown with its day, and as old after two weeks."""
    capacity, days = said
    too_long = days is not None and not 0 <= days <= LONGEST_WAIT
    refuse_if(Reason("DIRECTORY", "Give the wait in days, from 0 to 730") if too_long else None)
    places = {"capacity": capacity, "capacity_days": days, "capacity_at": at, "capacity_by": by}
    _set(tx, district, agency, **places)
    audit.record(tx, at=at, actor=by, action="agency's places confirmed", subject=agency)


def end(tx: Connection, district: DistrictId, agency: AgencyId, *, by: PersonId, at: datetime) -> None:
    """It is listed no more; what was handed to it stays on record."""
    _set(tx, district, agency, ended_by=by, ended_at=at)
    audit.record(tx, at=at, actor=by, action="agency taken out", subject=agency)


def _set(tx: Connection, district: DistrictId, agency: AgencyId, **values: object) -> None:
    """Raises `NotFound` also for another district's, and for one that was taken out."""
    same = (AGENCY.c.id == agency, AGENCY.c.district == district, AGENCY.c.ended_at.is_(None))
    if tx.execute(update(AGENCY).where(*same).values(**values)).rowcount == 0:
        raise NotFound


def of_district(tx: Connection, district: DistrictId) -> list[Agency]:
    """By name, without those that were taken out."""
    query = select(AGENCY).where(AGENCY.c.district == district, AGENCY.c.ended_at.is_(None))
    return [_read(row) for row in tx.execute(query.order_by(AGENCY.c.name, AGENCY.c.id))]


def of_kind(tx: Connection, district: DistrictId, kind: AgencyKind) -> list[Agency]:
    return [each for each in of_district(tx, district) if each.entry.kind is kind]


def one(tx: Connection, district: DistrictId, agency: AgencyId) -> Agency:
    """Raises `NotFound` also for another district's, and for one that was taken out."""
    same = (AGENCY.c.id == agency, AGENCY.c.district == district, AGENCY.c.ended_at.is_(None))
    row = tx.execute(select(AGENCY).where(*same)).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def names(tx: Connection, agencies: Collection[AgencyId]) -> dict[AgencyId, str]:
    """Also of those that were taken out: what was referred to them stays on record."""
    if not agencies:
        return {}
    query = select(AGENCY.c.id, AGENCY.c.name).where(AGENCY.c.id.in_(list(agencies)))
    return {AgencyId(row.id): row.name for row in tx.execute(query)}


def bring_in(
    tx: Connection, district: DistrictId, entries: Iterable[Entry], *, by: PersonId | None, at: datetime
) -> tuple[int, int]:
    """How many are new, and how many were known by name and kind and are changed; who is not in it stays."""
    known = {(each.entry.name.casefold(), each.entry.kind): each.id for each in of_district(tx, district)}
    new = changed = 0
    for entry in entries:
        same = known.get((entry.name.casefold(), entry.kind))
        if same is None:
            add(tx, district, entry, by=by, at=at)
            new += 1
        else:
            change(tx, district, same, entry, by=by, at=at)
            changed += 1
    return new, changed


def _must_be_whole(entry: Entry) -> None:
    ages = [age for age in (entry.youngest, entry.oldest) if age is not None]
    backwards = len(ages) == 2 and ages[0] > ages[1]
    shelter = entry.kind is AgencyKind.HOUSING and entry.address is not None
    refuse_if(
        Reason("DIRECTORY", "An agency has a name of at most 120 letters") if not _fits(entry.name) else None,
        Reason("DIRECTORY", "Keep each text to 300 letters") if _long(entry.address) or _long(entry.how) else None,
        Reason("DIRECTORY", "Ages are from 0 to 120 years, the youngest first")
        if backwards or not all(0 <= age <= OLDEST for age in ages)
        else None,
        Reason("PR-20", "Leave out the address of a shelter: whoever looks for somebody must not find it here")
        if shelter
        else None,
    )


def _fits(name: str) -> bool:
    return 0 < len(name.strip()) <= LONGEST_NAME


def _long(text: str | None) -> bool:
    return text is not None and len(text) > LONGEST_TEXT


def _columns(entry: Entry) -> dict[str, object]:
    return {
        "name": " ".join(entry.name.split()),
        "kind": entry.kind,
        "phone": entry.phone,
        "number": None if entry.phone is None else phone_number(entry.phone).number,
        "address": entry.address,
        "how": entry.how,
        "hours": None if entry.hours is None else written(entry.hours),
        "languages": _joined(entry.languages),
        "interpreters": entry.interpreters,
        "youngest": entry.youngest,
        "oldest": entry.oldest,
        "care": _joined(entry.care),
        "insurance": _joined(entry.insurance),
    }


def _joined(codes: Iterable[str]) -> str:
    return " ".join(sorted(codes))


def _words(kind: type[Word], text: str) -> frozenset[Word]:
    return frozenset(kind(code) for code in text.split())


def _read(row: Found) -> Agency:
    entry = Entry(
        name=row.name,
        kind=row.kind,
        phone=row.phone,
        address=row.address,
        how=row.how,
        hours=None if row.hours is None else read_hours(row.hours),
        languages=frozenset(row.languages.split()),
        interpreters=row.interpreters,
        youngest=row.youngest,
        oldest=row.oldest,
        care=_words(Care, row.care),
        insurance=_words(Insurance, row.insurance),
    )
    said = row.capacity
    places = (
        None if said is None else Places(capacity=said, days=row.capacity_days, at=row.capacity_at, by=row.capacity_by)
    )
    return Agency(
        id=AgencyId(row.id), entry=entry, number=row.number, places=places, version=as_seen.version(row.changed_at)
    )
