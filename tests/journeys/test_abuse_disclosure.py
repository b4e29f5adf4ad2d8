"""Abuse or neglect (protocols.md 1 e, P5): its main path, each branch and exception that the section lists. Pure."""

from datetime import timedelta

import pytest

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.errors import Refused
from crisis.protocols import loader
from crisis.record_words import RecordTask
from crisis.statemachine.decide import decide, decide_open
from crisis.statemachine.evolve import fold
from crisis.vocabulary import (
    Beside,
    Emergency,
    IncidentId,
    ObligationKind,
    PersonId,
    ReleaseTo,
    StepId,
    StepState,
    Tier,
)
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    GROUND,
    MORNING,
    NURSE,
    PRINCIPAL,
    SYSTEM,
    TEACHER,
    WORDS,
    accepted,
    contact,
    interview,
    offer,
    opening,
    release,
    screen,
    signed,
    tier,
)
from tests.journeys.playing import Story

HOUR = timedelta(hours=1)
STAFF_MAY_BE = ("keep_out", "tell_above")


def disclosure(jurisdiction: str = "US") -> Story:
    return Story(loader.protocol("abuse_disclosure", jurisdiction)).begins()


def safe_for_now(story: Story) -> Story:
    """Everything of the first minutes, where nothing is worse than it looks."""
    story.completes("own_words", by=TEACHER)
    story.answers("hurt", "none")
    story.answers("emergent", "none")
    story.answers("staff_suspected", "no_one")
    story.completes("tell_admin")
    return story


def files_own(story: Story) -> None:
    for report in [each for each in story.incident.obligations.values() if each.filed_at is None]:
        by = next(each for each in (COUNSELOR, COLLEAGUE, TEACHER) if each.id == report.owner)
        story.does(tcmd.FileReport(by=by, obligation=report.id, agency="DCF", number=WORDS, worker=WORDS))


def test_from_the_first_second_no_one_at_home_is_called_and_the_report_is_the_openers_i_10_i_11() -> None:
    story = disclosure()
    reports = story.incident.obligations.values()

    assert list(story.incident.exceptions) == ["contraindicated"]
    assert {each.owner for each in reports} == {COUNSELOR.id}
    assert {each.kind for each in reports} == {ObligationKind.MANDATED_REPORT, ObligationKind.WRITTEN_REPORT}
    assert "I-10" in story.refuses(contact())
    assert story.state("guardian_contact") is StepState.SUBSTITUTED


def test_child_protection_takes_the_student_and_it_closes_without_any_call_home_i_9_i_19() -> None:
    story = safe_for_now(disclosure())
    story.does(screen("nnnn-"), tier(Tier.NONE))
    story.answers("protection_says", "they_take")
    story.does(release(ReleaseTo.CHILD_PROTECTION), offer())
    story.does(accepted(story.incident))
    story.completes("who_knows")
    assert story.refuses(cmd.SignClose(by=COUNSELOR)) >= {"I-11"}  # a report that nobody filed
    story.does(ccmd.FinishTask(by=COUNSELOR, task=RecordTask.CHECK_ICWA, note=WORDS))
    files_own(story)
    story.follows_up_and_closes()

    assert story.incident.guardian_reached_at is None


def test_two_people_lift_the_block_and_then_the_parent_whom_they_named_is_told_i_10() -> None:
    story = safe_for_now(disclosure())
    story.does(screen("nnnn-"), tier(Tier.NONE))
    story.answers("protection_says", "may_tell")
    assert "I-10" in story.refuses(release(ReleaseTo.GUARDIAN))
    story.does(cmd.LiftException(by=COUNSELOR, exception="contraindicated", reason=WORDS))
    assert "I-10" in story.refuses(contact())
    assert "I-10" in story.refuses(cmd.LiftException(by=COUNSELOR, exception="contraindicated", reason=WORDS))
    story.does(cmd.LiftException(by=PRINCIPAL, exception="contraindicated", reason=WORDS))
    story.does(contact(), release(ReleaseTo.GUARDIAN))
    story.completes("who_knows")
    files_own(story)

    story.follows_up_and_closes()


