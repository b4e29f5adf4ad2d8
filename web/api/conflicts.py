"""`/api/v1/incidents/{incident_id}/conflicts`: who must see nothing of an incident, for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from crisis.access_words import ConflictKind
from crisis.vocabulary import PersonId
from web import conflict_orders
from web.api.orders import Body, Id
from web.deps import ID, IncidentPath, TokenHolder

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/conflicts", tags=["conflicts of interest"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    id: str
    person: PersonId
    kind: ConflictKind
    entered_by: PersonId
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictList:
    """`by_roster`: staff whom the roster calls a relative of the student."""

    entered: list[ConflictView]
    by_roster: list[PersonId]


class NewConflict(Body):
    person: Id
    kind: ConflictKind


@router.get("")
def list_conflicts(desk: TokenHolder, incident_id: IncidentPath) -> ConflictList:
    """For whoever sees the whole incident; every look is on record."""
    found = conflict_orders.listed(desk, incident_id)
    entered = [
        ConflictView(
            id=each.id, person=each.person, kind=each.kind, entered_by=each.entered_by, entered_at=each.entered_at
        )
        for each in found.entered
    ]
    return ConflictList(entered=entered, by_roster=sorted(found.by_roster))


@router.post("", status_code=204)
def enter_conflict(desk: TokenHolder, incident_id: IncidentPath, body: NewConflict) -> Response:
    """At once: the incident's lead, a principal of the school and the district's posts; everybody for themselves."""
    conflict_orders.enter(desk, incident_id, PersonId(body.person), body.kind)
    return Response(status_code=204)


@router.post("/{conflict}/end", status_code=204)
def end_conflict(desk: TokenHolder, incident_id: IncidentPath, conflict: Annotated[str, Path(pattern=ID)]) -> Response:
    """It was entered by mistake: somebody else than who entered it, and than whom it is about."""
    conflict_orders.end(desk, incident_id, conflict)
    return Response(status_code=204)
