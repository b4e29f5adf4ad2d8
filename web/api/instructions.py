"""`/api/v1/students/{student}/instructions`: what to know and do for a student, for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.store import instructions
from crisis.store.instructions import Instruction, Told
from crisis.vocabulary import PersonId
from web import record_orders
from web.api.orders import Body, Words
from web.api.reading import sent_of_student
from web.deps import InstructionPath, StudentPath, TokenHolder

router = APIRouter(prefix="/api/v1/students", tags=["instructions"])


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionView:
    """`text` null: its key was destroyed. `stale`: nobody has confirmed it for a year; it holds all the same."""

    id: str
    kind: InstructionKind
    source: InstructionSource
    text: str | None
    recorded_by: PersonId
    confirmed_at: datetime
    stale: bool


class InstructionBody(Body):
    """What to do, in one or two short sentences; never who somebody is."""

    kind: InstructionKind
    source: InstructionSource
    text: Words


@router.get("/{student}/instructions")
def of_student(desk: TokenHolder, student: StudentPath) -> list[InstructionView]:
    """For the crisis team of the student's school and the posts of the district; every look is on record."""
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        found = instructions.of_student(tx, desk.store.keys, student)
        sent_of_student(tx, desk, student, "instructions viewed", sent="instructions")
    return [_view(each, desk.at) for each in found]


@router.post("/{student}/instructions", status_code=201)
def add(desk: TokenHolder, student: StudentPath, body: InstructionBody) -> list[InstructionView]:
    """For the same people as the list."""
    record_orders.instruct(desk, student, Told(kind=body.kind, source=body.source, text=body.text))
    return of_student(desk, student)


@router.post("/{student}/instructions/{instruction}/confirm")
def confirm(desk: TokenHolder, student: StudentPath, instruction: InstructionPath) -> list[InstructionView]:
    """It still holds. For the same people as the list."""
    record_orders.confirm_instruction(desk, student, instruction)
    return of_student(desk, student)


@router.post("/{student}/instructions/{instruction}/end")
def end(desk: TokenHolder, student: StudentPath, instruction: InstructionPath) -> list[InstructionView]:
    """It holds no longer. For the same people as the list."""
    record_orders.end_instruction(desk, student, instruction)
    return of_student(desk, student)


def _view(found: Instruction, at: datetime) -> InstructionView:
    return InstructionView(
        id=found.id,
        kind=found.kind,
        source=found.source,
        text=found.text,
        recorded_by=found.recorded_by,
        confirmed_at=found.confirmed_at,
        stale=found.stale(at),
    )
