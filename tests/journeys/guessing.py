"""What somebody who does not know the program writes into a form: what the question itself lets them answer."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.journeys.page_as_read import Field

Order = Callable[[Field], list[str]]
DAYS = (0, 1, 7, -1)
SAID = "As it was said to me"
ALARMING = ("911", "emergency", "ambulance", "imminent", "high", "moderate", "danger", "police", "today", "no answer")


def calm(asked: Field) -> list[str]:
    """The answers that raise no alarm first; to a question of a screening it is no."""
    found = [(value, said.lower()) for value, said in asked.options if value]
    screening = {"yes", "no", "refused"} <= {value for value, _ in found}
    found.sort(key=lambda each: (any(word in each[1] for word in ALARMING), screening and each[0] != "no"))
    return [value for value, _ in found]


def by_chance(seed: str) -> Order:
    dice = random.Random(seed)

    def order(asked: Field) -> list[str]:
        values = [value for value, _ in asked.options if value]
        dice.shuffle(values)
        return values

    return order


def must_be_answered(asked: Field) -> bool:
    """As far as the page says so: a choice, and what is not marked as optional."""
    match asked.kind:
        case "radio":
            return True
        case "checkbox":
            return False
        case "select":
            return asked.options[0][1].startswith("Choose") and "Optional" not in asked.asked
        case _:
            return "Optional" not in asked.asked


def answer(asked: Field, order: Order, now: datetime, turn: int = 0) -> str:
    """`now` is the school's wall clock; another `turn` gives another answer."""
    if asked.options:
        values = order(asked)
        return values[turn % len(values)] if values else ""
    day = now + timedelta(days=DAYS[turn % len(DAYS)])
    match asked.kind:
        case "datetime-local":
            return f"{day:%Y-%m-%dT%H:%M}"
        case "date":
            return f"{max(day, now + timedelta(days=1)):%Y-%m-%d}"
        case "number":
            return "10"
        case _:
            return SAID
