"""Agreements with agencies, and those with a post here who work for one: shut out the minute theirs is not in force.

Pages go on: they say nothing of anybody, and somebody may come who cannot sign in (decision 47).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, refuse_if
from crisis.policy.agreements import Agreement, Terms, against, current, span
from crisis.referral_words import AgencyId, AgreedUse, DataPoint
from crisis.store import audit, directory
from crisis.store.agency_tables import AGENCY, AGENCY_MEMBER, AGREEMENT
from crisis.store.people_tables import PERSON, POST, Found
from crisis.vocabulary import DistrictId, PersonId

LONGEST = 120
SHUT_OUT = Reason(
    "PR-37",
    "The agreement of your organisation with this district is not in force, so you cannot sign in; "
    "the district's privacy officer can renew it",
)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody with a post here who works for an agency."""

    person: PersonId
    agency: AgencyId


def record(tx: Connection, district: DistrictId, terms: Terms, zone: str, *, by: PersonId, at: datetime) -> str:
    """It counts by the clock of `zone`. Raises `Refused` with all that is missing, `NotFound` for no agency of ours."""
    directory.one(tx, district, terms.agency)
    written = (terms.signed_for_district, terms.signed_for_agency, terms.paper)
    long, no_hash = any(len(text) > LONGEST for text in written), terms.sha256 and not _SHA256.fullmatch(terms.sha256)
    refuse_if(
        *against(terms),
        Reason("PR-37", "Keep each name, and where the paper is, to 120 letters") if long else None,
        Reason("PR-37", "A SHA-256 has 64 digits from 0 to 9 and a to f") if no_hash else None,
    )
    new, (counts_from, counts_until) = clock.new_id(), span(terms, zone)
    place = {"id": new, "district": district, "recorded_by": by, "recorded_at": at}
    tx.execute(insert(AGREEMENT).values(**place, counts_from=counts_from, counts_until=counts_until, **_columns(terms)))
    audit.record(tx, at=at, actor=by, action="agreement recorded", subject=new)
    return new


def end(tx: Connection, district: DistrictId, agreement: str, *, by: PersonId, at: datetime) -> None:
    """Before its day: from this moment on it gives nothing. Raises `NotFound` also for one that was ended."""
    same = (AGREEMENT.c.id == agreement, AGREEMENT.c.district == district, AGREEMENT.c.ended_at.is_(None))
    if tx.execute(update(AGREEMENT).where(*same).values(ended_by=by, ended_at=at)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="agreement ended", subject=agreement)


def of_district(tx: Connection, district: DistrictId) -> list[Agreement]:
    """All that were ever recorded, the newest first."""
    query = select(AGREEMENT).where(AGREEMENT.c.district == district)
    return [_read(row) for row in tx.execute(query.order_by(AGREEMENT.c.counts_from.desc(), AGREEMENT.c.id))]


def put_in(
    tx: Connection, district: DistrictId, person: PersonId, agency: AgencyId, *, by: PersonId, at: datetime
) -> None:
    """From now on they are let in only while this agency's agreement is in force. Raises `NotFound` for strangers."""
    directory.one(tx, district, agency)
    _must_be_staff(tx, district, person)
    refuse_if(Reason("PR-37", "Somebody else has to say for whom you work") if person == by else None)
    tx.execute(delete(AGENCY_MEMBER).where(AGENCY_MEMBER.c.person == person))
    row = {"person": person, "agency": agency, "district": district, "recorded_by": by, "recorded_at": at}
    tx.execute(insert(AGENCY_MEMBER).values(**row))
    audit.record(tx, at=at, actor=by, action="works for an agency", subject=person)


def take_out(tx: Connection, district: DistrictId, person: PersonId, *, by: PersonId, at: datetime) -> None:
    """They work for the district itself: no agreement is asked any more."""
    same = (AGENCY_MEMBER.c.person == person, AGENCY_MEMBER.c.district == district)
    if tx.execute(delete(AGENCY_MEMBER).where(*same)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="works for no agency", subject=person)


