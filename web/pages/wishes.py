"""What a student and a family asked for, in closed words: kept here, in words for every page that shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.access_words import Matter
from crisis.policy import access
from crisis.policy.preferences import KIND_OF, ONLY_FOR_LEADS
from crisis.privacy_words import InstructionSource
from crisis.record_words import Preference, PreferenceKind
from crisis.store import people, preferences
from crisis.store.people import StaffView, StudentView
from crisis.store.preferences import Asked, KeptPreference
from crisis.store.queries import IncidentView
from crisis.vocabulary import PersonId, SchoolId, StaffRole, StudentId
from web import wish_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import Language, translations
from web.words import N_
from web.words_of_record import KINDS_OF_WISH, SOURCES, WISHES

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`code` is the preference's own; `stale`: nobody has confirmed it for a year."""

    id: str
    code: str
    kind: str
    text: str
    source: str
    stale: bool


def shown(
    found: Iterable[KeptPreference], known: Mapping[PersonId, str], at: datetime, language: Language
) -> list[Wish]:
    translate = translations(language).gettext
    return [
        Wish(
            id=each.id,
            code=each.preference.value,
            kind=translate(KINDS_OF_WISH[each.kind]),
            text=_named(translate(WISHES[each.preference]), each.person and known.get(each.person)),
            source=translate(SOURCES[each.source]),
            stale=each.stale(at),
        )
        for each in found
    ]


def _named(text: str, person: str | None) -> str:
    return text if person is None else f"{text}: {person}"


def of_incident(view: IncidentView, desk: Desk) -> list[Wish]:
    """For whoever is with the student; what only a lead may know, to the lead of this incident or the district's."""
    leads = view.incident.lead == desk.person or access.may_keep_policy(desk.actor)
    told = view.wishes if Matter.ASKED in view.matters else ()
    found = [each for each in told if leads or each.kind not in ONLY_FOR_LEADS]
    return shown(found, view.names, desk.at, desk.language)


def supports(view: IncidentView, desk: Desk) -> list[Wish]:
    """What must be said to be here before an assessment is complete (PR-76)."""
    found = [each for each in view.wishes if each.kind is PreferenceKind.SUPPORT]
    return shown(found, view.names, desk.at, desk.language)


class Add(RecordForm):
    preference: Preference = Field(title=N_("What do they ask for?"))
    person: str | None = Field(default=None, title=N_("Which person?"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        person = None if self.person is None else PersonId(self.person)
        wish_orders.add(desk, student, Asked(preference=self.preference, person=person, source=self.source))


class Confirm(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wish_orders.confirm(desk, student, self.kept)


class End(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wish_orders.end(desk, student, self.kept)


FORMS: dict[str, type[RecordForm]] = {"add": Add, "confirm": Confirm, "end": End}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate, leads = translations(desk.language).gettext, access.may_keep_policy(desk.actor)

    def read(tx: Connection, known: StudentView) -> dict[str, object]:
        found, staff = preferences.of_student(tx, student), people.staff(tx, known.district)
        seen = [each for each in found if leads or each.kind not in ONLY_FOR_LEADS]
        return {
            "wishes": shown(seen, {each.id: each.name for each in staff}, desk.at, desk.language),
            "options": [
                (each.value, f"{translate(KINDS_OF_WISH[KIND_OF[each]])}: {translate(words)}")
                for each, words in WISHES.items()
            ],
            "persons": _persons(staff, known.school),
            "sources": [(source.value, translate(words)) for source, words in SOURCES.items()],
        }

    return record_page.shown(desk, student, "wishes", read, problem, status=status, look="preferences")


def _persons(staff: Iterable[StaffView], school: SchoolId) -> list[tuple[str, str]]:
    """The clinicians, then who else works at the student's school."""
    found = [each for each in staff if StaffRole.CLINICIAN in each.posts or school in each.schools]
    found.sort(key=lambda each: StaffRole.CLINICIAN not in each.posts)
    return [(str(each.id), each.name) for each in found]


@router.get("/students/{student}/wishes")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/wishes/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, "wishes", FORMS, action, posted=posted)
