"""`/api/v1/students/{student}/interpreters`: how each adult wants to be interpreted for; as on the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.message_words import InterpreterNeed
from crisis.store import interpreting
from crisis.store.interpreting import InterpreterWish
from crisis.vocabulary import PersonId
from web import interpreter_orders
from web.api.orders import Body, Words
from web.api.reading import sent_of_student
from web.deps import AdultPath, StudentPath, TokenHolder
from web.record_orders import must_keep

router = APIRouter(prefix="/api/v1/students", tags=["interpreters"])


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpreterView:
    """`not_these` are names of whom they do not want. `stale`: nobody has asked for a year; it holds all the same."""

    person: PersonId
    need: InterpreterNeed
    woman: bool
    man: bool
    not_own_community: bool
    not_these: list[str]
    recorded_at: datetime | None
    stale: bool


class InterpreterBody(Body):
    """`need` null: they need no interpreter. At most five names."""

    need: InterpreterNeed | None
    woman: bool = False
    man: bool = False
    not_own_community: bool = False
    not_these: tuple[Words, ...] = ()


@router.get("/{student}/interpreters")
def of_student(desk: TokenHolder, student: StudentPath) -> list[InterpreterView]:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    must_keep(desk, student)
    with desk.store.write() as tx:
        found = interpreting.wishes(tx, desk.store.keys, student)
        sent_of_student(tx, desk, student, "interpreters viewed", sent="interpreters")
    return [
        InterpreterView(
            person=person,
            need=wish.need,
            woman=wish.woman,
            man=wish.man,
            not_own_community=wish.not_own_community,
            not_these=list(wish.not_these),
            recorded_at=wish.recorded_at,
            stale=wish.stale(desk.at),
        )
        for person, wish in found.items()
    ]


@router.post("/{student}/interpreters/{adult}")
def set_wish(desk: TokenHolder, student: StudentPath, adult: AdultPath, body: InterpreterBody) -> list[InterpreterView]:
    """The last word counts. For the same people as the list."""
    wanted = None
    if body.need is not None:
        wanted = InterpreterWish(
            need=body.need,
            woman=body.woman,
            man=body.man,
            not_own_community=body.not_own_community,
            not_these=tuple(body.not_these),
        )
    interpreter_orders.set_wish(desk, student, adult, wanted)
    return of_student(desk, student)
