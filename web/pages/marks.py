"""What is said of a closed incident: sealed, unfounded, entered in error; with its reason, and who sees it then."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.access_words import IncidentMark
from crisis.errors import NotFound
from crisis.vocabulary import IncidentId
from web import mark_orders
from web.deps import Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

KINDS = {
    IncidentMark.SEALED: (
        N_("It is sealed"),
        N_("Only the privacy officer sees it. Emergency access does not open it."),
    ),
    IncidentMark.UNFOUNDED: (
        N_("Unfounded"),
        N_("There was no crisis. The school’s team sees it no more; the posts of the district do."),
    ),
    IncidentMark.IN_ERROR: (
        N_("Entered in error"),
        N_("It is about the wrong student, or should not be here. It stays in the log, and counts in no report."),
    ),
}


class Make(Sent):
    kind: IncidentMark = Field(title=N_("What is to be said of it?"))
    why: str = Field(title=N_("Why?"))


class End(Sent):
    mark: str


def show(desk: Desk, incident_id: IncidentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    found = mark_orders.marked(desk, incident_id)
    translate = translations(desk.language).gettext
    standing = {each.kind for each in found.marks}
    values = {
        "incident": found.incident,
        "protocol": found.protocol,
        "zone": found.zone,
        "marks": found.marks,
        "said": {kind: translate(name) for kind, (name, _) in KINDS.items()},
        "kinds": [
            (kind.value, translate(KINDS[kind][0]), translate(KINDS[kind][1]))
            for kind in found.may
            if kind not in standing
        ],
        "may": found.may,
        "reasons": found.reasons,
        "names": found.names,
    }
    path = f"/incidents/{incident_id}/marks"
    return console(desk, "pages/marks.html", values, path=path, status=status, problem=problem)


@router.get("/incidents/{incident_id}/marks")
def of_incident(desk: SignedIn, incident_id: IncidentPath) -> HTMLResponse:
    """For whoever sees the whole incident; every view is on record."""
    return show(desk, incident_id)


@router.post("/incidents/{incident_id}/marks/{action}")
def change(desk: SignedIn, incident_id: IncidentPath, action: str, posted: FormPost) -> RedirectResponse:
    """One form, one change; whoever sees no more of it goes to the board."""
    match action:
        case "make":
            form = posted.read(Make)
            mark_orders.make(desk, incident_id, form.kind, form.why)
        case "end":
            mark_orders.end(desk, incident_id, posted.read(End).mark)
        case _:
            raise NotFound
    back = f"/incidents/{incident_id}/marks" if mark_orders.sees(desk, incident_id) else "/board"
    return RedirectResponse(back, status_code=303)
