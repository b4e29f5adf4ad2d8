"""By which names a student wants to be called, and where: kept by those who talk with the student."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.policy.naming import NameToUse
from crisis.privacy_words import InstructionSource
from crisis.record_words import NameCaution, NameContext
from crisis.store import audit, names, people
from crisis.store.names import KeptName
from crisis.vocabulary import PersonId, StudentId
from web import name_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.frame import console
from web.pages.record_page import RecordForm
from web.rendering import translations
from web.words import N_
from web.words_of_record import CAUTIONS, CONTEXTS, SOURCES

router = APIRouter(include_in_schema=False)


class Add(RecordForm):
    name: str = Field(title=N_("Which name?"))
    pronouns: str | None = Field(default=None, title=N_("Which pronouns?"))
    contexts: frozenset[NameContext] = Field(default=frozenset(), title=N_("Where may it be used?"))
    guardians: frozenset[str] = Field(default=frozenset(), title=N_("With which adult?"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        heard = {NameContext.GUARDIAN} if self.guardians else set()
        use = NameToUse(
            name=self.name,
            pronouns=self.pronouns,
            contexts=self.contexts | heard,
            guardians=frozenset(PersonId(each) for each in self.guardians),
            source=self.source,
        )
        name_orders.add(desk, student, use)


class Confirm(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        name_orders.confirm(desk, student, self.kept)


class End(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        name_orders.end(desk, student, self.kept)


class Caution(RecordForm):
    caution: NameCaution = Field(title=N_("What is to be minded?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        name_orders.caution(desk, student, self.caution)


FORMS: dict[str, type[RecordForm]] = {"add": Add, "confirm": Confirm, "end": End, "caution": Caution}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    known = name_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept, caution = names.of_student(tx, desk.store.keys, student), names.caution_of(tx, student)
        adults, school = people.contacts_of(tx, student), people.school(tx, known.school)
        review = known in names.to_review(tx, known.district, desk.at)
        audit.record(tx, at=desk.at, actor=desk.person, action="names viewed", subject=student)
    translate = translations(desk.language).gettext
    values = {
        "here": "students",
        "student": known,
        "school": school,
        "zone": school.zone,
        "names": [_shown(each, {adult.person: adult.name for adult in adults}, desk) for each in kept],
        "caution": caution.caution.value,
        "review": review,
        "contexts": [(context.value, translate(words)) for context, words in CONTEXTS.items()],
        "adults": [(adult.person, adult.name) for adult in adults],
        "sources": [(source.value, translate(words)) for source, words in SOURCES.items()],
        "cautions": [(each.value, translate(words)) for each, words in CAUTIONS.items()],
    }
    path = f"/students/{student}/names"
    return console(desk, "pages/names.html", values, path=path, status=status, problem=problem)


def _shown(kept: KeptName, adults: dict[PersonId, str], desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    use = kept.use
    return {
        "id": kept.id,
        "name": None if use is None else use.name,
        "pronouns": None if use is None else use.pronouns,
        "where": [] if use is None else [translate(words) for each, words in CONTEXTS.items() if each in use.contexts],
        "heard": [] if use is None else [adults[each] for each in sorted(use.guardians) if each in adults],
        "source": None if use is None else translate(SOURCES[use.source]),
        "stale": kept.stale(desk.at),
    }


@router.get("/students/{student}/names")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For counselors, psychologists and social workers of the school, and the privacy officer; on record."""
    return show(desk, student)


@router.post("/students/{student}/names/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, "names", FORMS, action, posted=posted)
