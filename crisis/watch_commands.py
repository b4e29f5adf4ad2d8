"""Orders about the days that a school watches after a death."""

from dataclasses import dataclass
from datetime import date

from crisis.commands import Command
from crisis.protocol_words import WatchWhy
from crisis.vocabulary import StepId, WordsId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWatchDate(Command):
    """A task on that day, with a reminder before it; said twice it is there once."""

    step: StepId
    day: date  # at the school
    why: WatchWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepWatchDate(Command):
    """Somebody looked after the school on that day; `note` says how it went."""

    day: date
    why: WatchWhy
    note: WordsId
