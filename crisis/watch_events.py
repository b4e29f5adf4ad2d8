"""What happened with the days that a school watches after a death."""

from dataclasses import dataclass
from datetime import date

from crisis import vocabulary as v
from crisis.events import Event
from crisis.protocol_words import WatchWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDateAdded(Event):
    step: v.StepId
    day: date  # at the school
    why: WatchWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDateKept(Event):
    day: date
    why: WatchWhy
    note: v.WordsId
