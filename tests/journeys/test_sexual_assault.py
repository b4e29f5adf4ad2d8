"""Sexual assault (protocols.md 1 g, second wave): its main path, each branch and exception of the section. Pure."""

from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.protocols import loader
from crisis.record_words import RecordTask
from crisis.vocabulary import Emergency, ReleaseTo, StepId, StepState, Tier
from tests.factories import (
    COUNSELOR,
    PRINCIPAL,
    TEACHER,
    WORDS,
    accepted,
    contact,
    interview,
    offer,
    release,
    screen,
    signed,
    tier,
)
from tests.journeys.playing import Story

SCHOOL_DAY = timedelta(hours=5)  # from the opening to the closing bell


def told() -> Story:
    return Story(loader.protocol("sexual_assault")).begins()


def first_hour(story: Story, household: str = "outside") -> Story:
    story.completes("own_words", by=TEACHER)
    story.answers("medical", "goes_now", by=TEACHER)
    story.answers("emergent", "none")
    story.answers("household", household)
    story.answers("staff_suspected", "no_one")
    story.completes("tell_admin", "title_ix", "apart")
    story.does(screen("nnnn-"), tier(Tier.NONE))
    return story


def files_own(story: Story) -> None:
    for report in [each for each in story.incident.obligations.values() if each.filed_at is None]:
        story.does(tcmd.FileReport(by=COUNSELOR, obligation=report.id, agency="DCF", number=WORDS))


def test_where_no_one_at_home_is_meant_the_family_is_told_and_it_goes_to_its_close_i_9() -> None:
    story = first_hour(told())
    story.answers("protection_says", "may_tell")
    story.does(contact(), release(ReleaseTo.GUARDIAN))
    story.completes("who_knows", "supportive")
    files_own(story)

    story.follows_up_and_closes()


def test_until_somebody_says_who_is_meant_no_one_at_home_is_called_i_10() -> None:
    story = told()
    assert "I-10" in story.refuses(contact())
    assert "I-10" in story.refuses(release(ReleaseTo.GUARDIAN))
    assert story.incident.exceptions == {}
    story.answers("household", "outside")

    assert "I-10" not in story.refuses(contact())


@pytest.mark.parametrize("answer", ["at_home", "not_known"])
def test_somebody_at_home_or_nobody_knows_blocks_the_family_until_two_people_lift_it_i_10(answer: str) -> None:
    story = first_hour(told(), answer)
    story.answers("protection_says", "wait")

    assert list(story.incident.exceptions) == ["contraindicated"]
    assert len(story.incident.obligations) == 2  # whoever opened it owes the report already
    assert {"I-10"} <= story.refuses(contact()) & story.refuses(release(ReleaseTo.GUARDIAN))
    asks, agrees = (
        cmd.LiftException(by=by, exception="contraindicated", reason=WORDS) for by in (COUNSELOR, PRINCIPAL)
    )
    story.does(asks)
    assert "I-10" in story.refuses(asks)
    story.does(agrees, contact())


def test_the_report_is_the_openers_at_once_and_a_crime_calls_the_police_i_11_i_14() -> None:
    story = told()
    story.answers("emergent", "police", by=TEACHER)

    assert {each.owner for each in story.incident.obligations.values()} == {COUNSELOR.id}
    story.does(release(ReleaseTo.POLICE))


def test_no_answer_screens_the_student_out_of_care_by_time_or_washing() -> None:
    """protocols.md 1 g: evidence can persist beyond 72 hours. There is no question and no answer about either."""
    medical = loader.protocol("sexual_assault").step(StepId("medical"))
    assert medical is not None
    said = [text for choice in medical.choices for text in (choice.label.en, choice.label.es)]

    assert [choice.id for choice in medical.choices] == ["call_911", "goes_now", "goes_today", "not_wanted"]
    assert [
        word for word in ("72", "120", "days", "días", "wash", "lava", "too late") if word in " ".join(said).lower()
    ] == []
    assert "never too late" in medical.why.en
    assert medical.evidence == ()


def test_care_comes_first_also_days_later_and_911_when_badly_hurt_i_7() -> None:
    story = told()
    story.now += timedelta(days=9)
    story.answers("medical", "call_911", by=TEACHER)

    assert story.incident.emergency is Emergency.ACTIVE
    story.does(release(ReleaseTo.EMS))


def test_whoever_says_no_for_now_needs_a_reason_on_record_and_nothing_waits_for_it() -> None:
    story = told()
    assert story.refuses(cmd.AnswerDecision(by=TEACHER, step=StepId("medical"), choice="not_wanted")) == {"I-7"}
    story.answers("medical", "not_wanted", by=TEACHER)

    assert story.incident.emergency is not Emergency.ACTIVE


def test_the_title_ix_coordinator_is_told_the_same_day_by_the_task_and_by_no_second_one_pr_43() -> None:
    by_step, by_task = told(), told()
    assert by_step.incident.tasks[RecordTask.TELL_TITLE_IX].done_at is None
    assert by_step.clocks("title_ix") == {"same_day": SCHOOL_DAY}
    assert "PR-43" in by_step.refuses(cmd.SignClose(by=COUNSELOR))
    by_step.completes("title_ix")
    by_task.does(ccmd.FinishTask(by=COUNSELOR, task=RecordTask.TELL_TITLE_IX, note=WORDS))

    for story in (by_step, by_task):
        assert story.state("title_ix") is StepState.DONE
        assert story.incident.tasks[RecordTask.TELL_TITLE_IX].done_at == story.now
        assert story.refuses(ccmd.FinishTask(by=COUNSELOR, task=RecordTask.TELL_TITLE_IX, note=WORDS)) == {"PR-43"}


def test_the_two_students_are_kept_apart_today_and_help_needs_no_complaint() -> None:
    story = told()
    assert story.clocks("apart") == {"same_day": SCHOOL_DAY}
    assert story.clocks("supportive") == {"next_day": timedelta(days=1) + SCHOOL_DAY}
    said = " ".join(step.why.en for step in story.protocol.steps)

    assert "without a complaint" in said
    assert "Payback is forbidden" in said
    assert "The complaint itself is not kept here" in said


def test_the_one_who_asks_asks_once_and_a_positive_screening_goes_on_here_i_7_i_8() -> None:
    story = told()
    story.completes("own_words", by=TEACHER)
    story.answers("medical", "goes_today", by=TEACHER)
    story.answers("emergent", "none")
    story.answers("household", "at_home")
    story.answers("staff_suspected", "staff_elsewhere")
    story.completes("tell_above", "tell_admin", "title_ix", "apart")
    story.does(screen("ynnny"), interview("emergency_evaluation"), tier(Tier.IMMINENT), signed())
    story.answers("emergency_decision", "call_911")
    story.answers("protection_says", "they_take")
    story.does(release(ReleaseTo.EMS), offer())
    story.does(accepted(story.incident), cmd.RecordReturn(by=COUNSELOR))
    story.completes("who_knows", "supportive")
    files_own(story)

    story.follows_up_and_closes()
