"""`/api/v1/students/{student}/call-order`: whom to call first, and what must be so first; as on the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from pydantic import StrictBool

from crisis.policy.family_plan import Condition
from crisis.privacy_words import InstructionSource
from crisis.record_words import ContactCondition, FamilyStatus, TribalWish
from crisis.store import family_plan, own_care
from crisis.store.family_plan import KeptCondition
from crisis.vocabulary import PersonId
from web import family_orders
from web.api.orders import Body, Id
from web.api.reading import sent_of_student
from web.deps import ConditionPath, StudentPath, TokenHolder
from web.record_orders import must_keep

router = APIRouter(prefix="/api/v1/students", tags=["call order"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionView:
    """`beside` is the adult who is to be with `person`. `stale`: nobody has confirmed it for a year."""

    id: str
    person: PersonId
    condition: ContactCondition
    beside: PersonId | None
    source: InstructionSource
    confirmed_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOrder:
    """`status` null: the adults of the list answer. `first` comes before all; `order` is as the family said it.

    `own_care`: the student agreed to care of their own, as the law of the place lets a minor.
    """

    status: FamilyStatus | None
    first: PersonId | None
    order: list[PersonId]
    conditions: list[ConditionView]
    tribal_wish: TribalWish | None
    own_care: bool


class OrderBody(Body):
    """From the first to the last; whoever is not in it comes after them."""

    order: list[Id]
    source: InstructionSource


class ConditionBody(Body):
    """`beside` goes with the condition `with_adult` alone."""

    person: Id
    condition: ContactCondition
    beside: Id | None = None
    source: InstructionSource


class StatusBody(Body):
    """`first` is an adult of the record or one of the staff. `status` null: as usual."""

    status: FamilyStatus | None
    first: Id | None = None


class TribalBody(Body):
    """Only as the student or a parent said it; null: nothing is on record any more."""

    wish: TribalWish | None
    source: InstructionSource


class OwnCareBody(Body):
    """`agreed` false: nothing is on record any more."""

    agreed: StrictBool


@router.get("/{student}/call-order")
def of_student(desk: TokenHolder, student: StudentPath) -> CallOrder:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    must_keep(desk, student)
    with desk.store.write() as tx:
        plan, tribal = family_plan.of_student(tx, student), family_plan.tribal_wish_of(tx, student)
        conditions, agreed = family_plan.conditions_of(tx, student), own_care.of_student(tx, student)
        sent_of_student(tx, desk, student, "call order viewed", sent="call_order")
    return CallOrder(
        status=plan.status,
        first=plan.first,
        order=list(plan.order),
        conditions=[_view(each, desk.at) for each in conditions],
        tribal_wish=None if tribal is None else tribal.wish,
        own_care=agreed is not None,
    )


@router.post("/{student}/call-order")
def set_order(desk: TokenHolder, student: StudentPath, body: OrderBody) -> CallOrder:
    """The last word counts. For the same people as the list."""
    family_orders.set_order(desk, student, [PersonId(each) for each in body.order], body.source)
    return of_student(desk, student)


@router.post("/{student}/call-order/status")
def set_status(desk: TokenHolder, student: StudentPath, body: StatusBody) -> CallOrder:
    """Who answers where the parents do not. For the same people as the list."""
    first = None if body.first is None else PersonId(body.first)
    family_orders.set_status(desk, student, body.status, first)
    return of_student(desk, student)


@router.post("/{student}/call-order/tribal-wish")
def set_tribal_wish(desk: TokenHolder, student: StudentPath, body: TribalBody) -> CallOrder:
    """Refused where staff say it for them. For the same people as the list."""
    family_orders.set_tribal_wish(desk, student, body.wish, body.source)
    return of_student(desk, student)


@router.post("/{student}/call-order/own-care")
def set_own_care(desk: TokenHolder, student: StudentPath, body: OwnCareBody) -> CallOrder:
    """What parents are told then, the law of the place decides. For the same people as the list."""
    family_orders.set_own_care(desk, student, agreed=body.agreed)
    return of_student(desk, student)


@router.post("/{student}/call-order/conditions", status_code=201)
def add_condition(desk: TokenHolder, student: StudentPath, body: ConditionBody) -> CallOrder:
    """For the same people as the list."""
    beside = None if body.beside is None else PersonId(body.beside)
    wanted = Condition(person=PersonId(body.person), kind=body.condition, beside=beside)
    family_orders.add_condition(desk, student, wanted, body.source)
    return of_student(desk, student)


@router.post("/{student}/call-order/conditions/{condition}/confirm")
def confirm(desk: TokenHolder, student: StudentPath, condition: ConditionPath) -> CallOrder:
    """It still holds. For the same people as the list."""
    family_orders.confirm_condition(desk, student, condition)
    return of_student(desk, student)


@router.post("/{student}/call-order/conditions/{condition}/end")
def end(desk: TokenHolder, student: StudentPath, condition: ConditionPath) -> CallOrder:
    """It holds no longer. For the same people as the list."""
    family_orders.end_condition(desk, student, condition)
    return of_student(desk, student)


def _view(each: KeptCondition, at: datetime) -> ConditionView:
    return ConditionView(
        id=each.id,
        person=each.condition.person,
        condition=each.condition.kind,
        beside=each.condition.beside,
        source=each.source,
        confirmed_at=each.confirmed_at,
        stale=each.stale(at),
    )
