"""Instruments that a district uses, the words that it brought, and the permissions that let them be shown."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, Table, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, refuse_if
from crisis.instrument_words import PackId, PermissionBasis, PermissionId
from crisis.policy.age import years
from crisis.protocols import loader
from crisis.protocols.instrument_schema import Instrument, TextPack
from crisis.protocols.wording import Readable, faults, needs_permission, readable
from crisis.statemachine.kit import Kit
from crisis.store import audit
from crisis.store.instrument_tables import INSTRUMENT_PERMISSION, INSTRUMENT_USE
from crisis.store.people_tables import STUDENT, Found
from crisis.vocabulary import DistrictId, PersonId, StudentId

LONGEST, LONGEST_NOTICE = 120, 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`last_day` is the paper's; None: it has no end."""

    instrument: str
    basis: PermissionBasis
    given_by: str
    paper: str
    notice: str
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    id: PermissionId
    terms: Terms
    counts_until: datetime | None

    def holds(self, at: datetime) -> bool:
        return self.counts_until is None or at < self.counts_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """`pack` is None where the words are ours, or there are none."""

    id: PackId
    instrument: str
    language: str
    version: str
    pack: TextPack | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was not ended, in the order in which it was recorded; permissions that ran out are among them."""

    permissions: tuple[Permission, ...]
    uses: tuple[Use, ...]

    def readable(self, instrument_id: str, at: datetime) -> Readable:
        permitted = any(each.terms.instrument == instrument_id and each.holds(at) for each in self.permissions)
        packs = [each.pack for each in self.uses if each.instrument == instrument_id and each.pack is not None]
        return readable(loader.instrument(instrument_id), packs, permitted=permitted)

    @property
    def in_use(self) -> frozenset[str]:
        return frozenset(each.instrument for each in self.uses)


def permit(
    tx: Connection, district: DistrictId, terms: Terms, zone: str, *, by: PersonId, at: datetime
) -> PermissionId:
    """Raises `Refused` with all that is missing, `NotFound` for no instrument of ours."""
    known = _known(terms.instrument)
    until = None if terms.last_day is None else _end_of(terms.last_day, zone)
    written = (terms.given_by.strip(), terms.paper.strip())
    refuse_if(
        None if needs_permission(known) else Reason("LICENCE", "The words of this instrument need no permission"),
        None if all(written) else Reason("LICENCE", "Say who gave the permission, and where the paper is"),
        Reason("LICENCE", "Keep who gave it, and where the paper is, to 120 letters")
        if any(len(each) > LONGEST for each in written)
        else None,
        None
        if 0 < len(terms.notice.strip()) <= LONGEST_NOTICE
        else Reason("LICENCE", "Write the notice that must stand with the words, in at most 600 letters"),
        Reason("LICENCE", "This permission has run out already; check the day")
        if until is not None and until <= at
        else None,
    )
    new = clock.new_id()
    values: dict[str, object] = {
        "given_by": written[0],
        "paper": written[1],
        "notice": terms.notice.strip(),
        "basis": terms.basis,
    }
    values |= {"instrument": known.id, "last_day": terms.last_day, "counts_until": until}
    _add(tx, INSTRUMENT_PERMISSION, new, district, values, by=by, at=at)
    return PermissionId(new)


def take_into_use(
    tx: Connection, district: DistrictId, instrument_id: str, body: str | None, *, by: PersonId, at: datetime
) -> PackId:
    """With the words of a text pack, or with ours. Words that are not free are not even kept without a permission.

    Another pack of the same language takes the place of the one before.
    """
    known = _known(instrument_id)
    pack = None if body is None else loader.text_pack_from_text(body, "text pack")
    kept = of_district(tx, district)
    permitted = any(each.terms.instrument == known.id and each.holds(at) for each in kept.permissions)
    refuse_if(*_against(known, pack, permitted=permitted))
    language = known.language if pack is None else pack.language
    for each in kept.uses:
        if each.instrument == known.id and each.language == language:
            end_use(tx, district, each.id, by=by, at=at)
    new = clock.new_id()
    digest = None if body is None else hashlib.sha256(body.encode()).hexdigest()
    values: dict[str, object] = {"instrument": known.id, "language": language, "body": body, "sha256": digest}
    values["version"] = known.version if pack is None else pack.version
    _add(tx, INSTRUMENT_USE, new, district, values, by=by, at=at)
    return PackId(new)


def _against(known: Instrument, pack: TextPack | None, *, permitted: bool) -> Iterable[Reason]:
    if pack is None:
        if not (known.has_words or known.from_paper):
            yield Reason("LICENCE", "Its items cannot be told apart without their words; bring a text pack")
        return
    if pack.instrument != known.id:
        yield Reason("PACK", "This text pack is for another instrument")
        return
    if needs_permission(known) and not permitted:
        yield Reason("LICENCE", "Record the permission first; without it these words are not kept here")
    yield from faults(known, pack)


def end_permission(
    tx: Connection, district: DistrictId, permission: PermissionId, *, by: PersonId, at: datetime
) -> None:
    """From this moment on the words are not shown. Raises `NotFound` also for one that was ended."""
    _end(tx, INSTRUMENT_PERMISSION, district, permission, by=by, at=at)


def end_use(tx: Connection, district: DistrictId, use: PackId, *, by: PersonId, at: datetime) -> None:
    _end(tx, INSTRUMENT_USE, district, use, by=by, at=at)


def of_district(tx: Connection, district: DistrictId) -> Kept:
    permissions = [
        Permission(
            id=PermissionId(row.id),
            terms=Terms(
                instrument=row.instrument,
                basis=PermissionBasis(row.basis),
                given_by=row.given_by,
                paper=row.paper,
                notice=row.notice,
                last_day=row.last_day,
            ),
            counts_until=row.counts_until,
        )
        for row in tx.execute(_current(INSTRUMENT_PERMISSION, district))
    ]
    uses = [
        Use(
            id=PackId(row.id),
            instrument=row.instrument,
            language=row.language,
            version=row.version,
            pack=None if row.body is None else _pack(row.body),
        )
        for row in tx.execute(_current(INSTRUMENT_USE, district))
    ]
    return Kept(permissions=tuple(permissions), uses=tuple(uses))


def kit(tx: Connection, district: DistrictId, student: StudentId | None, at: datetime) -> Kit:
    """What the rules ask of instruments: read anew each time, so that an end counts at once."""
    kept = of_district(tx, district)
    forms = {each: kept.readable(each, at).forms for each in kept.in_use}
    languages = {each: frozenset(form.language for form in found) | {"en"} for each, found in forms.items()}
    born = None if student is None else _born(tx, student)
    return Kit(in_use=kept.in_use, languages=languages, age=None if born is None else years(born, at.date()))


def title(instrument_id: str) -> str:
    return _known(instrument_id).title


def kind(instrument_id: str) -> str:
    return _known(instrument_id).kind


@lru_cache(maxsize=64)
def _pack(body: str) -> TextPack:
    return loader.text_pack_from_text(body, "text pack")


def _known(instrument_id: str) -> Instrument:
    if instrument_id not in loader.instruments():
        raise NotFound
    return loader.instrument(instrument_id)


def _born(tx: Connection, student: StudentId) -> date | None:
    found: date | None = tx.execute(select(STUDENT.c.birth_date).where(STUDENT.c.id == student)).scalar_one_or_none()
    return found


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)


def _current(table: Table, district: DistrictId) -> Select[Found]:
    same = (table.c.district == district, table.c.ended_at.is_(None))
    return select(table).where(*same).order_by(table.c.recorded_at, table.c.id)


def _add(
    tx: Connection,
    table: Table,
    new: str,
    district: DistrictId,
    values: dict[str, object],
    *,
    by: PersonId,
    at: datetime,
) -> None:
    tx.execute(insert(table).values(id=new, district=district, recorded_by=by, recorded_at=at, **values))
    audit.record(tx, at=at, actor=by, action=f"{table.name.replace('_', ' ')} recorded", subject=new)


def _end(tx: Connection, table: Table, district: DistrictId, row: str, *, by: PersonId, at: datetime) -> None:
    same = (table.c.id == row, table.c.district == district, table.c.ended_at.is_(None))
    if tx.execute(update(table).where(*same).values(ended_by=by, ended_at=at)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action=f"{table.name.replace('_', ' ')} ended", subject=row)
