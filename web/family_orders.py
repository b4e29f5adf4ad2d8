"""What people change in whom to call first: who may do it is asked here, once for the page and the API."""

from collections.abc import Sequence

from crisis.policy.family_plan import Condition
from crisis.privacy_words import InstructionSource
from crisis.record_words import FamilyStatus, TribalWish
from crisis.store import family_plan, kept, own_care
from crisis.store.family_tables import CONTACT_CONDITION
from crisis.vocabulary import PersonId, StudentId
from web import record_orders
from web.deps import Desk


def set_order(
    desk: Desk, student: StudentId, order: Sequence[PersonId], source: InstructionSource, seen: int | None = None
) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        family_plan.set_order(tx, known, order, source, by=desk.person, at=desk.at, seen=seen)


def add_condition(desk: Desk, student: StudentId, wanted: Condition, source: InstructionSource) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        family_plan.add_condition(tx, known, wanted, source, by=desk.person, at=desk.at)


def confirm_condition(desk: Desk, student: StudentId, condition: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept.confirm(tx, CONTACT_CONDITION, student, condition, by=desk.person, at=desk.at)


def end_condition(desk: Desk, student: StudentId, condition: str) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept.end(tx, CONTACT_CONDITION, student, condition, by=desk.person, at=desk.at)


def set_status(
    desk: Desk, student: StudentId, status: FamilyStatus | None, first: PersonId | None, seen: int | None = None
) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        family_plan.set_status(tx, known, status, first, by=desk.person, at=desk.at, seen=seen)


def set_tribal_wish(
    desk: Desk, student: StudentId, wish: TribalWish | None, source: InstructionSource, seen: int | None = None
) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        family_plan.set_tribal_wish(tx, known, wish, source, by=desk.person, at=desk.at, seen=seen)


def set_own_care(desk: Desk, student: StudentId, *, agreed: bool) -> None:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        own_care.set_agreed(tx, known, agreed=agreed, by=desk.person, at=desk.at)
