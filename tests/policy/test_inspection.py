"""Records requests by the rules alone: the deadline, what must be decided, and that no other student is in it."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crisis.disclosure_words import RequestStage, WithholdBasis
from crisis.policy.inspection import HIDDEN, Choice, Part, due, hiding, needs_second, stage, undecided, unreleasable
from crisis.policy.packs import FLOOR, pack_of
from crisis.protocols import loader
from crisis.vocabulary import PersonId

DAY = date(2026, 10, 6)
GIVE = Choice(basis=None)
PLAIN, ORDERS = Part(key="incident"), Part(key="restrictions", very_restricted=True)
REPORT = Part(key="report", very_restricted=True, never=True)
OFFICER = PersonId("p-officer")


def test_the_law_of_the_place_gives_the_days_pr_39() -> None:
    assert due(DAY, FLOOR) == DAY + timedelta(days=45)
    assert due(DAY, pack_of(loader.pack("us-ma"))) == DAY + timedelta(days=10)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (0, RequestStage.BEGUN),
        (4, RequestStage.BEGUN),
        (5, RequestStage.HALF),
        (8, RequestStage.SOON),
        (10, RequestStage.SOON),
        (11, RequestStage.LATE),
    ],
)
def test_it_presses_at_half_at_eight_tenths_and_when_it_is_late_pr_39(gone: int, told: RequestStage) -> None:
    assert stage(DAY, DAY + timedelta(days=10), DAY + timedelta(days=gone)) is told


def test_each_part_is_decided_by_a_person_and_who_reported_stays_pr_39_pr_41() -> None:
    kept = Choice(basis=WithholdBasis.REPORTER)

    assert [each.rule for each in undecided([PLAIN, REPORT], {"incident": GIVE})] == ["PR-39"]
    assert [each.rule for each in undecided([PLAIN], {"incident": GIVE, "other": GIVE})] == ["PR-39"]
    assert [each.rule for each in undecided([PLAIN, REPORT], {"incident": GIVE, "report": GIVE})] == ["PR-41"]
    assert list(undecided([PLAIN, REPORT], {"incident": GIVE, "report": kept})) == []


def test_what_is_very_restricted_goes_only_after_a_second_look_pr_64() -> None:
    parts, given_out = [PLAIN, ORDERS], {"incident": GIVE, "restrictions": GIVE}
    kept = {"incident": GIVE, "restrictions": Choice(basis=WithholdBasis.COURT_PAPER)}

    assert [each.rule for each in unreleasable(parts, given_out, None, None)] == ["PR-39"]
    assert [each.rule for each in unreleasable(parts, given_out, OFFICER, None)] == ["PR-64"]
    assert list(unreleasable(parts, given_out, OFFICER, PersonId("p-lead"))) == []
    assert (needs_second(parts, kept), list(unreleasable(parts, kept, OFFICER, None))) == (False, [])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Diego Quetzal hit her", f"{HIDDEN} hit her"),
        ("quetzal, diego was there", f"{HIDDEN} was there"),
        ("She is afraid of Diego's friends", f"She is afraid of {HIDDEN} friends"),
        ("JOSE and José", f"{HIDDEN} and {HIDDEN}"),
        ("Ximena Quetzal said it", "Ximena Quetzal said it"),
        ("she will be grace itself", "she will be grace itself"),
        ("Will said it", f"{HIDDEN} said it"),
        ("Will-James came", f"{HIDDEN} came"),
        ("Nobody else", "Nobody else"),
    ],
)
def test_other_students_are_hidden_and_the_student_is_not_pr_39(text: str, shown: str) -> None:
    others = ["Diego Quetzal", "José Peña", "Will Hart", "Grace Lee"]

    assert hiding(others, "Ximena Quetzal")(text) == shown


NAMES = st.text("abcdefghijklmnopqrstuvwxyzéñ", min_size=2, max_size=9).map(str.capitalize)


@given(NAMES, NAMES, st.lists(st.text(" ,.;:'abcXYZ", max_size=12), min_size=3, max_size=3), st.booleans())
def test_no_name_of_another_student_is_left_whatever_stands_around_it_pr_39(
    given_name: str, family: str, around: list[str], turned: bool
) -> None:
    first, second = (family, given_name) if turned else (given_name, family)
    text = f"{around[0]} {first} {second} {around[1]} {first}. {around[2]}"
    own = "Qqqqqqqqqq Wwwwwwwwww"
    assume(not {given_name, family} & {*"".join(around).split()})

    shown = hiding([f"{given_name} {family}"], own)(text)

    assert f"{first} {second}" not in shown
    assert f" {first}." not in shown
