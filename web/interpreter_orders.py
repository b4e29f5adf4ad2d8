"""What people change in how an adult is interpreted for: asked here once for the page and the API."""

from crisis.store import interpreting
from crisis.store.interpreting import InterpreterWish
from crisis.vocabulary import PersonId, StudentId
from web import record_orders
from web.deps import Desk


def set_wish(
    desk: Desk, student: StudentId, person: PersonId, wish: InterpreterWish | None, seen: int | None = None
) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        interpreting.set_wish(tx, desk.store.keys, known, person, wish, by=desk.person, at=desk.at, seen=seen)
