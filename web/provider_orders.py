"""Connecting an account at a sign-in provider, and disconnecting it; who may is asked here, once."""

from crisis.errors import NotFound, Reason, Refused
from crisis.store import identities, sessions
from crisis.store.identities import Door
from crisis.vocabulary import PersonId
from web import account_orders
from web.deps import Desk


def offered(desk: Desk) -> list[tuple[str, str]]:
    """The providers of this district: their name in addresses, and the one that is shown."""
    known = desk.settings.sign_in_providers.items()
    return [(name, each.shown_name) for name, each in known if each.district == desk.actor.district]


def must_connect(desk: Desk, door: Door) -> None:
    """One's own. Raises `Refused` for a provider of another district."""
    desk.must_be_fresh()
    if door.district != desk.actor.district:
        raise Refused(Reason("PR-63", "This sign-in cannot be connected to this account"))


def disconnect(desk: Desk, provider: str) -> None:
    """One's own; password and passkeys stay."""
    desk.must_be_fresh()
    with desk.store.write() as tx:
        identities.disconnect(tx, desk.person, provider, at=desk.at, by=desk.person)


def make_code(desk: Desk, person: PersonId, provider: str) -> str:
    """For another: whoever keeps the accounts connects their own by their own hand, so that two people stand for it."""
    account_orders.one(desk, person)
    if person == desk.person:
        raise Refused(Reason("PR-63", "Connect your own under How I sign in"))
    if provider not in dict(offered(desk)):
        raise NotFound
    door = Door(id=provider, district=desk.actor.district)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        return identities.make_code(tx, door, person, at=desk.at, by=desk.person)


def disconnect_other(desk: Desk, person: PersonId, provider: str) -> None:
    """For an account there that was taken over. What it opened ends with it."""
    account_orders.one(desk, person)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        identities.disconnect(tx, person, provider, at=desk.at, by=desk.person)
        sessions.end_all(tx, person, at=desk.at, by=desk.person)
