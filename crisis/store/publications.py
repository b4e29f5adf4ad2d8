"""From when on a district's own protocols answer: two people signed for the very content, and a third party checked it.

An open incident keeps the version that it pinned; what is published here counts for those that open from its day on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.draft_words import CheckState, ReviewKind
from crisis.errors import NotFound, Reason, Refused
from crisis.policy.protocols import Signature, Standing, against_publishing, against_signing
from crisis.protocols import loader
from crisis.protocols.schema import Protocol, Review, Reviewer
from crisis.schedules.wall import begins, day_at
from crisis.store import audit, people, protocol_checks, protocol_drafts, protocols
from crisis.store.draft_tables import DRAFT, PUBLICATION, SIGNATURE
from crisis.store.people_tables import Found
from crisis.store.protocol_drafts import Draft
from crisis.vocabulary import DistrictId, PersonId, ProtocolHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """`counts_from`: the beginning of its first day by the district's clock, or the moment itself where it is today."""

    id: str
    hash: ProtocolHash
    protocol: Protocol
    first_day: date
    counts_from: datetime
    published_by: PersonId
    published_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Who publishes what from which day on."""

    first_day: date
    by: PersonId
    at: datetime


def zone(tx: Connection, district: DistrictId) -> str:
    """By the clock of the district's first school, as its policy packs."""
    return next((each.zone for each in people.schools(tx, district)), "UTC")


def standing(tx: Connection, district: DistrictId, draft: Draft) -> Standing:
    names = people.names(tx, draft.writers)
    rows = tx.execute(
        select(SIGNATURE)
        .where(SIGNATURE.c.draft == draft.id, SIGNATURE.c.district == district)
        .order_by(SIGNATURE.c.recorded_at, SIGNATURE.c.id)
    )
    return Standing(
        hash=draft.latest.hash,
        writers={person: names.get(person, "") for person in draft.writers},
        saved_by=draft.latest.by,
        saved_on=day_at(draft.latest.at, zone(tx, district)),
        signatures=[_signature(row) for row in rows],
    )


def sign(tx: Connection, district: DistrictId, draft: str, new: Signature, *, by: PersonId, at: datetime) -> None:
    """`by` records it: the signer at the console, or whoever has the paper. Raises `Refused` with every reason."""
    _lock(tx, draft)
    known = standing(tx, district, protocol_drafts.one(tx, district, draft))
    against = [*against_signing(new, known, day_at(at, zone(tx, district)))]
    if against:
        raise Refused(*against)
    values = {"kind": new.kind, "hash": new.hash, "signed_on": new.signed_on, "holds_until": new.holds_until}
    who = {"name": " ".join(new.name.split()), "qualification": " ".join(new.qualification.split())}
    row = {"id": clock.new_id(), "draft": draft, "district": district, "recorded_by": by, "recorded_at": at}
    tx.execute(insert(SIGNATURE).values(**row, **values, **who, paper=new.paper, signed_by=new.person))
    detail = {"content": new.hash, "kind": str(new.kind), "how": "paper" if new.person is None else "console"}
    audit.record(tx, at=at, actor=by, action="protocol signed for", subject=draft, detail=detail)


def publish(tx: Connection, district: DistrictId, draft: str, wanted: Wanted) -> ProtocolHash:
    """Writes the two names into it, keeps it for ever and ends the draft. Raises `Refused` with every reason."""
    _lock(tx, draft)
    kept = protocol_drafts.one(tx, district, draft)
    known, read = standing(tx, district, kept), protocol_drafts.read(kept.latest.text).protocol
    today = day_at(wanted.at, zone(tx, district))
    holds = known.hash is not None and protocol_checks.known(tx, district, known.hash).state is CheckState.HOLDS
    against = [*against_publishing(known, wanted.by, wanted.first_day, today, holds=holds)]
    if read is not None and _version_is_taken(tx, district, read):
        against.append(Reason("PUBLISH", "This version number is taken; give the draft another one"))
    if against:
        raise Refused(*against)
    assert read is not None
    whole = _reviewed(read, known)
    hashed = protocols.keep(tx, whole, wanted.at)
    _put(tx, district, (whole, hashed), wanted, draft=draft)
    tx.execute(update(DRAFT).where(DRAFT.c.id == draft).values(ended_by=wanted.by, ended_at=wanted.at))
    return hashed


def _reviewed(read: Protocol, known: Standing) -> Protocol:
    clinical, legal = (known.signed(kind) for kind in (ReviewKind.CLINICAL, ReviewKind.LEGAL))
    assert clinical is not None
    assert legal is not None
    review = Review(
        clinical=Reviewer(name=f"{clinical.name}, {clinical.qualification}", on=clinical.signed_on),
        legal=Reviewer(name=f"{legal.name}, {legal.qualification}", on=legal.signed_on),
        expires=min(clinical.holds_until, legal.holds_until),
    )
    return read.model_copy(update={"review": review})


