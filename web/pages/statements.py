"""What a parent or the student says about a record that they think is wrong: added, never changed, with every copy."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.store import audit, people, statements
from crisis.vocabulary import PersonId, StudentId
from web import records_orders
from web.deps import Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

THEMSELVES = "student"


class Add(Sent):
    who: str = Field(title=N_("Who says it?"))
    text: str = Field(title=N_("What do they say?"))


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext
    with desk.store.write() as tx:
        known = records_orders.must_answer(tx, desk, student)
        found, school = statements.of_student(tx, desk.store.keys, student), people.school(tx, known.school)
        family = [each for each in people.contacts_of(tx, student) if each.guardian]
        names = people.names(tx, {each.person for each in found if each.person is not None})
        audit.record(tx, at=desk.at, actor=desk.person, action="statements viewed", subject=student)
    themselves = translate(N_("The student"))
    values = {
        "here": "students",
        "student": known,
        "school": school,
        "zone": school.zone,
        "statements": [
            (themselves if each.person is None else names.get(each.person, ""), each.recorded_at, each.text)
            for each in found
            if each.text is not None
        ],
        "who": [*((each.person, each.name) for each in family), (THEMSELVES, themselves)],
    }
    path = f"/students/{student}/statements"
    return console(desk, "pages/statements.html", values, path=path, status=status, problem=problem)


@router.get("/students/{student}/statements")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the privacy officer and the district crisis lead; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/statements/add")
def add(desk: SignedIn, student: StudentPath, posted: FormPost) -> RedirectResponse:
    """For the same people."""
    form = posted.read(Add)
    records_orders.state(desk, student, None if form.who == THEMSELVES else PersonId(form.who), form.text)
    return RedirectResponse(f"/students/{student}/statements", status_code=303)
