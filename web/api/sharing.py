"""`/api/v1/students/{student}/directives`: what may be told to whom, for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.policy.directives import Directive
from crisis.privacy_words import InstructionSource
from crisis.record_words import InfoAction, InfoAudience
from crisis.referral_words import DataPoint
from crisis.store import directives
from crisis.store.directives import KeptDirective
from web import sharing_orders
from web.api.orders import Body
from web.api.reading import sent_of_student
from web.deps import DirectivePath, StudentPath, TokenHolder
from web.record_orders import must_keep

router = APIRouter(prefix="/api/v1/students", tags=["directives"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveView:
    """`stale`: nobody has confirmed it for a year; it holds all the same."""

    id: str
    audience: InfoAudience
    category: DataPoint
    action: InfoAction
    source: InstructionSource
    confirmed_at: datetime
    stale: bool


class DirectiveBody(Body):
    """A guardian may be told only after the student is asked, or as usual: the law lets a parent see the record."""

    audience: InfoAudience
    category: DataPoint
    action: InfoAction
    source: InstructionSource


@router.get("/{student}/directives")
def of_student(desk: TokenHolder, student: StudentPath) -> list[DirectiveView]:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    must_keep(desk, student)
    with desk.store.write() as tx:
        found = directives.of_student(tx, student)
        sent_of_student(tx, desk, student, "sharing viewed", sent="directives")
    return [_view(each, desk.at) for each in found]


@router.post("/{student}/directives", status_code=201)
def add(desk: TokenHolder, student: StudentPath, body: DirectiveBody) -> list[DirectiveView]:
    """For the same people as the list."""
    wanted = Directive(audience=body.audience, category=body.category, action=body.action)
    sharing_orders.add(desk, student, wanted, body.source)
    return of_student(desk, student)


@router.post("/{student}/directives/{directive}/confirm")
def confirm(desk: TokenHolder, student: StudentPath, directive: DirectivePath) -> list[DirectiveView]:
    """It still holds. For the same people as the list."""
    sharing_orders.confirm(desk, student, directive)
    return of_student(desk, student)


@router.post("/{student}/directives/{directive}/end")
def end(desk: TokenHolder, student: StudentPath, directive: DirectivePath) -> list[DirectiveView]:
    """It holds no longer. For the same people as the list."""
    sharing_orders.end(desk, student, directive)
    return of_student(desk, student)


def _view(each: KeptDirective, at: datetime) -> DirectiveView:
    said = each.directive
    return DirectiveView(
        id=each.id,
        audience=said.audience,
        category=said.category,
        action=said.action,
        source=each.source,
        confirmed_at=each.confirmed_at,
        stale=each.stale(at),
    )
