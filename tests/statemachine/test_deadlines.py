"""Deadlines in the school's own time: bells, weekends, holidays, summers, changing clocks (protocols.md 6.4, 5)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crisis.protocols.schema import Deadline
from crisis.statemachine.deadlines import due_at, end_of_day, end_of_school_day, is_school_day, is_school_time
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Anchor, Clockwork, DeadlineKind, Role

BOSTON = "America/New_York"
SCHOOL = SchoolCalendar(
    zone=BOSTON,
    opens=time(8),
    closes=time(15),
    days_off=frozenset({date(2026, 10, 12), date(2026, 11, 26), date(2026, 11, 27)}),
    early_close={date(2026, 11, 25): time(11, 30)},
    terms=((date(2026, 9, 1), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 6, 18))),
)
ALL_YEAR = SchoolCalendar(zone=BOSTON, opens=time(8), closes=time(15))


def a_deadline(clock: Clockwork, within: timedelta | None = None, days: int | None = None) -> Deadline:
    return Deadline(
        id="due",
        anchor=Anchor.OPENED,
        within=within,
        days=days,
        clock=clock,
        kind=DeadlineKind.TARGET,
        on_miss=(Role.ADMIN,),
        source="D",
    )


def local(text: str, zone: str = BOSTON, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def wall(anchor: datetime, within: timedelta, calendar: SchoolCalendar = SCHOOL) -> datetime:
    return due_at(a_deadline(Clockwork.WALL, within=within), anchor, calendar)


def hours(anchor: datetime, within: timedelta, calendar: SchoolCalendar = SCHOOL) -> datetime:
    return due_at(a_deadline(Clockwork.SCHOOL_HOURS, within=within), anchor, calendar)


def school_days(anchor: datetime, days: int, calendar: SchoolCalendar = SCHOOL) -> datetime:
    return due_at(a_deadline(Clockwork.SCHOOL_DAY, days=days), anchor, calendar)


def calendar_days(anchor: datetime, days: int, calendar: SchoolCalendar = SCHOOL) -> datetime:
    return due_at(a_deadline(Clockwork.CALENDAR_DAY, days=days), anchor, calendar)


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        ("2026-10-06T10:00", "2026-10-06T15:00"),  # in school
        ("2026-10-06T06:00", "2026-10-06T15:00"),  # before the first bell
        ("2026-10-06T15:00", "2026-10-07T15:00"),  # at the closing bell the day is over
        ("2026-10-09T18:00", "2026-10-13T15:00"),  # Friday evening, Monday is a holiday
        ("2026-10-10T12:00", "2026-10-13T15:00"),  # Saturday
        ("2026-11-25T10:00", "2026-11-25T11:30"),  # closes early
        ("2026-11-25T12:00", "2026-11-30T15:00"),  # after that bell: the holidays, then the weekend
        ("2026-12-18T16:00", "2027-01-04T15:00"),  # over the winter break
        ("2026-06-20T10:00", "2026-09-01T15:00"),  # in the summer
    ],
)
def test_the_end_of_the_school_day_is_the_next_closing_bell(anchor: str, due: str) -> None:
    assert school_days(local(anchor), 0) == local(due)


@pytest.mark.parametrize(
    ("anchor", "days", "due"),
    [
        ("2026-10-06T10:00", 1, "2026-10-07T15:00"),
        ("2026-10-06T20:00", 1, "2026-10-07T15:00"),
        ("2026-10-09T10:00", 1, "2026-10-13T15:00"),
        ("2026-10-10T10:00", 1, "2026-10-13T15:00"),
        ("2026-10-08T10:00", 5, "2026-10-16T15:00"),
        ("2026-12-17T10:00", 2, "2027-01-04T15:00"),
        ("2027-06-18T10:00", 1, "2027-06-19T23:59:59"),  # no school year after it is known
    ],
)
def test_school_days_count_only_days_of_school(anchor: str, days: int, due: str) -> None:
    assert school_days(local(anchor), days) == local(due)


@pytest.mark.parametrize(
    ("anchor", "within", "due"),
    [
        ("2026-10-06T10:00", timedelta(hours=2), "2026-10-06T12:00"),
        ("2026-10-06T06:00", timedelta(hours=2), "2026-10-06T10:00"),
        ("2026-10-06T14:00", timedelta(hours=1), "2026-10-06T15:00"),  # up to the bell
        ("2026-10-06T14:00", timedelta(hours=2), "2026-10-07T09:00"),
        ("2026-10-09T14:30", timedelta(hours=1), "2026-10-13T08:30"),
        ("2026-11-25T11:00", timedelta(hours=1), "2026-11-30T08:30"),
        ("2026-10-06T16:00", timedelta(0), "2026-10-07T08:00"),
        ("2026-10-05T08:00", timedelta(hours=35), "2026-10-09T15:00"),
    ],
)
def test_school_hours_count_only_between_the_bells(anchor: str, within: timedelta, due: str) -> None:
    assert hours(local(anchor), within) == local(due)


@pytest.mark.parametrize(
    ("zone", "anchor", "due"),
    [
        (BOSTON, "2027-03-13T12:00", "2027-03-14T13:00"),  # the night has one hour less
        (BOSTON, "2026-10-31T12:00", "2026-11-01T11:00"),  # one hour more
        ("Europe/Dublin", "2027-03-27T12:00", "2027-03-28T13:00"),
        ("Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-04T12:30"),  # half an hour
        ("America/Phoenix", "2027-03-13T12:00", "2027-03-14T12:00"),  # never changes
    ],
)
def test_wall_time_is_what_really_passes_when_the_clocks_change(zone: str, anchor: str, due: str) -> None:
    calendar = SchoolCalendar(zone=zone, opens=time(8), closes=time(15))

    assert wall(local(anchor, zone), timedelta(hours=24), calendar) == local(due, zone)


@pytest.mark.parametrize(
    "zone", [BOSTON, "America/Los_Angeles", "Europe/Dublin", "America/Santiago", "Pacific/Auckland"]
)
@pytest.mark.parametrize("month", [3, 4, 9, 10, 11])
def test_the_closing_bell_stays_at_its_hour_when_the_clocks_change(zone: str, month: int) -> None:
    calendar = SchoolCalendar(zone=zone, opens=time(8), closes=time(15))

    dues = [school_days(local(f"2026-{month:02}-{day:02}T07:00", zone), 1, calendar) for day in range(1, 29)]

    assert {due.astimezone(ZoneInfo(zone)).time() for due in dues} == {time(15)}


@pytest.mark.parametrize(
    ("zone", "day", "last"),
    [
        (BOSTON, "2026-11-01", "2026-11-02T04:59:59"),
        ("America/Havana", "2026-10-31", "2026-11-01T03:59:59"),  # midnight comes twice
        ("America/Santiago", "2026-04-04", "2026-04-05T03:59:59"),  # the hour before midnight comes twice
        ("America/Santiago", "2026-09-05", "2026-09-06T03:59:59"),  # midnight is skipped
        ("Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59"),  # the day after is skipped
    ],
)
def test_a_day_ends_one_second_before_the_next_one(zone: str, day: str, last: str) -> None:
    calendar = SchoolCalendar(zone=zone, opens=time(8), closes=time(15))

    assert end_of_day(date.fromisoformat(day), calendar) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_calendar_days_end_at_night_whatever_the_school_does() -> None:
    assert calendar_days(local("2026-10-09T18:00"), 0) == local("2026-10-09T23:59:59")
    assert calendar_days(local("2026-10-09T18:00"), 7) == local("2026-10-16T23:59:59")


def test_the_local_day_counts_not_the_day_in_utc() -> None:
    late = local("2026-10-06T22:00")  # already the seventh in UTC

    assert calendar_days(late, 0) == local("2026-10-06T23:59:59")
    assert school_days(late, 0) == local("2026-10-07T15:00")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-10-06T07:59:59", False),
        ("2026-10-06T08:00", True),
        ("2026-10-06T14:59:59", True),
        ("2026-10-06T15:00", False),
        ("2026-10-12T10:00", False),
        ("2026-11-25T11:30", False),
        ("2026-07-07T10:00", False),
    ],
)
def test_school_time_is_between_the_bells_of_a_school_day(at: str, expected: bool) -> None:
    assert is_school_time(local(at), SCHOOL) is expected


def test_a_calendar_without_school_falls_back_and_loses_no_deadline() -> None:
    never = SchoolCalendar(zone=BOSTON, opens=time(8), closes=time(15), weekdays=frozenset())
    anchor = local("2026-10-06T10:00")

    assert school_days(anchor, 0, never) == local("2026-10-06T23:59:59")
    assert school_days(anchor, 3, never) == local("2026-10-09T23:59:59")
    assert hours(anchor, timedelta(hours=2), never) == local("2026-10-06T12:00")


def test_a_day_that_closes_before_it_opens_has_no_school_hours() -> None:
    snow = SchoolCalendar(zone=BOSTON, opens=time(8), closes=time(15), early_close={date(2026, 10, 6): time(7)})

    assert hours(local("2026-10-06T06:00"), timedelta(hours=1), snow) == local("2026-10-07T09:00")


ZONES = st.sampled_from([BOSTON, "America/Los_Angeles", "Europe/Dublin", "America/Santiago", "Australia/Lord_Howe"])
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
CALENDARS = st.builds(
    SchoolCalendar,
    zone=ZONES,
    opens=st.sampled_from([time(7, 30), time(8), time(9, 15)]),
    closes=st.sampled_from([time(13), time(15), time(15, 45)]),
    weekdays=st.sampled_from([frozenset(range(5)), frozenset(range(7)), frozenset({0, 2, 4})]),
    days_off=st.frozensets(DAYS, max_size=20),
    early_close=st.dictionaries(DAYS, st.sampled_from([time(11), time(12, 30)]), max_size=5),
)
ANCHORS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)).map(  # noqa: DTZ001  # made aware in this line
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)


def minutes_of_school(calendar: SchoolCalendar, since: datetime) -> list[datetime]:
    """Every minute of school from `since` on for three weeks, found by looking at each local clock reading."""
    zone = ZoneInfo(calendar.zone)
    found = []
    for minute in range(21 * 24 * 60):
        at = since + timedelta(minutes=minute)
        here = at.astimezone(zone)
        closes = calendar.early_close.get(here.date(), calendar.closes)
        on = here.weekday() in calendar.weekdays and here.date() not in calendar.days_off
        if on and calendar.opens <= here.time() < closes:
            found.append(at)
    return found


@settings(max_examples=25, deadline=None)
@given(calendar=CALENDARS, anchor=ANCHORS, minutes=st.integers(1, 900))
def test_school_hours_agree_with_counting_every_minute(
    calendar: SchoolCalendar, anchor: datetime, minutes: int
) -> None:
    counted = minutes_of_school(calendar, anchor)

    if len(counted) >= minutes:
        assert hours(anchor, timedelta(minutes=minutes), calendar) == counted[minutes - 1] + timedelta(minutes=1)


@settings(max_examples=25, deadline=None)
@given(calendar=CALENDARS, anchor=ANCHORS, days=st.integers(0, 6))
def test_school_days_agree_with_counting_every_minute(calendar: SchoolCalendar, anchor: datetime, days: int) -> None:
    zone = ZoneInfo(calendar.zone)
    today = anchor.astimezone(zone).date()
    last_minute = {at.astimezone(zone).date(): at for at in minutes_of_school(calendar, anchor)}
    following = [at for day, at in last_minute.items() if days == 0 or day > today]
    wanted = max(days - 1, 0)

    if len(following) > wanted:
        assert school_days(anchor, days, calendar) == following[wanted] + timedelta(minutes=1)


@given(calendar=CALENDARS, anchor=ANCHORS, days=st.integers(0, 30))
def test_no_deadline_is_due_before_its_anchor_and_all_are_utc(
    calendar: SchoolCalendar, anchor: datetime, days: int
) -> None:
    dues = [
        school_days(anchor, days, calendar),
        calendar_days(anchor, days, calendar),
        hours(anchor, timedelta(days=days), calendar),
        wall(anchor, timedelta(days=days), calendar),
    ]

    assert all(due >= anchor and due.tzinfo is UTC for due in dues)


@given(calendar=CALENDARS, day=DAYS)
def test_school_days_end_in_daylight_of_that_day(calendar: SchoolCalendar, day: date) -> None:
    ends = end_of_school_day(day, calendar)

    assert ends.astimezone(ZoneInfo(calendar.zone)).date() == day
    assert not is_school_time(ends, calendar)
    assert is_school_time(ends - timedelta(minutes=1), calendar) is is_school_day(day, calendar)
