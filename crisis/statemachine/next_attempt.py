"""When the family is tried again: the protocol's gap after the last attempt, until a guardian is reached."""

from datetime import datetime, timedelta

from pydantic import TypeAdapter

from crisis.protocols.schema import Duration, Protocol, Step
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import SETTLED, standing
from crisis.vocabulary import StepType

GAP = "contact_gap"  # the parameter of a protocol that says how long
USUAL = timedelta(minutes=15)  # protocols.md 6.3, P1: at least three attempts, 15 minutes apart
ATTEMPT = "attempt"  # begins what a reminder of it is about
_DURATION: TypeAdapter[Duration] = TypeAdapter(Duration)


def gap(protocol: Protocol) -> timedelta:
    said = protocol.parameters.get(GAP)
    return USUAL if said is None else _DURATION.validate_python(said.value)


def family_to_reach(incident: Incident, protocol: Protocol) -> Step | None:
    """The step that still waits for a guardian; None where one was reached, or somebody stands in their place."""
    now = standing(incident, protocol)
    return next(
        (each for each in protocol.steps if each.type is StepType.CONTACT and now[each.id] not in SETTLED), None
    )


def next_attempt_at(incident: Incident, protocol: Protocol) -> datetime | None:
    """None before the first attempt, whose time the deadlines say, and where nobody is to be tried any more."""
    if not incident.contact_attempts or family_to_reach(incident, protocol) is None:
        return None
    return max(incident.contact_attempts) + gap(protocol)


def about_next_attempt(incident: Incident) -> str:
    """Of this attempt alone: with the next one what reminded of it falls silent."""
    return f"{ATTEMPT}:{len(incident.contact_attempts)}"
