"""When a school is open: bell times and terms, and what a change does to who is on call before it is saved."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated

from babel.dates import get_day_names
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.policy import access
from crisis.schedules.bells import MOST_TERMS, WEEK, Bells, Term
from crisis.schedules.wall import zones
from crisis.store import calendar_plans
from crisis.store.calendar_plans import Known
from crisis.vocabulary import SchoolId
from web.deps import Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages.frame import console
from web.pages.oncall import SchoolQuery
from web.pages.rotations import Telling, opened
from web.pages.school_calendar import gap_values
from web.rotation_forms import Day, WallTime
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/school-hours"
SPARE = 2  # empty places for terms
FILL_IN = N_("Fill this in.")
CHANGES = {"bells": calendar_plans.bell_changes, "terms": calendar_plans.term_changes}
KEPT = ("csrf", "key", "seen")  # a form brings its own


class BellsForm(Sent):
    school: Id
    zone: Annotated[str, Field(max_length=60, title=N_("Time zone"))]
    opens: WallTime = Field(title=N_("Opens at"))
    closes: WallTime = Field(title=N_("Closes at"))
    weekdays: Annotated[frozenset[int], Field(default=frozenset(), title=N_("On which days?"))]

    def change(self) -> Bells:
        return Bells(zone=self.zone, opens=self.opens, closes=self.closes, weekdays=self.weekdays)


class TermsForm(Sent):
    school: Id
    title: dict[str, Annotated[str, Field(max_length=60)]] = Field(default_factory=dict, title=N_("Name"))
    first: dict[str, Day] = Field(default_factory=dict, title=N_("First day"))
    last: dict[str, Day] = Field(default_factory=dict, title=N_("Last day"))

    def change(self) -> tuple[Term, ...]:
        places = sorted({*self.title, *self.first, *self.last})
        missing = [f"{name}.{n}" for n in places for name in ("title", "first", "last") if n not in getattr(self, name)]
        if missing:
            wrong = [{"loc": ("body", field), "msg": FILL_IN, "type": "missing"} for field in missing]
            raise RequestValidationError(wrong)
        terms = (Term(title=self.title[n], first=self.first[n], last=self.last[n]) for n in places)
        return tuple(sorted(terms, key=lambda each: each.first))


def bells_typed(bells: Bells) -> dict[str, tuple[str, ...]]:
    return {
        "zone": (bells.zone,),
        "opens": (f"{bells.opens:%H:%M}",),
        "closes": (f"{bells.closes:%H:%M}",),
        "weekdays": tuple(str(day) for day in sorted(bells.weekdays)),
    }


def terms_typed(terms: tuple[Term, ...]) -> dict[str, tuple[str, ...]]:
    def fields() -> Iterator[tuple[str, str]]:
        for n, each in enumerate(terms, start=1):
            yield from ((f"title.{n}", each.title), (f"first.{n}", _day(each.first)), (f"last.{n}", _day(each.last)))

    return {name: (value,) for name, value in fields()}


def _day(day: date) -> str:
    return day.isoformat()


def filled(known: Known, problem: FormState) -> FormState:
    """What stands in the forms: what was typed in the one that was sent, in the other what is so now."""
    bells = {} if problem.action.endswith("bells") else bells_typed(known.bells)
    terms = {} if problem.action.endswith("terms") else terms_typed(known.terms)
    return replace(problem, fields={**bells, **terms, **problem.fields})


def offered(now: str) -> list[str]:
    """Zones with a city, as people know them."""
    return sorted({now, *(zone for zone in zones() if zone.startswith(("America/", "Pacific/")))})


def show(
    desk: Desk,
    problem: FormState = FRESH,
    status: int = 200,
    *,
    school: str | None = None,
    trial: Mapping[str, object] | None = None,
) -> HTMLResponse:
    here, schools, _ = opened(desk, school or problem.typed("school") or None)
    with desk.store.read() as tx:
        known = calendar_plans.known(tx, here.id)
        versions = {name: changes(here.id).version(tx) for name, changes in CHANGES.items()}
    state = filled(known, problem)
    taken = [int(name.partition(".")[2]) for name in state.fields if name.startswith("first.") and name[6:].isdigit()]
    days = get_day_names("wide", locale=desk.language)
    values = {
        "here": "oncall",
        "zone": here.zone,
        "school": here,
        "schools": [(each.id, each.name) for each in schools],
        "known": known,
        "weekdays": [(str(day), days[day]) for day in sorted(WEEK)],
        "open_on": [days[day] for day in sorted(known.bells.weekdays)],
        "zones": [(zone, zone.replace("_", " ")) for zone in offered(known.bells.zone)],
        "places": range(1, min(MOST_TERMS, max(taken, default=0) + SPARE) + 1),
        "may_plan": access.may_plan(desk.actor, here.id),
        "trial": trial,
        "versions": versions,
    }
    return console(desk, "pages/school_hours.html", values, path=HERE, status=status, problem=state)


def said(change: Bells | tuple[Term, ...]) -> list[str]:
    if isinstance(change, Bells):
        return [f"{change.opens:%H:%M} – {change.closes:%H:%M}"]
    return [f"{each.title}: {_day(each.first)} – {_day(each.last)}" for each in change]


def tried(desk: Desk, form: BellsForm | TermsForm, posted: FormPost, action: str) -> HTMLResponse:
    """Nothing is stored; the page shows what it would do, with a button that saves the same."""
    here, schools, staff = opened(desk, form.school)
    access.must_plan(desk.actor, here.id)
    change = form.change()
    with desk.store.read() as tx:
        CHANGES[action](here.id).must_be_current(tx, form.seen, desk.person)
        found = calendar_plans.trial(tx, desk.actor.district, here.id, change, desk.at)
    fields = [(name, value) for name, values in posted.fields.items() if name not in KEPT for value in values]
    trial = {
        **gap_values(Telling(desk, here, schools, staff), found),
        "save": f"{HERE}/save-{action}",
        "fields": fields,
        "what": action,
        "said": said(change),
    }
    return show(desk, FormState(fields=posted.fields, action=f"try-{action}"), school=here.id, trial=trial)


def place(desk: Desk, school: str) -> SchoolId:
    """Whoever may not plan here is told so."""
    here, _, _ = opened(desk, school)
    access.must_plan(desk.actor, here.id)
    return here.id


@router.get(HERE)
def show_hours(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    return show(desk, school=school)


@router.post(HERE + "/try-bells")
def try_bells(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    return tried(desk, posted.read(BellsForm), posted, "bells")


@router.post(HERE + "/try-terms")
def try_terms(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    return tried(desk, posted.read(TermsForm), posted, "terms")


@router.post(HERE + "/save-bells")
def save_bells(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(BellsForm)
    here = place(desk, form.school)
    with desk.store.write() as tx:
        calendar_plans.put_bells(tx, here, form.change(), at=desk.at, by=desk.person, seen=form.seen)
    return RedirectResponse(f"{HERE}?school={here}", status_code=303)


@router.post(HERE + "/save-terms")
def save_terms(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(TermsForm)
    here = place(desk, form.school)
    with desk.store.write() as tx:
        calendar_plans.put_terms(tx, here, form.change(), at=desk.at, by=desk.person, seen=form.seen)
    return RedirectResponse(f"{HERE}?school={here}", status_code=303)
