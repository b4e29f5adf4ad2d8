"""What to know and do for one student: kept here, shown first on the page of an incident."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.policy import access
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.store import instructions
from crisis.store.instructions import Instruction, Told
from crisis.store.people import StudentView
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import Language, translations
from web.words import N_
from web.words_of_record import FORBIDS, INSTRUCTIONS, ON_THE_WAY, SOURCES

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`stale`: nobody has confirmed it for a year. `on_the_way`: whoever takes the student away is told of it."""

    id: str
    kind: InstructionKind
    what: str
    text: str
    source: str
    forbids: bool
    on_the_way: bool
    stale: bool


def shown(found: Iterable[Instruction], at: datetime, language: Language) -> list[Shown]:
    """In words, for every page that shows them; what cannot be read any more is left out."""
    translate = translations(language).gettext
    return [
        Shown(
            id=each.id,
            kind=each.kind,
            what=translate(INSTRUCTIONS[each.kind]),
            text=each.text,
            source=translate(SOURCES[each.source]),
            forbids=each.kind in FORBIDS,
            on_the_way=each.kind in ON_THE_WAY,
            stale=each.stale(at),
        )
        for each in found
        if each.text is not None
    ]


class Add(RecordForm):
    kind: InstructionKind = Field(title=N_("What is it about?"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))
    text: str = Field(title=N_("What to do, or what not to do"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.instruct(desk, student, Told(kind=self.kind, source=self.source, text=self.text))


class Confirm(RecordForm):
    instruction: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.confirm_instruction(desk, student, self.instruction)


class End(RecordForm):
    instruction: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.end_instruction(desk, student, self.instruction)


FORMS: dict[str, type[RecordForm]] = {"add": Add, "confirm": Confirm, "end": End}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext

    def read(tx: Connection, known: StudentView) -> dict[str, object]:
        found = instructions.of_student(tx, desk.store.keys, student)
        return {
            "keeps_names": access.may_keep_names(desk.actor, known.district, known.school),
            "instructions": shown(found, desk.at, desk.language),
            "kinds": [(kind.value, translate(words)) for kind, words in INSTRUCTIONS.items()],
            "sources": [(source.value, translate(words)) for source, words in SOURCES.items()],
        }

    return record_page.shown(desk, student, "instructions", read, problem, status=status)


@router.get("/students/{student}/instructions")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/instructions/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, "instructions", FORMS, action, posted=posted)
