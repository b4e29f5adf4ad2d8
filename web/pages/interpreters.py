"""How each adult of a student wants to be interpreted for, and by whom not."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.message_words import InterpreterNeed
from crisis.store import interpreting, people
from crisis.store.interpreting import InterpreterWish
from crisis.store.people import StudentView
from crisis.vocabulary import PersonId, StudentId
from web import interpreter_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import translations
from web.step_forms import Tick
from web.words import N_
from web.words_of_interpreters import NEEDS, said

router = APIRouter(include_in_schema=False)

WHERE = "interpreters"


class Wish(RecordForm):
    """`not_these`: names with a semicolon between."""

    adult: str
    need: InterpreterNeed | None = Field(default=None, title=N_("How are they interpreted for?"))
    woman: Tick = "no"
    man: Tick = "no"
    not_own_community: Tick = "no"
    not_these: str = Field(default="", title=N_("Who must not interpret?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wanted = None
        if self.need is not None:
            names = [each.strip() for each in self.not_these.split(";")]
            wanted = InterpreterWish(
                need=self.need,
                woman=self.woman == "yes",
                man=self.man == "yes",
                not_own_community=self.not_own_community == "yes",
                not_these=tuple(each for each in names if each),
            )
        interpreter_orders.set_wish(desk, student, PersonId(self.adult), wanted, self.seen)


FORMS: dict[str, type[RecordForm]] = {"wish": Wish}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext

    def read(tx: Connection, _known: StudentView) -> dict[str, object]:
        wished, adults = interpreting.wishes(tx, desk.store.keys, student), people.contacts_of(tx, student)
        return {
            "adults": [(each.person, each.name, wished.get(each.person)) for each in adults],
            "told": {person: list(said(wish, desk.language)) for person, wish in wished.items()},
            "needs": [(each.value, translate(words)) for each, words in NEEDS.items()],
        }

    return record_page.shown(desk, student, WHERE, read, problem, status=status)


@router.get("/students/{student}/interpreters")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/interpreters/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, WHERE, FORMS, action, posted=posted)
