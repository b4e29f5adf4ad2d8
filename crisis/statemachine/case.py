"""What a rule looks at, and the dispatch from a command to its rule."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import singledispatch
from typing import TypedDict

from crisis.commands import ActorKind, Command
from crisis.errors import Reason, Refused
from crisis.events import Event
from crisis.protocols.schema import Protocol
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.vocabulary import PersonId

_CLOCKS_MAY_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Case:
    """One incident, its pinned protocol, the ground it stands on, and the time (UTC) of the order."""

    incident: Incident
    protocol: Protocol
    ground: Ground
    at: datetime


class Stamp(TypedDict):
    at: datetime
    by: PersonId | None
    occurred_at: datetime | None


def stamp(command: Command, at: datetime) -> Stamp:
    """Who and when, for each event of a command; refuses a claimed time that has not come yet.

    A device whose clock runs ahead is no reason to refuse what somebody wrote on it: its claim is left out then.
    """
    queued = command.queued_at if command.queued_at is not None and command.queued_at <= at else None
    claimed = command.occurred_at or queued
    if claimed is not None and claimed > at + _CLOCKS_MAY_DIFFER:
        raise Refused(Reason("I-21", "The time you gave is in the future; give the time when it happened"))
    return {"at": at, "by": command.by.id, "occurred_at": claimed}


def person(command: Command) -> PersonId:
    """The person who gives the order; timers and the worker may not decide."""
    if command.by.id is None or command.by.kind is ActorKind.SYSTEM:
        raise Refused(Reason("ROLE", "Only a person can do this"))
    return command.by.id


@singledispatch
def rule(command: Command, case: Case) -> list[Event]:
    """The events that this command makes of this case; each concern registers its own."""
    raise TypeError(f"no rule for {type(command).__name__}")