def test_the_block_runs_out_and_blocks_all_the_same_until_somebody_renews_it_i_10() -> None:
    story = disclosure()
    story.now += timedelta(hours=25)
    story.does(cmd.TimerDue(by=SYSTEM, name="exception_expires", key="contraindicated"))

    assert story.incident.exceptions["contraindicated"].expired
    assert "I-10" in story.refuses(contact())
    story.does(cmd.RenewException(by=COUNSELOR, exception="contraindicated", reason=WORDS))
    assert not story.incident.exceptions["contraindicated"].expired


@pytest.mark.parametrize(
    ("jurisdiction", "oral", "written"),
    [
        ("US-MA", timedelta(minutes=15), 48 * HOUR),
        ("US-CT", 12 * HOUR, 48 * HOUR),
        ("US-CA", timedelta(minutes=15), 36 * HOUR),
    ],
)
def test_the_clocks_are_those_of_the_state(jurisdiction: str, oral: timedelta, written: timedelta) -> None:
    """protocols.md 6.4, 7. “At once” becomes loud after a quarter of an hour: that is ours, and marked so."""
    protocol = loader.protocol("abuse_disclosure", jurisdiction)
    story = Story(protocol).begins()
    due = {each.kind: each.due_at - MORNING for each in story.incident.obligations.values()}

    assert due == {ObligationKind.MANDATED_REPORT: oral, ObligationKind.WRITTEN_REPORT: written}
    clock = protocol.parameters["mandated_report_oral"]
    assert clock.verified == (jurisdiction == "US-CT")
    assert all(each.source for each in protocol.parameters.values())


def test_whoever_suspects_too_owes_a_report_of_their_own_and_nobody_files_it_for_them_i_11() -> None:
    story = disclosure()
    story.does(tcmd.Suspect(by=TEACHER), tcmd.Suspect(by=COUNSELOR, to=PersonId("p-colleague")))
    owners = [each.owner for each in story.incident.obligations.values()]
    theirs = next(each for each in story.incident.obligations.values() if each.owner == TEACHER.id)

    assert owners == [owner for owner in ("p-counselor", "p-teacher", "p-colleague") for _ in range(2)]
    foreign = tcmd.FileReport(by=COUNSELOR, obligation=theirs.id, agency="DCF", number=WORDS)
    assert story.refuses(foreign) == {"I-11"}
    story.does(tcmd.Suspect(by=TEACHER))  # said twice it is owed once
    assert len(story.incident.obligations) == 6


def test_the_clock_counts_from_the_suspicion_and_never_from_a_later_word_i_11() -> None:
    story = disclosure("US-CT")
    before = {each.id: each.due_at for each in story.incident.obligations.values()}
    story.does(tcmd.Suspect(by=COUNSELOR, occurred_at=MORNING - 2 * HOUR))
    after = {each.id: each.due_at for each in story.incident.obligations.values()}

    assert after == {key: due - 2 * HOUR for key, due in before.items()}
    story.does(tcmd.Suspect(by=COUNSELOR), tcmd.Suspect(by=COUNSELOR, occurred_at=MORNING))
    assert {each.id: each.due_at for each in story.incident.obligations.values()} == after
    assert story.refuses(tcmd.Suspect(by=TEACHER, occurred_at=story.now + HOUR)) == {"I-21"}


def test_a_report_is_passed_on_only_where_the_state_allows_it_and_stays_the_owners_i_11() -> None:
    there, here = disclosure("US-MA"), disclosure("US-CT")
    for story, allowed in ((there, True), (here, False)):
        first = next(iter(story.incident.obligations))
        order = tcmd.DelegateReport(by=COUNSELOR, obligation=first, to=PersonId("p-colleague"))
        assert (story.refuses(order) == set()) is allowed
    first = next(iter(there.incident.obligations))
    there.does(
        tcmd.DelegateReport(by=COUNSELOR, obligation=first, to=PersonId("p-colleague")),
        tcmd.FileReport(by=COLLEAGUE, obligation=first, agency="DCF", number=WORDS),
    )

    assert there.incident.obligations[first].owner == COUNSELOR.id


