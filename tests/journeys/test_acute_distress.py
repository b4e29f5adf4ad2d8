"""Acute distress (protocols.md 1 d, P4): its main path, and what the section names as exceptions. Pure, but for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis.protocols import loader
from crisis.protocols.schema import Step
from crisis.store.engine import Store
from crisis.vocabulary import Emergency, ReleaseTo, StepState, Tier
from tests.factories import (
    NURSE,
    PRINCIPAL,
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
from tests.journeys.playing import Story, answer

POLICE = answer("crisis_decision", "police_last_resort", PRINCIPAL)
EXAMINATION = answer("after_help", "examination", PRINCIPAL)


def distress(store: Store | None = None) -> Story:
    return Story(loader.protocol("acute_distress"), store).begins()


def calmed(story: Story) -> Story:
    story.completes("calming", "crisis_team", "tell_admin")
    story.answers("medical_check", "no_sign", NURSE)
    return story


def told(story: Story) -> Story:
    story.does(contact())
    story.completes("guardian_speaks")
    return story


@pytest.mark.page
def test_mobile_crisis_comes_and_takes_the_student_when_it_has_accepted_i_15(store: Store) -> None:
    story = calmed(distress(store))
    told(story)
    story.answers("crisis_decision", "mobile_crisis")
    story.does(screen("ynnnn"), interview("further_evaluation"), tier(Tier.HIGH), signed())
    story.answers("emergency_decision", "mobile_crisis")
    story.answers("after_help", "hospital")
    story.completes("safety_plan", "means_counseling")
    story.does(offer())
    assert "I-15" in story.refuses(release(ReleaseTo.CLINICIAN))  # offered is not accepted
    story.does(accepted(story.incident), release(ReleaseTo.CLINICIAN))
    story.completes("debrief")

    story.follows_up_and_closes()


def test_it_is_over_in_minutes_and_still_nobody_skips_the_questions_the_family_and_the_debrief_i_9() -> None:
    story = calmed(distress())
    story.answers("crisis_decision", "calm_again")
    assert not {"after_help", "examination_record"} & story.needed()
    story.does(screen("nnnn-"), tier(Tier.NONE))
    told(story)
    story.does(release(ReleaseTo.CLASS))

    assert story.state("debrief") is StepState.OPEN
    assert story.clocks("debrief") == {"same_day": timedelta(hours=5)}
    assert "I-19" in story.refuses(cmd.SignClose(by=PRINCIPAL))
    waived = cmd.WaiveStep(by=PRINCIPAL, step=story.protocol.steps[-1].id, reason=cmd.WordsId("w"))
    assert "I-19" in story.refuses(replace(waived, step=cmd.StepId("debrief")))
    story.completes("debrief")
    story.follows_up_and_closes()


def test_the_first_minutes_have_their_clocks() -> None:
    story = distress()

    assert story.clocks("calming") == {"at_once": timedelta(minutes=5)}
    assert story.clocks("medical_check") == {"ten_minutes": timedelta(minutes=10)}
    assert story.clocks("crisis_decision") == {"quarter_hour": timedelta(minutes=15)}
    assert story.clocks("guardian_contact")["at_once"] == timedelta(minutes=15)
    assert story.state("guardian_contact") is StepState.OPEN  # before anybody has assessed anything


def test_a_doubt_that_it_is_medical_is_an_ambulance_i_7() -> None:
    story = distress()
    story.answers("medical_check", "doubt", NURSE)

    assert story.incident.emergency is Emergency.ACTIVE
    assert story.state("emergency_decision") is StepState.OPEN
    story.does(release(ReleaseTo.EMS))
    assert {"crisis_decision", "debrief", "reentry_meeting", "guardian_contact"} <= story.needed()


def test_the_police_come_last_with_a_reason_and_only_after_calming_was_tried_i_14() -> None:
    story = distress()

    assert story.refuses(POLICE) == {"I-14"}
    story.completes("calming")
    assert story.refuses(replace(POLICE, reason=None)) == {"I-14"}
    assert "I-14" in story.refuses(release(ReleaseTo.POLICE))
    story.does(POLICE)
    assert story.incident.steps[cmd.StepId("crisis_decision")].choice == "police_last_resort"


def test_nothing_is_waited_for_where_a_life_is_in_danger_i_14() -> None:
    story = distress()
    story.does(cmd.RaiseEmergency(by=NURSE, dangers=frozenset({"weapon"}), called_911=True))

    assert story.refuses(POLICE) == set()
    story.does(release(ReleaseTo.POLICE))


def test_an_examination_by_force_comes_after_the_screening_and_is_written_down_i_14() -> None:
    story = calmed(distress())
    told(story)
    story.answers("crisis_decision", "clinician")
    assert story.refuses(EXAMINATION) == {"I-14"}
    story.does(screen("ynnny"), EXAMINATION)

    assert story.state("examination_record") is StepState.OPEN
    assert set(story.clocks("examination_record")) == {"same_day"}
    assert {"who", "tried", "family"} == {field.name for field in _record(story).evidence}


def _record(story: Story) -> Step:
    step = story.protocol.step(cmd.StepId("examination_record"))
    assert step is not None
    return step


def test_a_jurisdiction_may_allow_the_police_without_waiting_and_only_it() -> None:
    known, name = loader.protocol("acute_distress"), "police_after_calming"
    values = known.parameters | {name: known.parameters[name].model_copy(update={"value": False})}
    story = Story(known.model_copy(update={"parameters": values})).begins()

    assert story.refuses(POLICE) == set()
    assert loader.protocol("acute_distress", "US-FL").parameters["police_after_calming"].verified


def test_what_the_student_cannot_answer_yet_is_no_no_i_3_i_6() -> None:
    story = calmed(distress())
    story.answers("crisis_decision", "calm_again")
    story.does(screen("nnmm-"))

    assert story.state("assess") is StepState.OPEN
    assert "I-3" in story.refuses(tier(Tier.NONE))
    assert "I-3" in story.refuses(release(ReleaseTo.CLASS))


def test_a_family_that_would_be_a_danger_is_neither_told_nor_offered_to_speak_i_10() -> None:
    story = calmed(distress())
    story.does(exception("contraindicated"))

    assert "I-10" in story.refuses(contact())
    assert story.state("guardian_speaks") is StepState.NOT_NEEDED


def test_a_second_danger_later_is_asked_about_anew_i_7() -> None:
    """That it was over an hour ago says nothing about an acute screening now."""
    story = calmed(distress())
    story.answers("crisis_decision", "calm_again")
    assert story.state("emergency_decision") is StepState.NOT_NEEDED
    story.does(screen("ynnny"))

    assert story.state("emergency_decision") is StepState.OPEN
