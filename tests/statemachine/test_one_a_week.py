"""A contact of a series counts once in its time: weekly for a month is not four times in ten minutes (S5j, I-18)."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

import pytest

from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve
from crisis.statemachine.follow_up import counts_again
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.steps import standing
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import Custody, FollowUpOutcome, Phase, StepId, StepState, Tier
from tests.factories import GROUND, MORNING, WORDS, an_incident, follow_up, suicide_risk

WEEKLY, RELEASE = StepId("check_ins_weekly"), StepId("custody_release")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def released() -> Incident:
    """This morning, after a high risk."""
    return replace(
        an_incident(),
        phase=Phase.FOLLOW_UP,
        custody=Custody.RELEASED,
        adult=None,
        released_at=MORNING,
        tier=Tier.HIGH,
        tier_at=MORNING,
        acute_at=MORNING,
        steps={RELEASE: StepRecord(done_at=MORNING)},
    )


def after(incident: Incident, at: datetime, happened: datetime | None = None) -> Incident:
    order = replace(follow_up(WEEKLY), occurred_at=happened, note=WORDS)
    return reduce(evolve, decide(incident, suicide_risk(), GROUND, order, at), incident)


def due(incident: Incident) -> list[timedelta]:
    found = live_deadlines(incident, suicide_risk(), GROUND)
    return [live.due_at - MORNING for live in found if live.step.id == WEEKLY]


def test_four_within_minutes_are_one_and_the_month_goes_on_i_18() -> None:
    incident = released()
    for number in range(4):
        incident = after(incident, MORNING + 7 * DAY + number * MINUTE)

    record = incident.steps[WEEKLY]
    assert record.times == (MORNING + 7 * DAY,)
    assert record.outcomes == (FollowUpOutcome.COMPLETED,) * 4  # what was said is on record all the same
    assert standing(incident, suicide_risk())[WEEKLY] is StepState.OPEN
    assert [each.days for each in due(incident)] == [14]


@pytest.mark.parametrize(("days", "counted"), [(1, 1), (4, 1), (5, 2), (7, 2), (9, 2)])
def test_two_days_before_it_is_due_it_counts_a_weekend_lies_between_i_18(days: int, counted: int) -> None:
    first = after(released(), MORNING + 7 * DAY)

    assert len(after(first, MORNING + (7 + days) * DAY).steps[WEEKLY].times) == counted


def test_four_in_four_weeks_are_the_month_i_18() -> None:
    incident = released()
    for week in range(1, 5):
        incident = after(incident, MORNING + 7 * week * DAY)

    assert standing(incident, suicide_risk())[WEEKLY] is StepState.DONE


def test_one_that_is_written_down_late_counts_from_when_it_was_held_i_21() -> None:
    late = MORNING + 14 * DAY
    first = after(released(), late, happened=MORNING + 7 * DAY)
    both = after(first, late + MINUTE)

    assert [each.days for each in due(first)] == [14]
    assert both.steps[WEEKLY].times == (MORNING + 7 * DAY, late + MINUTE)
    forgotten = after(after(released(), late), late + MINUTE, happened=MORNING + 7 * DAY)
    assert forgotten.steps[WEEKLY].times == (MORNING + 7 * DAY, late)


def test_a_worry_is_heard_whenever_it_comes_i_5() -> None:
    first = after(released(), MORNING + 7 * DAY)
    order = replace(follow_up(WEEKLY), safety_concern=True, note=WORDS)
    events = decide(first, suicide_risk(), GROUND, order, MORNING + 7 * DAY + MINUTE)

    assert "AssessmentReopened" in {type(event).__name__ for event in events}


def test_the_page_can_say_from_when_the_next_one_counts() -> None:
    step = suicide_risk().step(WEEKLY)
    assert step is not None
    first = after(released(), MORNING + 7 * DAY)

    assert counts_again(step, StepRecord(), GROUND.calendar) is None
    assert counts_again(step, first.steps[WEEKLY], GROUND.calendar) == (MORNING + 12 * DAY).date()
