"""An incident or a drill as it was at each moment of its record, step by step. Nothing can be done from here."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import standing, unattended
from crisis.store import reviewing
from crisis.store.queries import BoardRow, IncidentView
from crisis.store.upcoming import next_steps
from web.api.reading import seen_by
from web.deps import IncidentPath, SignedIn
from web.pages import shown
from web.pages.board import shown as on_board
from web.pages.frame import console
from web.pages.incident import OF_SHEET, frame_of, values_of

router = APIRouter(include_in_schema=False)

FAR = 10  # entries at once


@router.get("/incidents/{incident_id}/replay")
def show_replay(
    desk: SignedIn, incident_id: IncidentPath, seq: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> HTMLResponse:
    """`seq` beyond the end is the end. The clocks of the page stand at that moment."""
    view = seen_by(desk, incident_id, "replay viewed", OF_SHEET["review"])
    last = view.incident.seq
    with desk.store.read() as tx:
        past = then(view, reviewing.until(tx, incident_id, min(seq, last)))
    at, number = past.events[-1].event.at, past.incident.seq
    row = BoardRow(
        incident=past.incident,
        protocol=past.protocol,
        school=past.school,
        zone=past.zone,
        next=past.next[0] if past.next else None,
        alone=unattended(past.incident, past.protocol),
        names=past.names,
        matters=past.matters,
    )
    values: dict[str, object] = {
        "now": at,
        "frozen": True,
        "number": number,
        "last": last,
        "ways": {
            "first": 1,
            "back": max(1, number - FAR),
            "one_back": max(1, number - 1),
            "one_on": min(last, number + 1),
            "on": min(last, number + FAR),
            "last": last,
        },
        "row": on_board(row, at, desk.language),
        "past": past,
        "marks": shown.phase_marks(past, at, desk.language),
        "moments": shown.entries(past, desk.language)[:4],
        "todo": [(step, state) for step, state in past.steps if state.value in ("open", "done", "waived")],
    }
    still = {key: value for key, value in frame_of(view).items() if key != "position"}  # nothing comes in from now
    path = f"/incidents/{incident_id}/replay"
    return console(desk, "pages/replay.html", values_of(desk, view) | still | values, path=path)


def then(view: IncidentView, incident: Incident) -> IncidentView:
    """The view of that moment, with the eyes of today: whoever may see it now sees all that was in it."""
    now = standing(incident, view.protocol)
    return replace(
        view,
        incident=incident,
        events=tuple(stored for stored in view.events if stored.seq <= incident.seq),
        steps=tuple((step, now[step.id]) for step in view.protocol.steps),
        next=next_steps(incident, view.protocol, view.ground),
        obstacles=(),
    )
