"""Deadlines in the school's own time: clocks that change, weekends, summers, early dismissals; none vanishes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisis.protocols.schema import Deadline
from crisis.statemachine.deadlines import closing_bell, due_at, is_school_day, is_school_time
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Anchor, Clockwork, DeadlineKind, Role

NEW_YORK = SchoolCalendar(
    zone="America/New_York",
    opens=time(8),
    closes=time(15),
    days_off=frozenset({date(2026, 10, 12), date(2026, 11, 26), date(2026, 11, 27)}),
    early_close={date(2026, 10, 7): time(11, 30)},
    terms=((date(2026, 9, 1), date(2027, 6, 18)), (date(2027, 9, 1), date(2028, 6, 20))),
)


def a_deadline(clock: Clockwork, within: timedelta | None = None, days: int | None = None) -> Deadline:
    return Deadline(
        id="by_then",
        anchor=Anchor.OPENED,
        within=within,
        days=days,
        clock=clock,
        kind=DeadlineKind.HARD,
        on_miss=(Role.ADMIN,),
        source="S1",
    )


def hours(count: float) -> Deadline:
    return a_deadline(Clockwork.SCHOOL_HOURS, within=timedelta(hours=count))


def school_days(count: int) -> Deadline:
    return a_deadline(Clockwork.SCHOOL_DAY, days=count)


def local(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("anchor", "zone", "due"),
    [
        ("2026-03-08T01:30", "America/New_York", "2026-03-08T03:30"),  # an hour that does not exist lies between
        ("2026-11-01T00:30", "America/New_York", "2026-11-01T01:30"),
        ("2026-03-29T00:30", "Europe/London", "2026-03-29T02:30"),
        ("2026-10-04T01:30", "Australia/Sydney", "2026-10-04T03:30"),
        ("2026-03-08T01:30", "America/Phoenix", "2026-03-08T02:30"),  # no change of clocks there
    ],
)
def test_an_hour_is_an_hour_through_a_change_of_clocks(anchor: str, zone: str, due: str) -> None:
    there = SchoolCalendar(zone=zone, opens=time(8), closes=time(15))
    an_hour = a_deadline(Clockwork.WALL, within=timedelta(hours=1))
    in_local_time = datetime.fromisoformat(anchor).replace(tzinfo=ZoneInfo(zone))

    assert due_at(an_hour, local(anchor, zone), there) == local(due, zone)
    assert due_at(an_hour, in_local_time, there) == local(due, zone)


@pytest.mark.parametrize(
    ("anchor", "zone", "due"),
    [
        ("2026-03-06T14:00", "America/New_York", "2026-03-09T09:00"),
        ("2026-10-30T14:00", "America/New_York", "2026-11-02T09:00"),
        ("2026-03-27T14:00", "Europe/London", "2026-03-30T09:00"),
        ("2026-10-02T14:00", "Australia/Sydney", "2026-10-05T09:00"),
        ("2026-03-06T14:00", "Pacific/Honolulu", "2026-03-09T09:00"),
    ],
)
def test_school_hours_skip_the_weekend_of_a_change_of_clocks(anchor: str, zone: str, due: str) -> None:
    there = SchoolCalendar(zone=zone, opens=time(8), closes=time(15))

    assert due_at(hours(2), local(anchor, zone), there) == local(due, zone)


@pytest.mark.parametrize(
    ("deadline", "anchor", "due"),
    [
        (hours(2), "2026-10-06T10:00", "2026-10-06T12:00"),
        (hours(2), "2026-10-06T13:00", "2026-10-06T15:00"),  # exactly at the bell
        (hours(2), "2026-10-06T06:00", "2026-10-06T10:00"),  # before school
        (hours(2), "2026-10-06T14:00", "2026-10-07T09:00"),
        (hours(4), "2026-10-07T08:30", "2026-10-08T09:00"),  # early dismissal
        (hours(2), "2026-10-09T14:30", "2026-10-13T09:30"),  # weekend and holiday
        (hours(2), "2027-06-18T14:00", "2027-09-01T09:00"),  # summer
        (hours(0), "2026-10-06T20:00", "2026-10-07T08:00"),
        (school_days(0), "2026-10-06T10:00", "2026-10-06T15:00"),
        (school_days(0), "2026-10-06T15:00", "2026-10-07T11:30"),  # after the bell: the next day, which ends early
        (school_days(0), "2026-10-10T10:00", "2026-10-13T15:00"),
        (school_days(1), "2026-10-06T20:00", "2026-10-07T11:30"),
        (school_days(2), "2026-10-08T10:00", "2026-10-13T15:00"),
        (school_days(1), "2027-06-18T10:00", "2027-09-01T15:00"),
        (a_deadline(Clockwork.CALENDAR_DAY, days=0), "2026-10-06T10:00", "2026-10-06T23:59:59"),
        (a_deadline(Clockwork.CALENDAR_DAY, days=30), "2026-10-06T22:00", "2026-11-05T23:59:59"),  # clocks went back
        (a_deadline(Clockwork.WALL, within=timedelta(0)), "2026-10-06T22:00", "2026-10-06T22:00"),
    ],
)
def test_deadlines_of_a_school_in_new_york(deadline: Deadline, anchor: str, due: str) -> None:
    assert due_at(deadline, local(anchor), NEW_YORK) == local(due)


def test_a_day_whose_last_second_comes_twice_ends_with_the_second_one() -> None:
    santiago = SchoolCalendar(zone="America/Santiago", opens=time(8), closes=time(15))

    due = due_at(a_deadline(Clockwork.CALENDAR_DAY, days=0), local("2026-04-04T12:00", "America/Santiago"), santiago)

    assert due + timedelta(seconds=1) == local("2026-04-05T00:00", "America/Santiago")


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        (school_days(0), "2030-01-06T23:59:59"),
        (school_days(3), "2030-01-08T23:59:59"),
        (hours(5), "2030-01-05T15:00"),
    ],
)
def test_a_deadline_never_vanishes_where_the_calendar_has_no_school_day(deadline: Deadline, due: str) -> None:
    assert due_at(deadline, local("2030-01-05T10:00"), NEW_YORK) == local(due)


def test_when_the_calendar_ends_time_counts_on_from_its_last_day() -> None:
    assert due_at(school_days(3), local("2028-06-19T10:00"), NEW_YORK) == local("2028-06-22T23:59:59")
    assert due_at(hours(9), local("2028-06-20T14:00"), NEW_YORK) == local("2028-06-20T23:00")


def test_a_calendar_whose_bells_are_the_wrong_way_round_still_has_deadlines() -> None:
    wrong = SchoolCalendar(zone="America/New_York", opens=time(15), closes=time(8))

    assert due_at(hours(2), local("2026-10-06T10:00"), wrong) == local("2026-10-06T12:00")


def test_school_days_and_bells() -> None:
    days = [date(2026, 10, 6), date(2026, 10, 10), date(2026, 10, 12), date(2026, 8, 31), date(2027, 7, 1)]

    assert [is_school_day(day, NEW_YORK) for day in days] == [True, False, False, False, False]
    assert closing_bell(date(2026, 10, 7), NEW_YORK) == local("2026-10-07T11:30")
    assert [is_school_time(local(f"2026-10-07T{at}"), NEW_YORK) for at in ("07:59", "08:00", "11:29", "11:30")] == [
        False,
        True,
        True,
        False,
    ]


MINUTE = timedelta(minutes=1)
ZONES = ("America/New_York", "America/Phoenix", "Europe/London", "Australia/Lord_Howe")


def in_school(at: datetime, calendar: SchoolCalendar) -> bool:
    """Asks the wall clock at one minute, the slow way."""
    wall = at.astimezone(ZoneInfo(calendar.zone))
    day, bell = wall.date(), calendar.early_close.get(wall.date(), calendar.closes)
    off = day in calendar.days_off or day.weekday() not in calendar.weekdays
    term = any(first <= day <= last for first, last in calendar.terms)
    return term and not off and calendar.opens <= wall.time() < bell


def minute_by_minute(anchor_at: datetime, minutes: int, calendar: SchoolCalendar) -> datetime:
    at = anchor_at
    while minutes:
        minutes -= in_school(at, calendar)
        at += MINUTE
    return at


calendars = st.builds(
    SchoolCalendar,
    zone=st.sampled_from(ZONES),
    opens=st.sampled_from([time(7, 20), time(8), time(9, 15)]),
    closes=st.sampled_from([time(12), time(14, 35), time(15)]),
    weekdays=st.sampled_from([frozenset(range(5)), frozenset(range(4)), frozenset({0, 1, 2, 3, 4, 5})]),
    days_off=st.frozensets(st.dates(date(2026, 10, 20), date(2026, 11, 20)), max_size=4),
    early_close=st.dictionaries(
        st.dates(date(2026, 10, 20), date(2026, 11, 20)), st.sampled_from([time(10), time(11, 30)]), max_size=4
    ),
    terms=st.just(((date(2026, 9, 1), date(2026, 11, 3)), (date(2026, 11, 9), date(2027, 6, 1)))),
)
moments = st.integers(0, 18 * 24 * 60).map(lambda minutes: datetime(2026, 10, 23, tzinfo=UTC) + minutes * MINUTE)


@given(calendars, moments, st.integers(1, 900))
@settings(max_examples=40, deadline=None)
def test_school_hours_agree_with_a_count_of_every_minute(
    calendar: SchoolCalendar, anchor_at: datetime, minutes: int
) -> None:
    due = due_at(a_deadline(Clockwork.SCHOOL_HOURS, within=minutes * MINUTE), anchor_at, calendar)

    assert due == minute_by_minute(anchor_at, minutes, calendar)


@given(calendars, moments, st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_school_days_agree_with_a_walk_from_day_to_day(
    calendar: SchoolCalendar, anchor_at: datetime, days: int
) -> None:
    due = due_at(school_days(days), anchor_at, calendar)

    start = anchor_at.astimezone(ZoneInfo(calendar.zone)).date()
    ahead = [start + timedelta(days=n) for n in range(60)]
    bells = [closing_bell(day, calendar) for day in ahead[min(days, 1) :] if is_school_day(day, calendar)]
    assert due == [bell for bell in bells if bell > anchor_at or days][max(days - 1, 0)]


@given(calendars, moments, st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_every_deadline_lies_ahead_of_its_anchor_and_one_more_day_is_later(
    calendar: SchoolCalendar, anchor_at: datetime, days: int
) -> None:
    due, later = (due_at(school_days(count), anchor_at, calendar) for count in (days + 1, days + 2))

    assert anchor_at < due < later


def mornings(count: int) -> Deadline:
    return a_deadline(Clockwork.SCHOOL_START, days=count)


@pytest.mark.parametrize(
    ("anchor", "days", "due"),
    [
        ("2026-10-06T10:00", 0, "2026-10-07T08:00"),  # in class: tomorrow
        ("2026-10-06T05:00", 0, "2026-10-06T08:00"),  # before school: today
        ("2026-10-06T08:00", 0, "2026-10-07T08:00"),  # at the bell itself
        ("2026-10-09T16:00", 0, "2026-10-13T08:00"),  # Friday, and Monday is free
        ("2026-10-09T16:00", 1, "2026-10-14T08:00"),
        ("2026-10-30T16:00", 0, "2026-11-02T08:00"),  # clocks change in between
    ],
)
def test_before_school_begins_is_the_next_opening_bell(anchor: str, days: int, due: str) -> None:
    assert due_at(mornings(days), local(anchor), NEW_YORK) == local(due)


def test_where_no_school_is_in_sight_a_morning_still_comes() -> None:
    over = SchoolCalendar(
        zone="America/New_York", opens=time(8), closes=time(15), terms=((date(2020, 9, 1), date(2021, 6, 1)),)
    )

    assert due_at(mornings(0), local("2026-10-06T10:00"), over) == local("2026-10-07T08:00")
