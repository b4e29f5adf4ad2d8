"""The audit of one incident: who looked at it and who changed it, and when; nothing of what they read."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from crisis.policy.access import must_keep_policy
from crisis.store import audit, people
from crisis.vocabulary import PersonId
from web.api.reading import seen_by
from web.deps import IncidentPath, SignedIn
from web.pages.frame import console
from web.pages.incident import frame_of, values_of

router = APIRouter(include_in_schema=False)

AT_ONCE = 200


@router.get("/incidents/{incident_id}/log")
def log(desk: SignedIn, incident_id: IncidentPath, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> HTMLResponse:
    """For the privacy officer and the district crisis lead, of an incident that they see; the look stands in it too."""
    must_keep_policy(desk.actor)
    view = seen_by(desk, incident_id, "log viewed")
    with desk.store.read() as tx:
        rows = audit.of(tx, incident_id)[::-1]
        names = people.names(tx, {PersonId(row.actor) for row in rows if row.actor})
    start = (page - 1) * AT_ONCE
    values = {
        "rows": rows[start : start + AT_ONCE],
        "of": names,
        "count": len(rows),
        "before": page - 1,
        "after": page + 1 if start + AT_ONCE < len(rows) else 0,
    }
    frame = {key: value for key, value in frame_of(view).items() if key != "position"}
    path = f"/incidents/{incident_id}/log"
    return console(desk, "pages/log.html", values_of(desk, view) | frame | values, path=path)
