"""How often wishes were met can be seen, and nobody is seen by it."""

from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.unmet import FEWEST, Met, rates

WEIGHED = st.lists(st.tuples(st.sets(st.sampled_from("ab")), st.sets(st.sampled_from("bc"))), max_size=60)


def test_every_language_counts_as_one_wish_and_a_page_with_two_counts_for_both_pr_82() -> None:
    weighed = [(("language:es",), ("woman",))] * 12 + [(("woman",), ("language:ht",))] * 11

    assert rates(weighed) == [Met(wish="language", met=12, unmet=11), Met(wish="woman", met=11, unmet=12)]


@given(WEIGHED)
def test_small_numbers_are_hidden_and_follow_from_no_other_pr_82(
    weighed: list[tuple[set[str], set[str]]],
) -> None:
    for each in rates(weighed):
        assert (each.met is None) == (each.unmet is None)
        assert each.met is None or min(each.met, each.unmet or 0) >= FEWEST
