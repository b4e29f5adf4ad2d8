"""How long a record is kept: the longest class wins, a hold beats all, and what nobody knows shortens nothing."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.packs import FLOOR, Pack, pack_of
from crisis.policy.retention import LONGEST_AT_SCHOOL, NO_END_OF_THEIR_OWN, Record, due_on, free_on, reasons_against
from crisis.protocols import loader
from crisis.retention_words import RetentionClass

MA = pack_of(loader.pack("us-ma"))
DAY = date(2026, 6, 30)
LEFT = Record(classes=frozenset({RetentionClass.INCIDENT}), last_on=date(2025, 3, 1), left_on=DAY)
days = st.dates(min_value=date(2015, 1, 1), max_value=date(2060, 12, 31))
packs = st.sampled_from([FLOOR, MA, replace(FLOOR, temporary_record_years=0), replace(MA, temporary_record_years=60)])
records = st.builds(
    Record,
    classes=st.frozensets(st.sampled_from(RetentionClass)),
    last_on=days,
    named=st.booleans(),
    enrolled=st.booleans(),
    left_on=st.none() | days,
    held=st.booleans(),
    asked_for=st.booleans(),
    open=st.booleans(),
)


def rules(record: Record, pack: Pack, today: date) -> list[str]:
    return [each.rule for each in reasons_against(record, pack, today)]


def may(record: Record, pack: Pack, today: date) -> bool:
    return not rules(record, pack, today)


def test_the_years_of_the_law_count_from_the_day_after_they_left_pr_66() -> None:
    last_day = date(2033, 6, 30)

    assert due_on(LEFT, MA) == last_day + timedelta(days=1)
    assert not may(LEFT, MA, last_day)
    assert may(LEFT, MA, last_day + timedelta(days=1))


def test_a_law_that_names_no_years_destroys_no_incident_pr_66() -> None:
    assert due_on(LEFT, FLOOR) is None
    assert rules(LEFT, FLOOR, date(2999, 1, 1)) == ["PR-66"]


def test_days_and_years_by_class() -> None:
    drill = replace(LEFT, classes=frozenset({RetentionClass.DRILL}))
    assault = replace(LEFT, classes=frozenset({RetentionClass.TITLE_IX}), last_on=date(2024, 2, 28))

    assert due_on(drill, FLOOR) == date(2025, 3, 1) + timedelta(days=91)
    assert due_on(assault, FLOOR) == date(2031, 3, 1)  # from 29 February of 2024: the day that 2031 has not
    assert due_on(replace(LEFT, classes=frozenset({RetentionClass.AUDIT})), FLOOR) is None


def test_whose_student_nobody_knows_is_kept_as_if_they_had_stayed_as_long_as_anybody_can_pr_66() -> None:
    unknown = replace(LEFT, named=False, left_on=None)

    assert due_on(unknown, MA) == date(2025 + LONGEST_AT_SCHOOL + 7, 3, 3)


def test_something_written_after_they_left_counts_pr_66() -> None:
    later = replace(LEFT, last_on=date(2028, 1, 15))

    assert due_on(later, MA) == date(2035, 1, 16)


@given(records, packs, days)
def test_hold_open_request_and_open_incident_each_block_whatever_else_is_so_pr_66_pr_39(
    record: Record, pack: Pack, today: date
) -> None:
    assert not may(replace(record, held=True), pack, today)
    assert not may(replace(record, asked_for=True), pack, today)
    assert not may(replace(record, open=True), pack, today)
    assert not may(replace(record, named=True, enrolled=True), pack, today)


@given(records, packs, days, st.sampled_from(RetentionClass))
def test_one_more_class_never_makes_it_shorter_pr_66(
    record: Record, pack: Pack, today: date, kind: RetentionClass
) -> None:
    more = replace(record, classes=record.classes | {kind})

    of_its_own = record.classes - NO_END_OF_THEIR_OWN  # without one the record has no end: one more class gives it one
    assert may(record, pack, today) or not of_its_own or not may(more, pack, today)
    ends = due_on(more, pack)
    if ends is not None and kind is not RetentionClass.DISCLOSURE:
        own = free_on(kind, more, pack)
        assert own is not None
        assert ends >= own


@given(records, packs, days)
def test_what_nobody_knows_never_makes_it_shorter_pr_66(record: Record, pack: Pack, today: date) -> None:
    assert not may(replace(record, named=True, left_on=None), pack, today)

    left = record.left_on or record.last_on
    known = replace(record, named=True, enrolled=False, left_on=left)
    if (left - record.last_on).days <= 365 * LONGEST_AT_SCHOOL:
        assert may(known, pack, today) or not may(replace(known, named=False, left_on=None), pack, today)


@given(records, packs, days, st.integers(min_value=0, max_value=40_000))
def test_who_may_today_may_tomorrow_pr_66(record: Record, pack: Pack, today: date, later: int) -> None:
    assert not may(record, pack, today) or may(record, pack, today + timedelta(days=later % 9000))


@given(records, packs, days)
def test_there_is_a_reason_whenever_it_may_not_and_a_day_whenever_it_may(
    record: Record, pack: Pack, today: date
) -> None:
    due = due_on(record, pack)

    assert may(record, pack, today) or rules(record, pack, today)
    assert due is not None or rules(record, pack, today)
