"""Conflicts of interest of one incident: who must see nothing of it, entered by one person, ended by another."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.access_words import ConflictKind
from crisis.errors import NotFound
from crisis.store import people
from crisis.vocabulary import IncidentId, PersonId
from web import conflict_orders
from web.deps import Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

KINDS = {
    ConflictKind.RELATED: N_("Related to the student"),
    ConflictKind.NAMED: N_("Named in the report"),
}


class Enter(Sent):
    person: str = Field(title=N_("Who?"))
    kind: ConflictKind = Field(title=N_("Why?"))


class End(Sent):
    conflict: str


def show(desk: Desk, incident_id: IncidentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = conflict_orders.listed(desk, incident_id)
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        staff = people.staff(tx, found.incident.district)
        zone = people.school(tx, found.incident.school).zone
    names = {each.id: each.name for each in staff}
    own = [(str(desk.person), names.get(desk.person, desk.name))]
    values = {
        "incident": found.incident,
        "entered": found.entered,
        "by_roster": sorted(names[each] for each in found.by_roster),
        "names": names,
        "kinds": [(kind.value, translate(said)) for kind, said in KINDS.items()],
        "said": {kind: translate(said) for kind, said in KINDS.items()},
        "staff_options": [(str(each.id), each.name) for each in staff] if found.may_enter else own,
        "may_enter": found.may_enter,
        "me": desk.person,
        "zone": zone,
    }
    path = f"/incidents/{incident_id}/conflicts"
    return console(desk, "pages/conflicts.html", values, path=path, status=status, problem=problem)


@router.get("/incidents/{incident_id}/conflicts")
def of_incident(desk: SignedIn, incident_id: IncidentPath) -> HTMLResponse:
    """For whoever sees the whole incident; every view is on record."""
    return show(desk, incident_id)


@router.post("/incidents/{incident_id}/conflicts/{action}")
def change(desk: SignedIn, incident_id: IncidentPath, action: str, posted: FormPost) -> RedirectResponse:
    """One form, one change; whoever named themselves goes to the board, because they see no more here."""
    match action:
        case "enter":
            form = posted.read(Enter)
            conflict_orders.enter(desk, incident_id, PersonId(form.person), form.kind)
            back = "/board" if form.person == desk.person else f"/incidents/{incident_id}/conflicts"
        case "end":
            conflict_orders.end(desk, incident_id, posted.read(End).conflict)
            back = f"/incidents/{incident_id}/conflicts"
        case _:
            raise NotFound
    return RedirectResponse(back, status_code=303)
