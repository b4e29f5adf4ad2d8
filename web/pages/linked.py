"""What an incident is linked to, and the students for whom a step opens incidents of their own."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import Field

from crisis.store import queries
from crisis.vocabulary import SchoolId
from web.api.reading import NOTHING, seen_by
from web.deps import IncidentPath, SignedIn
from web.forms import FormPost, Sent
from web.pages import steps
from web.pages.board import shown
from web.pages.frame import console
from web.pages.incident import frame_of, values_of
from web.words import N_

router = APIRouter(include_in_schema=False)


@router.get("/incidents/{incident_id}/linked")
def show_linked(desk: SignedIn, incident_id: IncidentPath) -> HTMLResponse:
    view = seen_by(desk, incident_id, "linked viewed", NOTHING)
    with desk.store.read() as tx:
        rows, hidden = queries.linked_rows(tx, desk.actor, view.incident, desk.at)
    values = values_of(desk, view) | frame_of(view)
    values |= {"linked_rows": [shown(row, desk.at, desk.language) for row in rows], "linked_hidden": hidden}
    return console(desk, "pages/linked.html", values, path=f"/incidents/{incident_id}/linked")


class Look(Sent):
    """A name is never part of an address: those are kept by browsers and proxies."""

    q: str = Field(title=N_("Look for a name"), max_length=80)
    school: str | None = Field(default=None, title=N_("School"))


@router.post("/incidents/{incident_id}/steps/{step_id}/look")
def look(desk: SignedIn, incident_id: IncidentPath, step_id: str, posted: FormPost) -> HTMLResponse:
    form = posted.read(Look)
    school = None if form.school is None else SchoolId(form.school)
    return steps.show(desk, incident_id, step_id, query=form.q, school=school)
