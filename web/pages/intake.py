"""The family's sheet as staff see it: on paper, on a tablet that is handed over, and what came back, to take over."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection
from starlette.requests import Request

from crisis.errors import Reason, Refused
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.record_words import IntakeQuestion, Settled
from crisis.store import extra_ways, instructions, intake, sessions
from crisis.store.instructions import Told
from crisis.store.intake import Draft
from crisis.store.people import StudentView
from crisis.vocabulary import StudentId
from web import record_orders
from web.deps import ID, Desk, SignedIn, StudentPath, forget, session_token, settings_of
from web.forms import FRESH, FormPost, FormState, Sent
from web.intake_words import ENTERED_AT, INTRO, QUESTIONS, TAKEN_AS
from web.pages import record_page
from web.pages.family_sheet import questions
from web.pages.record_page import RecordForm
from web.rendering import page, translations
from web.words import N_
from web.words_of_record import INSTRUCTIONS

router = APIRouter(include_in_schema=False)

SheetLanguage = Literal["en", "es"]
WHERE = {
    "names": N_("Name and pronouns"),
    "contacts": N_("Whom to contact"),
    "call-order": N_("Whom to call first"),
    "times": N_("When and how to reach them"),
    "sharing": N_("What may be told"),
    "wishes": N_("What they asked for"),
}


class IntakeForm(RecordForm):
    """One answer of one sheet."""

    sheet: str
    question: IntakeQuestion


class Take(IntakeForm):
    """As an instruction of the family, in the words that staff have left standing; `words.KIND` each."""

    words: dict[InstructionKind, str] = Field(default_factory=dict, title=N_("What goes into the record?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        known = record_orders.must_keep(desk, student)
        kinds = TAKEN_AS.get(self.question, ())
        told = [
            Told(kind=kind, source=InstructionSource.FAMILY, text=text)
            for kind, text in self.words.items()
            if kind in kinds and text
        ]
        if not told:
            raise Refused(Reason("INTAKE", "Write what goes into the record, or leave this answer out"))
        with desk.store.write() as tx:
            for each in told:
                whose = (known.district, student)
                instructions.add(tx, desk.store.keys, whose, each, by=desk.person, at=desk.at)
            answer = (self.sheet, self.question)
            intake.settle(tx, student, answer, Settled.TAKEN, by=desk.person, at=desk.at)


class Entered(IntakeForm):
    """Somebody has entered it in the fields of the record that are made for it."""

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        _settle(desk, student, (self.sheet, self.question), Settled.TAKEN)


class LeaveOut(IntakeForm):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        _settle(desk, student, (self.sheet, self.question), Settled.LEFT_OUT)


class HandOver(Sent):
    language: SheetLanguage = Field(title=N_("In which language?"))


FORMS: dict[str, type[IntakeForm]] = {"take": Take, "entered": Entered, "leave-out": LeaveOut}


def _settle(desk: Desk, student: StudentId, answer: tuple[str, IntakeQuestion], how: Settled) -> None:
    record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        intake.settle(tx, student, answer, how, by=desk.person, at=desk.at)


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext

    def read(tx: Connection, _known: StudentView) -> dict[str, object]:
        return {
            "drafts": [_shown(each, desk) for each in intake.drafts(tx, desk.store.keys, student)],
            "languages": [("es", translate(N_("Spanish"))), ("en", translate(N_("English")))],
        }

    return record_page.shown(desk, student, "intake", read, problem, status=status)


def _shown(draft: Draft, desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    kinds = TAKEN_AS.get(draft.question, ())
    place = ENTERED_AT.get(draft.question)
    return {
        "key": f"{draft.sheet}-{draft.question.value}",
        "sheet": draft.sheet,
        "question": draft.question.value,
        "asked": translate(QUESTIONS[draft.question]),
        "text": draft.text,
        "language": draft.language,
        "sent_at": draft.sent_at,
        "kinds": [(kind.value, translate(INSTRUCTIONS[kind])) for kind in kinds],
        "place": place,
        "where": translate(WHERE[place]) if place is not None else None,
    }


@router.get("/students/{student}/intake")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/intake/hand-over")
def hand_over(request: Request, desk: SignedIn, student: StudentPath, posted: FormPost) -> RedirectResponse:
    """Signs the one who hands the device over out of it: whoever holds it afterwards has the sheet and nothing else."""
    known, form = record_orders.must_keep(desk, student), posted.read(HandOver)
    session = session_token(request)
    with desk.store.write() as tx:
        shows_pages = bool(extra_ways.subscriptions(tx, [desk.person]))
        token = intake.hand_over(tx, (known.district, student), form.language, by=desk.person, at=desk.at)
        if session is not None:
            sessions.sign_out(tx, session)
    response = RedirectResponse(f"/sheet/{token}", status_code=303)
    forget(response, settings_of(request), shows_pages=shows_pages)
    return response


@router.post("/students/{student}/intake/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one answer; then back to the page."""
    return record_page.changed(desk, student, "intake", FORMS, action, posted=posted)


@router.get("/intake/paper")
def paper(desk: SignedIn, language: Annotated[SheetLanguage, Query()] = "en") -> HTMLResponse:
    """For everybody who is signed in: the empty sheet to print, in the family's language; it names nobody."""
    translate = translations(language).gettext
    intro = [translate(each) for each in INTRO]
    return page("pages/intake_paper.html", language, intro=intro, questions=questions(language), district_line=None)
