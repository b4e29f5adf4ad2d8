"""Whom to call first about a student: the order, what must be so first, and who answers where the parents do not."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field
from sqlalchemy import Connection

from crisis.errors import Reason, Refused
from crisis.policy.family_plan import Condition
from crisis.privacy_words import InstructionSource
from crisis.record_words import ContactCondition, FamilyStatus, TribalWish
from crisis.store import contacting, family_plan, own_care, people, policy_packs
from crisis.store.family_plan import KeptCondition
from crisis.store.people import StudentView
from crisis.vocabulary import PersonId, StudentId
from web import family_orders, words_of_family
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState
from web.pages import record_page
from web.pages.record_page import RecordForm
from web.rendering import translations
from web.words import N_
from web.words_of_record import SOURCES

router = APIRouter(include_in_schema=False)

WHERE = "call-order"


class Order(RecordForm):
    """`turn.PERSON` is the place of an adult, from 1; left empty, they come after the others."""

    turn: dict[str, int] = Field(default_factory=dict, title=N_("In which order?"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        if len(set(self.turn.values())) < len(self.turn):
            raise Refused(Reason("FAMILY", "Give each adult another place in the order"))
        order = [PersonId(person) for person, _ in sorted(self.turn.items(), key=lambda each: each[1])]
        family_orders.set_order(desk, student, order, self.source, self.seen)


class Add(RecordForm):
    person: str = Field(title=N_("When whom is told?"))
    condition: ContactCondition = Field(title=N_("What must be so first?"))
    beside: str | None = Field(default=None, title=N_("Who is beside them?"))
    source: InstructionSource = Field(title=N_("Who asked for it?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        beside = None if self.beside is None else PersonId(self.beside)
        wanted = Condition(person=PersonId(self.person), kind=self.condition, beside=beside)
        family_orders.add_condition(desk, student, wanted, self.source)


class Confirm(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        family_orders.confirm_condition(desk, student, self.kept)


class End(RecordForm):
    kept: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        family_orders.end_condition(desk, student, self.kept)


class Status(RecordForm):
    answers: FamilyStatus | None = Field(default=None, title=N_("Who answers for the student?"))
    first: str | None = Field(default=None, title=N_("Whom to call first?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        first = None if self.first is None else PersonId(self.first)
        family_orders.set_status(desk, student, self.answers, first, self.seen)


class Tribe(RecordForm):
    wish: TribalWish | None = Field(default=None, title=N_("What did they ask for?"))
    asked_by: InstructionSource = Field(title=N_("Who said so?"))

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        family_orders.set_tribal_wish(desk, student, self.wish, self.asked_by, self.seen)


class Care(RecordForm):
    agreed: Literal["yes", "no"] = "no"

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        family_orders.set_own_care(desk, student, agreed=self.agreed == "yes")


FORMS: dict[str, type[RecordForm]] = {
    "order": Order,
    "add": Add,
    "confirm": Confirm,
    "end": End,
    "status": Status,
    "tribe": Tribe,
    "own-care": Care,
}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext
    sources = [(source.value, translate(words)) for source, words in SOURCES.items()]

    def read(tx: Connection, known: StudentView) -> dict[str, object]:
        adults = [each.contact for each in contacting.cards(tx, student, None, desk.at)]
        options = [(each.person, each.name) for each in adults]
        names = {each.person: each.name for each in adults}
        order, said = family_plan.order_of(tx, student), family_plan.status_of(tx, student)
        tribal = family_plan.tribal_wish_of(tx, student)
        conditions = family_plan.conditions_of(tx, student)
        staff = [(each.id, each.name) for each in people.staff(tx, known.district)]
        return {
            "adults": [(each.person, each.name, each.relation) for each in adults],
            "turns": {person: turn for turn, person in enumerate(order.people, start=1)},
            "order": order,
            "conditions": [_shown(each, names, desk) for each in conditions],
            "answers": said,
            "tribal": tribal,
            "own_care": own_care.of_student(tx, student),
            "notice": translate(_notice(tx, known, desk)),
            "adult_options": options,
            "first_options": [*options, *(each for each in staff if each[0] not in names)],
        }

    chosen = {
        "sources": sources,
        "asked_by": [each for each in sources if each[0] != InstructionSource.STAFF],
        "statuses": [(each.value, translate(words)) for each, words in words_of_family.STATUSES.items()],
        "to_choose": [(each.value, translate(words)) for each, words in words_of_family.TO_CHOOSE.items()],
        "tribal_wishes": [(each.value, translate(words)) for each, words in words_of_family.TRIBAL_WISHES.items()],
    }
    return record_page.shown(
        desk, student, WHERE, lambda tx, known: {**chosen, **read(tx, known)}, problem, status=status
    )


def _notice(tx: Connection, known: StudentView, desk: Desk) -> str:
    """What the law that is in force today makes of care that a minor agreed to."""
    today = desk.at.astimezone(ZoneInfo(people.school(tx, known.school).zone)).date()
    return words_of_family.NOTICES[policy_packs.in_force(tx, known.district, today).pack.parent_notice]


def _shown(each: KeptCondition, names: dict[PersonId, str], desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    beside = each.condition.beside
    words, within = words_of_family.condition(each.condition.kind, None if beside is None else names.get(beside, "?"))
    return {
        "id": each.id,
        "what": names.get(each.condition.person, translate(N_("Somebody"))),
        "text": translate(words) % within if within else translate(words),
        "source": translate(SOURCES[each.source]),
        "stale": each.stale(desk.at),
        "forbids": False,
    }


@router.get("/students/{student}/call-order")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/call-order/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    return record_page.changed(desk, student, WHERE, FORMS, action, posted=posted)
