"""When an improvement item presses, when its owner is told again, and what an end of it wants."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crisis.errors import Reason
from crisis.vocabulary import PersonId

SOON, AGAIN = timedelta(days=7), timedelta(days=7)  # a design default


class Pressure(StrEnum):
    """How much time is left."""

    NONE = "none"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One that is not done. `made_on` is the day on which it was given to its owner; days are of its school."""

    made_on: date
    due_on: date


def pressure(due_on: date, today: date) -> Pressure:
    if today > due_on:
        return Pressure.LATE
    return Pressure.SOON if due_on - today <= SOON else Pressure.NONE


def pressing(items: Collection[Running], today: date) -> int:
    return sum(pressure(each.due_on, today) is not Pressure.NONE for each in items)


def is_news(items: Collection[Running], told_on: date | None, today: date) -> bool:
    """Whether their owner is told: a week before, when one is late, and each week as long as it is."""
    return any(_news(each, told_on, today) for each in items)


def _news(item: Running, told_on: date | None, today: date) -> bool:
    now = pressure(item.due_on, today)
    if now is Pressure.NONE:
        return False
    if told_on is None or item.made_on > told_on:
        return True
    return now is not pressure(item.due_on, told_on) or (now is Pressure.LATE and today - told_on >= AGAIN)


def unverifiable(ended_by: PersonId | None, by: PersonId) -> Iterator[Reason]:
    if ended_by == by:
        yield Reason("AAR", "You said that it is done; somebody else looks at it")


def unplanned(text: str, starts_on: date, due_on: date) -> Iterator[Reason]:
    if not text.strip():
        yield Reason("AAR", "Write what is changed")
    if due_on < starts_on:
        yield Reason("AAR", "It cannot be due before it begins")
