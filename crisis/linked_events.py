"""What happened in an incident because of another one of the same student."""

from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCounted(Event):
    """A talk of the other incident covered this matter too; `reached_at` is when that talk was recorded."""

    step: v.StepId
    other: v.IncidentId
    contact: v.PersonId | None
    reached_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AdultFollowed(Event):
    """Who is with the student, as the other incident has it; None: the student cannot be found."""

    other: v.IncidentId
    adult: v.PersonId | None
