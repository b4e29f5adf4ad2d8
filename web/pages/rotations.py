"""Rotations: which there are, a form to make or change one, and what it would do before it is saved."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crisis.errors import NotFound, Refused
from crisis.policy import access
from crisis.schedules.rota import Rotation
from crisis.store import people, rotation_plans, rotations
from crisis.store.people import SchoolView, StaffView
from crisis.store.rotation_plans import Planned, Trial
from crisis.vocabulary import Covers, PersonId, Role, SchoolId
from web import oncall_orders, words
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState
from web.pages.frame import console
from web.pages.oncall import SchoolQuery
from web.places import Places
from web.rendering import Local
from web.rotation_forms import LEAST_SHOWN, MOST_PEOPLE, EndRotation, RotationForm, digest, filled_in
from web.words import N_
from web.words_of_clocks import told_clocks
from web.words_of_readiness import WHAT

router = APIRouter(include_in_schema=False)

RotationPath = Annotated[str, Path(pattern=ID)]
PATTERNS = {
    "daily": N_("Another person every day"),
    "weekly": N_("Another person every week"),
    "custom": N_("Another pattern"),
}
CHANGED = N_("You changed something after you looked. This is what it would do now; save it if it is right.")


class Telling(Places):
    """Words for a viewer: names, times by the school's wall, roles and levels."""

    def __init__(
        self, desk: Desk, school: SchoolView, schools: Iterable[SchoolView], staff: Iterable[StaffView]
    ) -> None:
        super().__init__(desk.language, schools)
        self.local = Local(desk.language, school.zone)
        self.names = {each.id: each.name for each in staff}

    def name(self, person: PersonId) -> str:
        return self.names.get(person) or self.translate(N_("Somebody"))

    def pattern(self, turns: Rotation) -> str:
        said = self.translate(PATTERNS[rotation_plans.weekly_or_daily(turns)])
        times = ", ".join(dict.fromkeys(f"{each.at:%H:%M}" for each in turns.handovers))
        return f"{said} · {times} · {self.translate(words.of(turns.covers))}"


def opened(desk: Desk, school: str | None) -> tuple[SchoolView, list[SchoolView], list[StaffView]]:
    """The school whose clock counts, and everybody who could take a turn."""
    access.must_see_schedules(desk.actor)
    with desk.store.read() as tx:
        known = people.schools(tx, desk.actor.district)
        staff = [each for each in people.staff(tx, desk.actor.district) if each.roles]
    own = [each for each in known if each.id in desk.actor.schools]
    here = next((each for each in known if each.id == school), None) or next(iter([*own, *known]), None)
    if here is None:
        raise NotFound
    return here, known, staff


def may_plan_here(desk: Desk, school: SchoolId) -> bool:
    return any(access.may_plan(desk.actor, place) for place in (school, None))


def show_list(desk: Desk, problem: FormState = FRESH, status: int = 200, *, school: str | None = None) -> HTMLResponse:
    here, known, staff = opened(desk, school or problem.typed("school") or None)
    tell = Telling(desk, here, known, staff)
    with desk.store.read() as tx:
        found = rotation_plans.all_of(tx, desk.actor.district, desk.at)
    shown = [each for each in found if each.slot.school in (None, here.id)]
    values = {
        "here": "oncall",
        "zone": here.zone,
        "school": here,
        "schools": [(each.id, each.name) for each in known],
        "rotations": [listed(desk, tell, each) for each in shown],
        "may_plan": may_plan_here(desk, here.id),
    }
    return console(desk, "pages/rotations.html", values, path="/rotations", status=status, problem=problem)


def listed(desk: Desk, tell: Telling, each: Planned) -> dict[str, object]:
    turns = each.rotation
    return {
        "id": turns.id,
        "slot": tell.slot(each.slot),
        "pattern": tell.pattern(turns),
        "people": [tell.name(person) for person in turns.people],
        "starts_on": turns.starts_on.isoformat(),
        "ends_on": turns.ends_on.isoformat() if turns.ends_on is not None else None,
        "next": [(tell.name(person), at) for person, at in rotation_plans.next_turns(turns, desk.at)],
        "may_plan": access.may_plan(desk.actor, each.slot.school),
    }


def show_form(
    desk: Desk, problem: FormState, status: int = 200, *, trial: Mapping[str, object] | None = None
) -> HTMLResponse:
    """With what was typed; `trial` is what it would do."""
    here, known, staff = opened(desk, problem.typed("school") or None)
    if not may_plan_here(desk, here.id):
        access.must_plan(desk.actor, here.id)
    tell = Telling(desk, here, known, staff)
    filled = [n for n in range(1, MOST_PEOPLE + 1) if problem.typed(f"people.{n}")]
    options = [(each.id, f"{each.name} · {tell.translate(words.of(each.posts[0]))}") for each in staff]
    values = {
        "here": "oncall",
        "zone": here.zone,
        "school": here,
        "places": places(desk, tell, here),
        "roles": [(each.value, tell.translate(words.of(each))) for each in Role if each is not Role.SRO],
        "levels": [(str(n), str(n)) for n in range(1, 6)],
        "patterns": [(name, tell.translate(said)) for name, said in PATTERNS.items()],
        "covers": [(each.value, tell.translate(words.of(each))) for each in Covers],
        "people": range(1, min(MOST_PEOPLE, max(LEAST_SHOWN, max(filled, default=0) + 2)) + 1),
        "staff": sorted(options, key=lambda each: each[1]),
        "trial": trial,
        "changed": None,
    }
    return console(
        desk, "pages/rotation.html", values | dict(trial or {}), path="/rotations", status=status, problem=problem
    )


