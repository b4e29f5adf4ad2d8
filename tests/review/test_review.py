"""Incidents whose every figure was worked out by hand, to the second, across a change of clocks and a holiday."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.call_words import Receipt
from crisis.message_words import InterpreterKind
from crisis.review.replay import as_it_was
from crisis.review.review import Review, Share, review
from crisis.review_words import Kept, Milestone, ReviewCause
from crisis.vocabulary import (
    AttemptOutcome,
    Beside,
    Channel,
    ContactOutcome,
    DeadlineKind,
    LanguageHelp,
    PageId,
    PersonId,
    Role,
    Tier,
    Urgency,
)
from tests.factories import (
    CLINICIAN,
    COLLEAGUE,
    COUNSELOR,
    GROUND,
    WORDS,
    accepted,
    contact,
    decision,
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

# Friday, 30 October 2026, in New York, 14:00 by its clock: four hours behind until Sunday, five from then on.
FRIDAY = datetime(2026, 10, 30, 18, 0, 0, tzinfo=UTC)
CLOSED_ON_MONDAY = replace(GROUND, calendar=replace(GROUND.calendar, days_off=frozenset({date(2026, 11, 2)})))
BY_LINE = {"interpreted_by": InterpreterKind.SERVICE, "interpreter": WORDS}
TUESDAY = datetime(2026, 11, 3, 19, 59, 0, tzinfo=UTC)  # a minute before the bell at 15:00, which is 20:00 by then


def after(minutes: int, seconds: int = 0) -> datetime:
    return FRIDAY + timedelta(minutes=minutes, seconds=seconds)


@pytest.fixture(scope="module")
def friday() -> Review:
    """Nobody was with the student at first; a guardian is reached at the second try, after the last bell."""
    told = Recording(suicide_risk(), CLOSED_ON_MONDAY)
    told.opens(FRIDAY, beside=Beside.NOBODY)
    told.does(after(2, 10), cmd.TakeCustody(by=COUNSELOR))
    told.does(after(5), done("clear_means"))
    told.does(after(11), done("tell_admin", by=COLLEAGUE))
    told.does(after(20), screen("nynnn"))
    told.does(after(41, 30), interview("non_urgent_follow_up"), tier(Tier.MODERATE))
    told.does(after(50), contact(ContactOutcome.NO_ANSWER))
    told.does(after(65, 30), contact(language="es", language_help=LanguageHelp.INTERPRETER, **BY_LINE))
    for step in ("safety_plan", "means_counseling"):
        told.does(after(70), done(step))
    told.does(after(80), release())
    told.does(TUESDAY, follow_up("first_follow_up"))
    return review(told.log, told.protocol, told.ground, TUESDAY + timedelta(hours=1))


def test_each_milestone_is_counted_from_its_own_beginning(friday: Review) -> None:
    assert {each.milestone: each.seconds for each in friday.lengths} == {
        Milestone.SUPERVISED: 130,  # 14:00:00 to 14:02:10
        Milestone.ASKED: 20 * 60,
        Milestone.ARRIVED: None,  # nobody was paged
        Milestone.TIER: 1290,  # 14:20:00 to 14:41:30
        Milestone.GUARDIAN: 3930,  # 14:00:00 to 15:05:30
        Milestone.RELEASED: 870,  # 15:05:30 to 15:20:00
        Milestone.HANDED_OFF: None,
        Milestone.SETTLED: 80 * 60,
        Milestone.CLOSED: None,
    }
    assert (friday.gap, friday.tries, friday.closed) == (130, 2, False)
    assert friday.in_their_language == Share(count=1, of=1)  # the call that nobody answered is no talk


def test_each_deadline_is_there_once_with_what_became_of_it(friday: Review) -> None:
    found = {(each.step.id, each.deadline): (each.kept, each.late_by) for each in friday.expected}

    assert found == {
        ("take_custody", "at_once"): (Kept.LATE, 70),
        ("clear_means", "at_once"): (Kept.IN_TIME, None),  # five minutes from 14:02:10, when it opened
        ("tell_admin", "soon"): (Kept.LATE, 60),
        ("screen", "begin"): (Kept.IN_TIME, None),
        ("screen", "same_day"): (Kept.IN_TIME, None),
        ("assess", "begin"): (Kept.IN_TIME, None),
        ("assess", "same_day"): (Kept.IN_TIME, None),
        ("guardian_contact", "begin"): (Kept.IN_TIME, None),  # 30 minutes from 14:41:30
        ("guardian_contact", "same_day"): (Kept.LATE, 330),  # the bell was at 15:00
        ("safety_plan", "before_release"): (Kept.LATE, 600),
        ("means_counseling", "before_release"): (Kept.LATE, 600),
        ("custody_release", "end_of_day"): (Kept.LATE, 1200),
        ("referral", "moderate_day"): (Kept.MISSED, None),
        ("referral", "moderate_hard"): (Kept.MISSED, None),
        ("referral", "after_release"): (Kept.MISSED, None),
        ("first_follow_up", "one_day"): (Kept.LATE, 261_540),  # Saturday 15:20 to Tuesday 14:59, and one hour more
        ("first_follow_up", "next_school_day"): (Kept.IN_TIME, None),  # Monday was off, the clocks had changed
        ("nurse_call", "two_days"): (Kept.MISSED, None),
        ("check_in_once", "five_school_days"): (Kept.WAITING, None),
        ("reassess", "moderate"): (Kept.WAITING, None),
    }
    assert len(friday.expected) == len(found)
    assert friday.kept(DeadlineKind.HARD) == Share(count=3, of=10)
    assert friday.follow_ups == Share(count=1, of=3)
    assert friday.causes == (ReviewCause.CUSTODY_GAP, ReviewCause.HARD_DEADLINE)


@pytest.fixture(scope="module")
def paged() -> Review:
    """Acute: the first level does not answer, the second comes, and a mobile crisis team takes over."""
    told = Recording(suicide_risk())
    told.opens(FRIDAY, beside=Beside.ME)
    told.does(after(4), screen("nynny"))  # pages by itself
    page = next(iter(told.incident.pages))
    first, second = PersonId("p-first"), PersonId("p-second")
    told.happens(
        tried(page, first, after(4, 1), AttemptOutcome.REFUSED, level=0),
        tried(page, first, after(4, 3), AttemptOutcome.ACCEPTED, level=0),
        pev.PageReceiptCame(
            at=after(4, 9),
            by=None,
            page=page,
            person=first,
            channel=Channel.TEXT,
            attempt="x",
            receipt=Receipt.DELIVERED,
        ),
    )
    told.timer(after(6), "page_unanswered", f"{page}:0")
    told.happens(tried(page, second, after(6, 1), AttemptOutcome.ACCEPTED, level=1))
    told.does(after(7, 20), pcmd.AcceptPage(by=CLINICIAN, page=page, eta_minutes=10))
    told.does(after(18), pcmd.Arrive(by=CLINICIAN, page=page, occurred_at=after(16, 40)))  # said a little later
    told.does(after(20), decision("mobile_crisis"), contact(by=COLLEAGUE))
    told.does(after(24), offer())
    told.does(after(31, 15), accepted(told.incident))
    return review(told.log, told.protocol, told.ground, after(40))


def tried(page: PageId, person: PersonId, at: datetime, outcome: AttemptOutcome, level: int) -> pev.PageAttempted:
    return pev.PageAttempted(
        at=at, by=None, page=page, person=person, channel=Channel.TEXT, outcome=outcome, attempt=f"{at}", level=level
    )


def test_a_page_is_counted_from_the_request_to_the_door(paged: Review) -> None:
    (page,) = paged.pages
    until = (page.sent_at, page.delivered_at, page.accepted_at, page.arrived_at)

    assert [page.seconds(each) for each in until] == [3, 9, 200, 760]
    assert (page.levels, page.tries, page.failed, page.alarms, page.declined) == (2, 3, 1, 0, 0)
    assert (page.role, page.urgency) == (Role.ONCALL_CLINICIAN, Urgency.U1)


def test_what_was_done_is_counted_by_when_it_was_done_not_by_when_it_was_written_down(paged: Review) -> None:
    lengths = {each.milestone: each.seconds for each in paged.lengths}

    assert lengths[Milestone.ARRIVED] == 16 * 60 + 40
    assert lengths[Milestone.HANDED_OFF] == 7 * 60 + 15
    assert lengths[Milestone.SETTLED] == 31 * 60 + 15
    assert lengths[Milestone.SUPERVISED] == paged.gap == 0
    kept = {(each.step.id, each.deadline): each.kept for each in paged.expected}
    assert kept["take_custody", "at_once"] is Kept.IN_TIME  # by the opening itself
    assert kept["emergency_decision", "five_minutes"] is Kept.LATE  # acute from 14:04 on, decided at 14:20
    assert paged.causes == (ReviewCause.HIGH_RISK, ReviewCause.HARD_DEADLINE)


def test_as_it_was_shows_what_was_known_then(paged: Review) -> None:
    told = Recording(suicide_risk())
    told.opens(FRIDAY, beside=Beside.ME)
    told.does(after(4), screen("nynny"))

    assert as_it_was(told.log, FRIDAY - timedelta(seconds=1)) is None
    before, now = as_it_was(told.log, after(3, 59)), as_it_was(told.log, after(4))
    assert before is not None
    assert (before.screen, before.pages) == (None, {})
    assert now == told.incident


def test_police_a_lost_student_and_a_page_that_nobody_took_each_ask_for_a_look_back() -> None:
    told = Recording(suicide_risk())
    told.opens(FRIDAY, beside=Beside.ME)
    told.does(after(1), cmd.ReportCustodyLost(by=COUNSELOR, last_seen=WORDS))
    told.does(after(9, 30), cmd.ReportStudentFound(by=COUNSELOR))
    told.does(after(10), screen("nynny"))
    page = next(iter(told.incident.pages))
    told.happens(pev.PageExhausted(at=after(18), by=None, page=page))

    found = review(told.log, told.protocol, told.ground, after(20))

    assert found.gap == 8 * 60 + 30
    assert {ReviewCause.CUSTODY_GAP, ReviewCause.NOBODY_CAME} <= set(found.causes)
