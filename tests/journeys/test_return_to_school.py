"""The return after a hospital (protocols.md 1 k, P7): its main path, and what the section names. Pure, but for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis.effects import NotifyRole, OpenLinked
from crisis.protocols import loader
from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve
from crisis.statemachine.react import react
from crisis.store.engine import Store
from crisis.vocabulary import FollowUpOutcome, Phase, StepId, StepState
from tests.factories import COUNSELOR, GROUND, NURSE, PRINCIPAL, STUDENT, WORDS, contact, exception, follow_up
from tests.journeys.playing import Story

SCHOOL_DAY, DAY = timedelta(hours=5), timedelta(days=1)
BACK = cmd.RecordReturn(by=COUNSELOR)
AFTER_THE_MEETING = ("wishes", "adjustments", "appointment", "check_ins_weekly")


def admitted(store: Store | None = None) -> Story:
    return Story(loader.protocol("reentry"), store).begins()


def prepared(story: Story) -> Story:
    story.completes("named_adult", "release_of_information")
    story.does(contact())
    return story


@pytest.mark.page
def test_from_the_admission_to_the_review_after_a_month_i_9_i_17_i_18(store: Store) -> None:
    story = prepared(admitted(store))
    story.completes("summary")
    story.now += 6 * DAY
    story.completes("reentry_meeting", by=PRINCIPAL)
    story.does(BACK)
    story.completes("wishes", "adjustments")
    story.does(follow_up("appointment"))
    assert story.refuses(cmd.CloseIncident(by=PRINCIPAL)) >= {"I-19"}

    closed = story.follows_up_and_closes()
    assert closed.phase is Phase.CLOSED
    assert len(closed.steps[StepId("check_ins_weekly")].times) == 4
    assert len(closed.steps[StepId("family_weekly")].times) == 4


def test_the_clocks_of_the_section() -> None:
    story = admitted()

    for step in ("named_adult", "release_of_information", "guardian_contact"):
        assert story.clocks(step) == {"one_school_day": DAY + SCHOOL_DAY}
    assert set(story.clocks("reentry_meeting")) == {"planned"}
    prepared(story)
    story.completes("reentry_meeting", by=PRINCIPAL)
    held = story.incident.steps[StepId("reentry_meeting")].done_at
    assert held is not None
    since = held - story.incident.opened_at
    assert story.clocks("appointment")["two_days"] == since + timedelta(hours=48)
    assert story.clocks("appointment")["seven_days"].days == 7
    assert [each.days for each in story.clocks("check_ins_weekly").values()] == [7]
    assert set(story.clocks("family_weekly")) == {"weekly"}


def test_the_return_is_written_down_though_nobody_released_the_student_and_the_meeting_is_that_day_i_17() -> None:
    story = admitted()
    story.now += 3 * DAY
    story.does(BACK)
    came = story.incident.returned_at
    assert came is not None

    assert story.clocks("reentry_meeting")["first_day"] == came - story.incident.opened_at + SCHOOL_DAY - _since(story)
    story.does(BACK)
    assert story.incident.returned_at == came


def _since(story: Story) -> timedelta:
    """Of the time of day alone: the deadline is the closing bell."""
    assert story.incident.returned_at is not None
    return (story.incident.returned_at - story.incident.opened_at) % DAY


def test_nothing_in_it_keeps_a_student_out_of_school_i_17() -> None:
    """No letter, no meeting, no form: the return can be recorded at any moment, and no answer bars it."""
    for done in ((), ("named_adult",), ("named_adult", "release_of_information")):
        story = admitted()
        story.completes(*done)
        assert story.refuses(BACK) == set()
    protocol = loader.protocol("reentry")
    waits = {other for step in protocol.steps for other in step.after}
    said = " ".join(
        words.en.lower()
        for step in protocol.steps
        for words in (
            step.title,
            *(each.label for each in step.evidence),
            *(option for each in step.evidence for option in (each.options or {}).values()),
            *(choice.label for choice in step.choices),
        )
    )

    assert "summary" not in waits  # where a letter is asked for
    assert not any(word in said for word in ("clearance", "cleared", "letter", "permission to return", "may not come"))


def test_a_letter_that_never_comes_holds_nothing_up_i_17() -> None:
    story = prepared(admitted())
    assert story.refuses(cmd.CompleteStep(by=PRINCIPAL, step=StepId("reentry_meeting"), evidence={})) == {"EVIDENCE"}
    story.completes("reentry_meeting", by=PRINCIPAL)

    assert story.state("summary") is StepState.OPEN
    assert all(story.state(step) is StepState.OPEN for step in AFTER_THE_MEETING)
    story.does(cmd.WaiveStep(by=NURSE, step=StepId("summary"), reason=WORDS))
    assert story.state("summary") is StepState.WAIVED


def test_an_appointment_that_was_missed_is_told_and_stays_open_i_18() -> None:
    story = prepared(admitted())
    story.completes("reentry_meeting", by=PRINCIPAL)
    order = follow_up("appointment", FollowUpOutcome.NO_SHOW)
    events = decide(story.incident, story.protocol, GROUND, order, story.now)
    after = evolve(story.incident, events[0])
    effects = [each for _, each in react(story.incident, events, after, story.protocol, GROUND)]

    assert {each.role for each in effects if isinstance(each, NotifyRole)} >= {"care_coordinator", "incident_lead"}
    story.does(order)
    assert story.state("appointment") is StepState.OPEN
    assert set(story.clocks("appointment")) == {"two_days", "seven_days"}


def test_a_new_worry_opens_an_incident_in_which_a_level_of_risk_is_decided_i_20() -> None:
    story = prepared(admitted())
    story.does(cmd.IdentifyStudent(by=COUNSELOR, student=STUDENT))
    order = replace(follow_up("family_weekly"), safety_concern=True, note=WORDS)
    events = decide(story.incident, story.protocol, GROUND, order, story.now)
    after = evolve(story.incident, events[0])
    effects = [each for _, each in react(story.incident, events, after, story.protocol, GROUND)]

    assert [type(event).__name__ for event in events] == ["FollowUpRecorded"]
    assert [(each.protocol, each.student) for each in effects if isinstance(each, OpenLinked)] == [
        ("suicide_risk", STUDENT)
    ]
    assert story.refuses(cmd.ReopenAssessment(by=COUNSELOR, reason=WORDS)) == {"I-20"}


def test_a_student_who_goes_to_another_school_leaves_the_family_looked_after() -> None:
    story = prepared(admitted())
    story.does(exception("not_returning", step="reentry_meeting", by=PRINCIPAL))

    assert not {*AFTER_THE_MEETING, "month_review"} & story.needed()
    assert "family_weekly" in story.needed()
    story.follows_up_and_closes()


def test_a_family_that_would_be_a_danger_is_not_talked_with_i_10() -> None:
    story = admitted()
    story.does(exception("contraindicated"))

    assert "I-10" in story.refuses(contact())
    assert story.state("family_weekly") is StepState.NOT_NEEDED


def test_each_protocol_that_hands_a_student_to_an_ambulance_still_has_its_own_meeting_i_17() -> None:
    """What began at the school goes on there; the return has an incident of its own only where one is opened."""
    for name in ("suicide_risk", "threat_others"):
        meeting = loader.protocol(name).step(StepId("reentry_meeting"))
        assert meeting is not None
        assert {deadline.id for deadline in meeting.deadlines} == {"planned", "first_day"}
