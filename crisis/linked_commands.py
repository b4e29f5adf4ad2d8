"""Orders about incidents that grow out of one."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.vocabulary import StepId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnIncidents(Command):
    """Opens an incident of its own for each of these students, linked to this one; the step names its protocol."""

    step: StepId
    students: tuple[StudentId, ...]
