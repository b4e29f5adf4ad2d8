"""The safety plan: the student's own words, a copy given, and the step done with it (I-8)."""

from dataclasses import replace

import pytest

from crisis import commands as cmd
from crisis import events as ev
from crisis import instrument_commands as icmd
from crisis.errors import Refused
from crisis.instrument_events import SafetyPlanGiven, SafetyPlanWritten
from crisis.instrument_words import StaysSafe
from crisis.statemachine.incident import Incident
from crisis.vocabulary import StepId, Tier, WordsId
from tests.factories import COUNSELOR, MORNING, TEACHER, an_incident, happens, having, interview, screen, tier

PLAN = StepId("safety_plan")
WRITE = icmd.WriteSafetyPlan(
    by=COUNSELOR,
    step=PLAN,
    language="es",
    coping=WordsId("w-coping"),
    people=WordsId("w-people"),
    safer_place=WordsId("w-safer"),
    stays_safe=StaysSafe.NO,
)
GIVE = icmd.GiveSafetyPlan(by=COUNSELOR, step=PLAN, given=True)


def assessed() -> Incident:
    first = (cmd.TakeCustody(by=COUNSELOR), screen("ynnnn"), interview("non_urgent_follow_up"))
    return an_incident(*first, tier(Tier.MODERATE))


def reasons(incident: Incident, command: cmd.Command) -> str:
    with pytest.raises(Refused) as refused:
        happens(incident, command)
    return " ".join(reason.text for reason in refused.value.reasons)


def test_writing_it_is_not_the_step_and_giving_it_is_with_the_students_words_i_8() -> None:
    written = happens(assessed(), WRITE)
    given = happens(having(assessed(), WRITE), GIVE)

    assert [type(event) for event in written] == [SafetyPlanWritten]
    assert isinstance(given[0], SafetyPlanGiven)
    step = given[1]
    assert isinstance(step, ev.StepCompleted)
    assert step.evidence == {
        "coping": "w-coping",
        "people": "w-people",
        "help_to_stay_safe": "no",
        "copy_given": True,
    }
    plan = having(assessed(), WRITE, GIVE).plan
    assert plan is not None
    assert (plan.language, plan.given_at is not None, plan.given_at != MORNING) == ("es", True, True)


def test_a_plan_with_a_question_left_out_is_refused_and_so_is_a_copy_of_none() -> None:
    partly = replace(WRITE, people=None)

    assert "even that they do not know" in reasons(assessed(), partly)
    assert "Write the plan first" in reasons(assessed(), GIVE)


def test_no_copy_needs_a_reason_and_is_recorded_as_none() -> None:
    written = having(assessed(), WRITE)
    without = replace(GIVE, given=False)

    assert "Say why the student has no copy" in reasons(written, without)
    explained = having(written, replace(without, reason=WordsId("w-9")))
    assert explained.steps[PLAN].done_at is not None
    assert explained.plan is not None
    assert explained.plan.given_at is None


def test_it_can_be_written_anew_after_it_was_given_and_the_copy_is_then_the_old_one() -> None:
    anew = having(assessed(), WRITE, GIVE, replace(WRITE, stays_safe=StaysSafe.YES))

    assert anew.plan is not None
    assert (anew.plan.stays_safe, anew.plan.given_at) == (StaysSafe.YES, None)
    assert [type(event) for event in happens(anew, GIVE)] == [SafetyPlanGiven]


def test_it_is_for_the_assessor_and_at_its_own_step_alone() -> None:
    assert "This is for the" in reasons(assessed(), replace(WRITE, by=TEACHER))
    assert "This step is no safety plan" in reasons(assessed(), replace(WRITE, step=StepId("means_counseling")))