def test_what_the_system_opened_nobody_suspects_yet_and_it_never_closes_so_i_11_i_19() -> None:
    protocol = loader.protocol("abuse_disclosure")
    order = opening(
        by=SYSTEM,
        crisis_type="abuse_suspected",
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=loader.content_hash(protocol),
        beside=Beside.NOBODY,
    )
    incident = fold(decide_open(order, protocol, GROUND, IncidentId("i-1"), MORNING))
    with pytest.raises(Refused) as refused:
        decide(incident, protocol, GROUND, cmd.SignClose(by=COUNSELOR), MORNING)

    assert list(incident.exceptions) == ["contraindicated"]
    assert incident.obligations == {}
    assert "Nobody has said that they suspect it" in str([each.text for each in refused.value.reasons])


def test_one_of_the_four_calls_the_police_and_never_without_a_reason_i_14() -> None:
    story = disclosure()
    bare = cmd.AnswerDecision(by=TEACHER, step=StepId("emergent"), choice="police")
    assert story.refuses(bare) == {"I-14"}
    story.answers("emergent", "police", by=TEACHER)
    story.does(release(ReleaseTo.POLICE))

    assert story.incident.released_to is ReleaseTo.POLICE


def test_in_danger_right_now_is_an_emergency_and_does_not_wait_for_a_form_i_7() -> None:
    story = disclosure()
    story.answers("emergent", "call_911", by=TEACHER)

    assert story.incident.emergency is Emergency.ACTIVE
    assert set(story.clocks("emergency_decision")) == {"five_minutes"}
    story.does(release(ReleaseTo.EMS))


def test_a_member_of_the_staff_is_kept_out_before_anything_says_so_pr_54() -> None:
    story = disclosure()
    assert not set(STAFF_MAY_BE) & {each for each in story.needed() if story.state(each) is StepState.OPEN}
    story.answers("staff_suspected", "staff")
    kept = cmd.CompleteStep(by=COUNSELOR, step=StepId("keep_out"))

    assert {story.state(each) for each in STAFF_MAY_BE} == {StepState.OPEN}
    assert story.refuses(kept) == {"PR-54"}
    story.completes("tell_above")


def test_the_nurse_looks_only_where_the_student_is_hurt_and_writes_it_down_afterwards() -> None:
    hurt, not_hurt = disclosure(), disclosure()
    hurt.completes("nurse_look", by=NURSE)  # before the question is answered: care does not wait for a form
    not_hurt.answers("hurt", "none")

    assert hurt.state("nurse_look") is StepState.DONE
    assert not_hurt.state("nurse_look") is StepState.NOT_NEEDED


def test_a_positive_screening_goes_on_in_the_same_incident_i_7_i_8() -> None:
    story = safe_for_now(disclosure())
    story.does(screen("ynnny"), interview("emergency_evaluation"), tier(Tier.IMMINENT), signed())
    story.answers("emergency_decision", "call_911")
    story.answers("protection_says", "they_take")
    story.does(release(ReleaseTo.EMS), offer())
    story.does(accepted(story.incident), cmd.RecordReturn(by=COUNSELOR))
    story.completes("who_knows")
    files_own(story)

    assert story.state("reentry_meeting") is StepState.OPEN
    story.follows_up_and_closes()


def test_the_student_is_seen_on_the_next_school_day() -> None:
    story = safe_for_now(disclosure())
    story.does(screen("nnnn-"), tier(Tier.NONE))
    story.answers("protection_says", "they_take")
    story.does(release(ReleaseTo.CHILD_PROTECTION))

    assert story.clocks("first_follow_up")["next_school_day"] == timedelta(days=1, hours=5)
