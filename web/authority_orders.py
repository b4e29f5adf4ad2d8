"""What people change in what an adult may do: who may do it is asked here, once for the page and the API."""

from crisis.policy import access
from crisis.policy.authorities import Granted
from crisis.store import authorities
from crisis.store.authorities import WaitingAuthority
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import Desk


def enter(desk: Desk, student: StudentId, wanted: Granted) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        authorities.enter(tx, known, wanted, by=desk.person, at=desk.at)


def check(desk: Desk, student: StudentId, authority: str) -> None:
    """It gives a right: whoever does it has just shown that it is them (PR-61)."""
    record_orders.must_keep(desk, student)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        authorities.check(tx, student, authority, by=desk.person, at=desk.at)


def end(desk: Desk, student: StudentId, authority: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        authorities.end(tx, student, authority, by=desk.person, at=desk.at)


def to_look_at(desk: Desk) -> list[WaitingAuthority]:
    """Of the whole district, for those who answer for its records. Raises `NotFound` for everybody else."""
    access.must_keep_policy(desk.actor)
    with desk.store.read() as tx:
        waiting = authorities.waiting(tx, desk.actor.district)
        return record_orders.theirs(tx, desk, waiting, lambda each: each.kept.student)
