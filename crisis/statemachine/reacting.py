"""What an event obliges us to do: the dispatch from an event to its effects, and what the reactions share."""

from functools import singledispatch

from crisis import events as ev
from crisis.effects import Effect, NotifyRole
from crisis.protocols.schema import Protocol
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.vocabulary import Role


@singledispatch
def reaction(event: ev.Event, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return []


def tell(after: Incident, subject: str, *roles: Role) -> list[Effect]:
    return [NotifyRole(role=role, subject=subject, mode=after.mode) for role in roles]
