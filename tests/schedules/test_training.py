"""Which role has nobody left whose training counts; on the last day it still does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from crisis.errors import refuse_if
from crisis.schedules.training import SOON, Counts, Holder, Manning, Trained, Training, mannings, unfit
from crisis.vocabulary import PersonId, Role, SchoolId

TODAY = date(2026, 11, 30)
HERE, THERE = SchoolId("here"), SchoolId("there")
ANN, BEN = PersonId("ann"), PersonId("ben")
HOLDERS = [
    Holder(person=ANN, roles=frozenset({Role.NURSE}), schools=frozenset({HERE})),
    Holder(person=BEN, roles=frozenset({Role.NURSE}), schools=frozenset()),
]
PAPER = Trained(person=ANN, training=Training.NALOXONE, since=date(2025, 1, 1), until=TODAY)


def nurses(*papers: Trained, today: date = TODAY) -> dict[SchoolId, Manning]:
    return {each.school: each for each in mannings(HOLDERS, papers, [HERE, THERE], today)}


@pytest.mark.parametrize(
    ("days", "counts"), [(-1, Counts.OVER), (0, Counts.SOON_OVER), (59, Counts.SOON_OVER), (60, Counts.YES)]
)
def test_a_paper_counts_to_the_end_of_its_last_day_and_warns_before(days: int, counts: Counts) -> None:
    assert replace(PAPER, until=TODAY + timedelta(days=days)).counts(TODAY) is counts
    assert replace(PAPER, until=None).counts(TODAY) is Counts.YES


def test_a_role_is_lost_with_its_last_paper_and_at_that_school_alone() -> None:
    today, tomorrow = nurses(PAPER), nurses(PAPER, today=TODAY + timedelta(days=1))

    assert (today[HERE].trained, today[HERE].others, today[HERE].until) == ((ANN,), (BEN,), TODAY)
    assert [each[HERE].lost for each in (today, tomorrow)] == [False, True]
    assert today[THERE].lost  # Ben works there too and has none
    assert today[HERE].soon_lost(TODAY)
    assert not nurses(replace(PAPER, until=None))[HERE].soon_lost(TODAY)
    assert nurses(PAPER, replace(PAPER, person=BEN, until=TODAY + SOON))[HERE].until == TODAY + SOON


def test_where_nobody_keeps_papers_nothing_is_lost_and_nothing_is_good() -> None:
    found = nurses(replace(PAPER, training=Training.DEESCALATION))

    assert [(each.known, each.lost, each.trained) for each in found.values()] == [(False, False, ())] * 2


def test_days_in_the_wrong_order_are_refused() -> None:
    assert len(list(unfit(TODAY + timedelta(days=1), TODAY, TODAY))) == 2
    refuse_if(*unfit(TODAY, None, TODAY), *unfit(TODAY, TODAY, TODAY))
