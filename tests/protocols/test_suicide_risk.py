"""The built-in suicide risk protocol asks for the right things at each level of risk (protocols.md 6.3 P1)."""

from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import standing
from crisis.statemachine.timers import live_deadlines
from crisis.vocabulary import DeadlineKind, ReleaseTo, ScreenAnswer, StepId, StepState, Tier
from tests.factories import (
    GROUND,
    MORNING,
    NURSE,
    WORDS,
    accepted,
    an_incident,
    contact,
    decision,
    done,
    exception,
    having,
    interview,
    offer,
    release,
    screen,
    signed,
    suicide_risk,
    tier,
)

TALKS = ("safety_plan", "means_counseling")
LEVELS: dict[Tier, tuple[cmd.Command, ...]] = {
    Tier.NONE: (screen("nnnn-"), tier(Tier.NONE)),
    Tier.LOW: (screen("nnnn-"), tier(Tier.LOW)),
    Tier.MODERATE: (screen("ynnnn"), interview("non_urgent_follow_up"), tier(Tier.MODERATE)),
    Tier.HIGH: (screen("ynnnn"), interview("further_evaluation"), tier(Tier.HIGH), signed()),
    Tier.IMMINENT: (screen("ynnny"), interview("emergency_evaluation"), tier(Tier.IMMINENT), signed()),
}


def at(level: Tier) -> Incident:
    return an_incident(*LEVELS[level])


def state(incident: Incident, step: str) -> StepState:
    return standing(incident, suicide_risk())[StepId(step)]


def clocks(incident: Incident, step: str) -> dict[str, timedelta]:
    found = live_deadlines(incident, suicide_risk(), GROUND)
    return {live.deadline.id: live.due_at - MORNING for live in found if live.step.id == step}


@pytest.mark.parametrize(
    ("level", "needed"),
    [
        (Tier.NONE, set()),
        (Tier.LOW, {*TALKS, "referral", "nurse_call", "check_in_once", "reassess"}),
        (Tier.MODERATE, {*TALKS, "referral", "nurse_call", "check_in_once", "reassess"}),
        (
            Tier.HIGH,
            {*TALKS, "referral", "nurse_call", "check_ins_weekly", "reassess", "emergency_decision", "clinician_page"},
        ),
        (
            Tier.IMMINENT,
            {*TALKS, "referral", "nurse_call", "check_ins_weekly", "reassess", "emergency_decision", "clinician_page"},
        ),
    ],
)
def test_each_level_asks_for_its_own_steps(level: Tier, needed: set[str]) -> None:
    conditional = {step.id for step in suicide_risk().steps if step.when is not None} - {"screen", "reentry_meeting"}

    asked = {step for step in conditional if state(at(level), step) is not StepState.NOT_NEEDED}

    assert asked == needed


@pytest.mark.parametrize("level", list(Tier))
def test_the_family_is_told_and_somebody_follows_up_at_every_level_i_9_i_18(level: Tier) -> None:
    incident = at(level)

    assert state(incident, "guardian_contact") is StepState.OPEN
    assert state(incident, "first_follow_up") is StepState.BLOCKED


def test_nothing_is_left_out_while_the_level_is_not_known_i_3() -> None:
    incident = an_incident()

    for step in (*TALKS, "referral", "reassess", "nurse_call", "custody_release"):
        assert state(incident, step) is StepState.BLOCKED


def test_a_screen_that_cannot_be_finished_does_not_keep_the_assessment_away_i_6() -> None:
    incident = an_incident(screen("nnnm-"))
    decided = having(incident, interview("non_urgent_follow_up"), tier(Tier.MODERATE))

    assert state(incident, "assess") is StepState.OPEN
    assert state(decided, "screen") is StepState.NOT_NEEDED
    assert state(decided, "safety_plan") is StepState.OPEN


@pytest.mark.parametrize("level", [Tier.MODERATE, Tier.HIGH])
def test_before_the_release_the_family_the_plan_and_from_high_on_the_care_are_settled(level: Tier) -> None:
    more = [contact(), done("safety_plan"), done("means_counseling")]
    if level is Tier.HIGH:
        more += [decision("clinician"), offer()]
    incident = at(level)
    blocked = []
    for order in more:
        blocked.append(state(incident, "custody_release"))
        incident = having(incident, order)
    if level is Tier.HIGH:
        blocked.append(state(incident, "custody_release"))
        incident = having(incident, accepted(incident))

    assert set(blocked) == {StepState.BLOCKED}
    assert state(incident, "custody_release") is StepState.OPEN


def test_at_low_risk_the_student_goes_back_to_class_with_a_plan_and_the_family_is_told_that_day() -> None:
    incident = having(at(Tier.LOW), done("safety_plan"), release(ReleaseTo.CLASS))

    assert state(incident, "custody_release") is StepState.DONE
    assert state(incident, "guardian_contact") is StepState.OPEN
    assert clocks(incident, "guardian_contact")["same_day"] == timedelta(hours=5)  # the closing bell


