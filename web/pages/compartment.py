"""One incident as a side of a Title IX matter: who works on it, and what its coordinator alone does (PR-43)."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.access_words import Sight, TitleIxSide
from crisis.errors import NotFound
from crisis.store import incidents, people, queries
from crisis.vocabulary import IncidentId, PersonId
from web import compartment_orders
from web.deps import Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

SIDES = {
    TitleIxSide.COMPLAINANT: N_("The complainant: whom it is said to have happened to"),
    TitleIxSide.RESPONDENT: N_("The respondent: of whom it is said"),
}


class Enter(Sent):
    side: TitleIxSide = Field(title=N_("Whose incident is this?"))
    coordinator: str = Field(title=N_("Who is the Title IX coordinator?"))


class Admit(Sent):
    person: str = Field(title=N_("Who?"))


class Join(Sent):
    other: str = Field(title=N_("Which incident?"))


def show(desk: Desk, incident_id: IncidentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = compartment_orders.seen(desk, incident_id)
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        staff = people.staff(tx, found.incident.district)
        zone = people.school(tx, found.incident.school).zone
    names = {each.id: each.name for each in staff}
    values = {
        "incident": found.incident,
        "kept": found.kept,
        "found": found,
        "names": names,
        "sides": [(side.value, translate(said)) for side, said in SIDES.items()],
        "said": {side: translate(said) for side, said in SIDES.items()},
        "on_side": sorted(names[each] for each in found.on_side if each in names),
        "staff_options": [(str(each.id), each.name) for each in staff],
        "me": desk.person,
        "zone": zone,
    }
    path = f"/incidents/{incident_id}/compartment"
    return console(desk, "pages/compartment.html", values, path=path, status=status, problem=problem)


@router.get("/incidents/{incident_id}/compartment")
def of_incident(desk: SignedIn, incident_id: IncidentPath) -> HTMLResponse:
    """For whoever sees the whole incident; every view is on record."""
    return show(desk, incident_id)


@router.post("/incidents/{incident_id}/compartment/{action}")
def change(desk: SignedIn, incident_id: IncidentPath, action: str, posted: FormPost) -> RedirectResponse:
    """One form, one change; whoever sees it by a post alone goes to the board, because they see no more here."""
    match action:
        case "enter":
            form = posted.read(Enter)
            compartment_orders.enter(desk, incident_id, form.side, PersonId(form.coordinator))
        case "admit":
            compartment_orders.admit(desk, incident_id, PersonId(posted.read(Admit).person))
        case "join":
            compartment_orders.join(desk, incident_id, IncidentId(posted.read(Join).other))
        case "end":
            posted.read(Sent)
            compartment_orders.end(desk, incident_id)
        case _:
            raise NotFound
    back = f"/incidents/{incident_id}/compartment" if _sees(desk, incident_id) else "/board"
    return RedirectResponse(back, status_code=303)


def _sees(desk: Desk, incident_id: IncidentId) -> bool:
    with desk.store.read() as tx:
        return queries.sight_of(tx, desk.actor, incidents.load(tx, incident_id), desk.at) is Sight.WHOLE
