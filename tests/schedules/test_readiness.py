"""What is missing for a page to reach somebody, and when those who plan hear of it. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.readiness_words import Lack, Proof
from crisis.schedules.news import Point, Told, next_told
from crisis.schedules.readiness import Method, Standing, lacks
from crisis.vocabulary import Channel, PersonId

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
NEW_YORK = "America/New_York"
MOBILE, HOME = "+16175550101", "+16175550102"
DAY = timedelta(days=1)


def a_method(channel: Channel, number: str = MOBILE, *, ago: timedelta | None = DAY, **known: datetime) -> Method:
    proved = {} if ago is None else {"proved_at": AT - ago, "proved_by": Proof.ANSWERED}
    return Method(number=number, channel=channel, bad_code="30006" if "bad_since" in known else None, **proved, **known)


TEXT, VOICE = a_method(Channel.TEXT), a_method(Channel.VOICE)


def missing(*methods: Method, pin_set: bool = True, gone: bool = False) -> tuple[Lack, ...]:
    return lacks(Standing(person=PersonId("p-ann"), methods=methods, pin_set=pin_set, gone=gone), AT)


def test_who_answered_a_test_by_text_and_by_voice_and_has_a_pin_is_ready() -> None:
    assert missing(TEXT, VOICE) == ()


@pytest.mark.parametrize(
    ("methods", "lacking"),
    [
        ((), [Lack.NO_NUMBER]),
        ((a_method(Channel.TEXT, ago=None), a_method(Channel.VOICE, ago=None)),
         [Lack.NO_VOICE, Lack.FEW_METHODS, Lack.NO_TEST]),
        ((TEXT, a_method(Channel.VOICE, ago=None)), [Lack.NO_VOICE, Lack.FEW_METHODS]),
        ((a_method(Channel.TEXT, ago=None), VOICE), [Lack.FEW_METHODS]),
        ((a_method(Channel.TEXT, ago=31 * DAY), a_method(Channel.VOICE, ago=31 * DAY)), [Lack.NO_TEST]),
        ((a_method(Channel.TEXT, ago=30 * DAY), a_method(Channel.VOICE, ago=90 * DAY)), []),
        ((TEXT, a_method(Channel.VOICE, ago=91 * DAY)), [Lack.NO_VOICE, Lack.FEW_METHODS]),
        ((a_method(Channel.TEXT, opted_out_since=AT), VOICE), [Lack.OPTED_OUT, Lack.FEW_METHODS]),
        ((a_method(Channel.TEXT, bad_since=AT), VOICE), [Lack.FEW_METHODS]),
        ((a_method(Channel.TEXT, bad_since=AT), VOICE, a_method(Channel.VOICE, HOME)), []),
        ((TEXT, VOICE, a_method(Channel.TEXT, HOME, opted_out_since=AT)), []),
    ],
)  # fmt: skip
def test_everything_that_is_missing_is_said(methods: tuple[Method, ...], lacking: list[Lack]) -> None:
    assert missing(*methods) == tuple(lacking)


def test_without_a_pin_and_after_leaving_nobody_is_ready() -> None:
    assert missing(TEXT, VOICE, pin_set=False) == (Lack.NO_PIN,)
    assert missing(TEXT, VOICE, gone=True) == (Lack.GONE,)


def told(before: Told, *points: Point, at: datetime = AT) -> tuple[Told, bool]:
    after = next_told(points, before, at, NEW_YORK)
    return after.told, after.tell


def settled(*points: Point, at: datetime = AT) -> Told:
    """After these were told."""
    first, _ = told(Told(), *points, at=at - timedelta(minutes=10))
    after, tell = told(first, *points, at=at)
    assert tell
    return after


FAR, GAP = Point("gap|weekend", AT + 9 * DAY), Point("no_pin|p-ann")


def test_news_is_told_once_it_has_stood_for_ten_minutes_and_then_never_again() -> None:
    first, at_once = told(Told(), GAP)
    soon, still = told(first, GAP, at=AT + timedelta(minutes=9))
    after, tell = told(soon, GAP, at=AT + timedelta(minutes=10))
    later = [told(after, GAP, at=AT + days * DAY)[1] for days in (1, 2, 30)]

    assert (at_once, still, tell, later) == (False, False, True, [False, False, False])


def test_what_was_put_right_within_ten_minutes_is_never_told() -> None:
    first, _ = told(Told(), GAP)
    mended, tell = told(first, at=AT + timedelta(minutes=5))

    assert (mended, tell) == (Told(), False)


def test_what_comes_back_is_told_again() -> None:
    after = settled(GAP)

    mended, _ = told(after, at=AT + DAY)
    again, _ = told(mended, GAP, at=AT + 2 * DAY)

    assert again.news_since == AT + 2 * DAY


def test_a_gap_is_told_a_second_time_when_it_is_two_days_off() -> None:
    after = settled(FAR)

    quiet = told(after, FAR, at=AT + 6 * DAY)[1]
    near, _ = told(after, FAR, at=AT + 7 * DAY)
    tell = told(near, FAR, at=AT + 7 * DAY + timedelta(minutes=10))[1]

    assert (quiet, tell) == (False, True)


@pytest.mark.parametrize(("hour", "point", "tell"), [
    (3, GAP, False), (3, Point("gap", AT.replace(hour=12)), True), (10, GAP, False), (11, GAP, True), (23, GAP, True),
])  # fmt: skip
def test_at_night_only_what_presses_is_told(hour: int, point: Point, tell: bool) -> None:
    """UTC: it is 23:00, 06:00, 07:00 and 19:00 in New York."""
    at = AT.replace(hour=hour)
    first, _ = told(Told(), point, at=at - timedelta(minutes=20))

    assert told(first, point, at=at)[1] is tell
