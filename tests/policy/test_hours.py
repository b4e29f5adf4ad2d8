"""When somebody asked to be left alone: it sorts and advises, holds nothing up, and is never later than due."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.hours import AvoidedTime, against, left_alone_until, offered, unknown_way
from crisis.privacy_words import ContactEffect, ContactPurpose, ContactWay, Obligation
from crisis.vocabulary import PersonId
from tests.policy.test_contact import FAMILY, FATHER, MOTHER, READY, asked

ZONE = "America/New_York"
NIGHT = AvoidedTime(person=MOTHER, starts=time(21), ends=time(7))
PRAYER = AvoidedTime(person=None, starts=time(12, 30), ends=time(14), days=frozenset({4}))
FAST = AvoidedTime(person=None, starts=time(5), ends=time(18), first_day=date(2026, 10, 5), last_day=date(2026, 10, 9))
OTHER_HOUR = Obligation.OTHER_HOUR


def here(day: int, hour: int, minute: int = 0) -> datetime:
    """In October 2026 by New York's clock, four hours behind; the second is a Friday."""
    return datetime(2026, 10, day, tzinfo=UTC) + timedelta(hours=hour + 4, minutes=minute)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (here(6, 20, 59), None),
        (here(6, 21), here(7, 7)),
        (here(7, 6, 59), here(7, 7)),
        (here(7, 7), None),
    ],
)
def test_a_night_goes_on_after_midnight_to_the_minute(at: datetime, until: datetime | None) -> None:
    assert left_alone_until([NIGHT], MOTHER, at, ZONE) == until
    assert left_alone_until([NIGHT], FATHER, at, ZONE) is None


def test_a_day_of_the_week_is_the_one_on_which_it_began_and_a_fast_ends_with_its_last_day() -> None:
    friday_night = replace(NIGHT, days=frozenset({4}))

    assert left_alone_until([friday_night], MOTHER, here(3, 2), ZONE) == here(3, 7)  # Saturday, begun on Friday
    assert left_alone_until([friday_night], MOTHER, here(2, 2), ZONE) is None
    assert [left_alone_until([FAST], None, here(day, 9), ZONE) is not None for day in (4, 5, 9, 10)] == [
        False,
        True,
        True,
        False,
    ]


def test_times_that_follow_each_other_are_one() -> None:
    work = replace(NIGHT, starts=time(7), ends=time(15, 30))

    assert left_alone_until([NIGHT, work], MOTHER, here(6, 22), ZONE) == here(7, 15, 30)


def test_in_an_ordinary_contact_it_is_said_and_in_an_emergency_nobody_waits() -> None:
    record = replace(FAMILY, avoided=(NIGHT,))
    night, urgent = here(6, 23), replace(READY, emergency=True)

    for purpose in ContactPurpose:
        found = asked(record, MOTHER, purpose, at=night)
        assert OTHER_HOUR in found.obligations
        assert found.effect is ContactEffect.ALLOW_WITH
        assert OTHER_HOUR not in asked(record, MOTHER, purpose, at=night, circumstances=urgent).obligations
    assert OTHER_HOUR not in asked(record, FATHER, at=night).obligations
    assert OTHER_HOUR not in asked(record, MOTHER, at=here(6, 12)).obligations


def test_a_students_own_times_are_about_follow_up_alone() -> None:
    record = replace(FAMILY, avoided=(FAST,))

    assert OTHER_HOUR in asked(record, FATHER, ContactPurpose.FOLLOW_UP, at=here(6, 9)).obligations
    assert OTHER_HOUR not in asked(record, FATHER, ContactPurpose.INFORM, at=here(6, 9)).obligations


def test_a_follow_up_that_falls_due_in_prayer_is_offered_before_it() -> None:
    due, morning = here(2, 13), here(2, 9)

    found = offered([PRAYER, NIGHT], None, due, now=morning, zone=ZONE)

    assert found is not None
    assert (found.at, found.asked) == (here(2, 12, 29), PRAYER)
    assert offered([PRAYER], None, here(1, 13), now=morning, zone=ZONE) is None  # a Thursday
    assert offered([PRAYER], None, due, now=here(2, 12, 45), zone=ZONE) is None  # it cannot be earlier any more


def test_the_hour_that_comes_twice_and_the_one_that_does_not_come_move_nothing_backwards() -> None:
    """New York, 2026: 8 March from 2 to 3, and 1 November from 2 back to 1."""
    early = AvoidedTime(person=None, starts=time(0), ends=time(1, 45))
    gap = AvoidedTime(person=None, starts=time(2, 30), ends=time(5))
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # half past one for the second time
    spring = datetime(2026, 3, 8, 7, 0, tzinfo=UTC)  # three o'clock, half an hour before half past two would be

    found = offered([gap], None, spring, now=spring - timedelta(hours=5), zone=ZONE)

    assert left_alone_until([early], None, second, ZONE) == second + timedelta(minutes=15)
    assert found is not None
    assert found.at < spring


avoided = st.builds(
    AvoidedTime,
    person=st.sampled_from([None, MOTHER, FATHER]),
    starts=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    days=st.frozensets(st.integers(0, 6)),
    first_day=st.none() | st.dates(date(2026, 9, 1), date(2026, 11, 30)),
    last_day=st.none() | st.dates(date(2026, 9, 1), date(2026, 11, 30)),
)
moments = st.integers(0, 90 * 24 * 60).map(lambda minutes: here(1, 0) + timedelta(minutes=minutes))


@given(st.lists(avoided, max_size=4), moments, moments, st.sampled_from([None, MOTHER, PersonId("p-x")]))
def test_whatever_was_asked_it_ends_later_and_nothing_is_offered_later_than_due(
    times: list[AvoidedTime], at: datetime, due: datetime, person: PersonId | None
) -> None:
    until = left_alone_until(times, person, at, ZONE)
    found = offered(times, person, due, now=at, zone=ZONE)

    assert until is None or until > at
    assert found is None or at < found.at < due


@given(st.lists(avoided, max_size=3), moments, st.sampled_from(ContactPurpose), st.sampled_from(ContactWay))
def test_no_time_refuses_anything_or_asks_anybody(
    times: list[AvoidedTime], at: datetime, purpose: ContactPurpose, way: ContactWay
) -> None:
    effects = {ContactEffect.ALLOW, ContactEffect.ALLOW_WITH}
    before = asked(FAMILY, MOTHER, purpose, way, at=at)
    after = asked(replace(FAMILY, avoided=tuple(times)), MOTHER, purpose, way, at=at)

    assert after.rulings == before.rulings
    assert after.effect is before.effect or {before.effect, after.effect} == effects


def test_what_makes_no_time_or_order_is_refused() -> None:
    backwards = replace(FAST, first_day=date(2026, 10, 9), last_day=date(2026, 10, 5))

    refused = (replace(NIGHT, ends=time(21)), replace(NIGHT, days=frozenset({7})), backwards)

    assert all(against(each) for each in refused)
    assert [against(each) for each in (NIGHT, PRAYER, FAST)] == [None, None, None]
    assert unknown_way([ContactWay.TEXT, ContactWay.CALL]) is None
    assert unknown_way([ContactWay.TEXT, ContactWay.TEXT]) is not None
    assert unknown_way([ContactWay.VOICEMAIL]) is not None
