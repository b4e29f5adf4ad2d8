"""A third incident worked out by hand: the clocks go forward, and two days of school are off, before the handoff.

Thursday, 11 March 2027, in New York: five hours behind until Sunday 02:00, four from then on. Friday the 12th and
Monday the 15th are off; the bell is at 15:00. By the wall and in UTC (Z):

    opening              Thu 10:00:00 = 15:00:00Z   an adult is with the student from the first second
    clear_means              10:03:20               due after 5 min, 10:05:00
    tell_admin               10:11:40               due after 10 min, 10:10:00: 100 s late
    student lost, found      10:12:00 to 10:20:30   8 min 30 s alone: 510 s
    screen                   10:31:15               due after 30 min, 10:30:00: 75 s late
    assessed, moderate       11:05:00 = 16:05:00Z   due after 60 min, 11:00:00: 300 s late
    call, nobody answers     11:20:00
    guardian reached         11:34:59               due 30 min after the tier, 11:35:00: by one second
    safety plan, means       14:30:00, 14:40:00     due at the bell
    released                 14:50:00 = 19:50:00Z
    handoff offered      Sat 20:00:00 = Sun 01:00:00Z
    handoff accepted     Sun 12:04:59 = 16:04:59Z   72 h after the tier are Sun 16:05:00Z: by one second
    first follow-up      Tue 15:00:30 = 19:00:30Z   the bell of the next school day is Tue 15:00 = 19:00:00Z: 30 s late
    looked back at       Wed 12:00:00
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crisis import commands as cmd
from crisis.message_words import InterpreterKind
from crisis.review.review import Review, Share, review
from crisis.review_words import Kept, Milestone, ReviewCause
from crisis.vocabulary import Beside, ContactOutcome, DeadlineKind, LanguageHelp, Tier
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    GROUND,
    WORDS,
    accepted,
    contact,
    done,
    follow_up,
    interview,
    offer,
    release,
    screen,
    suicide_risk,
    tier,
)
from tests.review.recording import Recording

NEW_YORK = ZoneInfo("America/New_York")
OFF = frozenset({date(2027, 3, 12), date(2027, 3, 15)})
WITH_DAYS_OFF = replace(GROUND, calendar=replace(GROUND.calendar, days_off=OFF))
BY_LINE = {"interpreted_by": InterpreterKind.SERVICE, "interpreter": WORDS}


def by_the_wall(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Of March 2027 at the school."""
    return datetime(2027, 3, day, hour, minute, second, tzinfo=NEW_YORK).astimezone(UTC)


@pytest.fixture(scope="module")
def spring() -> Review:
    told = Recording(suicide_risk(), WITH_DAYS_OFF)
    told.opens(by_the_wall(11, 10), beside=Beside.ME)
    told.does(by_the_wall(11, 10, 3, 20), done("clear_means"))
    told.does(by_the_wall(11, 10, 11, 40), done("tell_admin", by=COLLEAGUE))
    told.does(by_the_wall(11, 10, 12), cmd.ReportCustodyLost(by=COUNSELOR, last_seen=WORDS))
    told.does(by_the_wall(11, 10, 20, 30), cmd.ReportStudentFound(by=COUNSELOR))
    told.does(by_the_wall(11, 10, 31, 15), screen("nynnn"))
    told.does(by_the_wall(11, 11, 5), interview("non_urgent_follow_up"), tier(Tier.MODERATE))
    told.does(by_the_wall(11, 11, 20), contact(ContactOutcome.NO_ANSWER))
    told.does(by_the_wall(11, 11, 34, 59), contact(language="es", language_help=LanguageHelp.INTERPRETER, **BY_LINE))
    told.does(by_the_wall(11, 14, 30), done("safety_plan"))
    told.does(by_the_wall(11, 14, 40), done("means_counseling"))
    told.does(by_the_wall(11, 14, 50), release())
    told.does(by_the_wall(13, 20), offer())
    told.does(by_the_wall(14, 12, 4, 59), accepted(told.incident))
    told.does(by_the_wall(16, 15, 0, 30), follow_up("first_follow_up"))
    return review(told.log, told.protocol, told.ground, by_the_wall(17, 12))