def test_an_imminent_student_goes_to_the_hospital_with_the_guardian_before_any_plan_is_written() -> None:
    incident = having(at(Tier.IMMINENT), contact(), decision("clinician"), offer())

    going = having(incident, accepted(incident))

    assert state(going, "custody_release") is StepState.OPEN
    assert state(having(going, release()), "reentry_meeting") is StepState.OPEN


def test_after_an_ambulance_the_care_is_handed_over_and_the_return_is_prepared_i_17() -> None:
    gone = an_incident(release(ReleaseTo.EMS))

    assert [state(gone, step) for step in ("screen", "assess", "guardian_contact", "referral", "reentry_meeting")] == [
        StepState.NOT_NEEDED,
        StepState.OPEN,
        StepState.OPEN,
        StepState.OPEN,
        StepState.OPEN,
    ]
    assert all(state(gone, step) is StepState.NOT_NEEDED for step in TALKS)


def test_the_meeting_is_due_on_the_day_of_the_return_and_never_keeps_a_student_out_i_17() -> None:
    gone = an_incident(release(ReleaseTo.EMS))

    back = having(gone, cmd.RecordReturn(by=NURSE), at=MORNING + timedelta(days=2))

    assert clocks(back, "reentry_meeting")["first_day"] == timedelta(days=2, hours=5)


def test_the_decision_is_due_five_minutes_after_the_acute_answer_i_7() -> None:
    incident = an_incident(screen("nnyny"))

    assert clocks(incident, "emergency_decision") == {"five_minutes": timedelta(minutes=6)}


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Tier.LOW, {"low_week": timedelta(days=7, hours=5)}),  # five school days on, at the closing bell
        (
            Tier.MODERATE,
            {"moderate_day": timedelta(hours=24, minutes=3), "moderate_hard": timedelta(hours=72, minutes=3)},
        ),
    ],
)
def test_the_referral_has_the_clock_of_its_level(level: Tier, expected: dict[str, timedelta]) -> None:
    assert clocks(at(level), "referral") == expected


def test_at_low_risk_the_family_may_say_no_to_a_referral_and_at_moderate_risk_that_changes_nothing() -> None:
    low, moderate = (
        having(at(level), exception("offer_declined", step="referral")) for level in (Tier.LOW, Tier.MODERATE)
    )

    assert state(low, "referral") is StepState.NOT_NEEDED
    assert state(moderate, "referral") is StepState.OPEN


def test_care_that_the_family_refuses_is_reported_and_does_not_hold_the_incident_for_ever() -> None:
    incident = having(at(Tier.HIGH), exception("refuses_care", step="referral"))

    assert state(incident, "referral") is StepState.SUBSTITUTED
    assert len(incident.obligations) == 2


def test_new_risk_asks_for_everything_that_keeps_the_student_safe_again() -> None:
    settled = having(at(Tier.MODERATE), contact(), done("safety_plan"), done("means_counseling"), release())

    again = having(settled, cmd.ReopenAssessment(by=NURSE, reason=WORDS))

    for step in ("take_custody", "screen", "assess", "guardian_contact", *TALKS, "custody_release"):
        assert state(again, step) in (StepState.OPEN, StepState.BLOCKED)


def test_two_people_may_go_below_the_interview_and_the_plan_is_still_asked_for_i_8() -> None:
    incident = an_incident(
        screen("nnnn-"), interview("no_further_intervention", right_now=ScreenAnswer.NO), tier(Tier.NONE), signed()
    )

    assert incident.effective_tier is Tier.NONE
    assert state(incident, "safety_plan") is StepState.OPEN


@pytest.mark.parametrize("name", loader.names())
def test_every_hard_step_of_a_built_in_protocol_has_a_clock(name: str) -> None:
    protocol: Protocol = loader.protocol(name)

    assert [step.id for step in protocol.steps if not step.deadlines] == []
    assert any(deadline.kind is DeadlineKind.HARD for step in protocol.steps for deadline in step.deadlines)
    assert all(step.title.en != step.title.es and step.why.en != step.why.es for step in protocol.steps)


@pytest.mark.parametrize(
    ("overlay", "oral", "written", "delegation"),
    [
        (None, "PT15M", "PT36H", False),
        ("US-MA", "PT15M", "PT48H", True),
        ("US-CT", "PT12H", "PT48H", False),
        ("US-CA", "PT15M", "PT36H", False),
    ],
)
def test_each_state_has_its_own_clock_for_reports(
    overlay: str | None, oral: str, written: str, delegation: bool
) -> None:
    for name in loader.names():
        found = loader.protocol(name, overlay).parameters
        if not any(rule.obligation for step in loader.protocol(name).steps for rule in step.exceptions):
            continue  # about a whole school: nobody reports there

        assert [found[f"mandated_report_{what}"].value for what in ("oral", "written", "delegation")] == [
            oral,
            written,
            delegation,
        ]