def places(desk: Desk, tell: Telling, here: SchoolView) -> list[tuple[str, str]]:
    found = [("school", here.name)] if access.may_plan(desk.actor, here.id) else []
    return found + ([("district", tell.translate(N_("Whole district")))] if access.may_plan(desk.actor, None) else [])


def again(desk: Desk, state: FormState, status: int) -> HTMLResponse:
    """After a refusal: the form with what was typed; the list for whom there is no form, and where one was to end."""
    here, _, _ = opened(desk, state.typed("school") or None)
    form = state.action != "end" and may_plan_here(desk, here.id)
    return show_form(desk, state, status) if form else show_list(desk, state, status)


def tried(desk: Desk, form: RotationForm, *, changed: bool = False) -> dict[str, object]:
    """What it would do. Who does not fit is said at their field."""
    here, known, staff = opened(desk, form.school)
    slot, turns = form.slot(), form.turns(here.zone)
    access.must_plan(desk.actor, slot.school)
    with desk.store.read() as tx:
        wrong = []
        for field, person in form.in_turn():
            try:
                rotations.must_be_fit(tx, desk.actor.district, person, slot.role)
            except Refused as refused:
                wrong += [{"loc": ("body", field), "msg": each.text, "type": "person"} for each in refused.reasons]
        if wrong:
            raise RequestValidationError(wrong)
        found = rotation_plans.trial(tx, desk.actor.district, slot, turns, desk.at)
    tell = Telling(desk, here, known, staff)
    return {
        "trial": trial_values(tell, found, turns),
        "previewed": digest(slot, turns),
        "changed": tell.translate(CHANGED) if changed else None,
    }


def trial_values(tell: Telling, found: Trial, turns: Rotation) -> dict[str, object]:
    return {
        "since": found.since,
        "ahead": [
            (
                [tell.name(person) for person in each.answer.people],
                tell.translate(words.of(each.answer.layer)) if each.answer.layer else "",
                each.starts_at,
                each.ends_at,
            )
            for each in found.ahead
        ],
        "gaps": [
            (tell.schools.get(school, ""), bool(each.answer.people), each.starts_at, each.ends_at)
            for school, each in found.gaps
        ],
        "clocks": told_clocks(tell.translate, tell.local, found.clocks, turns),
        "not_ready": [
            (tell.name(person), [WHAT[lack][0] for lack in lacking]) for person, lacking in found.not_ready.items()
        ],
    }


def fields_of(desk: Desk, rotation_id: str, school: str | None, at: datetime) -> FormState:
    with desk.store.read() as tx:
        found = rotation_plans.one_of(tx, desk.actor.district, rotation_id, at)
    here, _, _ = opened(desk, found.slot.school or school)
    return FormState(fields=filled_in(found.slot, found.rotation, here.id))


@router.get("/rotations")
def list_rotations(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    return show_list(desk, school=school)


@router.get("/rotations/new")
def new_rotation(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    here, _, _ = opened(desk, school)
    fields = {"school": here.id, "pattern": "weekly", "at": "08:00", "covers": Covers.ALWAYS.value, "level": "1"}
    return show_form(desk, FormState(fields={name: (value,) for name, value in fields.items()}))


@router.get("/rotations/{rotation_id}")
def change_rotation(desk: SignedIn, rotation_id: RotationPath, school: SchoolQuery = None) -> HTMLResponse:
    access.must_see_schedules(desk.actor)
    return show_form(desk, fields_of(desk, rotation_id, school, desk.at))


@router.post("/rotations/preview")
def preview_rotation(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    """Nothing is stored."""
    form = posted.read(RotationForm)
    return show_form(desk, FormState(fields=posted.fields), trial=tried(desk, form))


@router.post("/rotations/save")
def save_rotation(desk: SignedIn, posted: FormPost) -> Response:
    """Only what was looked at before; if it was changed since, it is shown once more."""
    form = posted.read(RotationForm)
    here, _, _ = opened(desk, form.school)
    slot, turns = form.slot(), form.turns(here.zone)
    if form.previewed != digest(slot, turns):
        return show_form(desk, FormState(fields=posted.fields), trial=tried(desk, form, changed=True))
    oncall_orders.put_rotation(desk, slot, turns)
    return RedirectResponse(f"/rotations?school={here.id}", status_code=303)


@router.post("/rotations/{rotation_id}/end")
def end_rotation(desk: SignedIn, rotation_id: RotationPath, posted: FormPost) -> RedirectResponse:
    form = posted.read(EndRotation)
    oncall_orders.end_rotation_on(desk, rotation_id, form.last)
    return RedirectResponse(f"/rotations?school={SchoolId(form.school)}", status_code=303)
