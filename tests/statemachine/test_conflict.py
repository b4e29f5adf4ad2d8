"""What two people do at once to the same thing: the slower one is told, and no alarm is ever held up by it."""

from datetime import date

from crisis import commands as cmd
from crisis import events as ev
from crisis import watch_commands as wcmd
from crisis import watch_events as wev
from crisis.protocol_words import WatchWhy
from crisis.statemachine.conflict import clashes
from tests.factories import COLLEAGUE, COUNSELOR, MORNING, NURSE, WORDS

WHO = {"at": MORNING, "by": NURSE.id}
LOST = ev.CustodyLost(**WHO, last_seen=WORDS)
FOUND = ev.StudentFound(**WHO, adult=NURSE.id)
DAY, OTHER_DAY = date(2026, 10, 9), date(2026, 10, 12)


def meets(order: cmd.Command, *since: ev.Event) -> list[str | None]:
    """The stored names of what it clashes with."""
    return [each.event for each in clashes(order, enumerate(since, start=5))]


def test_lost_once_more_is_a_new_alarm_and_nothing_of_before_holds_it_up() -> None:
    again = cmd.ReportCustodyLost(by=COUNSELOR, last_seen=WORDS)

    assert meets(again, LOST) == ["CustodyLost"]
    assert meets(again, LOST, FOUND) == []
    assert meets(again, LOST, FOUND, LOST) == ["CustodyLost"]
    assert meets(again, ev.CustodyAccepted(**WHO, adult=NURSE.id)) == []


def test_two_who_have_found_the_student_hear_of_each_other_i_1() -> None:
    assert meets(cmd.ReportStudentFound(by=COUNSELOR), LOST, FOUND) == ["CustodyLost", "StudentFound"]


def test_an_assessment_that_was_opened_again_and_a_close_are_not_done_over() -> None:
    reopened = ev.AssessmentReopened(**WHO, reason=WORDS, steps=())

    assert meets(cmd.ReopenAssessment(by=COUNSELOR, reason=WORDS), reopened) == ["AssessmentReopened"]
    assert meets(cmd.CloseIncident(by=COLLEAGUE), ev.CloseSigned(**WHO), ev.IncidentClosed(**WHO)) == ["IncidentClosed"]


def test_how_a_day_went_is_written_once_and_other_days_are_other_days() -> None:
    kept = wev.WatchDateKept(**WHO, day=DAY, why=WatchWhy.BIRTHDAY, note=WORDS)
    order = wcmd.KeepWatchDate(by=COUNSELOR, day=DAY, why=WatchWhy.BIRTHDAY, note=WORDS)
    other = wcmd.KeepWatchDate(by=COUNSELOR, day=OTHER_DAY, why=WatchWhy.BIRTHDAY, note=WORDS)

    assert meets(order, kept) == ["WatchDateKept"]
    assert meets(other, kept) == []
