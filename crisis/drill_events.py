"""What happens to the incident of a drill alone."""

from dataclasses import dataclass

from crisis.drill_words import DrillEnd
from crisis.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillEnded(Event):
    """It is closed, as far as it had come."""

    why: DrillEnd
