"""`/api/v1/incidents/{incident_id}/marks`: sealed, unfounded, entered in error; for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from crisis.access_words import IncidentMark
from crisis.vocabulary import PersonId
from web import mark_orders
from web.api.orders import Body, Words
from web.api.reading import sent_of
from web.deps import ID, IncidentPath, TokenHolder

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/marks", tags=["marks"])


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkView:
    """`why` null: its key was destroyed, or the holder's view does not list it."""

    id: str
    kind: IncidentMark
    why: str | None
    made_by: PersonId
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    id: str


class NewMark(Body):
    kind: IncidentMark
    why: Words


@router.get("")
def list_marks(desk: TokenHolder, incident_id: IncidentPath) -> list[MarkView]:
    """Those that stand. For whoever sees the whole incident; every look is on record, and in the ledger."""
    found = mark_orders.marked(desk, incident_id)
    sent_of(desk, incident_id, "marks sent", "marks")
    return [
        MarkView(
            id=each.id,
            kind=each.kind,
            why=each.text if found.reasons else None,
            made_by=each.made_by,
            made_at=each.made_at,
        )
        for each in found.marks
    ]


@router.post("", status_code=201)
def make_mark(desk: TokenHolder, incident_id: IncidentPath, body: NewMark) -> Made:
    """Of a closed incident, at once. The privacy officer seals; the lead, a principal of the school and the district's
    posts say that it was unfounded or entered in error. Who sees it afterwards, the answer to the next look says.
    """
    return Made(id=mark_orders.make(desk, incident_id, body.kind, body.why))


@router.post("/{mark}/end", status_code=204)
def end_mark(desk: TokenHolder, incident_id: IncidentPath, mark: Annotated[str, Path(pattern=ID)]) -> Response:
    """Wants somebody who has just shown that it is them: on the console alone, a program is told so (PR-61)."""
    mark_orders.end(desk, incident_id, mark)
    return Response(status_code=204)
