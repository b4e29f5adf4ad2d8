"""What happened in an incident because of what is on the student's record."""

from dataclasses import dataclass

from crisis import vocabulary as v
from crisis.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDecided(Event):
    contact: v.PersonId
    tell: bool
    reason: v.WordsId
