"""`/api/v1/students/{student}/retention`: until when a record is kept, and the holds on it.

A program can place a hold, which only keeps more, ask for its release and say that it stays. The second person, who
releases it, shows on the console who they are (PR-61); to destroy a record is for the console alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from crisis.errors import NotFound
from crisis.retention_words import RetentionClass
from crisis.store.holds import Hold
from crisis.vocabulary import PersonId
from web import retention_orders
from web.api.orders import Body, Words
from web.api.reading import sent_of_student
from web.deps import ID, StudentPath, TokenHolder

HoldPath = Annotated[str, Path(pattern=ID)]

router = APIRouter(prefix="/api/v1/students", tags=["retention"])


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """`text` null: its key was destroyed. `release_asked_by`: a second person has not released it yet."""

    id: str
    text: str | None
    placed_by: PersonId
    placed_at: datetime
    release_asked_by: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionView:
    """`due_on`: from then on it may be destroyed; null: no end is known. `rules` say why it may not be today."""

    due_on: date | None
    classes: list[RetentionClass]
    rules: list[str]
    holds: list[HoldView]


class HoldBody(Body):
    """Why it has to be kept: the case, the order of the court, or who asked."""

    why: Words


@router.get("/{student}/retention")
def of_student(desk: TokenHolder, student: StudentPath) -> RetentionView:
    """For the privacy officer and the district crisis lead; every look is in the ledger."""
    found = retention_orders.opened(desk, student)
    if found.kept.student is None:
        raise NotFound
    with desk.store.write() as tx:
        sent_of_student(tx, desk, student, "retention sent", sent="holds")
    return RetentionView(
        due_on=found.kept.due_on,
        classes=sorted(found.kept.record.classes),
        rules=[each.rule for each in found.kept.reasons],
        holds=[_view(each) for each in found.holds],
    )


@router.post("/{student}/holds", status_code=201)
def hold(desk: TokenHolder, student: StudentPath, body: HoldBody) -> RetentionView:
    """In force at once. For the privacy officer."""
    retention_orders.hold(desk, student, body.why)
    return of_student(desk, student)


@router.post("/{student}/holds/{hold}/ask-release")
def ask_release(desk: TokenHolder, student: StudentPath, hold: HoldPath) -> RetentionView:
    """It stays in force until somebody else has released it."""
    retention_orders.ask_release(desk, student, hold)
    return of_student(desk, student)


@router.post("/{student}/holds/{hold}/keep")
def keep(desk: TokenHolder, student: StudentPath, hold: HoldPath) -> RetentionView:
    """It is not released; that can be asked for again."""
    retention_orders.keep_hold(desk, student, hold)
    return of_student(desk, student)


@router.post("/{student}/holds/{hold}/release")
def release(desk: TokenHolder, student: StudentPath, hold: HoldPath) -> RetentionView:
    """Wants another person who has just shown that it is them: on the console alone, a program is told so (PR-61)."""
    retention_orders.release(desk, student, hold)
    return of_student(desk, student)


def _view(found: Hold) -> HoldView:
    return HoldView(
        id=found.id,
        text=found.text,
        placed_by=found.placed_by,
        placed_at=found.placed_at,
        release_asked_by=found.release_asked_by,
    )
