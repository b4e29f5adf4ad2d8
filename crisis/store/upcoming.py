"""What can be done next in an incident, and by when; worked out once for each of its versions."""

from dataclasses import dataclass
from datetime import UTC, datetime

from crisis.protocols.schema import Protocol, Step
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import open_steps, unattended
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import DeadlineKind, IncidentId, PersonId

NEVER = datetime.max.replace(tzinfo=UTC)
KEPT = 2000  # incidents: more than a district has open at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """An open step and the deadline that comes first; `kind` is None where nothing is due."""

    step: Step
    due_at: datetime | None
    kind: DeadlineKind | None
    assigned_to: PersonId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """What a row of the board says: the step that comes first, and whether a student is alone who must not be."""

    next: NextStep | None
    alone: bool


def next_steps(incident: Incident, protocol: Protocol, ground: Ground) -> tuple[NextStep, ...]:
    """What can be done now, the most pressing first; where nothing is due, in the protocol's order."""
    first = {live.step.id: live for live in reversed(live_deadlines(incident, protocol, ground))}
    found = []
    for step in open_steps(incident, protocol):
        live, record = first.get(step.id), incident.steps.get(step.id)
        found.append(
            NextStep(
                step=step,
                due_at=live.due_at if live is not None else None,
                kind=live.deadline.kind if live is not None else None,
                assigned_to=record.assigned_to if record is not None else None,
            )
        )
    return tuple(sorted(found, key=lambda each: each.due_at or NEVER))


_known: dict[IncidentId, tuple[Incident, Protocol, Ground, Upcoming]] = {}


def upcoming(incident: Incident, protocol: Protocol, ground: Ground) -> Upcoming:
    """The latest answer is kept for each incident: two hundred rows are read again at each change of one of them.

    A memo of a pure function: compared are all that it asks, and another thread's answer is only a miss.
    """
    known = _known.get(incident.id)
    if known is not None and known[:3] == (incident, protocol, ground):
        return known[3]
    steps = next_steps(incident, protocol, ground)
    found = Upcoming(next=steps[0] if steps else None, alone=unattended(incident, protocol))
    if len(_known) >= KEPT:
        _known.clear()
    _known[incident.id] = (incident, protocol, ground, found)
    return found
