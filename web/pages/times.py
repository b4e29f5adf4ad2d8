"""When not to reach those around a student, how each adult wants to be reached, and what a follow-up makes of it."""

from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.policy.hours import WAYS, AvoidedTime, offered
from crisis.privacy_words import ContactWay, InstructionSource
from crisis.protocols.schema import Step
from crisis.statemachine.deadlines import local_date
from crisis.statemachine.follow_up import counts_again
from crisis.statemachine.incident import StepRecord
from crisis.statemachine.timers import live_deadlines
from crisis.store import contacting, hours
from crisis.store.hours import KeptTime
from crisis.store.people import StudentView
from crisis.store.queries import IncidentView
from crisis.vocabulary import PersonId, StudentId
from web import hours_orders, words_of_hours
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import babel_day, babel_weekday, translations
from web.words import N_
from web.words_of_record import SOURCES

router = APIRouter(include_in_schema=False)

WHERE = "times"


class Add(RecordForm):
    """`person` left empty: about the student, for follow-up."""

    person: str | None = Field(default=None, title=N_("Whom not to contact then?"))
    starts: time = Field(title=N_("From what time?"))
    ends: time = Field(title=N_("Until what time?"))
    days: frozenset[int] = Field(default=frozenset(), title=N_("On which days?"))
    first_day: date | None = Field(default=None, title=N_("First day"))
    last_day: date | None = Field(default=None, title=N_("Last day"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wanted = AvoidedTime(
            person=None if self.person is None else PersonId(self.person),
            starts=self.starts,
            ends=self.ends,
            days=self.days,
            first_day=self.first_day,
            last_day=self.last_day,
        )
        hours_orders.add(desk, student, wanted, self.source)


class Confirm(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        hours_orders.confirm(desk, student, self.kept)


class End(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        hours_orders.end(desk, student, self.kept)


class Ways(RecordForm):
    adult: str
    way_1: ContactWay | None = Field(default=None, title=N_("First"))
    way_2: ContactWay | None = Field(default=None, title=N_("Then"))
    way_3: ContactWay | None = Field(default=None, title=N_("Last"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        asked = [each for each in (self.way_1, self.way_2, self.way_3) if each is not None]
        hours_orders.set_ways(desk, student, PersonId(self.adult), asked)


FORMS: dict[str, type[RecordForm]] = {"add": Add, "confirm": Confirm, "end": End, "ways": Ways}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext

    def read(tx: Connection, _known: StudentView) -> dict[str, object]:
        adults = [each.contact for each in contacting.cards(tx, student, None, desk.at)]
        names = {each.person: each.name for each in adults}
        return {
            "avoided": [_shown(each, names, desk) for each in hours.of_student(tx, student)],
            "adult_options": list(names.items()),
            "asked_ways": hours.ways(tx, student),
            "way_options": [(each.value, translate(words_of_hours.WAYS[each])) for each in WAYS],
            "day_options": [(str(day), babel_weekday(day, desk.language)) for day in range(7)],
            "sources": [(each.value, translate(words)) for each, words in SOURCES.items()],
        }

    return record_page.shown(desk, student, WHERE, read, problem, status=status)


def _shown(each: KeptTime, names: dict[PersonId, str], desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    person, somebody = each.avoided.person, translate(N_("Somebody"))
    return {
        "id": each.id,
        "what": translate(N_("The student, for follow-up")) if person is None else names.get(person, somebody),
        "text": words_of_hours.hours_of(each.avoided, desk.language),
        "source": translate(SOURCES[each.source]),
        "stale": each.stale(desk.at),
        "forbids": False,
    }


def follow_up_values(desk: Desk, view: IncidentView, step: Step) -> dict[str, object]:
    """Where the next one falls due in a time that they asked to be left alone: until when to do it."""
    student = view.incident.student
    due = [each.due_at for each in live_deadlines(view.incident, view.protocol, view.ground) if each.step.id == step.id]
    if student is None or not due:
        return {"better": None}
    with desk.store.read() as tx:
        avoided = [each.avoided for each in hours.of_student(tx, student)]
    found = offered(avoided, None, min(due), now=desk.at, zone=view.zone)
    if found is None:
        return {"better": None}
    return {"better": {"at": found.at, "hours": words_of_hours.hours_of(found.asked, desk.language)}}


def counts_from(desk: Desk, view: IncidentView, step: Step) -> str | None:
    """The day before which another contact is one more and not the next; None where it counts today."""
    calendar = view.ground.calendar
    day = counts_again(step, view.incident.steps.get(step.id, StepRecord()), calendar)
    return None if day is None or day <= local_date(desk.at, calendar) else babel_day(day, desk.language)


@router.get("/students/{student}/times")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/times/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, WHERE, FORMS, action, posted=posted)
