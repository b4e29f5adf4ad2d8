"""No small number is shown, and none can be worked out from all that is shown, whatever is added or subtracted."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisis.policy.small_cells import FEWEST, Case, Counts, Row, Table, counted, put_together, tables, tells

ATTRIBUTES = ("language", "grade", "school")
MEASURES = {"home": 2, "police": 2}
LETTERS = st.sampled_from("abcd")


def alone(counts: Mapping[str, Counts]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset({each}) for each in counts)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"en": (50, 50), "es": (20, 20)}, ["en", "es"]),
        ({"en": (50, 50), "es": (20, 20), "km": (3, 20)}, ["en", "es km"]),  # one alone would be the rest
        ({"en": (50, 50), "es": (6, 20), "km": (5, 20)}, ["en", "es km"]),
        ({"en": (50, 50), "es": (4, 20), "km": (5, 20)}, ["en es km"]),  # nine in all
        ({"en": (50, 50), "es": (0, 20)}, ["en es"]),  # a zero says as much as a one
        ({"en": (50, 9)}, []),
        ({"en": (50, 50)}, ["en"]),
        ({}, []),
    ],
)
def test_small_groups_are_put_together_until_all_is_large_enough(
    counts: Mapping[str, Counts], shown: list[str]
) -> None:
    found = put_together(counts, alone(counts))

    assert [" ".join(sorted(block)) for block in found] == shown


def test_two_measures_of_the_same_students_do_not_tell_apart_what_one_puts_together() -> None:
    cases = many("es", 0, home=(30, 30), police=(30, 30)) + many("km", 0, home=(30, 30), police=(3, 57))
    cases += many("en", 0, home=(5, 95), police=(50, 50)) + many("pt", 0, home=(12, 20), police=(12, 20))

    found = tables(cases, ["language"], MEASURES)

    rows = {each.measure: [row.group for row in each.rows] for each in found}
    assert rows["home"] == ["es", "km", None]
    assert rows["police"] in (["es", None], [None])  # not finer than the one before
    assert {sum(sum(row.counts) for row in each.rows) for each in found} == {len(cases)}


def many(language: str, grade: int, *, home: Counts, police: Counts) -> list[Case]:
    homes = [number for number, count in enumerate(home) for _ in range(count)]
    polices = [number for number, count in enumerate(police) for _ in range(count)]
    return [
        Case(groups={"language": language, "grade": str(grade)}, outcomes={"home": one, "police": other})
        for one, other in zip(homes, polices, strict=True)
    ]


def test_a_school_that_its_grades_would_tell_is_not_shown_beside_them() -> None:
    both = {"home": 2}

    def at(school: str, grade: str, *counts: int) -> list[Case]:
        groups = {"school": school, "grade": grade}
        return [Case(groups=groups, outcomes={"home": n}) for n, count in enumerate(counts) for _ in range(count)]

    cases = at("high", "11", 20, 20) + at("high", "12", 15, 15) + at("tiny", "3", 2, 5) + at("elm", "3", 90, 90)

    found = tables(cases, ["grade", "school"], both)

    # By school, tiny and high would be one row, and high is grades 11 and 12: tiny would be the difference.
    assert {each.attribute for each in found} == {"grade"}


case_of = st.builds(
    lambda language, grade, school, home, police: Case(
        groups={"language": language, "grade": grade, "school": school}, outcomes={"home": home, "police": police}
    ),
    LETTERS,
    LETTERS,
    LETTERS,
    st.integers(0, 1),
    st.integers(0, 1),
)
worlds = st.lists(st.tuples(case_of, st.integers(1, 9)), max_size=14).map(
    lambda pairs: [case for case, often in pairs for _ in range(often)]
)


@settings(max_examples=120, deadline=None)
@given(worlds, worlds)
def test_from_any_two_reports_no_number_can_be_solved_that_neither_shows_pr_67(
    one: list[Case], other: list[Case]
) -> None:
    """Unknown is how many there are of each combination and outcome, in both periods; the rows are equations."""
    shown = [tables(cases, ATTRIBUTES, MEASURES, fewest=3) for cases in (one, other)]
    cells = [
        (period, case.groups["language"], case.groups["grade"], case.groups["school"], home, police)
        for period, cases in enumerate((one, other))
        for case in {tuple(each.groups.items()): each for each in cases}.values()
        for home in (0, 1)
        for police in (0, 1)
    ]
    rows = [
        [int(cell[0] == period and cell[ATTRIBUTES.index(table.attribute) + 1] in block and is_of(cell, table, outcome))
         for cell in cells]
        for period, found in enumerate(shown) for table in found for block in table.partition for outcome in (0, 1)
    ]  # fmt: skip
    solved = Solved(rows)

    for period, (cases, found) in enumerate(zip((one, other), shown, strict=True)):
        for table in found:
            assert all(count >= 3 for row in table.rows for count in row.counts)
            assert summed(table.rows) == summed_cases(cases, table)
            place = ATTRIBUTES.index(table.attribute) + 1
            for group in {group for block in table.partition if len(block) > 1 for group in block}:
                for outcome in (0, 1):
                    hidden = [
                        int(cell[0] == period and cell[place] == group and is_of(cell, table, outcome))
                        for cell in cells
                    ]
                    assert not solved.gives(hidden), (table, group, outcome)


def is_of(cell: Sequence[object], table: Table, outcome: int) -> bool:
    return cell[4 if table.measure == "home" else 5] == outcome


def summed(rows: Iterable[Row]) -> list[int]:
    return [sum(each) for each in zip(*(row.counts for row in rows), strict=True)]


def summed_cases(cases: Sequence[Case], table: Table) -> list[int]:
    return summed([Row(group=None, counts=each) for each in counted(cases, table.attribute, table.measure, 2).values()])


class Solved:
    """What follows from equations, by elimination with fractions: another way than the one of the program."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.rows: list[tuple[int, list[Fraction]]] = []
        for row in rows:
            rest = self.rest(row)
            first = next((place for place, number in enumerate(rest) if number), None)
            if first is not None:
                self.rows.append((first, [number / rest[first] for number in rest]))

    def rest(self, row: Sequence[int]) -> list[Fraction]:
        left = [Fraction(each) for each in row]
        for first, other in self.rows:
            if left[first]:
                factor = left[first]
                left = [number - factor * more for number, more in zip(left, other, strict=True)]
        return left

    def gives(self, row: Sequence[int]) -> bool:
        return not any(self.rest(row))


def test_the_least_number_is_the_one_of_the_reference() -> None:
    assert FEWEST == 10


def test_what_follows_from_two_tables_is_found() -> None:
    support = [{"a": "x", "b": "p"}, {"a": "y", "b": "q"}]
    together = (frozenset({"x", "y"}),)

    assert tells({"a": together, "b": (frozenset({"p"}), frozenset({"q"}))}, support)
    assert not tells({"a": together, "b": (frozenset({"p", "q"}),)}, support)
    assert not tells({"a": together}, support)
