"""How a school stands with its drills, and what the states ask."""

from datetime import date, timedelta

import pytest

from crisis.drill_words import DrillState, Standing
from crisis.policy.drill_calendar import EVERY, NOBODY_KNOWS, STATES, Held, place

TODAY = date(2026, 10, 6)


def held(days: int, *, posted: bool = False) -> Held:
    """So many days ago."""
    day = TODAY - timedelta(days=days)
    return Held(state=DrillState.OVER, planned_on=day, held_on=day, posted_on=day if posted else None)


def planned(days: int, state: DrillState = DrillState.PLANNED) -> Held:
    """In so many days."""
    return Held(state=state, planned_on=TODAY + timedelta(days=days), held_on=None, posted_on=None)


@pytest.mark.parametrize(
    ("drills", "standing"),
    [
        ([], Standing.NOT_SCHEDULED),
        ([planned(0)], Standing.SCHEDULED),
        ([planned(-1)], Standing.OVERDUE),
        ([planned(-1, DrillState.CALLED_OFF)], Standing.NOT_SCHEDULED),
        ([planned(-1, DrillState.STOOD_DOWN)], Standing.NOT_SCHEDULED),
        ([held(EVERY.days)], Standing.DONE),
        ([held(EVERY.days + 1)], Standing.OVERDUE),
        ([held(EVERY.days + 1), planned(7)], Standing.OVERDUE),
        ([held(3), planned(7)], Standing.DONE),
        ([held(3), planned(-2)], Standing.OVERDUE),
    ],
)
def test_how_a_school_stands(drills: list[Held], standing: Standing) -> None:
    assert place(drills, NOBODY_KNOWS, TODAY).standing is standing


def test_the_next_one_is_owed_a_year_after_the_last() -> None:
    found = place([held(400), held(10), planned(30), planned(9)], NOBODY_KNOWS, TODAY)

    assert (found.last_on, found.due_on) == (TODAY - timedelta(days=10), TODAY - timedelta(days=10) + EVERY)
    assert found.next_on == TODAY + timedelta(days=9)


@pytest.mark.parametrize(("state", "days"), [("us-mi", 30), ("us-wa", None), ("us-ma", None)])
def test_what_a_state_wants_posted_is_owed_from_the_day_of_the_drill(state: str, days: int | None) -> None:
    found = place([held(40, posted=True), held(10), held(2)], STATES[state], TODAY)

    assert found.post_by == (None if days is None else TODAY - timedelta(days=10) + timedelta(days=days))


def test_no_rule_is_without_its_source() -> None:
    assert {name for name, rule in STATES.items() if rule.source is None} == {
        f"us-{each}" for each in ("ct", "ma", "me", "nh", "ri", "vt")
    }
    assert all(rule.asks == () and rule.post_within is None for rule in STATES.values() if rule.source is None)
