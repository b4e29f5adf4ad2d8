"""`/api/v1/students/{student}/times`: when and how to reach the people around a student; as on the page."""

from dataclasses import dataclass
from datetime import date, datetime, time

from fastapi import APIRouter

from crisis.policy.hours import AvoidedTime
from crisis.privacy_words import ContactWay, InstructionSource
from crisis.store import hours
from crisis.vocabulary import PersonId, StudentId
from web import hours_orders
from web.api.orders import Body, Id
from web.api.reading import sent_of_student
from web.deps import AdultPath, AvoidedPath, StudentPath, TokenHolder
from web.record_orders import must_keep

router = APIRouter(prefix="/api/v1/students", tags=["times"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeView:
    """By the school's clock; `person` null: about the student, for follow-up. `days` from 0, Monday; empty: all."""

    id: str
    person: PersonId | None
    starts: time
    ends: time
    days: list[int]
    first_day: date | None
    last_day: date | None
    source: InstructionSource
    confirmed_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """`ways` of each adult, in the order in which they asked for them."""

    times: list[TimeView]
    ways: dict[PersonId, list[ContactWay]]


class TimeBody(Body):
    person: Id | None = None
    starts: time
    ends: time
    days: frozenset[int] = frozenset()
    first_day: date | None = None
    last_day: date | None = None
    source: InstructionSource


class WaysBody(Body):
    """In their order; none: nobody has said."""

    ways: tuple[ContactWay, ...] = ()


@router.get("/{student}/times")
def of_student(desk: TokenHolder, student: StudentPath) -> Reaching:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    must_keep(desk, student)
    with desk.store.write() as tx:
        found, ways = hours.of_student(tx, student), hours.ways(tx, student)
        sent_of_student(tx, desk, student, "times viewed", sent="times")
    return Reaching(times=[_view(each, desk.at) for each in found], ways={who: list(of) for who, of in ways.items()})


@router.post("/{student}/times", status_code=201)
def add(desk: TokenHolder, student: StudentPath, body: TimeBody) -> Reaching:
    """For the same people as the list."""
    wanted = AvoidedTime(
        person=None if body.person is None else PersonId(body.person),
        starts=body.starts,
        ends=body.ends,
        days=body.days,
        first_day=body.first_day,
        last_day=body.last_day,
    )
    hours_orders.add(desk, student, wanted, body.source)
    return of_student(desk, student)


@router.post("/{student}/times/{avoided}/confirm")
def confirm(desk: TokenHolder, student: StudentPath, avoided: AvoidedPath) -> Reaching:
    """It still holds. For the same people as the list."""
    hours_orders.confirm(desk, student, avoided)
    return of_student(desk, student)


@router.post("/{student}/times/{avoided}/end")
def end(desk: TokenHolder, student: StudentPath, avoided: AvoidedPath) -> Reaching:
    """It holds no longer. For the same people as the list."""
    hours_orders.end(desk, student, avoided)
    return of_student(desk, student)


@router.post("/{student}/ways/{adult}")
def set_ways(desk: TokenHolder, student: StudentPath, adult: AdultPath, body: WaysBody) -> Reaching:
    """The last word counts. For the same people as the list."""
    hours_orders.set_ways(desk, StudentId(student), adult, body.ways)
    return of_student(desk, student)


def _view(each: hours.KeptTime, at: datetime) -> TimeView:
    said = each.avoided
    return TimeView(
        id=each.id,
        person=said.person,
        starts=said.starts,
        ends=said.ends,
        days=sorted(said.days),
        first_day=said.first_day,
        last_day=said.last_day,
        source=each.source,
        confirmed_at=each.confirmed_at,
        stale=each.stale(at),
    )
