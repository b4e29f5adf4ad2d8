"""What may be told to whom, as the student or the family said it; and what of it an incident's pages show."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.policy.directives import Directive, action_for, releasable
from crisis.privacy_words import InstructionSource
from crisis.record_words import InfoAction, InfoAudience
from crisis.referral_words import DataPoint
from crisis.store import directives
from crisis.store.directives import KeptDirective
from crisis.store.people import StudentView
from crisis.store.queries import IncidentView
from crisis.vocabulary import StudentId
from web import sharing_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import Language, translations
from web.words import N_
from web.words_of_directory import DATA_POINTS
from web.words_of_record import SOURCES
from web.words_of_sharing import ACTIONS, ASSENTS, AUDIENCES

router = APIRouter(include_in_schema=False)

WHERE = "sharing"


class Add(RecordForm):
    audience: InfoAudience = Field(title=N_("Told to whom?"))
    category: DataPoint = Field(title=N_("What?"))
    may: InfoAction = Field(title=N_("What did they say?"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wanted = Directive(audience=self.audience, category=self.category, action=self.may)
        sharing_orders.add(desk, student, wanted, self.source)


class Confirm(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        sharing_orders.confirm(desk, student, self.kept)


class End(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        sharing_orders.end(desk, student, self.kept)


FORMS: dict[str, type[RecordForm]] = {"add": Add, "confirm": Confirm, "end": End}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext

    def read(tx: Connection, _known: StudentView) -> dict[str, object]:
        return {
            "directives": [_shown(each, desk) for each in directives.of_student(tx, student)],
            "audiences": [(each.value, translate(words)) for each, words in AUDIENCES.items()],
            "categories": [(each.value, translate(DATA_POINTS[each])) for each in DataPoint],
            "actions": [(each.value, translate(words)) for each, words in ACTIONS.items()],
            "sources": [(each.value, translate(words)) for each, words in SOURCES.items()],
        }

    return record_page.shown(desk, student, WHERE, read, problem, status=status)


def _shown(each: KeptDirective, desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    said = each.directive
    return {
        "id": each.id,
        "what": f"{translate(AUDIENCES[said.audience])} · {translate(DATA_POINTS[said.category])}",
        "text": translate(ACTIONS[said.action]),
        "source": translate(SOURCES[each.source]),
        "stale": each.stale(desk.at),
        "forbids": said.action is InfoAction.DO_NOT_VOLUNTEER,
    }


def before_telling(desk: Desk, view: IncidentView) -> list[str]:
    """About what the student is asked before a guardian is told."""
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        said = directives.said_about(tx, view.incident.student)
    found = (each for each in DataPoint if action_for(said, InfoAudience.GUARDIAN, each) is InfoAction.ASK_FIRST)
    return [translate(DATA_POINTS[each]) for each in found]


def handoff_values(desk: Desk, view: IncidentView, withhold: list[tuple[str, str]]) -> dict[str, object]:
    """For the step that hands over: what may be given of each item, and what the student said."""
    with desk.store.read() as tx:
        said = directives.said_about(tx, view.incident.student)
    incident, translate = view.incident, translations(desk.language).gettext
    agreed = frozenset[str]() if incident.assent is None else incident.assent.agreed
    at_once = directives.at_once(incident, None)
    given = releasable(said, InfoAudience.CLINICIAN, DataPoint, agreed)
    held = {each.value for each in DataPoint} - {each.value for each in given}
    kept_back = [each for each in withhold if each[0] != "given"]
    hints = _hints(desk.language, said)
    return {
        "item_options": {
            key: (kept_back if key in held and not at_once else withhold, hints.get(key, ""))
            for key in view.protocol.disclosure_items
        },
        "assents": [(each.value, translate(words)) for each, words in ASSENTS.items()],
        "asked_items": [
            (key, words.in_language(desk.language), hints.get(key, ""))
            for key, words in view.protocol.disclosure_items.items()
        ],
        "assent_said": None if incident.assent is None else translate(ASSENTS[incident.assent.answer]),
    }


def _hints(language: Language, said: tuple[Directive, ...]) -> dict[str, str]:
    translate = translations(language).gettext
    told = {
        InfoAction.ASK_FIRST: N_("They want to be asked first: ask, and record it above."),
        InfoAction.DO_NOT_VOLUNTEER: N_("They asked that this is not told."),
    }
    found = {each.value: action_for(said, InfoAudience.CLINICIAN, each) for each in DataPoint}
    return {key: translate(told[action]) for key, action in found.items() if action in told}


@router.get("/students/{student}/sharing")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/sharing/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, WHERE, FORMS, action, posted=posted)
