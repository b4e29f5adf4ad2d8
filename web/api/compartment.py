"""`/api/v1/incidents/{incident_id}/compartment`: one side of a Title IX matter, for the same people as the page."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response

from crisis.access_words import TitleIxSide
from crisis.vocabulary import IncidentId, PersonId
from web import compartment_orders
from web.api.orders import Body, Id
from web.deps import IncidentPath, TokenHolder

router = APIRouter(prefix="/api/v1/incidents/{incident_id}/compartment", tags=["Title IX"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CompartmentView:
    """`side` None: it is not kept apart. `joined`: the other incidents of the matter, for its coordinator alone."""

    side: TitleIxSide | None
    coordinator: PersonId | None
    entered_at: datetime | None
    on_side: list[PersonId]
    joined: list[IncidentId]


class NewCompartment(Body):
    side: TitleIxSide
    coordinator: Id


class Admission(Body):
    person: Id


class Other(Body):
    incident: Id


@router.get("")
def read_compartment(desk: TokenHolder, incident_id: IncidentPath) -> CompartmentView:
    """For whoever sees the whole incident; every look is on record."""
    found = compartment_orders.seen(desk, incident_id)
    kept = found.kept
    return CompartmentView(
        side=None if kept is None else kept.side,
        coordinator=None if kept is None else kept.coordinator,
        entered_at=None if kept is None else kept.entered_at,
        on_side=sorted(found.on_side),
        joined=[each.incident for each in found.joined],
    )


@router.post("", status_code=204)
def keep_apart(desk: TokenHolder, incident_id: IncidentPath, body: NewCompartment) -> Response:
    """At once: the incident's lead, a principal of the school and the district's posts."""
    compartment_orders.enter(desk, incident_id, body.side, PersonId(body.coordinator))
    return Response(status_code=204)


@router.post("/admissions", status_code=204)
def admit(desk: TokenHolder, incident_id: IncidentPath, body: Admission) -> Response:
    """To this side, and so to no other: its coordinator and the privacy officer."""
    compartment_orders.admit(desk, incident_id, PersonId(body.person))
    return Response(status_code=204)


@router.post("/join", status_code=204)
def join(desk: TokenHolder, incident_id: IncidentPath, body: Other) -> Response:
    """The two are one matter: whoever coordinates both."""
    compartment_orders.join(desk, incident_id, IncidentId(body.incident))
    return Response(status_code=204)
