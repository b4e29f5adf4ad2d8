"""The school calendar: holidays, days off, closures and make-up days, and what they do to who is on call."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.policy import access
from crisis.readiness_words import DayKind
from crisis.schedules.day_changes import DayChange
from crisis.schedules.wall import day_at
from crisis.store import calendar_plans
from crisis.store.calendar_plans import CalendarTrial, KnownDay
from crisis.vocabulary import SchoolId
from web import words
from web.deps import Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.oncall_forms import Id
from web.pages.frame import console
from web.pages.oncall import SchoolQuery
from web.pages.rotations import Telling, opened
from web.rotation_forms import Day, WallTime
from web.words import N_

router = APIRouter(include_in_schema=False)


class DaysForm(Sent):
    school: Id
    kind: DayKind = Field(title=N_("What kind of day?"))
    first: Day = Field(title=N_("First day"))
    last: Annotated[Day | None, Field(default=None, title=N_("Last day"))] = None
    closes: Annotated[WallTime | None, Field(default=None, title=N_("Closed from, or school ends at"))] = None

    def change(self) -> DayChange:
        return DayChange(kind=self.kind, first=self.first, last=self.last or self.first, closes=self.closes)


class DayForm(Sent):
    school: Id
    kind: DayKind
    day: Day


def may_change(desk: Desk, kind: DayKind, school: SchoolId) -> bool:
    """A holiday is the district's, so the district crisis lead says so; the rest a principal may as well."""
    return access.may_plan(desk.actor, None if kind is DayKind.HOLIDAY else school)


def must_change(desk: Desk, kind: DayKind, school: SchoolId) -> None:
    access.must_plan(desk.actor, None if kind is DayKind.HOLIDAY else school)


def show(
    desk: Desk,
    problem: FormState = FRESH,
    status: int = 200,
    *,
    school: str | None = None,
    trial: Mapping[str, object] | None = None,
) -> HTMLResponse:
    here, known, staff = opened(desk, school or problem.typed("school") or None)
    tell = Telling(desk, here, known, staff)
    with desk.store.read() as tx:
        days = calendar_plans.days_from(tx, here.id, day_at(desk.at, here.zone))
    values = {
        "here": "oncall",
        "zone": here.zone,
        "school": here,
        "schools": [(each.id, each.name) for each in known],
        "days": [day_values(desk, tell, each, here.id) for each in days],
        "kinds": [(each.value, tell.translate(words.of(each))) for each in DayKind if may_change(desk, each, here.id)],
        "trial": trial,
    }
    return console(desk, "pages/school_calendar.html", values, path="/school-calendar", status=status, problem=problem)


def day_values(desk: Desk, tell: Telling, each: KnownDay, school: SchoolId) -> dict[str, object]:
    return {
        "kind": each.kind.value,
        "words": tell.translate(words.of(each.kind)),
        "day": each.day.isoformat(),
        "closes": f"{each.closes:%H:%M}" if each.closes is not None else None,
        "may_change": may_change(desk, each.kind, school),
    }


def trial_values(desk: Desk, tell: Telling, form: DaysForm, found: CalendarTrial) -> dict[str, object]:
    change = form.change()
    return {
        "kind": change.kind.value,
        "words": tell.translate(words.of(change.kind)),
        "first": change.first.isoformat(),
        "last": change.last.isoformat(),
        "closes": f"{change.closes:%H:%M}" if change.closes is not None else "",
        **gap_values(tell, found),
    }


def gap_values(tell: Telling, found: CalendarTrial) -> dict[str, object]:
    return {
        "after": found.after,
        "new": [
            (tell.level(each.role, each.level), tell.places(each.schools), each.stretch.starts_at, each.stretch.ends_at)
            for each in found.new
        ],
    }


@router.get("/school-calendar")
def show_calendar(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    return show(desk, school=school)


@router.post("/school-calendar/preview")
def preview_days(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    """Nothing is stored."""
    form = posted.read(DaysForm)
    here, known, staff = opened(desk, form.school)
    must_change(desk, form.kind, here.id)
    with desk.store.read() as tx:
        found = calendar_plans.trial(tx, desk.actor.district, here.id, form.change(), desk.at)
    values = trial_values(desk, Telling(desk, here, known, staff), form, found)
    return show(desk, FormState(fields=posted.fields), school=here.id, trial=values)


@router.post("/school-calendar/save")
def save_days(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(DaysForm)
    here, _, _ = opened(desk, form.school)
    must_change(desk, form.kind, here.id)
    with desk.store.write() as tx:
        calendar_plans.put(tx, desk.actor.district, here.id, form.change(), at=desk.at, by=desk.person)
    return RedirectResponse(f"/school-calendar?school={here.id}", status_code=303)


@router.post("/school-calendar/take-off")
def take_off_day(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(DayForm)
    here, _, _ = opened(desk, form.school)
    must_change(desk, form.kind, here.id)
    with desk.store.write() as tx:
        day = KnownDay(kind=form.kind, day=form.day)
        calendar_plans.take_off(tx, desk.actor.district, here.id, day, at=desk.at, by=desk.person)
    return RedirectResponse(f"/school-calendar?school={here.id}", status_code=303)
