"""Overdose (protocols.md 1 f, P6): its main path, and what the section names as exceptions. Pure, but for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis.protocols import loader
from crisis.store.engine import Store
from crisis.vocabulary import Emergency, ReleaseTo, StepId, StepState, Tier
from tests.factories import (
    COUNSELOR,
    NURSE,
    TEACHER,
    accepted,
    contact,
    exception,
    interview,
    offer,
    release,
    screen,
    signed,
    tier,
)
from tests.journeys.playing import Story

RESCUE = ("naloxone", "second_look", "ambulance")
AFTERWARDS = ("kit", "event_review")


def overdose(store: Store | None = None) -> Story:
    return Story(loader.protocol("substance_overdose"), store).begins()


def rescued(story: Story, crew: str = "took") -> Story:
    story.answers("call_911", "call_911")
    story.completes("naloxone", "second_look", by=NURSE)
    story.completes("ambulance", by=NURSE, crew=crew)
    return story


def awake(story: Story) -> Story:
    story.answers("call_911", "awake")
    story.completes("nurse_watch", by=NURSE)
    return story


@pytest.mark.page
def test_who_does_not_wake_up_gets_911_naloxone_and_an_ambulance_and_is_asked_when_able_i_8_i_17(store: Store) -> None:
    story = overdose(store)
    assert story.clocks("call_911") == {"at_once": timedelta(minutes=1)}
    rescued(story)
    story.does(release(ReleaseTo.EMS), contact())
    story.completes("tell_admin", *AFTERWARDS)
    story.answers("intent", "on_purpose")
    story.does(interview("emergency_evaluation"), tier(Tier.IMMINENT), signed(), offer())
    story.does(accepted(story.incident), cmd.RecordReturn(by=COUNSELOR))

    assert story.state("emergency_decision") is StepState.NOT_NEEDED  # 911 was the answer, and the ambulance took them
    assert story.state("reentry_meeting") is StepState.OPEN
    story.follows_up_and_closes()


def test_what_was_done_first_is_written_down_afterwards_with_its_own_time_i_21() -> None:
    """Naloxone before anybody has touched a screen: nothing on paper comes first, and both times are kept."""
    story = overdose()
    story.now += timedelta(minutes=20)
    given_at = story.now - timedelta(minutes=19)
    order = cmd.CompleteStep(by=NURSE, step=StepId("naloxone"), evidence={"given": "given"}, occurred_at=given_at)
    assert story.refuses(replace(order, occurred_at=story.now + timedelta(hours=1))) == {"I-21"}
    story.does(order)

    assert story.state("call_911") is StepState.OPEN
    assert story.state("naloxone") is StepState.DONE
    assert story.incident.steps[StepId("naloxone")].done_at == story.now


def test_only_steps_that_say_so_may_be_done_before_what_they_wait_for() -> None:
    story = overdose()
    hasty = {step.id for step in story.protocol.steps if step.act_first}

    assert hasty == {"naloxone", "second_look", "nurse_watch"}
    kit = cmd.CompleteStep(by=NURSE, step=StepId("kit"), evidence={"kit": "replaced"})
    assert story.refuses(kit) == {"STEP"}


def test_the_second_dose_is_asked_about_three_minutes_after_the_first() -> None:
    story = overdose()
    story.answers("call_911", "call_911")
    story.completes("naloxone", by=NURSE)
    done = story.incident.steps[StepId("naloxone")].done_at
    assert done is not None

    assert story.clocks("second_look") == {"three_minutes": done + timedelta(minutes=3) - story.incident.opened_at}
    story.completes("second_look", by=TEACHER, state="second_dose")
    assert story.incident.steps[StepId("second_look")].evidence == {"state": "second_dose"}


def test_who_is_awake_is_watched_by_the_nurse_and_fetched_i_2_i_9() -> None:
    story = awake(overdose())
    assert not set(RESCUE) & story.needed()
    story.completes("tell_admin")
    story.does(contact())
    story.answers("intent", "not_on_purpose")
    story.does(screen("nnnn-"), tier(Tier.LOW))
    story.completes("safety_plan", "means_counseling")
    story.does(exception("offer_declined", step="referral"), release(ReleaseTo.GUARDIAN))
    story.completes(*AFTERWARDS)

    story.follows_up_and_closes()


def test_who_gets_worse_while_being_watched_is_an_emergency_i_7() -> None:
    story = awake(overdose())
    story.does(cmd.RaiseEmergency(by=NURSE, dangers=frozenset({"worse"}), called_911=True))

    assert story.incident.emergency is Emergency.ACTIVE
    assert set(story.clocks("emergency_decision")) == {"five_minutes"}
    story.does(release(ReleaseTo.EMS))


def test_an_ambulance_that_leaves_the_student_here_asks_for_a_decision_anew_i_7() -> None:
    story = rescued(overdose(), crew="looked")

    assert story.state("emergency_decision") is StepState.OPEN
    assert set(story.clocks("emergency_decision")) == {"after_ambulance"}
    story.answers("emergency_decision", "mobile_crisis")


def test_until_the_ambulance_has_come_nobody_but_it_takes_the_student_i_3() -> None:
    story = overdose()
    story.answers("call_911", "call_911")
    story.does(contact())

    assert story.refuses(release(ReleaseTo.GUARDIAN)) >= {"STEP", "I-3"}
    assert story.refuses(release(ReleaseTo.EMS)) == set()


def test_on_purpose_is_an_attempt_and_nobody_knows_is_not_a_no_i_5_i_6() -> None:
    meant, unknown = awake(overdose()), awake(overdose())
    meant.answers("intent", "on_purpose")
    unknown.answers("intent", "not_known")

    assert meant.incident.effective_tier is Tier.HIGH
    assert meant.state("emergency_decision") is StepState.OPEN
    assert unknown.incident.effective_tier is None
    assert "I-3" in unknown.refuses(release(ReleaseTo.GUARDIAN))
    assert "I-3" in unknown.refuses(tier(Tier.NONE))


def test_an_overdose_that_was_an_attempt_is_one_incident_with_one_call_home_to_its_close_i_5_i_8_i_9() -> None:
    story = awake(overdose())
    story.completes("tell_admin")
    story.answers("intent", "on_purpose")
    story.does(contact(), screen("nnnn-"), interview("further_evaluation"))
    story.answers("emergency_decision", "clinician")
    assert story.incident.effective_tier is Tier.HIGH  # whatever the questions say
    story.does(tier(Tier.HIGH), signed())
    story.completes("safety_plan", "means_counseling")
    story.does(offer())
    story.does(accepted(story.incident), release(ReleaseTo.GUARDIAN))
    story.completes(*AFTERWARDS)
    closed = story.follows_up_and_closes()

    assert len(closed.contact_attempts) == 1
    assert len(closed.steps[StepId("check_ins_weekly")].times) == 4


def test_the_questions_wait_until_the_student_is_clear_but_not_past_the_next_school_day() -> None:
    story = awake(overdose())

    assert story.clocks("screen") == {"when_able": timedelta(days=1, hours=5)}
    assert story.clocks("kit") == {"one_school_day": timedelta(days=1, hours=5)}
    assert set(story.clocks("event_review")) == {"five_school_days"}


def test_a_family_that_would_be_a_danger_is_not_called_while_the_ambulance_comes_i_10() -> None:
    story = overdose()
    story.answers("call_911", "call_911")
    story.does(exception("contraindicated"))

    assert "I-10" in story.refuses(contact())
    assert len(story.incident.obligations) == 2
