"""A threat to others (protocols.md 1 c, P3): its main path, and each exception of the section. Pure, but for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis import linked_commands as lcmd
from crisis.effects import OpenLinked
from crisis.protocols import loader
from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve
from crisis.statemachine.react import react
from crisis.store.engine import Store
from crisis.vocabulary import Emergency, Phase, ReleaseTo, StepId, StepState, StudentId, Tier
from tests.factories import (
    COUNSELOR,
    GROUND,
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

SCHOOL_DAY = timedelta(hours=5)  # from the opening to the closing bell
DAY = timedelta(days=1)
TARGETS, REVIEWS = StepId("targets"), StepId("reviews")
NOT_MEANT = answer("threat_level", "transient", PRINCIPAL)


def threat(store: Store | None = None) -> Story:
    return Story(loader.protocol("threat_others"), store).begins()


def asked(story: Story, signs: str = "found") -> Story:
    story.answers("imminent", "not_now")
    story.completes("clear_means", "tell_admin", "interviews")
    story.answers("signs", signs)
    return story


def serious(level: str = "substantive", store: Store | None = None) -> Story:
    story = asked(threat(store))
    story.answers("threat_level", level)
    return story


def back_in_class(story: Story) -> Story:
    story.does(contact(), screen("nnnn-"), tier(Tier.NONE))
    story.completes("means_counseling")
    story.does(release(ReleaseTo.CLASS))
    return story


@pytest.mark.page
def test_a_serious_threat_from_the_first_minute_to_the_last_review_i_9_i_18(store: Store) -> None:
    story = serious(store=store)
    story.completes("tell_superintendent", "targets")
    back_in_class(story)
    story.completes("team_meeting", "management_plan")

    assert "I-19" in story.refuses(cmd.SignClose(by=PRINCIPAL))  # the reviews go on
    closed = story.follows_up_and_closes()
    assert closed.phase is Phase.CLOSED
    assert closed.steps[REVIEWS].times


def test_imminent_violence_is_the_emergency_lane_and_no_question_comes_first_i_7() -> None:
    story = threat()
    assert story.clocks("imminent") == {"at_once": timedelta(minutes=1)}
    assert story.state("interviews") is StepState.BLOCKED  # nobody is asked before help is called
    story.answers("imminent", "call_911", NURSE)

    assert story.incident.emergency is Emergency.ACTIVE
    assert story.state("emergency_decision") is StepState.OPEN
    story.does(release(ReleaseTo.POLICE))
    assert {"targets", "threat_level", "screen", "guardian_contact"} & story.needed()


def test_who_is_in_doubt_takes_it_for_meant_and_what_was_not_found_out_is_not_a_no_i_3() -> None:
    for signs in ("found", "not_known"):
        story = asked(threat(), signs)
        assert story.refuses(NOT_MEANT) == {"I-3"}
        story.answers("threat_level", "substantive")

    explained = asked(threat(), "none_found")
    assert explained.refuses(replace(NOT_MEANT, reason=None)) == {"I-7"}
    assert explained.refuses(NOT_MEANT) == set()


def test_what_was_not_meant_still_has_the_family_the_questions_and_a_month_of_looking_i_9() -> None:
    story = asked(threat(), "none_found")
    story.does(NOT_MEANT)
    assert not {"targets", "tell_superintendent", "police_decision"} & story.needed()
    back_in_class(story)

    assert {"team_meeting", "management_plan", "reviews"} <= story.needed()
    story.follows_up_and_closes()


def test_the_clocks_of_the_section() -> None:
    story = serious("very_serious")

    assert story.clocks("guardian_contact") == {"begin": timedelta(hours=1), "same_day": SCHOOL_DAY}
    assert story.clocks("targets")["same_day"] == SCHOOL_DAY
    assert story.clocks("team_meeting") == {"next_school_day": DAY + SCHOOL_DAY}
    assert story.clocks("management_plan") == {"two_school_days": 2 * DAY + SCHOOL_DAY}
    assert set(story.clocks("tell_superintendent")) == {"at_once", "same_day"}
    assert story.clocks("screen")["same_day"] == SCHOOL_DAY


def test_how_serious_the_threat_is_says_nothing_of_the_risk_of_suicide_i_5() -> None:
    story = serious("very_serious")

    assert (story.incident.floor, story.incident.effective_tier) == (None, None)
    assert "I-3" in story.refuses(release(ReleaseTo.GUARDIAN))  # the questions are asked in any case
    story.does(screen("nnnn-"))
    assert story.incident.effective_tier is None


def test_a_threat_to_self_and_others_is_one_incident_with_one_contact_to_the_family_i_8() -> None:
    """protocols.md 1 c: one in twenty. The same call serves both, and both keep all that they owe."""
    story = serious("very_serious")
    story.completes("tell_superintendent", "targets")
    story.answers("police_decision", "not_needed", PRINCIPAL)
    story.does(contact(), screen("ynnnn"), interview("further_evaluation"), tier(Tier.HIGH), signed())

    assert story.state("guardian_contact") is StepState.DONE
    assert {"emergency_decision", "safety_plan", "means_counseling", "referral", "check_ins_weekly"} <= story.needed()
    story.answers("emergency_decision", "clinician")
    story.completes("safety_plan", "means_counseling")
    story.does(offer())
    story.does(accepted(story.incident), release(ReleaseTo.GUARDIAN))
    assert story.incident.links == ()
    assert "threat_self_and_others" in story.protocol.crisis_types
    closed = story.follows_up_and_closes()
    assert len(closed.steps[StepId("check_ins_weekly")].times) == 4


def test_each_target_gets_an_incident_of_their_own_and_only_where_it_may_be_meant() -> None:
    story = serious()
    order = lcmd.SpawnIncidents(by=COUNSELOR, step=TARGETS, students=(StudentId("s-7"), StudentId("s-8")))
    events = decide(story.incident, story.protocol, GROUND, order, story.now)
    after = evolve(story.incident, events[0])
    opened = [each for _, each in react(story.incident, events, after, story.protocol, GROUND)]

    assert [(each.protocol, each.student) for each in opened if isinstance(each, OpenLinked)] == [
        ("threat_target", "s-7"),
        ("threat_target", "s-8"),
    ]
    not_meant = asked(threat(), "none_found")
    not_meant.does(NOT_MEANT)
    assert not_meant.refuses(order) == {"STEP"}


def test_the_police_are_called_by_a_decision_with_a_reason_and_by_nothing_else_i_14() -> None:
    story = serious("very_serious")
    order = answer("police_decision", "police", PRINCIPAL)

    assert story.refuses(replace(order, reason=None)) == {"I-14"}
    assert "I-14" in story.refuses(release(ReleaseTo.POLICE))
    story.does(order)
    assert "I-14" not in story.refuses(release(ReleaseTo.POLICE))
    assert serious("substantive").state("police_decision") is StepState.NOT_NEEDED


def test_no_field_and_no_answer_has_a_place_for_discipline_i_23() -> None:
    """What is decided about punishment stands in no record of a crisis."""
    for name in ("threat_others", "threat_target"):
        steps = loader.protocol(name).steps
        labels = [field.label.en for step in steps for field in step.evidence]
        labels += [words.en for step in steps for field in step.evidence for words in (field.options or {}).values()]
        labels += [choice.label.en for step in steps for choice in step.choices]
        said = " ".join(labels).lower()

        assert not {"disciplin", "suspen", "expel", "expul", "detention", "punish"} & set(said.split())
        assert all(word not in said for word in ("disciplin", "suspen", "expel", "expul", "detention", "punish"))


def test_special_education_is_asked_about_and_the_team_is_whom_the_jurisdiction_wants() -> None:
    """Florida: an officer, and somebody who knows the student; and the district looks at it as well."""
    story = back_in_class(serious())
    meeting = story.protocol.step(StepId("team_meeting"))
    assert meeting is not None
    assert "represented" in (next(each for each in meeting.evidence if each.name == "special_education").options or {})

    least = {"counseling": "p-1", "instruction": "p-2", "administration": "p-3", "special_education": "none"}
    order = cmd.CompleteStep(by=PRINCIPAL, step=meeting.id, evidence=least)
    florida = loader.protocol("threat_others", "US-FL")
    assert story.refuses(order) == set()
    assert story.refuses(replace(order, evidence=least | {"instruction": ""})) == {"EVIDENCE"}
    there = Story(florida)
    there.incident, there.now = story.incident, story.now
    assert there.refuses(order) == {"EVIDENCE"}
    whole = least | {"law_enforcement": "w-2", "knows_student": "w-2"}
    assert there.refuses(replace(order, evidence=whole)) == set()


def test_a_family_that_would_be_a_danger_is_not_told_and_everybody_else_is_kept_safe_all_the_same_i_10() -> None:
    story = serious()
    story.does(exception("contraindicated"))

    assert "I-10" in story.refuses(contact())
    assert len(story.incident.obligations) == 2
    story.completes("tell_superintendent", parents="not_told")
    assert story.state("targets") is StepState.OPEN


def target(store: Store | None = None) -> Story:
    return Story(loader.protocol("threat_target"), store).begins()


def test_who_was_threatened_is_kept_safe_and_their_family_hears_it_the_same_day_i_9() -> None:
    story = target()
    assert story.clocks("protect") == {"at_once": timedelta(minutes=10)}
    assert story.clocks("guardian_contact") == {"begin": timedelta(hours=1), "same_day": SCHOOL_DAY}
    story.completes("protect", by=NURSE)
    story.completes("talk", "safety_arrangements")
    assert story.clocks("check_ins").keys() == {"weekly"}  # though nobody had them in care and no level was set
    assert "I-9" in story.refuses(cmd.SignClose(by=PRINCIPAL))
    story.does(contact())

    closed = story.follows_up_and_closes()
    assert len(closed.steps[StepId("check_ins")].times) == 4
