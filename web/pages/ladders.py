"""Escalation ladders: how a page climbs, who would be called now, and a form that shows first what it would do."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from crisis.errors import refuse_if
from crisis.ladders import LADDERS, MOST_CALLS, MOST_LEVELS, Asks, Ladder, cadence_of, problems
from crisis.policy import access
from crisis.simulating import ladders, providers
from crisis.simulating.ladders import LadderOf, LevelNow
from crisis.simulating.playing import Scene, play
from crisis.simulating.story import Story
from crisis.store import calendars
from crisis.store.people import SchoolView
from crisis.vocabulary import Role, SchoolId, Urgency
from web import words
from web import words_of_simulation as said
from web.deps import Desk, SignedIn
from web.forms import FRESH, FormPost, FormState
from web.ladder_forms import SPARE, BackForm, LadderForm, digest, filled_in
from web.ladder_picture import picture
from web.pages.frame import console
from web.pages.oncall import SchoolQuery
from web.pages.rotations import CHANGED, Telling, opened
from web.played import shown
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/ladders"
ROLES = [each for each in Role if each is not Role.SRO]
NOBODY = N_("Nobody would be called by this level in the coming 14 days: %(places)s. Put somebody on its rota.")
Asked = Annotated[Role, Query()]
AsUrgent = Annotated[Urgency, Query()]
Now = Mapping[SchoolId, tuple[LevelNow, ...]]


def known_of(desk: Desk) -> Mapping[LadderOf, Ladder]:
    """Those that this district has made its own."""
    with desk.store.read() as tx:
        return calendars.ladders(tx, desk.actor.district)


def show_list(desk: Desk, school: str | None = None) -> HTMLResponse:
    here, schools, staff = opened(desk, school)
    tell, own = Telling(desk, here, schools, staff), known_of(desk)

    def row(role: Role) -> tuple[str, list[tuple[Urgency, str, object, bool]]]:
        each = [(urgency, own.get((role, urgency), LADDERS[urgency])) for urgency in Urgency]
        cells = [
            (urgency, f"{HERE}/one?role={role.value}&urgency={urgency.value}&school={here.id}", _alarm(ladder))
            for urgency, ladder in each
        ]
        return tell.translate(words.of(role)), [(*cell, (role, cell[0]) in own) for cell in cells]

    values = {"here": "oncall", "zone": here.zone, "school": here, "rows": [row(role) for role in ROLES]}
    return console(desk, "pages/ladders.html", values, path=HERE)


def _alarm(ladder: Ladder) -> object:
    return sum(ladder.answer_within[1:], ladder.answer_within[0])


def show(
    desk: Desk, of: LadderOf, problem: FormState, status: int = 200, *, trial: Mapping[str, object] | None = None
) -> HTMLResponse:
    """The ladder that counts, whom it would call now at the school, and the form; `trial` is one that was tried."""
    here, schools, staff = opened(desk, problem.typed("school") or None)
    tell, own = Telling(desk, here, schools, staff), known_of(desk)
    counts = own.get(of, LADDERS[of[1]])
    may_plan = access.may_plan(desk.actor, None)
    with desk.store.read() as tx:
        now = ladders.asked_now(tx, desk.actor.district, of, counts, desk.at)
        version = ladders.changes(desk.actor.district, of).version(tx)
    state = problem if "texts" in problem.fields else replace(problem, fields=filled_in(of, counts, here.id))
    taken = [int(name[5:]) for name in state.fields if name.startswith("asks.") and name[5:].isdigit()]
    values = {
        "here": "oncall",
        "zone": here.zone,
        "school": here,
        "schools": [(each.id, each.name) for each in schools],
        "of": of,
        "role": tell.translate(words.of(of[0])),
        "urgency": tell.translate(words.of(of[1])),
        "own": of in own,
        "version": version,
        "as_is": told(tell, counts, of, now.get(here.id, ())),
        "asks": [(each.value, tell.translate(said.ASKED[each])) for each in Asks],
        "places": range(1, min(MOST_LEVELS, max(taken, default=0) + SPARE) + 1),
        "most_calls": MOST_CALLS,
        "may_plan": may_plan,
        "trial": trial,
    }
    return console(desk, "pages/ladder.html", values, path=HERE, status=status, problem=state)


def told(tell: Telling, ladder: Ladder, of: LadderOf, levels: tuple[LevelNow, ...]) -> dict[str, object]:
    """A ladder in words and as a picture, with whom each level would call now."""
    begins, rows = ladder.answer_within[0] * 0, []
    for number, (within, each) in enumerate(zip(ladder.answer_within, levels, strict=False), start=1):
        names = [tell.name(person) for person in each.people]
        rows.append((number, tell.translate(said.ASKED[each.asks]), begins, within, names))
        begins += within
    cadence = cadence_of(ladder, of[1])
    return {"picture": picture(ladder, cadence), "levels": rows, "repeat": ladder.repeat_alarm}


def empty(tell: Telling, form: LadderForm, now: Now) -> tuple[tuple[str, str, str], ...]:
    """Where it would call nobody: the field, its name, and what is wrong there."""
    title = tell.translate(LadderForm.model_fields["asks"].title or "")
    return tuple(
        (f"asks.{n}", title, tell.translate(NOBODY) % {"places": tell.places(where)})
        for number, n in enumerate(form.places())
        if (where := [school for school, levels in now.items() if not levels[number].ever])
    )


def tried(desk: Desk, form: LadderForm, posted: FormPost, *, changed: bool = False) -> HTMLResponse:
    """Nothing is stored. A level that would call nobody is said at its field, and there is no button to save it."""
    access.must_plan(desk.actor, None)
    here, schools, staff = opened(desk, form.school)
    tell, of, ladder = Telling(desk, here, schools, staff), form.whose(), form.ladder()
    refuse_if(*problems(ladder))
    with desk.store.read() as tx:
        ladders.changes(desk.actor.district, of).must_be_current(tx, form.seen, desk.person)
        now = ladders.asked_now(tx, desk.actor.district, of, ladder, desk.at)
        played = play(tx, _scene(desk, here, of), Story(), ladder)
    wrong = empty(tell, form, now)
    trial = {
        **shown(played, tell.names, desk.language),
        "told": told(tell, ladder, of, now[here.id]),
        "previewed": digest(of, ladder),
        "changed": tell.translate(CHANGED) if changed else None,
        "may_save": not wrong,
    }
    state = FormState(fields=posted.fields, errors=wrong, action="try")
    return show(desk, of, state, 422 if wrong else 200, trial=trial)


def _scene(desk: Desk, here: SchoolView, of: LadderOf) -> Scene:
    told_to = providers.configured(desk.settings)
    return Scene(district=here.district, school=here.id, role=of[0], urgency=of[1], at=desk.at, providers=told_to)


def again(desk: Desk, state: FormState, status: int) -> HTMLResponse:
    """After a refusal: the form with what was typed, or the list where it cannot be known which ladder it was."""
    role, urgency = state.typed("role"), state.typed("urgency")
    if role not in set(Role) or urgency not in set(Urgency):
        return show_list(desk)
    return show(desk, (Role(role), Urgency(urgency)), state, status)


@router.get(HERE)
def list_ladders(desk: SignedIn, school: SchoolQuery = None) -> HTMLResponse:
    return show_list(desk, school)


@router.get(HERE + "/one")
def one_ladder(desk: SignedIn, role: Asked, urgency: AsUrgent, school: SchoolQuery = None) -> HTMLResponse:
    here, _, _ = opened(desk, school)
    return show(desk, (role, urgency), replace(FRESH, fields={"school": (here.id,)}))


@router.post(HERE + "/try")
def try_ladder(desk: SignedIn, posted: FormPost) -> HTMLResponse:
    return tried(desk, posted.read(LadderForm), posted)


@router.post(HERE + "/save")
def save_ladder(desk: SignedIn, posted: FormPost) -> Response:
    """Only what was looked at before; if it was changed since, it is shown once more."""
    form = posted.read(LadderForm)
    of, ladder = form.whose(), form.ladder()
    access.must_plan(desk.actor, None)
    if form.previewed != digest(of, ladder):
        return tried(desk, form, posted, changed=True)
    with desk.store.write() as tx:
        ladders.put(tx, desk.actor.district, of, ladder, at=desk.at, by=desk.person, seen=form.seen)
    return _back(of, form.school)


@router.post(HERE + "/usual")
def back_to_usual(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    form = posted.read(BackForm)
    access.must_plan(desk.actor, None)
    with desk.store.write() as tx:
        of = (form.role, form.urgency)
        ladders.back_to_usual(tx, desk.actor.district, of, at=desk.at, by=desk.person, seen=form.seen)
    return _back((form.role, form.urgency), form.school)


def _back(of: LadderOf, school: str) -> RedirectResponse:
    return RedirectResponse(f"{HERE}/one?role={of[0].value}&urgency={of[1].value}&school={school}", status_code=303)
