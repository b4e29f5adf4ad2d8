"""Who outside the school helps: looked up by whoever needs them now, kept by the district crisis lead."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.policy import access
from crisis.policy.directory import Entry, Fit, Wanted
from crisis.policy.opening_hours import DAYS, SPANISH, read_hours, written
from crisis.referral_words import AgencyId, AgencyKind, Capacity, Care, Insurance
from crisis.store import people
from web import directory_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.agencies import shown
from web.pages.frame import console
from web.pages.incident import option_names
from web.pages.steps import LANGUAGES
from web.words import N_
from web.words_of_directory import CAPACITIES, CARE, INSURANCE, KINDS

router = APIRouter(include_in_schema=False)

AgencyPath = Annotated[AgencyId, Path(pattern=ID)]
Word = TypeVar("Word", bound=StrEnum)
Code = Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")]


class AgencyForm(Sent):
    name: str = Field(title=N_("Name"), max_length=120)
    kind: AgencyKind = Field(title=N_("What is it?"))
    phone: str | None = Field(default=None, title=N_("Number where somebody answers"), max_length=40)
    address: str | None = Field(default=None, title=N_("Address"))
    how: str | None = Field(default=None, title=N_("What to say or send"))
    hours: str | None = Field(default=None, title=N_("When somebody answers"))
    languages: frozenset[str] = Field(default=frozenset(), title=N_("Languages that they speak"))
    interpreters: Literal["yes", "no"] | None = Field(default=None, title=N_("Do they bring an interpreter?"))
    youngest: int | None = Field(default=None, title=N_("From which age"))
    oldest: int | None = Field(default=None, title=N_("Until which age"))
    care: frozenset[Care] = Field(default=frozenset(), title=N_("What they take"))
    insurance: frozenset[Insurance] = Field(default=frozenset(), title=N_("Who pays"))

    def entry(self) -> Entry:
        return Entry(
            name=self.name,
            kind=self.kind,
            phone=self.phone,
            address=self.address,
            how=self.how,
            hours=None if self.hours is None else read_hours(self.hours),
            languages=self.languages & LANGUAGES.keys(),
            interpreters=None if self.interpreters is None else self.interpreters == "yes",
            youngest=self.youngest,
            oldest=self.oldest,
            care=self.care,
            insurance=self.insurance,
        )


class PlacesForm(Sent):
    capacity: Capacity = Field(title=N_("Do they take somebody new?"))
    days: int | None = Field(default=None, title=N_("How many days does one wait?"))


def show(desk: Desk, wanted: Wanted) -> HTMLResponse:
    fits, zone = directory_orders.found(desk, wanted), directory_orders.zone(desk)
    values = _choices(desk) | {
        "wanted": wanted,
        "agencies": [shown(each, desk, zone) for each in fits],
        "may_keep": access.may_keep_directory(desk.actor),
    }
    return console(desk, "pages/directory.html", values | {"zone": zone}, path="/directory")


def show_new(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    access.must_keep_directory(desk.actor)
    nothing = {"agency": None, "entry": None, "hours": "", "version": None}
    values = _choices(desk) | nothing | {"may_keep": True, "may_confirm": False}
    return console(desk, "pages/agency.html", values, path="/directory/new", status=status, problem=problem)


def show_one(desk: Desk, agency: AgencyId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    known, zone = directory_orders.one(desk, agency), directory_orders.zone(desk)
    with desk.store.read() as tx:
        names = people.names(tx, [known.places.by] if known.places is not None else [])
    days = SPANISH if desk.language == "es" else DAYS
    values = _choices(desk) | {
        "agency": shown(Fit(known), desk, zone),
        "entry": known.entry,
        "version": known.version,
        "hours": "" if known.entry.hours is None else written(known.entry.hours, days),
        "said_by": next(iter(names.values()), ""),
        "may_keep": access.may_keep_directory(desk.actor),
        "may_confirm": access.may_confirm_places(desk.actor),
        "zone": zone,
    }
    said = replace(problem, fields={}) if problem.conflict else problem  # the form has what stands there now
    return console(desk, "pages/agency.html", values, path=f"/directory/{agency}", status=status, problem=said)


def _choices(desk: Desk) -> dict[str, object]:
    def options(names: Mapping[Word, str]) -> list[tuple[str, str]]:
        return option_names({str(key.value): text for key, text in names.items()}, desk.language)

    return {
        "here": "directory",
        "kinds": options(KINDS),
        "cares": options(CARE),
        "insurances": options(INSURANCE),
        "capacities": options(CAPACITIES),
        "languages": option_names(LANGUAGES, desk.language),
    }


@router.get("/directory")
def listed(
    desk: SignedIn,
    *,
    kind: Code = "",
    language: Code = "",
    care: Code = "",
    insurance: Code = "",
    age: Annotated[str, Query(pattern=r"^\d{0,3}$")] = "",
    open_now: Code = "",
) -> HTMLResponse:
    """For every member of staff."""
    wanted = Wanted(
        kind=AgencyKind(kind) if kind in set(AgencyKind) else None,
        language=language if language in LANGUAGES else None,
        care=Care(care) if care in set(Care) else None,
        insurance=Insurance(insurance) if insurance in set(Insurance) else None,
        age=int(age) if age else None,
        open_now=open_now == "yes",
    )
    return show(desk, wanted)


@router.get("/directory/new")
def new(desk: SignedIn) -> HTMLResponse:
    """For the district crisis lead."""
    return show_new(desk)


@router.post("/directory")
def add(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    """For the district crisis lead."""
    made = directory_orders.add(desk, posted.read(AgencyForm).entry())
    return RedirectResponse(f"/directory/{made}", status_code=303)


@router.get("/directory/{agency}")
def of_one(desk: SignedIn, agency: AgencyPath) -> HTMLResponse:
    """For every member of staff; the form to change it for the district crisis lead."""
    return show_one(desk, agency)


@router.post("/directory/{agency}/{action}")
def change(
    desk: SignedIn, agency: AgencyPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """Whether they have places, by the crisis team; the rest by the district crisis lead."""
    if action == "places":
        said = posted.read(PlacesForm)
        directory_orders.confirm_places(desk, agency, said.capacity, said.days)
    elif action == "change":
        form = posted.read(AgencyForm)
        directory_orders.change(desk, agency, form.entry(), form.seen)
    elif action == "end":
        posted.read(Sent)
        directory_orders.end(desk, agency)
        return RedirectResponse("/directory", status_code=303)
    else:
        raise NotFound
    return RedirectResponse(f"/directory/{agency}", status_code=303)