def members(tx: Connection, district: DistrictId) -> list[Member]:
    query = select(AGENCY_MEMBER.c.person, AGENCY_MEMBER.c.agency).where(AGENCY_MEMBER.c.district == district)
    rows = tx.execute(query.order_by(AGENCY_MEMBER.c.person))
    return [Member(person=PersonId(row.person), agency=AgencyId(row.agency)) for row in rows]


def agreed_with(tx: Connection, person: PersonId | None, at: datetime) -> frozenset[DataPoint] | None:
    """What somebody who works for an agency may see of an incident by its agreement; None: they work for none."""
    query = select(AGENCY_MEMBER.c.agency, AGENCY_MEMBER.c.district).where(AGENCY_MEMBER.c.person == person)
    row = tx.execute(query).first()
    if row is None:
        return None
    agreement = current(of_district(tx, DistrictId(row.district)), AgencyId(row.agency), at)
    if agreement is None or AgreedUse.CRISIS_RESPONSE not in agreement.terms.uses:
        return frozenset()
    return agreement.terms.data_points


def agency_of(tx: Connection, person: PersonId) -> AgencyId | None:
    """For whom somebody with a post here works; None: for the district itself."""
    found = tx.execute(select(AGENCY_MEMBER.c.agency).where(AGENCY_MEMBER.c.person == person)).scalar_one_or_none()
    return None if found is None else AgencyId(found)


def shut_out(tx: Connection, people: Collection[PersonId], at: datetime) -> frozenset[PersonId]:
    """Those of them who work for an agency without an agreement in force at that moment, or taken out of the list."""
    in_force = exists(AGREEMENT.c.id).where(
        AGREEMENT.c.agency == AGENCY_MEMBER.c.agency,
        AGREEMENT.c.ended_at.is_(None),
        AGREEMENT.c.counts_from <= at,
        AGREEMENT.c.counts_until > at,
    )
    query = (
        select(AGENCY_MEMBER.c.person)
        .join_from(AGENCY_MEMBER, AGENCY, AGENCY.c.id == AGENCY_MEMBER.c.agency)
        .where(AGENCY_MEMBER.c.person.in_(list(people)), AGENCY.c.ended_at.is_not(None) | ~in_force)
    )
    return frozenset(PersonId(person) for person in tx.execute(query).scalars())


def let_in(tx: Connection, holders: Mapping[str, PersonId], at: datetime) -> dict[str, PersonId]:
    """Of those who hold a session or a token, whoever is not shut out."""
    out = shut_out(tx, set(holders.values()), at)
    return {secret: person for secret, person in holders.items() if person not in out}


def _must_be_staff(tx: Connection, district: DistrictId, person: PersonId) -> None:
    held = select(POST.c.person).join_from(POST, PERSON, PERSON.c.id == POST.c.person)
    if tx.execute(held.where(POST.c.person == person, PERSON.c.district == district)).first() is None:
        raise NotFound


def _columns(terms: Terms) -> dict[str, object]:
    return {
        "agency": terms.agency,
        "data_points": " ".join(sorted(terms.data_points)),
        "uses": " ".join(sorted(terms.uses)),
        "direct_control": terms.direct_control,
        "redisclosure_ban": terms.redisclosure_ban,
        "first_day": terms.first_day,
        "last_day": terms.last_day,
        "signed_for_district": terms.signed_for_district.strip(),
        "signed_for_agency": terms.signed_for_agency.strip(),
        "paper": terms.paper.strip(),
        "sha256": terms.sha256,
    }


def _read(row: Found) -> Agreement:
    terms = Terms(
        agency=AgencyId(row.agency),
        data_points=frozenset(map(DataPoint, row.data_points.split())),
        uses=frozenset(map(AgreedUse, row.uses.split())),
        direct_control=row.direct_control,
        redisclosure_ban=row.redisclosure_ban,
        first_day=row.first_day,
        last_day=row.last_day,
        signed_for_district=row.signed_for_district,
        signed_for_agency=row.signed_for_agency,
        paper=row.paper,
        sha256=row.sha256,
    )
    return Agreement(
        id=row.id,
        terms=terms,
        counts_from=row.counts_from,
        counts_until=row.counts_until,
        recorded_by=PersonId(row.recorded_by),
        recorded_at=row.recorded_at,
        ended_at=row.ended_at,
    )
