"""What each adult may do for a student: a right counts only when a second person has seen its paper."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.policy.authorities import Granted
from crisis.privacy_words import Authority, AuthorityPaper
from crisis.store import authorities, people
from crisis.store.authorities import KeptAuthority
from crisis.store.people import StudentView
from crisis.vocabulary import PersonId, StudentId
from web import authority_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import translations
from web.words import N_
from web.words_of_authority import AUTHORITIES, PAPERS

router = APIRouter(include_in_schema=False)

WHERE = "authority"


class Add(RecordForm):
    person: str = Field(title=N_("Which adult?"))
    authority: Authority = Field(title=N_("What may they do?"))
    paper: AuthorityPaper = Field(title=N_("Which paper shows it?"))
    until: date | None = Field(default=None, title=N_("Its last day"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wanted = Granted(person=PersonId(self.person), authority=self.authority, paper=self.paper, until=self.until)
        authority_orders.enter(desk, student, wanted)


class OfOne(RecordForm):
    kept: str


class Check(OfOne):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        authority_orders.check(desk, student, self.kept)


class End(OfOne):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        authority_orders.end(desk, student, self.kept)


FORMS: dict[str, type[RecordForm]] = {"add": Add, "check": Check, "end": End}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext

    def read(tx: Connection, known: StudentView) -> dict[str, object]:
        found, adults = authorities.of_student(tx, student), people.contacts_of(tx, student)
        today = desk.at.astimezone(ZoneInfo(people.school(tx, known.school).zone)).date()
        names = {each.person: each.name for each in adults}
        return {
            "rights": [_shown(each, names, today, desk) for each in found],
            "adult_options": [(each.person, each.name) for each in adults],
            "authorities": [(each.value, translate(words)) for each, words in AUTHORITIES.items()],
            "papers": [(each.value, translate(words)) for each, words in PAPERS.items()],
        }

    return record_page.shown(desk, student, WHERE, read, problem, status=status)


def _shown(each: KeptAuthority, names: dict[PersonId, str], today: date, desk: Desk) -> dict[str, object]:
    translate, granted = translations(desk.language).gettext, each.granted
    return {
        "id": each.id,
        "what": names.get(granted.person, translate(N_("Somebody"))),
        "text": translate(AUTHORITIES[granted.authority]),
        "paper": translate(PAPERS[granted.paper]),
        "until": granted.until,
        "counts": granted.counts(today),
        "waits": not granted.checked,
        "may_check": not granted.checked and each.entered_by != desk.person,
    }


@router.get("/students/{student}/authority")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/authority/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, WHERE, FORMS, action, posted=posted)
