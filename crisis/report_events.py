"""What happened to a mandated report besides what the first events of reports say (`crisis/events.py`)."""

from dataclasses import dataclass
from datetime import datetime

from crisis import vocabulary as v
from crisis.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectedEarlier(Event):
    """Its owner suspected earlier than was known, so it is due earlier."""

    obligation: v.ObligationId
    due_at: datetime
