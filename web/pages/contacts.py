"""The adults around a student: who may be contacted, who not and why, and how each wants to be reached."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.policy.records import may_see_ledger
from crisis.privacy_words import RestrictionKind
from crisis.store import audit, contact_record, contacting, outflows, people, restrictions
from crisis.store import names as names_kept
from crisis.store.contact_record import Wish
from crisis.store.restrictions import Entry, Kept
from crisis.vocabulary import PersonId, StudentId
from web import authority_orders, record_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.family import EVERYBODY, KINDS, members
from web.pages.frame import console
from web.pages.incident import option_names
from web.pages.steps import LANGUAGES
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

Tick = Literal["yes", "no"]


class RecordForm(Sent):
    """One change of the record."""

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        raise NotImplementedError


class Restrict(RecordForm):
    who: str = Field(title=N_("Who must not be contacted?"))
    kind: RestrictionKind = Field(title=N_("Why?"))
    household: Tick = "no"
    until: date | None = Field(default=None, title=N_("Last day of the order"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        entry = Entry(
            student=student,
            person=PersonId(self.who),
            kind=self.kind,
            household=self.household == "yes",
            until=self.until,
        )
        record_orders.restrict(desk, entry)


class OfOne(RecordForm):
    restriction: str


class Check(OfOne):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.check(desk, student, self.restriction)


class AskToLift(OfOne):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.ask_to_lift(desk, student, self.restriction)


class Lift(OfOne):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.lift(desk, student, self.restriction)


class Keep(OfOne):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        record_orders.keep(desk, student, self.restriction)


class WishForm(RecordForm):
    adult: str
    household: str | None = Field(default=None, title=N_("Where do they live?"))
    reads: str | None = Field(default=None, title=N_("Which language do they read?"))
    interpreter: Tick = "no"
    voice_only: Tick = "no"
    no_message: Tick = "no"
    short_text: Tick = "no"
    email: str | None = Field(default=None, title=N_("E-mail address"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        wanted = Wish(
            household=self.household,
            reads=() if self.reads is None else (self.reads,),
            interpreter=self.interpreter == "yes",
            voice_only=self.voice_only == "yes",
            safe_to_leave_message=self.no_message == "no",
            short_text=self.short_text == "yes",
            email=self.email,
        )
        record_orders.wish(desk, student, PersonId(self.adult), wanted, self.seen)


FORMS: dict[str, type[RecordForm]] = {
    "restrict": Restrict,
    "check": Check,
    "ask-to-lift": AskToLift,
    "lift": Lift,
    "keep": Keep,
    "wish": WishForm,
}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        cards = contacting.cards(tx, student, None, desk.at)
        kept, wished = restrictions.of_student(tx, student), contact_record.wishes(tx, student)
        named = {each for one in kept for each in (one.entry.person, one.entered_by) if each is not None}
        names = people.names(tx, named | {each.lift_asked_by for each in kept if each.lift_asked_by is not None})
        school = people.school(tx, known.school)
        known, _ = names_kept.seen_by(tx, desk.store.keys, desk.actor, known)
        leads = outflows.leads_of(tx, student)
        audit.record(tx, at=desk.at, actor=desk.person, action="contacts viewed", subject=student)
    family = members(cards, desk.language)
    translate = translations(desk.language).gettext
    values = {
        "here": "students",
        "student": known,
        "school": school,
        "zone": school.zone,
        "family": [(each, wished.get(each.person, Wish()), each.person in wished) for each in family],
        "who_options": [(each.person, each.name) for each in family],
        "may_see_ledger": may_see_ledger(desk.actor, known.district, known.school, leads),
        "languages": option_names(LANGUAGES, desk.language),
        "kinds": [(kind.value, translate(words)) for kind, words in KINDS.items()],
        "restrictions": [_shown(each, names, desk) for each in kept],
    }
    path = f"/students/{student}/contacts"
    return console(desk, "pages/contacts.html", values, path=path, status=status, problem=problem)


def _shown(kept: Kept, names: dict[PersonId, str], desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    somebody = translate(N_("Somebody"))
    return {
        "id": kept.id,
        "name": translate(EVERYBODY) if kept.entry.person is None else names.get(kept.entry.person, somebody),
        "family": kept.entry.person is None,
        "kind": translate(KINDS[kept.entry.kind]),
        "household": kept.entry.household,
        "until": kept.entry.until,
        "by": names.get(kept.entered_by, somebody),
        "at": kept.entered_at,
        "checked": kept.checked_by is not None,
        "may_check": kept.checked_by is None and kept.entered_by != desk.person,
        "late": kept.to_check(desk.at),
        "asked_by": None if kept.lift_asked_by is None else names.get(kept.lift_asked_by, somebody),
        "may_lift": kept.lift_asked_by is not None and kept.lift_asked_by != desk.person,
        "over": kept.lifted_at is not None,
    }


@router.get("/second-look")
def second_look(desk: SignedIn) -> HTMLResponse:
    """What waits for a second person: for the privacy officer and the district crisis lead."""
    translate = translations(desk.language).gettext
    found = [
        {
            "student": each.student,
            "path": f"/students/{each.kept.entry.student}/contacts",
            "kind": translate(KINDS[each.kept.entry.kind]),
            "at": each.kept.entered_at,
            "late": each.kept.to_check(desk.at),
            "lift": each.kept.lift_asked_by is not None,
        }
        for each in record_orders.to_look_at(desk)
    ]
    values = {"here": "second-look", "waiting": found, "names": record_orders.names_to_look_at(desk)}
    values["rights"] = authority_orders.to_look_at(desk)
    values["sheets"] = record_orders.sheets_to_look_at(desk)
    return console(desk, "pages/second_look.html", values, path="/second-look")


@router.get("/students/{student}/contacts")
def contacts(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/contacts/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk, student)
    return RedirectResponse(f"/students/{student}/contacts", status_code=303)
