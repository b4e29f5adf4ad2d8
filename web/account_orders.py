"""What an administrator sees and does about other people's signing in; who may is asked here, once."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from crisis.errors import NotFound, Reason, Refused
from crisis.policy import access
from crisis.store import accounts, ending, passkeys, people, second_factor, sessions
from crisis.store.sessions import SessionView
from crisis.vocabulary import IncidentId, PersonId
from web.deps import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody who has an account. `left` are open incidents in which something waits for them."""

    person: PersonId
    name: str
    disabled_at: datetime | None
    sessions: Collection[SessionView]
    second_factor: bool = False
    left: Collection[IncidentId] = ()


def everybody(desk: Desk) -> list[Known]:
    access.must_keep_accounts(desk.actor)
    with desk.store.read() as tx:
        known = accounts.of_district(tx, desk.actor.district)
        names = people.names(tx, [each.person for each in known])
        open_ones = sessions.of_people(tx, [each.person for each in known], desk.at, token=desk.session)
    found = [
        Known(
            person=each.person,
            name=names.get(each.person, ""),
            disabled_at=each.disabled_at,
            sessions=open_ones[each.person],
        )
        for each in known
    ]
    return sorted(found, key=lambda each: (each.disabled_at is not None, each.name, each.person))


def one(desk: Desk, person: PersonId) -> Known:
    found = next((each for each in everybody(desk) if each.person == person), None)
    if found is None:
        raise NotFound
    with desk.store.read() as tx:
        left = ending.left_behind(tx, person) if found.disabled_at is not None else []
        has_one = second_factor.is_on(tx, person) or bool(passkeys.of_person(tx, person))
        return replace(found, left=tuple(left), second_factor=has_one)


def end_sessions(desk: Desk, person: PersonId) -> None:
    """They can sign in again; nothing else of theirs changes."""
    one(desk, person)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        sessions.end_all(tx, person, at=desk.at, by=desk.person)


def remove_second_factor(desk: Desk, person: PersonId) -> None:
    """For a lost app, once it is clear who asks. They are signed out, and sign in by the passphrase alone."""
    one(desk, person)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        second_factor.remove_app(tx, person, at=desk.at, by=desk.person)
        passkeys.remove_all(tx, person, at=desk.at, by=desk.person)
        sessions.end_all(tx, person, at=desk.at, by=desk.person)


def asked_of_all_from(desk: Desk) -> datetime | None:
    access.must_keep_accounts(desk.actor)
    with desk.store.read() as tx:
        return second_factor.asked_of_all_from(tx, desk.actor.district)


def ask_of_all(desk: Desk, asked: bool) -> None:
    """Raises `Refused` for whoever would shut themselves out by it."""
    access.must_keep_accounts(desk.actor)
    desk.must_be_fresh()
    if asked and desk.factors < 2:
        raise Refused(Reason("SECOND", "Set up your own second factor first, and sign in with it"))
    with desk.store.write() as tx:
        second_factor.ask_of_all(tx, desk.actor.district, asked, at=desk.at, by=desk.person)


def end_access(desk: Desk, person: PersonId, instead: PersonId | None, *, leave_gap: bool) -> None:
    one(desk, person)
    if person == desk.person:
        raise Refused(Reason("ACCOUNT", "Nobody ends their own access; ask the other administrator"))
    desk.must_be_fresh()
    with desk.store.write() as tx:
        if instead is not None and people.actor(tx, instead).district != desk.actor.district:
            raise NotFound
        ending.end_access(tx, person, at=desk.at, by=desk.person, instead=instead, leave_gap=leave_gap)
