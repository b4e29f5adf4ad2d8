"""I-3, I-5, I-6: software may raise a tier, only qualified people lower it, and what is unknown is not safe."""

import pytest

from crisis import commands as cmd
from crisis import page_events as pev
from crisis.errors import Refused
from crisis.statemachine.steps import standing
from crisis.vocabulary import ReleaseTo, ScreenAnswer, ScreenResult, StepId, StepState, Tier
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    PRINCIPAL,
    SYSTEM,
    TEACHER,
    WORDS,
    an_incident,
    happens,
    having,
    interview,
    release,
    screen,
    signed,
    suicide_risk,
    tier,
)


def rules(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.rule for reason in refused.value.reasons}


def test_a_new_incident_has_no_tier_and_that_is_not_none_i_3() -> None:
    assert an_incident().effective_tier is None


def test_an_acute_screen_raises_the_floor_to_imminent_i_5() -> None:
    incident = an_incident(screen("nnyny"))

    assert (incident.screen, incident.floor, incident.effective_tier) == (
        ScreenResult.ACUTE_POSITIVE,
        Tier.IMMINENT,
        Tier.IMMINENT,
    )


@pytest.mark.parametrize("answers", ["rrrrn", "rnnnn", "nnnrn"])
def test_what_a_student_refuses_counts_as_positive_i_6(answers: str) -> None:
    assert an_incident(screen(answers)).screen is ScreenResult.NON_ACUTE_POSITIVE


def test_an_incomplete_screen_is_not_negative_and_leaves_the_step_open_i_6() -> None:
    incident = an_incident(screen("nnnm-"))

    assert incident.screen is ScreenResult.INCOMPLETE
    assert standing(incident, suicide_risk())[StepId("screen")] is StepState.OPEN


def test_a_negative_screen_does_not_decide_the_tier_i_6() -> None:
    incident = an_incident(screen("nnnn-"))

    assert incident.tier is None
    assert standing(incident, suicide_risk())[StepId("assess")] is StepState.OPEN


def test_no_risk_needs_a_negative_screen_i_3() -> None:
    incident = an_incident(screen("ynnnn"), interview("non_urgent_follow_up"))

    with pytest.raises(Refused) as refused:
        happens(incident, tier(Tier.NONE))

    assert "I-3" in rules(refused)


def test_a_positive_screen_needs_the_interview_before_a_level_is_set_i_6() -> None:
    with pytest.raises(Refused) as refused:
        happens(an_incident(screen("ynnnn")), tier(Tier.MODERATE))

    assert rules(refused) == {"I-6"}


def test_nothing_stands_in_the_way_of_a_higher_level_i_5() -> None:
    incident = an_incident(tier(Tier.HIGH, by=PRINCIPAL))

    assert incident.effective_tier is Tier.HIGH


def test_high_counts_at_once_and_is_decided_when_a_second_person_signs_i_5() -> None:
    waiting = an_incident(screen("ynynn"), interview("further_evaluation"), tier(Tier.HIGH))
    decided = having(waiting, signed())

    assert (waiting.tier, waiting.effective_tier) == (None, Tier.HIGH)
    assert (decided.tier, decided.tier_awaiting) == (Tier.HIGH, None)
    assert standing(decided, suicide_risk())[StepId("assess")] is StepState.DONE


def test_the_second_signature_comes_from_another_person_i_5() -> None:
    waiting = an_incident(screen("ynynn"), interview("further_evaluation"), tier(Tier.HIGH))

    with pytest.raises(Refused) as refused:
        happens(waiting, signed(by=COUNSELOR))

    assert rules(refused) == {"I-5"}


def test_below_the_floor_the_higher_level_counts_until_two_have_signed_i_5() -> None:
    waiting = an_incident(screen("nnyny"), interview("non_urgent_follow_up"), tier(Tier.LOW))
    decided = having(waiting, signed())

    assert (waiting.effective_tier, waiting.tier_awaiting) == (Tier.IMMINENT, Tier.LOW)
    assert (decided.effective_tier, decided.below_floor_signed) == (Tier.LOW, True)


def test_a_new_acute_screen_counts_also_after_two_people_went_below_the_floor_i_5() -> None:
    below = an_incident(screen("nnyny"), interview("non_urgent_follow_up"), tier(Tier.LOW), signed())

    again = having(below, screen("nnyny"))

    assert again.effective_tier is Tier.IMMINENT


def test_a_teacher_cannot_set_a_level_and_a_timer_cannot_either_i_5() -> None:
    incident = an_incident(screen("nnnn-"))

    for actor in (TEACHER, SYSTEM):
        with pytest.raises(Refused):
            happens(incident, tier(Tier.LOW, by=actor))


@pytest.mark.parametrize("right_now", [ScreenAnswer.YES, ScreenAnswer.REFUSED, ScreenAnswer.MISSING])
def test_thoughts_right_now_or_no_answer_force_the_most_urgent_level_i_6(right_now: ScreenAnswer) -> None:
    incident = an_incident(screen("ynnnn"), interview("no_further_intervention", right_now=right_now))

    assert incident.floor is Tier.IMMINENT


def test_a_reopened_assessment_looks_after_the_student_again_and_keeps_the_level_i_1() -> None:
    released = an_incident(release(ReleaseTo.EMS))

    again = having(released, cmd.ReopenAssessment(by=COLLEAGUE, reason=WORDS))

    assert (again.custody, again.released_to) == ("unheld", None)
    assert standing(again, suicide_risk())[StepId("take_custody")] is StepState.OPEN


def test_an_assessment_that_is_reopened_beside_the_student_goes_on_at_once_i_1() -> None:
    assessed = an_incident(screen("nnnn-"), tier(Tier.LOW))

    again = having(assessed, cmd.ReopenAssessment(by=COLLEAGUE, reason=WORDS))

    states = standing(again, suicide_risk())
    assert (again.custody, again.adult) == ("held", COUNSELOR.id)
    assert states[StepId("take_custody")] is StepState.DONE
    assert states[StepId("screen")] is StepState.OPEN


def test_an_acute_screen_asks_for_the_decision_at_once_i_7() -> None:
    acute = an_incident(screen("nnyny"))

    assert standing(acute, suicide_risk())[StepId("emergency_decision")] is StepState.OPEN
    assert acute.acute_at is not None


def test_high_risk_pages_the_clinician_by_itself_i_15() -> None:
    before = an_incident(screen("ynynn"), interview("further_evaluation"))
    events = happens(before, tier(Tier.HIGH)) if not before.pages else []
    requested = [*before.pages.values()] or [event for event in events if isinstance(event, pev.PageRequested)]

    assert [page.role for page in requested] == ["oncall_clinician"]
