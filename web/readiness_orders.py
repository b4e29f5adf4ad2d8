"""What people do about being ready, for the page and the API alike: who may do it is asked here, once for both."""

from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy import access
from crisis.store import asked_turns, people, pins, proving
from crisis.vocabulary import PersonId
from web.deps import Desk


def send_test(desk: Desk, person: PersonId, number: str | None = None) -> int:
    """To oneself, or as one who plans to anybody on the rota. How many texts and calls are on their way."""
    access.must_see_schedules(desk.actor)
    if person != desk.person:
        access.must_see_readiness(desk.actor)
    with desk.store.across.write() as tx:  # its code must differ from those of another district on the same telephone
        known = people.actors(tx, [person]).get(person)
        if known is None or known.district != desk.actor.district or not known.posts:
            raise NotFound  # families are not tried out
        return len(proving.send_test(tx, desk.actor.district, person, at=desk.at, by=desk.person, number=number))


def type_code(desk: Desk, code: str) -> None:
    """A wrong one is counted, so it is committed before it is refused."""
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        right = proving.typed(tx, desk.person, code, at=desk.at)
    text = "This is not the number of a test that waits for you; it has three digits and is good for an hour"
    refuse_if(None if right else Reason("TEST", text))


def set_pin(desk: Desk, pin: str, again: str) -> None:
    access.must_see_schedules(desk.actor)
    if pin.strip() != again.strip():
        raise Refused(Reason("PIN", "The two PINs are not the same"))
    with desk.store.write() as tx:
        pins.set_pin(tx, desk.person, pin, desk.at)


def confirm_turn(desk: Desk, turn: str) -> None:
    with desk.store.write() as tx:
        asked_turns.confirm(tx, turn, desk.person, at=desk.at)


def decline_turn(desk: Desk, turn: str) -> None:
    with desk.store.write() as tx:
        asked_turns.decline(tx, turn, desk.person, at=desk.at)
