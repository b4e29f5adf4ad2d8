"""Consents of a student: recorded and taken back by whoever keeps the record; once for the page and the API."""

from zoneinfo import ZoneInfo

from crisis.store import consents, people
from crisis.store.consents import Signed
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import Desk


def record(desk: Desk, student: StudentId, signed: Signed) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        whose = (known.district, student)
        consents.record(tx, desk.store.keys, whose, signed, by=desk.person, at=desk.at)


def take_back(desk: Desk, student: StudentId, consent: str) -> None:
    """From today on, by the school's calendar."""
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        today = desk.at.astimezone(ZoneInfo(people.school(tx, known.school).zone)).date()
        whose = (known.district, student)
        consents.take_back(tx, whose, consent, by=desk.person, at=desk.at, today=today)
