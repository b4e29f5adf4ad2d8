"""`/api/v1/readiness`: who on the rota a page would not reach, and test pages. Names and numbers are not in it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.policy import access
from crisis.readiness_words import Lack
from crisis.schedules.rota import Stretch
from crisis.store import readiness
from crisis.vocabulary import PersonId, Role, SchoolId
from web import readiness_orders
from web.api.orders import Body, Id
from web.deps import TokenHolder

router = APIRouter(prefix="/api/v1/readiness", tags=["on call"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReadiness:
    """`lacks` is empty for who is ready; `next_at` is when they are on call next."""

    person: PersonId
    lacks: tuple[Lack, ...]
    tested_at: datetime | None
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReadiness:
    lack: Lack
    schools: tuple[SchoolId, ...]
    role: Role
    level: int
    stretch: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedTurn:
    person: PersonId
    starts_at: datetime
    declined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    ready: bool
    people: list[PersonReadiness]
    levels: list[LevelReadiness]
    unconfirmed: list[UnconfirmedTurn]


class TestBody(Body):
    """Left out it is yourself."""

    __test__ = False  # no test of pytest
    person: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """How many texts and calls."""

    sent: int


@router.get("")
def who_is_ready(desk: TokenHolder) -> Readiness:
    """Everybody on call in the coming 14 days, what is red first. For the district crisis lead and principals."""
    access.must_see_readiness(desk.actor)
    with desk.store.read() as tx:
        found = readiness.report(tx, desk.actor.district, desk.at)
    return Readiness(
        ready=found.is_ready,
        people=[
            PersonReadiness(person=each.person, lacks=each.lacks, tested_at=each.tested_at, next_at=each.next_at)
            for each in found.people
        ],
        levels=[
            LevelReadiness(lack=each.lack, schools=each.schools, role=each.role, level=each.level, stretch=each.stretch)
            for each in found.levels
        ],
        unconfirmed=[
            UnconfirmedTurn(person=each.person, starts_at=each.starts_at, declined=each.declined_at is not None)
            for each in found.unconfirmed
        ],
    )


@router.post("/tests")
def send_test_page(desk: TokenHolder, body: TestBody) -> OnTheWay:
    """A text and a call that say that they are a test. To others only where you may plan."""
    return OnTheWay(sent=readiness_orders.send_test(desk, PersonId(body.person or desk.person)))
