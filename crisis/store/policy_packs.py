"""Which law a district's decisions ask: a pack that one person proposed and another approved, or the floor.

A pack that has run out is not asked any more; the floor counts then, and nothing stops (`privacy-and-culture.md` 1.0).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Connection, bindparam, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.policy.packs import FLOOR, Pack, counts, pack_of
from crisis.protocols import loader
from crisis.protocols.pack_schema import PackFile
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.store import audit
from crisis.store.pack_tables import POLICY_PACK
from crisis.store.people_tables import Found
from crisis.vocabulary import DistrictId, PersonId

_APPROVED = (
    select(POLICY_PACK.c.body)
    .where(POLICY_PACK.c.district == bindparam("district"), POLICY_PACK.c.approved_at.is_not(None))
    .where(POLICY_PACK.c.ended_at.is_(None), POLICY_PACK.c.effective_from <= bindparam("day"))
    .order_by(POLICY_PACK.c.effective_from.desc(), POLICY_PACK.c.approved_at.desc())
    .limit(1)
)


class UnreadablePack(ValueError):
    """`faults` are sentences, each with its line and what to do."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPack:
    """A pack of a district as it stands. `sha256` is of the text as it was proposed."""

    id: str
    file: PackFile
    sha256: str
    proposed_by: PersonId
    proposed_at: datetime
    approved_by: PersonId | None
    counsel: str | None
    counsel_reviewed_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class InForce:
    """`lapsed` is the pack that would count if it had not run out; its people have to be told."""

    pack: Pack
    lapsed: PackFile | None = None

    @property
    def is_floor(self) -> bool:
        return self.pack == FLOOR


def in_force(tx: Connection, district: DistrictId, day: date) -> InForce:
    """Of the approved ones whose time has begun, the newest; the floor where there is none, or where it has run out."""
    body = tx.execute(_APPROVED, {"district": district, "day": day}).scalar_one_or_none()
    if body is None:
        return InForce(FLOOR)
    file = _file(body)
    return InForce(pack_of(file)) if counts(file, day) else InForce(FLOOR, lapsed=file)


def propose(tx: Connection, district: DistrictId, text: str, *, by: PersonId, at: datetime) -> str:
    """It counts for nothing until somebody else approves it. Raises `UnreadablePack` with every fault of the text."""
    try:
        file = loader.pack_from_text(text, "the pack")
    except ProtocolFault as fault:
        raise UnreadablePack(fault.faults) from fault
    new = clock.new_id()
    tx.execute(
        insert(POLICY_PACK).values(
            id=new,
            district=district,
            pack=file.id,
            version=file.version,
            body=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            effective_from=file.effective_from,
            expires_on=file.expires_on,
            proposed_by=by,
            proposed_at=at,
        )
    )
    _record(tx, "policy pack proposed", new, by, at)
    return new


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """Who has compared the pack with the law, and on which day."""

    name: str
    reviewed_on: date


def approve(
    tx: Connection, district: DistrictId, pack: str, counsel: Counsel, *, by: PersonId, at: datetime, today: date
) -> None:
    """By somebody other than who proposed it (PR-64). `today` by the district's calendar."""
    known = _open(tx, district, pack)
    if known.approved_by is not None:
        return
    against = [
        (known.proposed_by == by, Reason("PR-64", "You proposed it; a second person approves it")),
        (not counsel.name.strip(), Reason("PR-64", "Name the lawyer who has compared it with the law")),
        (counsel.reviewed_on > today, Reason("PR-64", "The day on which counsel has read it cannot be in the future")),
        (
            known.file.expires_on is not None and known.file.expires_on < today,
            Reason("PR-64", "This pack has run out; propose one for the time that comes"),
        ),
    ]
    found = [reason for holds, reason in against if holds]
    if found:
        raise Refused(*found)
    values = {"approved_by": by, "approved_at": at, "counsel": counsel.name.strip()}
    tx.execute(
        update(POLICY_PACK).where(POLICY_PACK.c.id == pack).values(**values, counsel_reviewed_on=counsel.reviewed_on)
    )
    _record(tx, "policy pack approved", pack, by, at)


def end(tx: Connection, district: DistrictId, pack: str, *, by: PersonId, at: datetime) -> None:
    """It counts no longer, or never will; the one before it counts again, or the floor. It stays on record."""
    _open(tx, district, pack)
    tx.execute(update(POLICY_PACK).where(POLICY_PACK.c.id == pack).values(ended_by=by, ended_at=at))
    _record(tx, "policy pack ended", pack, by, at)


def of_district(tx: Connection, district: DistrictId) -> list[KeptPack]:
    """All that were ever proposed, the newest first."""
    query = select(POLICY_PACK).where(POLICY_PACK.c.district == district)
    return [_kept(row) for row in tx.execute(query.order_by(POLICY_PACK.c.proposed_at.desc(), POLICY_PACK.c.id))]


def _open(tx: Connection, district: DistrictId, pack: str) -> KeptPack:
    """Raises `NotFound` also for another district's."""
    same = (POLICY_PACK.c.id == pack, POLICY_PACK.c.district == district)
    row = tx.execute(select(POLICY_PACK).where(*same).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    if row.ended_at is not None:
        raise Refused(Reason("PR-64", "This pack was ended before; load the page again"))
    return _kept(row)


@lru_cache(maxsize=64)
def _file(body: str) -> PackFile:
    return loader.pack_from_text(body, "the pack")


def _kept(row: Found) -> KeptPack:
    return KeptPack(
        id=row.id,
        file=_file(row.body),
        sha256=row.sha256,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by,
        counsel=row.counsel,
        counsel_reviewed_on=row.counsel_reviewed_on,
        ended_at=row.ended_at,
    )


def _record(tx: Connection, action: str, pack: str, by: PersonId, at: datetime) -> None:
    audit.record(tx, at=at, actor=by, action=action, subject=pack)
