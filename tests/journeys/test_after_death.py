"""After a death (protocols.md 1 i, P8): the main path, a rumor, the cause of death, the days to watch."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import linked_commands as lcmd
from crisis import watch_commands as wcmd
from crisis.commands import TimerDue
from crisis.effects import NotifyRole, OpenLinked, StartTimer
from crisis.events import Reminded
from crisis.protocol_words import WatchWhy
from crisis.protocols import loader
from crisis.protocols.reading_level import HARDEST_GRADE, LEAST_EASE, english, spanish
from crisis.statemachine.closing import obstacles
from crisis.statemachine.decide import decide
from crisis.statemachine.evolve import evolve
from crisis.statemachine.react import react
from crisis.statemachine.saying import words_of
from crisis.statemachine.steps import unattended
from crisis.store.engine import Store
from crisis.vocabulary import Beside, FollowUpOutcome, Role, StepId, StepState, StudentId, WordsId
from tests.factories import COUNSELOR, GROUND, MORNING, PRINCIPAL, SYSTEM
from tests.journeys.playing import Story

SAID = ("staff_meeting", "tell_students", "families_letter", "media")
NEXT_MORNING = datetime(2026, 10, 7, 12, 0, tzinfo=UTC)  # the opening bell of Wednesday
BIRTHDAY = date(2027, 3, 4)
DAY = StepId("watch_dates")


def death(store: Store | None = None) -> Story:
    return Story(loader.protocol("postvention_death"), store).begins(student=None, beside=Beside.NOBODY, by=PRINCIPAL)


def confirmed(story: Story) -> Story:
    story.answers("verify", "confirmed", PRINCIPAL)
    story.completes("tell_district", "crisis_team", "other_schools", by=PRINCIPAL)
    return story


def consents(value: str) -> cmd.SetFact:
    return cmd.SetFact(by=PRINCIPAL, fact="cause_consent", value=value)


def adds(day: date = BIRTHDAY, why: WatchWhy = WatchWhy.BIRTHDAY) -> wcmd.AddWatchDate:
    return wcmd.AddWatchDate(by=COUNSELOR, step=DAY, day=day, why=why)


def kept(day: date = BIRTHDAY) -> wcmd.KeepWatchDate:
    return wcmd.KeepWatchDate(by=COUNSELOR, day=day, why=WatchWhy.BIRTHDAY, note=WordsId("w-7"))


def told(story: Story, step: str) -> str:
    found = story.protocol.step(StepId(step))
    assert found is not None
    return " ".join(each.en for each in words_of(found, story.incident, story.protocol))


def through(story: Story) -> Story:
    """All that is done in the first days."""
    story.completes("family_visit", "staff_meeting", "tell_students", "families_letter", by=PRINCIPAL)
    story.answers("cause", "undisclosed", PRINCIPAL)
    story.completes("safe_rooms", "media", "memorials", "watch_list", by=PRINCIPAL)
    return story


@pytest.mark.page
def test_the_year_after_a_death_from_the_call_to_the_last_day_i_18_i_19(store: Store) -> None:
    story = through(confirmed(death(store)))
    story.does(adds())
    story.completes("watch_dates")
    for _day in range(5):
        story.does(cmd.RecordFollowUp(by=COUNSELOR, step=StepId("debrief"), outcome=FollowUpOutcome.COMPLETED))
        story.now += timedelta(days=1)

    assert "I-18" in {reason.rule for reason in obstacles(story.incident, story.protocol, story.now)}
    assert story.refuses(kept()) == {"WATCH"}  # it has not come
    story.now = datetime(2027, 3, 4, 20, 0, tzinfo=UTC)
    story.does(kept())
    story.follows_up_and_closes()


def test_nothing_is_said_before_it_is_known_to_be_true() -> None:
    story = death()

    assert story.clocks("verify") == {"one_hour": timedelta(hours=1)}
    assert story.clocks("tell_district") == {"one_hour": timedelta(hours=1)}
    assert [told(story, step) for step in SAID] == ["", "", "", ""]
    assert story.state("staff_meeting") is StepState.BLOCKED


def test_a_rumor_ends_with_two_calls() -> None:
    story = death()
    story.answers("verify", "not_true", PRINCIPAL)
    story.completes("tell_district", by=PRINCIPAL)

    assert [told(story, step) for step in SAID] == ["", "", "", ""]
    assert story.needed() == {"close_review"}
    story.follows_up_and_closes()


def test_staff_hear_it_before_the_next_school_day_and_students_that_morning() -> None:
    story = confirmed(death())
    by_morning = NEXT_MORNING - MORNING

    assert story.clocks("staff_meeting") == {"before_school": by_morning}
    assert story.clocks("safe_rooms") == {"before_school": by_morning}
    assert story.clocks("family_visit") == {"one_day": timedelta(hours=24)}
    story.now = NEXT_MORNING - timedelta(minutes=31)
    story.completes("staff_meeting", by=PRINCIPAL)
    assert story.clocks("tell_students") == {"same_morning": by_morning + timedelta(hours=3)}


def test_students_are_told_in_classrooms_or_small_groups_and_in_no_other_way() -> None:
    step = loader.protocol("postvention_death").step(StepId("tell_students"))

    assert step is not None
    assert set(step.evidence[0].options or {}) == {"classrooms", "small_groups"}


def test_the_cause_is_named_only_while_the_family_agrees_i_24() -> None:
    story = confirmed(death())
    story.completes("family_visit", "staff_meeting", "tell_students", by=PRINCIPAL)
    named = cmd.AnswerDecision(by=PRINCIPAL, step=StepId("cause"), choice="named")
    before = {step: told(story, step) for step in SAID}

    assert story.refuses(named) == {"I-24"}
    story.does(consents("no"))
    assert story.refuses(named) == {"I-24"}
    story.does(consents("yes"))
    assert "suicide" not in told(story, "families_letter")  # agreed, and not decided yet
    story.does(named)
    assert all("suicide" in told(story, step) for step in SAID)

    story.does(consents("no"))
    assert {step: told(story, step) for step in SAID} == before
    assert not any("suicide" in words for words in before.values())


def test_a_line_is_free_for_the_name_in_both_languages() -> None:
    for step in loader.protocol("postvention_death").steps:
        if step.statement is not None:
            first = step.statement.paragraphs[0].text
            assert "____" in first.en
            assert "____" in first.es


def test_each_student_of_the_list_gets_support_in_grief_and_nobody_is_paged_or_told() -> None:
    story = confirmed(death())
    order = lcmd.SpawnIncidents(by=PRINCIPAL, step=StepId("watch_list"), students=(StudentId("s-1"), StudentId("s-2")))
    events = decide(story.incident, story.protocol, GROUND, order, story.now)
    after = reduce(evolve, events, story.incident)
    effects = [effect for _, effect in react(story.incident, events, after, story.protocol, GROUND)]

    assert {type(effect) for effect in effects} == {OpenLinked}
    assert {effect.protocol for effect in effects if isinstance(effect, OpenLinked)} == {"grief_support"}


def test_the_team_meets_each_day_of_the_first_week() -> None:
    story = confirmed(death())
    meets = cmd.RecordFollowUp(by=COUNSELOR, step=StepId("debrief"), outcome=FollowUpOutcome.COMPLETED)

    assert story.clocks("debrief") == {"daily": datetime(2026, 10, 7, 19, 0, tzinfo=UTC) - MORNING}
    for _day in range(4):
        story.does(meets)
        story.now += timedelta(days=1)
    assert story.state("debrief") is StepState.OPEN
    story.does(meets)
    assert story.state("debrief") is StepState.DONE


def watching() -> Story:
    story = through(confirmed(death()))
    story.does(adds())
    return story


def due(story: Story, key: str, at: datetime) -> tuple[list[Role], StartTimer | None]:
    """What a reminder does at that moment: whom it tells, and the next one."""
    events = decide(story.incident, story.protocol, GROUND, TimerDue(by=SYSTEM, name="overdue", key=key), at)
    after = reduce(evolve, events, story.incident)
    effects = [effect for _, effect in react(story.incident, events, after, story.protocol, GROUND)]
    assert all(isinstance(event, Reminded) for event in events)
    later = [effect for effect in effects if isinstance(effect, StartTimer)]
    return [effect.role for effect in effects if isinstance(effect, NotifyRole)], next(iter(later), None)


def test_a_day_is_heard_of_a_week_before_on_the_day_and_until_somebody_says_how_it_went_i_18() -> None:
    story = through(confirmed(death()))
    events = decide(story.incident, story.protocol, GROUND, adds(), story.now)
    first = react(story.incident, events, reduce(evolve, events, story.incident), story.protocol, GROUND)
    story.does(adds())
    opens = datetime(2027, 3, 4, 13, 0, tzinfo=UTC)
    about = "watch:2027-03-04_birthday"

    assert StartTimer(name="overdue", key=f"{about}#1", due_at=opens - timedelta(days=7)) in [one for _, one in first]
    roles, on_the_day = due(story, f"{about}#1", opens - timedelta(days=7))
    assert roles == [Role.CARE_COORDINATOR, Role.INCIDENT_LEAD]
    assert on_the_day == StartTimer(name="overdue", key=f"{about}#2", due_at=opens)
    assert due(story, f"{about}#2", opens)[1] == StartTimer(
        name="overdue", key=f"{about}#3", due_at=opens + timedelta(days=1)
    )
    story.now = opens
    story.does(kept())
    assert due(story, f"{about}#3", opens + timedelta(days=1)) == ([], None)


@pytest.mark.parametrize(
    "day", [date(2026, 10, 5), date(2027, 12, 1)], ids=["before today", "more than 400 days ahead"]
)
def test_a_day_that_cannot_be_watched_is_refused(day: date) -> None:
    assert watching().refuses(adds(day)) == {"WATCH"}


def test_a_day_said_twice_is_there_once_and_one_that_is_over_or_foreign_is_not_kept_again() -> None:
    story = watching()
    story.does(adds())
    story.now = datetime(2027, 3, 4, 20, 0, tzinfo=UTC)

    assert len(story.incident.watched) == 1
    assert story.refuses(kept(date(2027, 3, 3))) == {"WATCH"}
    story.does(kept())
    assert story.refuses(kept()) == {"WATCH"}


def test_whoever_takes_over_the_follow_up_has_the_days_that_are_left() -> None:
    story = watching()
    story.completes("watch_dates")
    story.does(cmd.TransferFollowUp(by=PRINCIPAL, to=None, organisation=WordsId("w-8"), accepted=True))

    assert due(story, "watch:2027-03-04_birthday#1", story.now) == ([], None)
    story.follows_up_and_closes()


def test_it_is_about_a_school_and_asks_for_no_adult_beside_anybody_i_1() -> None:
    story = death()

    assert not unattended(story.incident, story.protocol)
    assert not story.incident.custody_gap
    assert story.refuses(cmd.TakeCustody(by=COUNSELOR)) == {"I-1"}


def test_what_is_read_out_or_taken_home_is_easy_to_read() -> None:
    said = [each.statement for each in loader.protocol("postvention_death").steps if each.statement is not None]

    for statement in said:
        paragraphs = [text for each in statement.paragraphs for text in (each.text, each.instead) if text is not None]
        assert english("\n".join(each.en for each in paragraphs)).grade <= HARDEST_GRADE, statement.title.en
        assert spanish("\n".join(each.es for each in paragraphs)).ease >= LEAST_EASE, statement.title.en
