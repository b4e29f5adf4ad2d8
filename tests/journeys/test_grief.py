"""A student on a watch list: two hundred at once ask for no adult; one yes is a risk of suicide."""

from datetime import UTC, datetime

from crisis import commands as cmd
from crisis.protocols import loader
from crisis.statemachine.steps import unattended
from crisis.vocabulary import Beside, ReleaseTo, StepState, Tier
from tests.factories import COUNSELOR, MORNING, SYSTEM, accepted, contact, interview, offer, release, screen, tier
from tests.journeys.playing import Story

TODAY = datetime(2026, 10, 6, 19, 0, tzinfo=UTC) - MORNING  # the closing bell


def listed() -> Story:
    return Story(loader.protocol("grief_support")).begins(
        by=SYSTEM, beside=Beside.NOBODY, lead=COUNSELOR.id, linked_to="i-0"
    )


def test_they_are_asked_the_same_day_and_nobody_has_to_stand_beside_each_i_1() -> None:
    story = listed()

    assert not unattended(story.incident, story.protocol)
    assert not story.incident.custody_gap
    assert story.clocks("screen") == {"same_day": TODAY}
    assert story.clocks("guardian_contact") == {"same_day": TODAY}
    assert story.clocks("take_custody") == {"same_day": TODAY}
    assert story.state("take_custody") is StepState.BLOCKED  # nothing is known yet


def test_who_answers_no_is_told_of_at_home_and_asked_again_i_6_i_9() -> None:
    story = listed()
    story.does(screen("nnnn-"))
    assert story.state("assess") is StepState.OPEN  # a negative screening closes nothing
    assert story.refuses(release(ReleaseTo.CLASS)) != set()  # nobody has taken them out of class
    story.does(tier(Tier.NONE), contact())

    assert story.state("take_custody") is StepState.NOT_NEEDED
    assert story.needed() == {"first_follow_up", "close_review"}
    story.follows_up_and_closes()


def test_who_answers_yes_is_never_alone_again_and_everything_joins_i_1_i_8() -> None:
    story = listed()
    story.does(screen("ynnnn"))

    assert unattended(story.incident, story.protocol)
    assert {"take_custody", "safety_plan", "means_counseling", "nurse_call"} <= story.needed()
    story.does(cmd.TakeCustody(by=COUNSELOR))
    story.completes("clear_means", "tell_admin")
    story.does(interview("non_urgent_follow_up"), tier(Tier.MODERATE), contact())
    story.completes("safety_plan", "means_counseling")
    story.does(offer())
    story.does(accepted(story.incident), release(ReleaseTo.GUARDIAN))
    story.follows_up_and_closes()


def test_thoughts_right_now_ask_for_an_adult_within_a_minute_and_a_decision_i_7() -> None:
    story = listed()
    story.does(screen("ynnny"))

    assert set(story.clocks("take_custody")) == {"acute", "same_day"}
    assert story.state("emergency_decision") is StepState.OPEN


def test_who_will_not_answer_counts_as_positive_i_6() -> None:
    story = listed()
    story.does(screen("rrrrn"))

    assert unattended(story.incident, story.protocol)
    assert "I-19" in story.refuses(cmd.SignClose(by=COUNSELOR))


def test_a_level_from_moderate_up_needs_an_adult_whatever_the_questions_said() -> None:
    story = listed()
    story.does(screen("nnnn-"), tier(Tier.MODERATE))

    assert unattended(story.incident, story.protocol)


def test_who_opens_it_with_the_student_beside_them_has_taken_the_student() -> None:
    story = Story(loader.protocol("grief_support")).begins(beside=Beside.ME)

    assert story.incident.adult == COUNSELOR.id
    assert "I-19" in story.refuses(cmd.SignClose(by=COUNSELOR))
