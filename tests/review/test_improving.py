"""When the owner of an improvement item is told, and what making and ending one wants. Pure."""

from datetime import date, timedelta

import pytest

from crisis.review.improving import Pressure, Running, is_news, pressing, pressure, unplanned, unverifiable
from crisis.review_words import ItemState
from crisis.statemachine.lifecycle import IMPROVEMENT
from crisis.vocabulary import PersonId

DUE = date(2026, 11, 30)
ITEM = Running(made_on=date(2026, 11, 1), due_on=DUE)


def days(items: list[Running], first: date, last: date) -> list[date]:
    """On which days somebody who is looked at each day is told."""
    told: list[date] = []
    for n in range((last - first).days + 1):
        today = first + timedelta(days=n)
        if is_news(items, told[-1] if told else None, today):
            told.append(today)
    return told


@pytest.mark.parametrize(
    ("before", "found"),
    [(8, Pressure.NONE), (7, Pressure.SOON), (0, Pressure.SOON), (-1, Pressure.LATE)],
)
def test_it_presses_a_week_before_and_is_late_the_day_after(before: int, found: Pressure) -> None:
    assert pressure(DUE, DUE - timedelta(days=before)) is found


def test_the_owner_is_told_a_week_before_when_it_is_late_and_each_week_then() -> None:
    late = DUE + timedelta(days=1)

    told = days([ITEM], date(2026, 11, 1), DUE + timedelta(days=16))

    assert told == [DUE - timedelta(days=7), late, late + timedelta(days=7), late + timedelta(days=14)]


def test_one_that_is_new_is_told_although_another_was_told_before() -> None:
    new = Running(made_on=DUE, due_on=DUE + timedelta(days=2))

    assert not is_news([ITEM], DUE - timedelta(days=1), DUE)
    assert is_news([ITEM, new], DUE - timedelta(days=1), DUE)
    assert pressing([ITEM, new, Running(made_on=DUE, due_on=DUE + timedelta(days=8))], DUE) == 2


def test_who_did_it_does_not_verify_it_and_what_is_planned_is_said_and_in_order() -> None:
    one, other = PersonId("p-1"), PersonId("p-2")

    assert [len(list(unverifiable(one, by))) for by in (one, other)] == [1, 0]
    assert [
        len(list(unplanned(text, DUE, due))) for text, due in (("x", DUE), (" ", DUE), ("x", date(2026, 1, 1)))
    ] == [
        0,
        1,
        1,
    ]


def test_only_what_is_done_is_verified_and_what_was_verified_is_over() -> None:
    assert [state for state in ItemState if IMPROVEMENT.allows(state, "verify")] == [ItemState.DONE]
    assert not any(ItemState.VERIFIED in move.sources for move in IMPROVEMENT.moves)
