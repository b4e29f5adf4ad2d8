"""Who outside the school helps: who may look at it and who may change it is asked here, once for page and API."""

from crisis.policy import access
from crisis.policy.directory import Agency, Entry, Fit, Wanted, fitting
from crisis.referral_words import AgencyId, Capacity
from crisis.store import directory, people
from web.deps import Desk


def zone(desk: Desk) -> str:
    """Of one's own school; of the district's first for whoever has none. Hours of agencies are by this clock."""
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
    own = [each for each in schools if each.id in desk.actor.schools]
    return next((each.zone for each in (*own, *schools)), "UTC")


def found(desk: Desk, wanted: Wanted) -> list[Fit]:
    access.must_see_directory(desk.actor)
    with desk.store.read() as tx:
        agencies = directory.of_district(tx, desk.actor.district)
    return fitting(agencies, wanted, desk.at, zone(desk))


def one(desk: Desk, agency: AgencyId) -> Agency:
    access.must_see_directory(desk.actor)
    with desk.store.read() as tx:
        return directory.one(tx, desk.actor.district, agency)


def add(desk: Desk, entry: Entry) -> AgencyId:
    access.must_keep_directory(desk.actor)
    with desk.store.write() as tx:
        return directory.add(tx, desk.actor.district, entry, by=desk.person, at=desk.at)


def change(desk: Desk, agency: AgencyId, entry: Entry, seen: int | None = None) -> None:
    access.must_keep_directory(desk.actor)
    with desk.store.write() as tx:
        directory.change(tx, desk.actor.district, agency, entry, by=desk.person, at=desk.at, seen=seen)


def confirm_places(desk: Desk, agency: AgencyId, capacity: Capacity, days: int | None) -> None:
    access.must_confirm_places(desk.actor)
    with desk.store.write() as tx:
        said = (capacity, days)
        directory.confirm_places(tx, desk.actor.district, agency, said, by=desk.person, at=desk.at)


def end(desk: Desk, agency: AgencyId) -> None:
    access.must_keep_directory(desk.actor)
    with desk.store.write() as tx:
        directory.end(tx, desk.actor.district, agency, by=desk.person, at=desk.at)