def _version_is_taken(tx: Connection, district: DistrictId, read: Protocol) -> bool:
    """By the built-in one of this name, or by one that the district has published."""
    built_in = read.id in loader.names() and loader.protocol(read.id).version == read.version
    return built_in or any(
        (each.protocol.id, each.protocol.version) == (read.id, read.version) for each in of_district(tx, district)
    )


def again(tx: Connection, district: DistrictId, publication: str, wanted: Wanted) -> None:
    """An earlier one of the district answers again from a day on, as it was signed. Raises `Refused`."""
    known = _one(tx, district, publication)
    today = day_at(wanted.at, zone(tx, district))
    expires = known.protocol.review.expires
    against = [
        (wanted.first_day < today, Reason("PUBLISH", "That day is over; choose today or a day that comes")),
        (
            expires is not None and expires < wanted.first_day,
            Reason("PUBLISH", "Its review has run out by that day; copy it, and let it be signed anew"),
        ),
    ]
    found = [reason for holds, reason in against if holds]
    if found:
        raise Refused(*found)
    _put(tx, district, (known.protocol, known.hash), wanted, draft=None)


def _put(
    tx: Connection, district: DistrictId, what: tuple[Protocol, ProtocolHash], wanted: Wanted, *, draft: str | None
) -> None:
    protocol, hashed = what
    here = zone(tx, district)
    today = day_at(wanted.at, here) == wanted.first_day
    counts_from = wanted.at if today else begins(datetime.combine(wanted.first_day, time()), here)
    row = {"id": clock.new_id(), "district": district, "protocol": protocol.id, "hash": hashed, "draft": draft}
    dates = {"first_day": wanted.first_day, "counts_from": counts_from, "published_at": wanted.at}
    tx.execute(insert(PUBLICATION).values(**row, **dates, published_by=wanted.by))
    detail = {"content": hashed, "version": protocol.version, "from": wanted.first_day.isoformat()}
    subject = draft or str(row["id"])
    audit.record(tx, at=wanted.at, actor=wanted.by, action="protocol published", subject=subject, detail=detail)


def end(tx: Connection, district: DistrictId, publication: str, *, by: PersonId, at: datetime) -> None:
    """Taken back before its day, or given up after: what counted before counts again. Open incidents keep theirs."""
    known = _one(tx, district, publication)
    if known.ended_at is not None:
        raise Refused(Reason("PUBLISH", "This was ended before; load the page again"))
    tx.execute(update(PUBLICATION).where(PUBLICATION.c.id == publication).values(ended_by=by, ended_at=at))
    began = "after" if known.counts_from <= at else "before"
    detail = {"content": str(known.hash), "its day": began}
    audit.record(tx, at=at, actor=by, action="protocol publication ended", subject=publication, detail=detail)


def of_district(tx: Connection, district: DistrictId) -> Sequence[Publication]:
    """All that were ever published, the newest first."""
    query = select(PUBLICATION).where(PUBLICATION.c.district == district)
    rows = tx.execute(query.order_by(PUBLICATION.c.published_at.desc(), PUBLICATION.c.id.desc()))
    return [_publication(tx, row) for row in rows.all()]


def _one(tx: Connection, district: DistrictId, publication: str) -> Publication:
    same = (PUBLICATION.c.id == publication, PUBLICATION.c.district == district)
    row = tx.execute(select(PUBLICATION).where(*same).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return _publication(tx, row)


def _publication(tx: Connection, row: Found) -> Publication:
    return Publication(
        id=row.id,
        hash=ProtocolHash(row.hash),
        protocol=protocols.by_hash(tx, ProtocolHash(row.hash)),
        first_day=row.first_day,
        counts_from=row.counts_from,
        published_by=PersonId(row.published_by),
        published_at=row.published_at,
        ended_at=row.ended_at,
    )


def _signature(row: Found) -> Signature:
    return Signature(
        kind=row.kind,
        hash=ProtocolHash(row.hash),
        name=row.name,
        qualification=row.qualification,
        signed_on=row.signed_on,
        holds_until=row.holds_until,
        person=None if row.signed_by is None else PersonId(row.signed_by),
        paper=row.paper,
    )


def _lock(tx: Connection, draft: str) -> None:
    """Nobody saves while somebody signs or publishes."""
    tx.execute(select(DRAFT.c.id).where(DRAFT.c.id == draft).with_for_update())
