"""Who must not interpret: no child by whatever word for it, no relative as a professional, nobody whom they refused."""

from hypothesis import given
from hypothesis import strategies as st

from crisis.message_words import InterpreterKind
from crisis.policy.interpreting import Around, misnamed, unwanted

NAME = st.frozensets(st.sampled_from(["ana", "luz", "quetzal", "vega", "rosa"]), min_size=1, max_size=3)
XIMENA, ROSA, VEGA = frozenset({"ximena", "quetzal"}), frozenset({"rosa", "quetzal"}), frozenset({"vega"})
FAMILY = Around(children=(XIMENA,), adults=(ROSA,), refused=(VEGA,))


@given(st.sampled_from([*InterpreterKind, None]), NAME, NAME)
def test_a_child_is_one_by_whatever_kind_and_however_the_name_is_written_pr_74(
    kind: InterpreterKind | None, child: frozenset[str], more: frozenset[str]
) -> None:
    known = Around(children=(child,))

    for written in (child, child | more, frozenset(list(child)[:1])):
        assert (misnamed(kind, written, known) is None) is (kind is InterpreterKind.CHILD)


def test_an_adult_of_the_family_is_a_relative_by_the_whole_name_alone_pr_74() -> None:
    for kind in (InterpreterKind.STAFF, InterpreterKind.SERVICE):
        assert misnamed(kind, ROSA, FAMILY) is not None
        assert misnamed(kind, frozenset({"rosa", "lopez"}), FAMILY) is None
    assert misnamed(InterpreterKind.FAMILY_ADULT, ROSA, FAMILY) is None


def test_whom_they_do_not_want_is_not_arranged_but_where_somebody_is_in_danger() -> None:
    named = frozenset({"luz", "vega"})

    assert unwanted(named, FAMILY, emergency=False) is not None
    assert unwanted(named, FAMILY, emergency=True) is None
    assert unwanted(frozenset({"line", "4471"}), FAMILY, emergency=False) is None


def test_nothing_written_is_nobody() -> None:
    assert misnamed(InterpreterKind.SERVICE, frozenset(), FAMILY) is None
    assert unwanted(frozenset(), FAMILY, emergency=False) is None
