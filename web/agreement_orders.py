"""Agreements with agencies: who may look and who may change them is asked here, once for the page and the API."""

from dataclasses import dataclass

from crisis.policy import access
from crisis.policy.agreements import Agreement, Terms
from crisis.policy.directory import Agency
from crisis.referral_words import AgencyId
from crisis.store import audit, directory, partners
from crisis.store.partners import Member
from crisis.vocabulary import PersonId
from web import directory_orders
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All agencies of the district, what was ever signed with each, and who works for them."""

    agencies: dict[AgencyId, Agency]
    agreements: list[Agreement]
    members: list[Member]


def seen(desk: Desk) -> Kept:
    access.must_keep_agreements(desk.actor)
    district = desk.actor.district
    with desk.store.write() as tx:
        audit.record(tx, at=desk.at, actor=desk.person, action="agreements viewed", subject=district)
        return Kept(
            agencies={each.id: each for each in directory.of_district(tx, district)},
            agreements=partners.of_district(tx, district),
            members=partners.members(tx, district),
        )


def record(desk: Desk, terms: Terms) -> None:
    access.must_keep_agreements(desk.actor)
    zone = directory_orders.zone(desk)
    with desk.store.write() as tx:
        partners.record(tx, desk.actor.district, terms, zone, by=desk.person, at=desk.at)


def end(desk: Desk, agreement: str) -> None:
    access.must_keep_agreements(desk.actor)
    with desk.store.write() as tx:
        partners.end(tx, desk.actor.district, agreement, by=desk.person, at=desk.at)


def put_in(desk: Desk, person: PersonId, agency: AgencyId) -> None:
    access.must_keep_agreements(desk.actor)
    with desk.store.write() as tx:
        partners.put_in(tx, desk.actor.district, person, agency, by=desk.person, at=desk.at)


def take_out(desk: Desk, person: PersonId) -> None:
    access.must_keep_agreements(desk.actor)
    with desk.store.write() as tx:
        partners.take_out(tx, desk.actor.district, person, by=desk.person, at=desk.at)
