"""What a coordinator sets is set on what they saw: whoever is slower is told who was faster, and keeps the draft."""

import pytest

from tests.factories import SCHOOL
from tests.web.district import COUNSELOR, OFFICER
from tests.web.filling import Typed, filled, sent
from tests.web.test_forms_twice_records import (
    HER_COUNSELOR,
    HER_NURSE,
    HERS,
    LEAD,
    OTHER_LEAD,
    SitsDown,
    database_url,
    sits_down,
    village,
)
from tests.web.test_pages import Browser, words

__all__ = ["database_url", "sits_down", "village"]
LADDER = f"/ladders/one?role=nurse&urgency=u1&school={SCHOOL}"
HOURS = f"/school-hours?school={SCHOOL}"
FASTER, SOMEBODY = "changed the same thing", "Given Lead changed the same thing"
Leads = tuple[Browser, Browser]


def mine(seconds: str) -> dict[str, Typed]:
    """One level that reaches somebody in this district."""
    emptied: dict[str, Typed] = {f"{name}__{n}": "" for name in ("asks", "within") for n in (2, 3, 4)}
    return {**emptied, "asks__1": "supervisors", "within__1": seconds}


@pytest.fixture
def leads(sits_down: SitsDown) -> Leads:
    return sits_down(LEAD), sits_down(OTHER_LEAD)


def test_who_answers_for_a_student_and_what_a_tribe_is_told(sits_down: SitsDown) -> None:
    counselor, nurse, page = sits_down(HER_COUNSELOR), sits_down(HER_NURSE), f"{HERS}/call-order"
    typed: list[tuple[str, dict[str, Typed], dict[str, Typed]]] = [
        ("status", {"answers": "unaccompanied"}, {"answers": "kinship"}),
        ("tribe", {"wish": "invite", "asked_by": "student"}, {"wish": "do_not_contact", "asked_by": "family"}),
    ]
    for action, hers, late in typed:
        slow = filled(nurse.get(page), f"{page}/{action}", **late)
        sent(counselor, f"{page}/{action}", filled(counselor.get(page), f"{page}/{action}", **hers))

        told = sent(nurse, f"{page}/{action}", slow, 409)
        sent(nurse, f"{page}/{action}", filled(told, f"{page}/{action}", **late))

        assert f"Counselor-Own-School {FASTER}" in words(told)


def test_what_somebody_can_do(leads: Leads) -> None:
    quick, slow = leads
    page, action = f"/skills/{COUNSELOR}", f"/skills/{COUNSELOR}/save"
    late = filled(slow.get(page), action, languages=["language:es"], others="grief_support, trauma_support")
    sent(quick, action, filled(quick.get(page), action, languages=["language:so"]))

    told = sent(slow, action, late, 409)

    assert SOMEBODY in words(told)
    assert "grief_support, trauma_support" in words(told)
    assert filled(told, action)["seen"] == filled(slow.get(page), action)["seen"]


def test_a_ladder_is_not_even_tried_on_what_is_gone(leads: Leads) -> None:
    quick, slow = leads
    late = filled(slow.get(LADDER), "/ladders/try", **mine("75"))
    tried = sent(quick, "/ladders/try", filled(quick.get(LADDER), "/ladders/try", **mine("60")), 200)
    sent(quick, "/ladders/save", filled(tried, "/ladders/try"))
    usual = filled(quick.get(LADDER), "/ladders/usual")

    told = sent(slow, "/ladders/try", late, 409)
    again = sent(slow, "/ladders/try", filled(told, "/ladders/try"), 200)
    sent(slow, "/ladders/save", filled(again, "/ladders/try"))
    gone = sent(quick, "/ladders/usual", usual, 409)

    assert SOMEBODY in words(told)
    assert filled(told, "/ladders/try")["within.1"] == ["75"]
    assert SOMEBODY in words(gone)
    assert filled(slow.get(LADDER), "/ladders/try")["within.1"] == ["75"]


def test_one_ladder_does_not_stand_in_the_way_of_another(leads: Leads) -> None:
    quick, slow = leads
    other = LADDER.replace("role=nurse", "role=assessor")
    late = filled(slow.get(other), "/ladders/try", **mine("75"))
    tried = sent(quick, "/ladders/try", filled(quick.get(LADDER), "/ladders/try", **mine("60")), 200)
    sent(quick, "/ladders/save", filled(tried, "/ladders/try"))

    sent(slow, "/ladders/try", late, 200)


@pytest.mark.parametrize(
    ("what", "hers", "late"),
    [
        ("bells", {"opens": "07:30"}, {"opens": "08:45"}),
        ("terms", {"title__1": "Autumn", "first__1": "2026-08-24", "last__1": "2026-12-18"}, {"title__1": "Fall term"}),
    ],
)
def test_bell_times_and_terms(leads: Leads, what: str, hers: dict[str, Typed], late: dict[str, Typed]) -> None:
    quick, slow = leads
    trying, saving = f"/school-hours/try-{what}", f"/school-hours/save-{what}"
    before = filled(slow.get(HOURS), trying, **{**hers, **late})
    shown = sent(slow, trying, before, 200)
    tried = sent(quick, trying, filled(quick.get(HOURS), trying, **hers), 200)
    sent(quick, saving, filled(tried, saving))

    not_saved = sent(slow, saving, filled(shown, saving), 409)
    not_tried = sent(slow, trying, before, 409)
    again = sent(slow, trying, filled(not_tried, trying), 200)
    sent(slow, saving, filled(again, saving))

    assert SOMEBODY in words(not_saved)
    assert SOMEBODY in words(not_tried)
    name, value = next(iter(late.items()))
    assert filled(not_tried, trying)[name.replace("__", ".")] == [value]
    assert filled(slow.get(HOURS), trying)[name.replace("__", ".")] == [value]


def test_the_number_that_families_call_back(sits_down: SitsDown) -> None:
    quick, slow, action = sits_down(OFFICER), sits_down(LEAD), "/messages/school"
    late = filled(slow.get("/messages"), action, school=SCHOOL, callback="+16175550188", place="40 Elm St")
    sent(quick, action, filled(quick.get("/messages"), action, school=SCHOOL, callback="+16175550199"))

    told = sent(slow, action, late, 409)

    assert FASTER in words(told)
    assert "40 Elm St" in words(told)
