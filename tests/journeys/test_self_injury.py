"""Self-injury (protocols.md 1 b, P2): its main path, and what the section names as exceptions. Pure, but for one."""

from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis import report_commands as tcmd
from crisis.protocols import loader
from crisis.store.engine import Store
from crisis.vocabulary import Custody, Emergency, Phase, ReleaseTo, StepId, StepState, Tier
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    NURSE,
    PRINCIPAL,
    WORDS,
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

SCHOOL_DAY = timedelta(hours=5)  # from the opening to the closing bell


def self_injury(store: Store | None = None) -> Story:
    return Story(loader.protocol("nssi"), store).begins()


def treated(story: Story, intent: str = "self_injury") -> Story:
    """A small fresh wound, and the talk about what it was meant to do."""
    story.answers("wound", "nurse")
    story.completes("nurse_care", by=NURSE)
    story.completes("clear_means", "tell_admin")
    story.answers("intent", intent)
    return story


def told(story: Story) -> Story:
    story.does(contact())
    story.completes("fact_sheet")
    return story


@pytest.mark.page
def test_a_small_wound_from_the_nurse_to_the_last_check_in_i_9_i_18(store: Store) -> None:
    story = self_injury(store)
    assert story.clocks("wound")["five_minutes"] == timedelta(minutes=5)
    treated(story)
    story.does(screen("nnnn-"), tier(Tier.LOW))
    told(story)
    story.completes("safety_plan", "means_counseling")
    story.does(release(ReleaseTo.CLASS))
    story.completes("others")

    assert {"referral", "first_follow_up", "check_ins_weekly"} <= story.needed()
    assert story.refuses(cmd.CloseIncident(by=PRINCIPAL)) >= {"I-18", "I-19"}
    story.does(*declined())
    closed = story.follows_up_and_closes()
    assert len(closed.steps[StepId("check_ins_weekly")].times) == 4
    assert closed.phase is Phase.CLOSED


def declined() -> list[cmd.Command]:
    return [exception("offer_declined", step="referral")]


def test_the_talk_and_the_screening_are_the_same_day_and_care_is_offered_whatever_they_find() -> None:
    story = treated(self_injury())

    assert story.clocks("screen")["same_day"] == SCHOOL_DAY
    story.does(screen("nnnn-"), tier(Tier.NONE))
    assert story.state("referral") is StepState.OPEN
    assert {"low_week"} <= set(story.clocks("referral"))
    story.does(*declined())
    assert story.state("referral") is StepState.NOT_NEEDED


def test_a_severe_wound_or_a_doubt_is_an_emergency_i_7() -> None:
    story = self_injury()
    story.answers("wound", "call_911")

    assert story.incident.emergency is Emergency.ACTIVE
    assert story.clocks("emergency_decision") == {"five_minutes": timedelta(minutes=6)}
    story.does(release(ReleaseTo.EMS))  # an ambulance does not wait for a form
    assert story.incident.custody is Custody.RELEASED
    assert {"nurse_care", "intent", "assess", "guardian_contact", "referral", "reentry_meeting"} <= story.needed()


def test_a_positive_screening_goes_on_in_the_same_incident_with_one_call_to_the_family_i_5_i_8() -> None:
    story = treated(self_injury())
    story.does(screen("ynnnn"), interview("further_evaluation"), tier(Tier.HIGH))
    assert story.refuses(signed(by=COUNSELOR)) == {"I-5"}
    story.does(signed())

    shared = {step.id for step in loader.protocol("suicide_risk").steps}
    assert shared <= {step.id for step in story.protocol.steps}
    story.answers("emergency_decision", "clinician")
    told(story)
    assert story.state("guardian_contact") is StepState.DONE  # the one of the whole incident
    assert story.refuses(release(ReleaseTo.GUARDIAN)) >= {"STEP"}
    story.completes("safety_plan", "means_counseling")
    story.does(offer())
    assert story.state("custody_release") is StepState.BLOCKED
    story.does(accepted(story.incident), release(ReleaseTo.GUARDIAN))
    story.completes("others")
    assert story.incident.links == ()
    closed = story.follows_up_and_closes()
    assert len(closed.close_signed_by) == 1


def test_a_wish_to_die_makes_the_risk_high_whatever_the_screening_says_i_5() -> None:
    story = treated(self_injury(), "to_die")

    assert (story.incident.floor, story.incident.effective_tier) == (Tier.HIGH, Tier.HIGH)
    assert story.state("emergency_decision") is StepState.OPEN
    story.does(screen("nnnn-"), tier(Tier.LOW))
    assert story.incident.effective_tier is Tier.HIGH  # until a second person signs below the floor
    assert story.refuses(release(ReleaseTo.CLASS)) >= {"I-2"}


def test_what_is_no_self_injury_still_gets_the_screening_but_no_weekly_check_ins_i_3() -> None:
    story = treated(self_injury(), "something_else")
    assert story.refuses(release(ReleaseTo.CLASS)) >= {"I-3"}
    story.does(screen("nnnn-"), tier(Tier.NONE), contact())
    assert not {"fact_sheet", "referral", "check_ins_weekly", "safety_plan"} & story.needed()
    story.does(release(ReleaseTo.CLASS))
    story.completes("others")

    story.follows_up_and_closes()


def test_a_student_who_does_not_say_is_looked_after_as_if_it_was_self_injury_i_6() -> None:
    story = treated(self_injury(), "no_answer")
    story.does(screen("nnnm-"))

    assert story.state("assess") is StepState.OPEN
    assert story.refuses(tier(Tier.NONE)) >= {"I-3"}
    story.does(interview("no_further_intervention"), tier(Tier.LOW))
    assert {"check_ins_weekly", "safety_plan", "referral"} <= story.needed()


def test_a_family_that_would_be_a_danger_is_not_called_i_10_i_11() -> None:
    story = treated(self_injury())
    story.does(screen("nnnn-"), tier(Tier.LOW), exception("contraindicated"))

    assert "I-10" in story.refuses(contact())
    assert "I-10" in story.refuses(release(ReleaseTo.GUARDIAN))
    assert story.state("fact_sheet") is StepState.NOT_NEEDED
    report = next(iter(story.incident.obligations))
    assert "I-11" in story.refuses(tcmd.FileReport(by=PRINCIPAL, obligation=report, agency="dcf", number=WORDS))
    assert story.refuses(cmd.LiftException(by=COLLEAGUE, exception="contraindicated", reason=WORDS)) == set()


def test_a_family_that_refuses_the_care_leaves_a_report_to_file_i_11() -> None:
    story = treated(self_injury())
    story.does(screen("ynnnn"), interview("non_urgent_follow_up"), tier(Tier.MODERATE))
    told(story)
    story.does(exception("refuses_care", step="referral"))

    assert story.state("referral") is StepState.SUBSTITUTED
    assert len(story.incident.obligations) == 2
    assert "I-11" in story.refuses(cmd.SignClose(by=COUNSELOR))


def test_the_nurse_may_write_it_down_before_anybody_has_said_how_bad_the_wound_is() -> None:
    story = self_injury()
    story.completes("nurse_care", by=NURSE)

    assert story.state("nurse_care") is StepState.DONE
    assert story.state("wound") is StepState.OPEN
