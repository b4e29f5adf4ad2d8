"""`/api/v1/records-requests`, `/api/v1/students/{student}/statements`: who waits for a record, what they say of it.

To go through a record, look again and hand it out stays with the console: that wants eyes and a fresh sign-in.
"""

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter

from crisis.disclosure_words import RequestStage
from crisis.store import statements
from crisis.store.records_requests import Asked, Kept
from crisis.vocabulary import PersonId, StudentId
from web import records_orders
from web.api.orders import Body, Id, Words
from web.api.reading import sent_of_student
from web.deps import RequestPath, StudentPath, TokenHolder

router = APIRouter(prefix="/api/v1", tags=["records"])


class RequestBody(Body):
    """`person` null: the student asks. `asked_on` by the calendar of the student's school."""

    person: Id | None
    asked_on: date


class StatementBody(Body):
    """`person` null: the student says it."""

    person: Id | None
    text: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """`due_on` as the law of the place says; `stage`: how much of that time is gone."""

    id: str
    student: StudentId
    person: PersonId | None
    asked_on: date
    due_on: date
    stage: RequestStage
    prepared_by: PersonId | None
    checked_by: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """`text` null: the record was destroyed."""

    id: str
    person: PersonId | None
    text: str | None
    recorded_by: PersonId
    recorded_at: datetime


@router.get("/records-requests")
def waiting(desk: TokenHolder) -> list[RequestView]:
    """What is due first. For the privacy officer and the district crisis lead, not for the student's relatives."""
    found = records_orders.waiting(desk)
    return [_view(each, found.today[each.id]) for each in found.kept]


@router.post("/students/{student}/records-requests", status_code=201)
def record(desk: TokenHolder, student: StudentPath, body: RequestBody) -> list[RequestView]:
    """Who has no right to see it is refused, and that is in the ledger (PR-31). For the same people as the list."""
    person = None if body.person is None else PersonId(body.person)
    records_orders.record(desk, Asked(student=student, person=person, asked_on=body.asked_on))
    return waiting(desk)


@router.post("/records-requests/{request}/withdraw")
def withdraw(desk: TokenHolder, request: RequestPath) -> list[RequestView]:
    """They do not want to see it any more. For the same people as the list."""
    records_orders.withdraw(desk, request)
    return waiting(desk)


@router.get("/students/{student}/statements")
def of_student(desk: TokenHolder, student: StudentPath) -> list[StatementView]:
    """What the family says about the record, the oldest first; every look is in the ledger. For the same people."""
    with desk.store.write() as tx:
        records_orders.must_answer(tx, desk, student)
        found = statements.of_student(tx, desk.store.keys, student)
        sent_of_student(tx, desk, student, "statements viewed", sent="family_statement")
    return [
        StatementView(
            id=each.id,
            person=each.person,
            text=each.text,
            recorded_by=each.recorded_by,
            recorded_at=each.recorded_at,
        )
        for each in found
    ]


@router.post("/students/{student}/statements", status_code=201)
def add(desk: TokenHolder, student: StudentPath, body: StatementBody) -> list[StatementView]:
    """It goes with every copy of the record, and nobody changes it (34 CFR 99.21). For the same people."""
    records_orders.state(desk, student, None if body.person is None else PersonId(body.person), body.text)
    return of_student(desk, student)


def _view(kept: Kept, today: date) -> RequestView:
    return RequestView(
        id=kept.id,
        student=kept.asked.student,
        person=kept.asked.person,
        asked_on=kept.asked.asked_on,
        due_on=kept.due_on,
        stage=kept.stage(today),
        prepared_by=kept.prepared_by,
        checked_by=kept.checked_by,
    )
