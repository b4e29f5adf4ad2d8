"""Orders about incidents that grow out of one."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.vocabulary import IncidentId, PersonId, StepId, StudentId, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnIncidents(Command):
    """Opens an incident of its own for each of these students, linked to this one; the step names its protocol."""

    step: StepId
    students: tuple[StudentId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountContact(Command):
    """The talk with a guardian in another open incident of the student covered this matter too: nobody calls twice."""

    step: StepId
    other: IncidentId


@dataclass(frozen=True, slots=True, kw_only=True)
class HearRisk(Command):
    """Another open incident of the student found at least this level of risk. Only the system says so."""

    other: IncidentId
    floor: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowAdult(Command):
    """In another open incident the student went from `was` to `adult`; None: nobody. Only the system says so."""

    other: IncidentId
    was: PersonId | None
    adult: PersonId | None
