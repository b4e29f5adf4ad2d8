"""After-action reviews that people write: what is owed, one of them with its forms, and one entry to change."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.review.written import Objective, ObjectiveId
from crisis.review_words import Capability, Element, EntryKind, Rating, ReviewState
from crisis.store.improvements import MAKING, Plan
from crisis.store.reviews import FIXED, WRITABLE, Written
from crisis.vocabulary import Mode, PersonId, Phase
from web import improvement_orders, review_orders, words
from web.deps import ID, Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Posted, Sent
from web.pages import improvements
from web.pages.frame import console
from web.rendering import translations
from web.review_orders import Listed, Opened
from web.words import N_
from web.words_of_drills import CAPABILITIES as CORE_CAPABILITIES
from web.words_of_review import CAPABILITIES, CAUSES, ELEMENTS, ENTRIES, OBJECTIVES, RATINGS, STATES

HERE = "/reviews"
router = APIRouter(include_in_schema=False)
ReviewPath = Annotated[str, Path(pattern=ID)]

SHORT = 70  # letters of an entry in a choice
ABOUT_ONE = frozenset({EntryKind.STRENGTH, EntryKind.AREA})
ADDED = (EntryKind.STRENGTH, EntryKind.AREA, EntryKind.SUMMARY, EntryKind.STUDENT_VOICE, EntryKind.FAMILY_VOICE)
GROUPS = (  # of the list: what it is called, and which reviews stand in it
    (N_("Owed, and nobody has begun"), frozenset({ReviewState.OWED})),
    (N_("Being written"), frozenset({ReviewState.DRAFT})),
    (N_("To read and to sign"), frozenset({ReviewState.IN_REVIEW})),
    (N_("Signed"), FIXED),
)


STEPS = {
    "hand-in": review_orders.hand_in,
    "send-back": review_orders.send_back,
    "sign": review_orders.sign,
    "close": review_orders.close,
}


class Add(Sent):
    kind: EntryKind = Field(title=N_("What do you write?"))
    objective: str | None = Field(None, title=N_("About which objective?"))
    text: str = Field(title=N_("In your words"))
    cause: str | None = Field(None, title=N_("Why was it so?"))


class MakeItem(Sent):
    area: str = Field(title=N_("What should get better"))
    change: str = Field(title=N_("What is changed"))
    capability: Capability = Field(title=N_("Capability"))
    element: Element = Field(title=N_("What of it is changed?"))
    owner: PersonId = Field(title=N_("Whose is it?"))
    starts_on: date = Field(title=N_("From when?"))
    due_on: date = Field(title=N_("Until when?"))


class Change(Sent):
    was: str
    text: str = Field(title=N_("In your words"))
    cause: str | None = Field(None, title=N_("Why was it so?"))


class Rate(Sent):
    ratings: dict[str, Rating] = Field(default={}, title=N_("How well each objective was reached"))


class Remark(Sent):
    remark: str = Field(title=N_("Remark"))


def show_all(desk: Desk) -> HTMLResponse:
    found = review_orders.listed(desk)
    translate = translations(desk.language).gettext
    groups = [
        (translate(title), [each for each in found if each.kept.state in states], states is not FIXED)
        for title, states in GROUPS
    ]
    values = {
        "here": "reviews",
        "zone": found[0].school.zone if found else "UTC",
        "groups": groups,
        "late": sum(each.kept.late(desk.at) for each in found),
        "late_items": improvement_orders.late_of(desk),
        "is_drill": is_drill,
        "states": STATES,
    }
    return console(desk, "pages/reviews.html", values, path=HERE)


def is_drill(each: Listed | Opened) -> bool:
    return each.incident.mode is Mode.DRILL


def show(desk: Desk, review: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = review_orders.opened(desk, review)
    values = shown(found, desk)
    return console(desk, "pages/written_review.html", values, path=f"{HERE}/{review}", status=status, problem=problem)


def shown(found: Opened, desk: Desk) -> dict[str, object]:
    translate = translations(desk.language).gettext
    kept = found.kept
    return {
        "here": "reviews",
        "zone": found.school.zone,
        "found": found,
        "kept": kept,
        "drill": is_drill(found),
        "late": kept.late(desk.at),
        "state": STATES[kept.state],
        "causes": [translate(CAUSES[each]) for each in kept.causes],
        "objectives": [(each, *_named(found, each, desk), seen) for each, seen in found.observed.items()],
        "of": lambda kind, objective=None: [
            each for each in found.entries if each.kind == kind and each.objective == objective
        ],
        "kinds": [(each.value, translate(ENTRIES[each][0]), translate(ENTRIES[each][1])) for each in ADDED],
        "titles": {each.value: translate(title) for each, (title, _) in ENTRIES.items()},
        "ratings": [(each.value, translate(name), translate(meaning)) for each, (name, meaning) in RATINGS.items()],
        "writable": found.may_write and kept.state in WRITABLE,
        **_items(found, desk),
        "came_from": _came_from(found, desk),
        "may_sign": found.may_write and kept.state is ReviewState.IN_REVIEW and kept.written_by != desk.person,
    }


def _named(found: Opened, objective: Objective, desk: Desk) -> tuple[str, str]:
    """What an objective is called, and what it is about."""
    translate = translations(desk.language).gettext
    if isinstance(objective, Phase):
        return translate(words.of(objective)), translate(OBJECTIVES[objective])
    planned = found.aims[objective]
    return planned.text, translate(CORE_CAPABILITIES[planned.capability])


def _came_from(found: Opened, desk: Desk) -> dict[Objective, dict[str, object] | None]:
    """Of each objective that was taken from an earlier review: that item, or None for whoever may not see it."""
    today = desk.at.astimezone(ZoneInfo(found.school.zone)).date()
    rows = improvements.shown(found.practised.values(), found.names, today, desk.language)
    known = dict(zip(found.practised, rows, strict=True))
    return {key: known.get(aim.item) for key, aim in found.aims.items() if aim.item is not None}


def _items(found: Opened, desk: Desk) -> dict[str, object]:
    """What is changed because of it, and what other reviews of the school left open."""
    translate = translations(desk.language).gettext
    today = desk.at.astimezone(ZoneInfo(found.school.zone)).date()
    areas = [each for each in found.entries if each.kind is EntryKind.AREA]
    return {
        "items": improvements.shown(found.items, found.names, today, desk.language),
        "carried": improvements.shown(found.carried, found.names, today, desk.language),
        "making": found.may_write and found.kept.state in MAKING and bool(areas),
        "areas": [(each.id, _short(each.text or "")) for each in areas],
        "capabilities": [(each.value, translate(said)) for each, said in CAPABILITIES.items()],
        "elements": [(each.value, translate(said)) for each, said in ELEMENTS.items()],
        "staff": [(each.id, each.name) for each in found.staff],
        "today": today,
    }


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


@router.get(HERE)
def listed(desk: SignedIn) -> HTMLResponse:
    """For who led an incident that asks for one, principals and the district crisis lead."""
    return show_all(desk)


@router.post("/incidents/{incident_id}/review/begin")
def begin(desk: SignedIn, incident_id: IncidentPath, posted: FormPost) -> RedirectResponse:
    """For who led the incident, a principal of the school, the district crisis lead."""
    posted.read(Sent)
    return RedirectResponse(f"{HERE}/{review_orders.begin(desk, incident_id)}", status_code=303)


@router.get(HERE + "/{review}")
def one(desk: SignedIn, review: ReviewPath) -> HTMLResponse:
    """For the same people, and once it is signed for everybody who sees the figures; every view is on record."""
    return show(desk, review)


@router.get(HERE + "/{review}/entries/{entry}")
def entry_of(desk: SignedIn, review: ReviewPath, entry: ReviewPath) -> HTMLResponse:
    return show_entry(desk, review, entry)


def show_entry(desk: Desk, review: str, entry: str, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = review_orders.opened(desk, review)
    one = next((each for each in found.entries if each.id == entry), None)
    if one is None or not found.may_write:
        raise NotFound
    path = f"{HERE}/{review}/entries/{entry}"
    values = shown(found, desk) | {"entry": one}
    return console(desk, "pages/review_entry.html", values, path=path, status=status, problem=problem)


@router.post(HERE + "/{review}/entries/{entry}/{action}")
def change_entry(
    desk: SignedIn, review: ReviewPath, entry: ReviewPath, action: ReviewPath, posted: FormPost
) -> RedirectResponse:
    match action:
        case "change":
            form = posted.read(Change)
            _must_name_nobody(posted, review, {"text": form.text, "cause": form.cause})
            said = Written(kind=EntryKind.SUMMARY, text=form.text, cause=form.cause, was=form.was)  # its kind stays
            review_orders.change(desk, review, entry, said)
        case "remove":
            posted.read(Sent)
            review_orders.remove(desk, review, entry)
        case _:
            raise NotFound
    return RedirectResponse(f"{HERE}/{review}", status_code=303)


@router.post(HERE + "/{review}/{action}")
def change(desk: SignedIn, review: ReviewPath, action: ReviewPath, posted: FormPost) -> RedirectResponse:
    """One form, one change; who signs is not who wrote it last, and has just shown who they are."""
    match action:
        case "add":
            _add(posted, review)
        case "rate":
            ratings = posted.read(Rate).ratings
            review_orders.rate(desk, review, {_objective(each): rating for each, rating in ratings.items()})
        case "item":
            _make_item(posted, review)
        case "remark":
            text = posted.read(Remark).remark
            _must_name_nobody(posted, review, {"remark": text})
            review_orders.write(desk, review, Written(kind=EntryKind.REMARK, text=text))
        case _ if action in STEPS:
            posted.read(Sent)
            STEPS[action](desk, review)
        case _:
            raise NotFound
    return RedirectResponse(f"{HERE}/{review}", status_code=303)


def _add(posted: Posted, review: str) -> None:
    form = posted.read(Add)
    about_one = form.kind in ABOUT_ONE
    if form.kind not in ADDED:
        raise NotFound
    if about_one and form.objective is None:
        raise posted.lacks("objective")
    if form.kind is EntryKind.AREA and not form.cause:
        raise posted.lacks("cause")
    _must_name_nobody(posted, review, {"text": form.text, "cause": form.cause})
    objective = _objective(form.objective) if about_one and form.objective is not None else None
    said = Written(kind=form.kind, text=form.text, objective=objective, cause=form.cause)
    review_orders.write(posted.desk, review, said)


def _objective(sent: str) -> Objective:
    return Phase(sent) if sent in set(Phase) else ObjectiveId(sent)


def _make_item(posted: Posted, review: str) -> None:
    form = posted.read(MakeItem)
    _must_name_nobody(posted, review, {"change": form.change})
    plan = Plan(
        entry=form.area,
        capability=form.capability,
        element=form.element,
        text=form.change,
        owner=form.owner,
        starts_on=form.starts_on,
        due_on=form.due_on,
    )
    improvement_orders.make(posted.desk, review, plan)


def _must_name_nobody(posted: Posted, review: str, texts: Mapping[str, str | None]) -> None:
    """Raises what FastAPI raises for a wrong body: said at the field."""
    named = review_orders.names_somebody(posted.desk, review, texts)
    if named:
        raise posted.names_somebody(*named)