def test_the_clocks_went_forward_in_between() -> None:
    """So that the figures below are of no other year: the wall went 16 h 4 min 59 s on, and an hour less passed."""
    passed = by_the_wall(14, 12, 4, 59) - by_the_wall(13, 20)

    assert passed == timedelta(hours=15, minutes=4, seconds=59)


def test_each_milestone_of_spring(spring: Review) -> None:
    assert {each.milestone: each.seconds for each in spring.lengths} == {
        Milestone.SUPERVISED: 0,
        Milestone.ASKED: 1875,  # 31 * 60 + 15
        Milestone.ARRIVED: None,  # nobody was paged
        Milestone.TIER: 2025,  # 10:31:15 to 11:05:00: 33 * 60 + 45
        Milestone.GUARDIAN: 5699,  # 10:00:00 to 11:34:59: 94 * 60 + 59
        Milestone.RELEASED: 11_701,  # 11:34:59 to 14:50:00: 3 * 3600 + 15 * 60 + 1
        Milestone.HANDED_OFF: 54_299,  # 15 * 3600 + 4 * 60 + 59, as above
        Milestone.SETTLED: 17_400,  # 10:00:00 to 14:50:00: 4 * 3600 + 50 * 60
        Milestone.CLOSED: None,
    }
    assert (spring.gap, spring.tries, spring.closed) == (510, 2, False)
    assert spring.in_their_language == Share(count=1, of=1)


def test_each_deadline_of_spring(spring: Review) -> None:
    found = {(each.step.id, each.deadline): (each.kept, each.late_by) for each in spring.expected}

    assert found == {
        ("take_custody", "at_once"): (Kept.IN_TIME, None),
        ("clear_means", "at_once"): (Kept.IN_TIME, None),
        ("tell_admin", "soon"): (Kept.LATE, 100),
        ("screen", "begin"): (Kept.LATE, 75),
        ("screen", "same_day"): (Kept.IN_TIME, None),
        ("assess", "begin"): (Kept.LATE, 300),
        ("assess", "same_day"): (Kept.IN_TIME, None),
        ("guardian_contact", "begin"): (Kept.IN_TIME, None),
        ("guardian_contact", "same_day"): (Kept.IN_TIME, None),
        ("safety_plan", "before_release"): (Kept.IN_TIME, None),
        ("means_counseling", "before_release"): (Kept.IN_TIME, None),
        ("custody_release", "end_of_day"): (Kept.IN_TIME, None),
        ("referral", "moderate_day"): (Kept.LATE, 172_799),  # Fri 16:05:00Z to Sun 16:04:59Z: 2 * 86,400 - 1
        ("referral", "moderate_hard"): (Kept.IN_TIME, None),
        ("referral", "after_release"): (Kept.LATE, 159_299),  # Fri 19:50:00Z to Sun 16:04:59Z: 172,800 - 13,501
        ("first_follow_up", "one_day"): (Kept.LATE, 342_630),  # Fri 19:50:00Z to Tue 19:00:30Z: 345,600 - 2,970
        ("first_follow_up", "next_school_day"): (Kept.LATE, 30),
        ("nurse_call", "two_days"): (Kept.MISSED, None),  # Sat 19:50:00Z
        ("check_in_once", "five_school_days"): (Kept.WAITING, None),  # Tue, Wed, Thu, Fri, Mon the 22nd
        ("reassess", "moderate"): (Kept.WAITING, None),  # the end of Thursday the 25th
    }
    due = {(each.step.id, each.deadline): each.due_at for each in spring.expected}
    assert due["check_in_once", "five_school_days"] == datetime(2027, 3, 22, 19, 0, tzinfo=UTC)
    assert due["reassess", "moderate"] == datetime(2027, 3, 26, 3, 59, 59, tzinfo=UTC)
    assert due["first_follow_up", "next_school_day"] == datetime(2027, 3, 16, 19, 0, tzinfo=UTC)
    assert spring.kept(DeadlineKind.HARD) == Share(count=8, of=10)  # all but the follow-up of Tuesday and the nurse
    assert spring.follow_ups == Share(count=0, of=3)
    assert spring.causes == (ReviewCause.CUSTODY_GAP, ReviewCause.HARD_DEADLINE)
