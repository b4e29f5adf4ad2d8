"""What an agency may be given: by the agreement in force at that very moment, and nothing without one (PR-37)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.agreements import (
    RUNS_OUT_WITHIN,
    Agreement,
    Terms,
    against,
    current,
    reason_against,
    running_out,
    span,
)
from crisis.referral_words import AgencyId, AgreedUse, DataPoint
from crisis.vocabulary import PersonId

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
ZONE = "America/New_York"
CENTER, OTHER = AgencyId("a-1"), AgencyId("a-2")
TERMS = Terms(
    agency=CENTER,
    data_points=frozenset({DataPoint.IDENTITY, DataPoint.RISK}),
    uses=frozenset({AgreedUse.CRISIS_RESPONSE}),
    direct_control=True,
    redisclosure_ban=True,
    first_day=date(2026, 1, 1),
    last_day=date(2026, 10, 6),
    signed_for_district="A",
    signed_for_agency="B",
    paper="C",
)
INSTANTS = st.timedeltas(timedelta(days=-600), timedelta(days=600)).map(lambda apart: AT + apart)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def signed(terms: Terms = TERMS, ended_at: datetime | None = None, name: str = "m-1") -> Agreement:
    counts_from, counts_until = span(terms, ZONE)
    who = PersonId("p-1")
    return Agreement(
        id=name,
        terms=terms,
        counts_from=counts_from,
        counts_until=counts_until,
        recorded_by=who,
        recorded_at=AT - timedelta(days=300),
        ended_at=ended_at,
    )


def may(agreements: list[Agreement], at: datetime, point: DataPoint = DataPoint.RISK) -> bool:
    return reason_against(agreements, CENTER, point, AgreedUse.CRISIS_RESPONSE, at) is None


def test_it_counts_to_the_last_second_of_its_last_day_by_the_clock_of_the_district_pr_37() -> None:
    midnight = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)

    assert may([signed()], midnight - timedelta(microseconds=1))
    assert not may([signed()], midnight)
    assert not may([signed()], datetime(2026, 1, 1, 4, 59, 59, tzinfo=UTC))
    assert may([signed()], datetime(2026, 1, 1, 5, 0, tzinfo=UTC))


@given(INSTANTS, DAYS, DAYS, st.sampled_from(DataPoint), st.none() | INSTANTS)
def test_nothing_is_given_that_the_agreement_in_force_does_not_list_pr_37(
    at: datetime, first: date, last: date, point: DataPoint, ended_at: datetime | None
) -> None:
    terms = replace(TERMS, first_day=min(first, last), last_day=max(first, last))
    one = signed(terms, ended_at)

    given = may([one], at, point)

    if given:
        assert point in terms.data_points
        assert one.counts_from <= at < one.counts_until
        assert ended_at is None or at < ended_at
    assert not may([], at, point)
    assert not may([signed(replace(terms, agency=OTHER))], at, point)


def test_an_end_before_its_day_counts_at_once() -> None:
    assert may([signed(ended_at=AT)], AT - timedelta(microseconds=1))
    assert not may([signed(ended_at=AT)], AT)


def test_what_a_newer_one_leaves_out_an_older_one_no_longer_gives() -> None:
    old = signed(replace(TERMS, first_day=date(2025, 1, 1), data_points=frozenset(DataPoint)))
    new = signed(name="m-2")

    assert current([old, new], CENTER, AT) == new
    assert not may([old, new], AT, DataPoint.MEDICAL)
    assert may([old, replace(new, ended_at=AT)], AT, DataPoint.MEDICAL)


def test_it_is_given_for_the_agreed_use_alone() -> None:
    reason = reason_against([signed()], CENTER, DataPoint.RISK, AgreedUse.ONGOING_CARE, AT)

    assert reason is not None
    assert (reason.rule, "this use" in reason.text) == ("PR-37", True)


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, direct_control=False),
        replace(TERMS, redisclosure_ban=False),
        replace(TERMS, data_points=frozenset()),
        replace(TERMS, uses=frozenset()),
        replace(TERMS, last_day=date(2025, 12, 31)),
        replace(TERMS, signed_for_agency=" "),
        replace(TERMS, paper=""),
    ],
)
def test_what_is_not_whole_is_not_taken_in(terms: Terms) -> None:
    assert [reason.rule for reason in against(terms)] == ["PR-37"]
    assert against(TERMS) == []


def test_those_that_end_soon_are_named_unless_another_one_follows_without_a_gap() -> None:
    one = signed()
    gap = signed(replace(TERMS, first_day=date(2026, 10, 8), last_day=date(2027, 10, 6)), name="m-2")
    next_one = signed(replace(TERMS, first_day=date(2026, 10, 7), last_day=date(2027, 10, 6)), name="m-3")
    early = one.counts_until - RUNS_OUT_WITHIN

    assert running_out([one], early) == [one]
    assert running_out([one], early - timedelta(microseconds=1)) == []
    assert running_out([one, gap], AT) == [one]
    assert running_out([one, next_one], AT) == []
    assert running_out([one, replace(next_one, ended_at=AT)], AT) == [one]
