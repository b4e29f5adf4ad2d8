"""How often wishes were met can be seen, and nobody is seen by it, in one report or by the difference of two."""

from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.unmet import FEWEST, Met, Weighed, rates
from tests.factories import MORNING

EVER = MORNING - timedelta(days=1)
ASKED = st.tuples(st.sets(st.sampled_from("ab")), st.sets(st.sampled_from("bc")))


def in_order(found: list[tuple[set[str], set[str]]]) -> list[Weighed]:
    """One a day."""
    return [Weighed(day(n), tuple(met), tuple(unmet)) for n, (met, unmet) in enumerate(found)]


PAGES = st.lists(ASKED, max_size=120).map(in_order)


def drawn(seed: int) -> list[Weighed]:
    """Ninety pages: as a list of hypothesis they would take ten times as long to draw."""
    dice = Random(seed)
    return in_order(
        [({*dice.sample("ab", dice.randrange(3))}, {*dice.sample("bc", dice.randrange(3))}) for _ in range(90)]
    )


MANY = st.integers(0, 2**32).map(drawn)


def day(number: int) -> datetime:
    return MORNING + timedelta(days=number)


def shown(report: list[Met], wish: str) -> tuple[int, int]:
    found = next((each for each in report if each.wish == wish), None)
    return (0, 0) if found is None or found.met is None else (found.met, found.unmet or 0)


def test_every_language_counts_as_one_wish_and_a_page_with_two_counts_for_both_pr_82() -> None:
    said = [(("language:es",), ("woman",))] * 12 + [(("woman",), ("language:ht",))] * 11
    weighed = [Weighed(MORNING, *each) for each in said]

    assert rates(weighed, EVER) == [Met(wish="language", met=12, unmet=10), Met(wish="woman", met=10, unmet=12)]


@given(PAGES, st.integers(0, 120))
def test_small_numbers_are_hidden_and_follow_from_no_other_pr_67_pr_82(weighed: list[Weighed], since: int) -> None:
    for each in rates(weighed, day(since)):
        assert (each.met is None) == (each.unmet is None)
        assert each.met is None or min(each.met, each.unmet or 0) >= FEWEST


@given(MANY, st.integers(0, 90), st.integers(0, 90), st.integers(30, 90))
def test_what_one_report_has_more_than_another_is_no_small_number_pr_67(
    weighed: list[Weighed], one: int, other: int, until: int
) -> None:
    """About two times on one day, and about one time on two days."""
    early, late = sorted((one, other))
    about = rates(weighed, day(early)), rates(weighed, day(late))
    made = rates(weighed, day(early)), rates(weighed[:until], day(early))

    for more, less in (about, made):
        for wish in "abc":
            apart = [first - second for first, second in zip(shown(more, wish), shown(less, wish), strict=True)]
            assert apart == [0, 0] or min(apart) >= FEWEST


def test_a_line_that_appears_tells_of_nobody_pr_67() -> None:
    one = [Weighed(MORNING, ("woman",), ())]

    assert rates([], EVER, ["woman", "man"]) == rates(one, EVER, ["woman", "man"])
    assert rates(one, EVER) == []
