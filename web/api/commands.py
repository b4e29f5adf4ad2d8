"""`/api/v1/incidents/{id}/commands/{command}`: everything that the console can do, one route for each order."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header

from crisis import commands as cmd
from crisis.protocols.schema import Protocol
from crisis.store import incidents, protocols
from crisis.vocabulary import IncidentId
from web.api.incidents import Receipt
from web.api.orders import OrderBody, body_of, command_of, explained, offered
from web.deps import Desk, IncidentPath, TokenHolder

router = APIRouter(prefix="/api/v1", tags=["commands"])

OptionalKey = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$")
]


def protocol_for(order: type[cmd.Command], desk: Desk, incident_id: IncidentId) -> Protocol | None:
    """Only evidence needs it, to tell words from codes; whether the incident is theirs `submit` decides."""
    if order is not cmd.CompleteStep:
        return None
    with desk.store.read() as tx:
        return protocols.by_hash(tx, incidents.load(tx, incident_id).protocol_hash)


def giving(order: type[cmd.Command], body_type: type[OrderBody]) -> Callable[..., Receipt]:
    def give(desk: TokenHolder, incident_id: IncidentPath, body: OrderBody, key: OptionalKey = None) -> Receipt:
        command = command_of(order, body, desk, protocol_for(order, desk, incident_id))
        done = desk.submit(incident_id, command, seen=body.seen, key=key)
        return Receipt(incident=incident_id, seq=done.incident.seq, position=done.position, repeated=done.repeated)

    give.__annotations__["body"] = body_type  # so that the documentation shows this order's own fields
    return give


for name, each in offered().items():
    router.add_api_route(
        f"/incidents/{{incident_id}}/commands/{name}",
        giving(each, body_of(each)),
        methods=["POST"],
        name=name,
        summary=name.replace("-", " ").capitalize(),
        description=explained(each),
        responses={
            409: {"description": "Somebody was faster: what changed since `seen`"},
            422: {"description": "The rules do not allow it: every reason, with its rule"},
        },
    )
