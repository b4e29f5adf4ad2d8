"""Requests to see a record: what is due, one request gone through line by line, and what is handed out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import Field

from crisis.disclosure_words import RequestStage, WithholdBasis
from crisis.errors import NotFound
from crisis.policy.inspection import Choice
from crisis.store.records_requests import Asked, Kept
from crisis.vocabulary import PersonId, StudentId
from web import records_orders
from web.deps import Desk, RequestPath, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.record_shown import GIVEN, QUIET, Bundle, Preview, bundle, preview
from web.rendering import translations
from web.words import N_
from web.words_of_disclosures import WITHHELD

router = APIRouter(include_in_schema=False)

THEMSELVES = "student"
STAGES = {
    RequestStage.BEGUN: N_("in time"),
    RequestStage.HALF: N_("half of the time is gone"),
    RequestStage.SOON: N_("due soon"),
    RequestStage.LATE: N_("late"),
}


class Record(Sent):
    who: str = Field(title=N_("Who asks to see the record?"))
    asked_on: date = Field(title=N_("On which day did they ask?"))


class Release(Sent):
    although_blocked: Literal["yes", "no"] = "no"


class Prepare(Sent):
    """`parts.KEY` is `give`, or the basis for keeping it back; with `+quiet` that is not said either."""

    parts: dict[str, str] = Field(default_factory=dict)

    def choices(self) -> dict[str, Choice]:
        found = {}
        for key, said in self.parts.items():
            name = said.removesuffix(QUIET)
            if name != GIVEN and name not in set(WithholdBasis):
                continue
            found[key] = Choice(basis=None if name == GIVEN else WithholdBasis(name), quiet=said.endswith(QUIET))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A request in words."""

    id: str
    student: str
    who: str
    asked_on: date
    due_on: date
    stage: str
    late: bool
    prepared: bool
    checked: bool


def _shown(kept: Kept, desk: Desk, names: Mapping[str, str], today: date) -> Shown:
    translate, stage = translations(desk.language).gettext, kept.stage(today)
    asked = kept.asked
    return Shown(
        id=kept.id,
        student=names.get(asked.student, ""),
        who=translate(N_("The student")) if asked.person is None else names.get(asked.person, ""),
        asked_on=asked.asked_on,
        due_on=kept.due_on,
        stage=translate(STAGES[stage]),
        late=stage in (RequestStage.SOON, RequestStage.LATE),
        prepared=kept.prepared_by is not None,
        checked=kept.checked_by is not None,
    )


@router.get("/records-requests")
def waiting(desk: SignedIn) -> HTMLResponse:
    """What is due first: for the privacy officer and the district crisis lead."""
    found = records_orders.waiting(desk)
    shown = [_shown(kept, desk, found.names, found.today[kept.id]) for kept in found.kept]
    values = {"here": "records-requests", "requests": shown}
    return console(desk, "pages/records_requests.html", values, path="/records-requests")


def show_student(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    known, school, family = records_orders.askers(desk, student)
    translate = translations(desk.language).gettext
    values = {
        "here": "students",
        "student": known,
        "school": school,
        "zone": school.zone,
        "who": [*family, (THEMSELVES, translate(N_("The student")))],
    }
    path = f"/students/{student}/requests"
    return console(desk, "pages/records_request_new.html", values, path=path, status=status, problem=problem)


@router.get("/students/{student}/requests")
def new_request(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the privacy officer and the district crisis lead."""
    return show_student(desk, student)


@router.post("/students/{student}/requests/record")
def record(desk: SignedIn, student: StudentPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(Record)
    person = None if form.who == THEMSELVES else PersonId(form.who)
    new = records_orders.record(desk, Asked(student=student, person=person, asked_on=form.asked_on))
    return RedirectResponse(f"/records-requests/{new}", status_code=303)


def show(desk: Desk, request: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found: Preview = preview(desk, request)
    values = {
        "here": "records-requests",
        "zone": found.zone,
        "request": _shown(found.kept, desk, found.names, found.today),
        "student": found.student,
        "parts": found.parts,
        "chosen": found.chosen,
        "needs_second": found.needs_second,
        "family_blocked": found.family_blocked,
        "may_check": found.kept.prepared_by not in (None, desk.person) and found.kept.checked_by is None,
        "options": _options(desk),
    }
    path = f"/records-requests/{request}"
    return console(desk, "pages/records_request.html", values, path=path, status=status, problem=problem)


def _options(desk: Desk) -> list[tuple[str, str]]:
    translate = translations(desk.language).gettext
    kept, quiet = translate(N_("Kept back: %(why)s")), translate(N_("Kept back without saying so: %(why)s"))
    said = [(each.value, translate(why)) for each, why in WITHHELD.items()]
    return [
        (GIVEN, translate(N_("They get it"))),
        *((value, kept % {"why": why}) for value, why in said),
        *((f"{value}{QUIET}", quiet % {"why": why}) for value, why in said),
    ]


@router.get("/records-requests/{request}")
def one(desk: SignedIn, request: RequestPath) -> HTMLResponse:
    """The record line by line, for the privacy officer and the district crisis lead; every view is on record."""
    return show(desk, request)


@router.post("/records-requests/{request}/{action}")
def change(desk: SignedIn, request: RequestPath, action: RequestPath, posted: FormPost) -> Response:
    """One form, one change; the release answers with what is handed out, to be printed."""
    match action:
        case "prepare":
            records_orders.prepare(desk, request, posted.read(Prepare).choices())
        case "check":
            records_orders.check(desk, request)
        case "withdraw":
            records_orders.withdraw(desk, request)
        case "release":
            desk.must_be_fresh()  # it leaves the school (PR-61)
            sent = posted.read(Release)
            made: Bundle = bundle(desk, request, although_blocked=sent.although_blocked == "yes")
            return console(desk, "pages/record.html", {"bundle": made, "zone": made.zone}, path="/records-requests")
        case _:
            raise NotFound
    return RedirectResponse(f"/records-requests/{request}", status_code=303)
