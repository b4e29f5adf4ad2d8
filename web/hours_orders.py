"""What people change in when and how somebody is reached: who may do it is asked here, for the page and the API."""

from collections.abc import Sequence

from crisis.policy.hours import AvoidedTime
from crisis.privacy_words import ContactWay, InstructionSource
from crisis.store import hours, kept
from crisis.store.hours_tables import AVOIDED_TIME
from crisis.vocabulary import PersonId, StudentId
from web import record_orders
from web.deps import Desk


def add(desk: Desk, student: StudentId, wanted: AvoidedTime, source: InstructionSource) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        hours.add(tx, known, wanted, source, by=desk.person, at=desk.at)


def confirm(desk: Desk, student: StudentId, row: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept.confirm(tx, AVOIDED_TIME, student, row, by=desk.person, at=desk.at)


def end(desk: Desk, student: StudentId, row: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept.end(tx, AVOIDED_TIME, student, row, by=desk.person, at=desk.at)


def set_ways(desk: Desk, student: StudentId, person: PersonId, ways: Sequence[ContactWay]) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        hours.set_ways(tx, known, person, ways, by=desk.person, at=desk.at)
