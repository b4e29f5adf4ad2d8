"""What stands on the wall, as instants: the examples that a person can check by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.schedules import wall as clocks
from crisis.schedules.rota import Calendar, Handover, Rotation, weekly
from crisis.schedules.school_time import merged, school_time
from crisis.schedules.turns import turns_in
from crisis.schedules.wall import begins, ends
from crisis.statemachine.deadlines import is_school_time
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import PersonId

ANN, BEN = PersonId("p-ann"), PersonId("p-ben")
CHICAGO = "America/Chicago"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "first", "last"),
    [
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T07:00", "2026-03-08T07:00"),  # never shown
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30", "2026-11-01T06:30"),  # shown twice
        ("2026-11-01T01:00", "America/New_York", "2026-11-01T05:00", "2026-11-01T06:00"),
        ("2026-11-01T02:00", "America/New_York", "2026-11-01T07:00", "2026-11-01T07:00"),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-03T15:30", "2026-10-03T15:30"),  # by half an hour
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45", "2026-04-04T15:15"),
        ("2026-09-06T00:00", "America/Santiago", "2026-09-06T04:00", "2026-09-06T04:00"),  # a day without a midnight
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00"),  # a day that was left out
        ("2026-07-01T02:30", "America/Phoenix", "2026-07-01T09:30", "2026-07-01T09:30"),
    ],
)
def test_what_is_shown_never_or_twice_f60(wall: str, zone: str, first: str, last: str) -> None:
    shown = datetime.fromisoformat(wall)

    assert (begins(shown, zone), ends(shown, zone)) == (utc(first), utc(last))


@pytest.fixture
def chicago_without_summer_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """New rules for the clocks, as a package of them brings them: those of Regina, which has given up summer time."""
    here = next(path for path in (Path(root) / "America/Regina" for root in TZPATH) if path.exists())
    with here.open("rb") as rules:
        changed = ZoneInfo.from_file(rules, key=CHICAGO)
    clocks._instant.cache_clear()
    monkeypatch.setattr(clocks, "zone", lambda name: changed if name == CHICAGO else ZoneInfo(name))
    yield
    clocks._instant.cache_clear()


def a_year_of_turns() -> list[tuple[datetime, datetime]]:
    cycle, handovers = weekly(time(8))
    rotation = Rotation(
        id="r", people=(ANN, BEN), zone=CHICAGO, starts_on=date(2026, 1, 5), cycle_days=cycle, handovers=handovers
    )
    return [(turn.starts_at, turn.ends_at) for turn in turns_in(rotation, utc("2026-01-06"), utc("2027-01-06"))]


def test_by_new_rules_of_the_clocks_turns_keep_the_time_on_the_wall_without_gap_or_overlap(
    request: pytest.FixtureRequest,
) -> None:
    """F63: what is kept is the time on the wall, so nothing has to be stored anew."""
    before = a_year_of_turns()
    request.getfixturevalue("chicago_without_summer_time")
    after = a_year_of_turns()

    for turns, hours in ((before, {13, 14}), (after, {14})):
        assert {starts_at.hour for starts_at, _ in turns} == hours
        assert [over for _, over in turns[:-1]] == [starts for starts, _ in turns[1:]]
    assert len(before) == len(after)


@pytest.mark.parametrize(
    ("day", "handover", "until", "since"),
    [
        (date(2026, 3, 8), time(2, 30), "2026-03-08T07:00", "2026-03-08T07:00"),  # no gap, no overlap
        (date(2026, 11, 1), time(1, 30), "2026-11-01T06:30", "2026-11-01T05:30"),  # an hour together
        (date(2026, 11, 1), time(8), "2026-11-01T13:00", "2026-11-01T13:00"),
    ],
)
def test_a_turn_is_handed_over_at_the_time_on_the_wall(day: date, handover: time, until: str, since: str) -> None:
    cycle, handovers = weekly(handover)
    rotation = Rotation(
        id="r",
        people=(ANN, BEN),
        zone="America/New_York",
        starts_on=day - timedelta(days=7),
        cycle_days=cycle,
        handovers=handovers,
    )

    one, other = turns_in(rotation, utc(until) - timedelta(hours=6), utc(until) + timedelta(hours=6))

    assert (one.person, one.ends_at, other.person, other.starts_at) == (ANN, utc(until), BEN, utc(since))


def test_a_turn_that_the_clocks_skip_whole_is_nobodys_and_leaves_no_gap() -> None:
    times = (time(0), time(2, 10), time(2, 50))
    rotation = Rotation(
        id="r",
        people=(ANN, BEN),
        zone="America/New_York",
        starts_on=date(2026, 3, 8),
        cycle_days=1,
        handovers=tuple(Handover(0, at) for at in times),
    )

    one, other = turns_in(rotation, utc("2026-03-08T05:00"), utc("2026-03-08T20:00"))

    assert (one.ends_at, other.starts_at) == (utc("2026-03-08T07:00"), utc("2026-03-08T07:00"))


DAYS = st.dates(date(2026, 8, 1), date(2027, 7, 31))
CALENDARS = st.builds(
    Calendar,
    school=st.builds(
        SchoolCalendar,
        zone=st.just("America/New_York"),
        opens=st.sampled_from([time(7, 40), time(8)]),
        closes=st.sampled_from([time(14, 25), time(15)]),
        weekdays=st.frozensets(st.integers(0, 6), min_size=1),
        days_off=st.frozensets(DAYS, max_size=5),
        early_close=st.dictionaries(DAYS, st.just(time(11, 30)), max_size=5),
        terms=st.sampled_from([(), ((date(2026, 9, 1), date(2027, 6, 18)),)]),
        make_up_days=st.frozensets(DAYS, max_size=5),
    ),
    holidays=st.frozensets(DAYS, max_size=5),
    closures=st.dictionaries(DAYS, st.sampled_from([None, time(10), time(16)]), max_size=5),
)


@given(CALENDARS, st.data())
def test_schedules_and_deadlines_agree_on_when_there_is_school(calendar: Calendar, data: st.DataObject) -> None:
    named = sorted({*calendar.holidays, *calendar.closures, *calendar.school.make_up_days, *calendar.school.days_off})
    day = data.draw(st.sampled_from(named) | DAYS if named else DAYS)
    at = datetime.combine(day, data.draw(st.sampled_from([time(12), time(14, 30), time(19), time(23)])), UTC)

    assert school_time(at, calendar)[0] == is_school_time(at, merged(calendar))
