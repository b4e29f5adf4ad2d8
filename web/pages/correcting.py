"""One entry of the timeline that is wrong: what is right beside it, or that it should not be there. It always stays."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from crisis.errors import NotFound
from crisis.vocabulary import IncidentId
from web.api.reading import seen_by
from web.deps import Desk, IncidentPath, SignedIn
from web.forms import FRESH, FormState
from web.pages import incident, shown
from web.pages.frame import console

router = APIRouter(include_in_schema=False)

ACTION = "correct"  # of the form, which is posted to the incident
EntryPath = Annotated[int, Path(ge=1, le=10**9)]


def show(desk: Desk, incident_id: IncidentId, seq: int, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    view = seen_by(desk, incident_id, "entry viewed")
    found = next((each for each in shown.entries(view, desk.language) if each.seq == seq), None)
    if found is None:
        raise NotFound
    kind = shown.kind(view, desk.language)
    values = {"incident": view.incident, "kind": kind, "zone": view.zone, "entry": found}
    path = f"/incidents/{incident_id}/entries/{seq}"
    return console(desk, "pages/correct.html", values, path=path, status=status, problem=problem)


@router.get("/incidents/{incident_id}/entries/{seq}")
def entry(desk: SignedIn, incident_id: IncidentPath, seq: EntryPath) -> HTMLResponse:
    """For whoever reads the incident; who sees the whole of it may correct."""
    return show(desk, incident_id, seq)


def again(desk: Desk, incident_id: IncidentId, problem: FormState, status: int) -> HTMLResponse:
    """The form that was refused, with what was typed; the incident where it named no entry."""
    typed = problem.typed("entry")
    try:
        return show(desk, incident_id, int(typed), problem, status)
    except (ValueError, NotFound):
        return incident.show(desk, incident_id, problem, status)
