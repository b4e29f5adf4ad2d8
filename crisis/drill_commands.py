"""Orders to the incident of a drill that no real one takes."""

from dataclasses import dataclass

from crisis.commands import Command
from crisis.drill_words import DrillEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDrill(Command):
    """Whatever is undone in it. What came in between is said by the system."""

    why: DrillEnd
