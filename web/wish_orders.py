"""What people change in what a student and a family asked for: asked here once for the page and the API."""

from crisis.store import preferences
from crisis.store.preferences import Asked
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import Desk


def add(desk: Desk, student: StudentId, asked: Asked) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        preferences.add(tx, (known.district, student), asked, by=desk.person, at=desk.at)


def confirm(desk: Desk, student: StudentId, preference: str) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        preferences.confirm(tx, known.district, preference, by=desk.person, at=desk.at)


def end(desk: Desk, student: StudentId, preference: str) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        preferences.end(tx, known.district, preference, by=desk.person, at=desk.at)
