"""A page played through: whom it would call and when, as a picture and as a table; nobody is called."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from crisis.errors import NotFound
from crisis.policy import access
from crisis.simulating import providers
from crisis.simulating.playing import Scene, play
from crisis.store import people, rotations
from crisis.store.people import SchoolView
from crisis.vocabulary import Role, SchoolId, Urgency
from web import simulation_form, words
from web import words_of_simulation as said
from web.deps import Desk, SignedIn
from web.pages.frame import console
from web.played import shown
from web.rendering import translations
from web.simulation_form import Asked

router = APIRouter(include_in_schema=False)


@router.get("/oncall/simulate")
def simulate(desk: SignedIn, request: Request) -> HTMLResponse:
    """For whoever may see the schedules: it says no more than they do."""
    access.must_see_schedules(desk.actor)
    given = dict(request.query_params)
    with desk.store.read() as tx:
        schools = {each.id: each for each in people.schools(tx, desk.actor.district)}
        here = _chosen(desk, schools, given.get("school", ""))
        asked = simulation_form.asked(given, here.zone, desk.at, providers.configured(desk.settings))
        scene = Scene(
            district=here.district,
            school=here.id,
            role=asked.role,
            urgency=asked.urgency,
            at=asked.at,
            providers=providers.configured(desk.settings),
        )
        played = play(tx, scene, asked.story)
        roles = list(dict.fromkeys([role for role, _level in rotations.slots(tx, here.district, here.id)]))
        told = list(dict.fromkeys([*played.people, *asked.story.people]))
        names = people.names(tx, told)
    values = _form(desk, asked, here, roles) | shown(played, names, desk.language)
    values["people"] = [(person, names[person]) for person in told if person in names]
    places = {"schools": [(str(each.id), each.name) for each in schools.values()], "school": here, "zone": here.zone}
    return console(desk, "pages/simulate.html", values | places, path=f"/oncall/simulate?school={here.id}")


def _chosen(desk: Desk, schools: Mapping[SchoolId, SchoolView], asked: str) -> SchoolView:
    own = [each for each in schools if each in desk.actor.schools]
    chosen = SchoolId(asked) if asked in schools else next(iter([*own, *schools]), None)
    if chosen is None:
        raise NotFound
    return schools[chosen]


def _form(desk: Desk, asked: Asked, here: SchoolView, roles: list[Role]) -> dict[str, object]:
    translate = translations(desk.language).gettext
    wall = asked.at.astimezone(ZoneInfo(here.zone)).strftime("%Y-%m-%dT%H:%M")
    return {
        "here": "simulate",
        "typed": asked.typed,
        "wrong": [(name, translate(why)) for name, why in asked.wrong],
        "at_wall": asked.typed.get("at") or wall,
        "role": asked.role,
        "urgency": asked.urgency,
        "roles": [(each.value, translate(words.of(each))) for each in roles or [asked.role]],
        "urgencies": [(each.value, translate(words.of(each))) for each in Urgency],
        "deeds": [(value, translate(told)) for value, told in said.DOES.items()],
        "faults": [(value, translate(told)) for value, told in said.FAILS.items()],
        "providers": [(name, name.title()) for name in providers.configured(desk.settings)],
        "usually": simulation_form.USUALLY,
    }
