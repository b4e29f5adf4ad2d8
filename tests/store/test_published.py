"""Reports of school years: made once, when the year is over, of students that count once; nothing changes them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select

from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.policy import published as rules
from crisis.policy.published import Need, Student, community, equity, next_on, years
from crisis.policy.small_cells import FEWEST, ReportKind
from crisis.referral_words import Care
from crisis.store import published, roster
from crisis.store.engine import Store
from crisis.store.figure_tables import INCIDENT_FIGURE, PUBLISHED, REFERRAL_FIGURE
from crisis.store.people_tables import STUDENT
from crisis.vocabulary import Mode, StudentId
from tests.factories import DISTRICT, SCHOOL
from tests.store.looked_back import a_school
from tests.store.many import put_many
from tests.web.district import OTHER_SCHOOL

YEAR_ENDS = datetime(2026, 6, 20, 15, 0, tzinfo=UTC)
SETTLED = datetime(2026, 8, 1, 15, 0, tzinfo=UTC)
STUDENTS = [StudentId(f"s-many-{number}") for number in range(240)]


@pytest.fixture
def place(store: Store) -> Store:
    a_school(store)
    fill(store)
    return store


def fill(store: Store) -> None:
    """A year of two schools: a language and a kind of care that only few have."""
    with store.write() as tx:
        for number, student in enumerate(STUDENTS):
            roster.add_student(tx, (DISTRICT, SCHOOL), student, ("Given", f"Family {number}"))
            language = "km" if number < 4 else "es-PR" if number % 3 == 0 else "en"
            values = {"language": language, "grade": str(9 + number % 2)}
            tx.execute(STUDENT.update().where(STUDENT.c.id == student).values(**values))
        put_many(tx, DISTRICT, (SCHOOL, OTHER_SCHOOL), 500, until=YEAR_ENDS, months=9, students=STUDENTS)
        incidents = tx.execute(select(INCIDENT_FIGURE.c.incident)).scalars().all()
        tx.execute(insert(REFERRAL_FIGURE), [_referral(each, number) for number, each in enumerate(incidents)])


def _referral(incident: str, number: int) -> dict[str, object]:
    care = Care.PSYCHIATRY if number < 5 else Care.GRIEF if number % 4 == 0 else Care.COUNSELING
    days = (3, 30, None)[number % 3]
    place = {"district": DISTRICT, "school": SCHOOL, "mode": Mode.LIVE, "month": "2026-02", "reason": None}
    return {**place, "incident": incident, "referral": "r-1", "care": care, "days": days}


def publish(store: Store, at: datetime) -> int:
    with store.of(DISTRICT).write() as tx:
        return published.publish(tx, DISTRICT, at)


def read(store: Store, kind: ReportKind) -> list[published.Report]:
    with store.of(DISTRICT).read() as tx:
        return published.reports(tx, DISTRICT, kind)


def test_a_year_is_told_once_when_it_has_settled_and_never_changes_pr_67(place: Store) -> None:
    early = publish(place, SETTLED - timedelta(days=3))
    made = publish(place, SETTLED)
    first = [read(place, kind) for kind in ReportKind]
    with place.write() as tx:  # one student fewer, as after a destruction
        one = tx.execute(select(INCIDENT_FIGURE.c.incident).limit(1)).scalar_one()
        for table in (REFERRAL_FIGURE, INCIDENT_FIGURE):
            tx.execute(delete(table).where(table.c.incident == one))

    again = publish(place, SETTLED + timedelta(days=90))

    assert (early, made, again) == (0, 2, 0)
    assert [read(place, kind) for kind in ReportKind] == first
    assert [(each.since, each.until) for (each,) in first] == [("2025-07", "2026-06")] * 2


def test_it_holds_no_small_number_and_does_not_say_whom_it_put_together(place: Store) -> None:
    publish(place, SETTLED)

    with place.read() as tx:
        bodies = tx.execute(select(PUBLISHED.c.body)).scalars().all()
    for kind in ReportKind:
        (report,) = read(place, kind)
        assert report.sums
        assert min(count for each in report.sums for _, counts in each.rows for count in counts) >= FEWEST
    assert not any(said in body for body in bodies for said in ('"km"', '"psychiatry"'))
    languages = next(each for each in read(place, ReportKind.EQUITY)[0].sums if each.attribute == "language")
    assert None in [group for group, _ in languages.rows]
    assert sum(sum(counts) for _, counts in languages.rows) <= len(STUDENTS)  # each of them once


def test_the_worker_makes_it_and_only_when_every_log_was_read(place: Store) -> None:
    upkeep = Upkeep(place, Lines(None, None), lambda: SETTLED)

    done = [upkeep.figures(), upkeep.figures()]

    assert done == [True, False]
    assert len(read(place, ReportKind.EQUITY)) == 1


def test_a_year_with_too_little_is_told_with_the_next(store: Store) -> None:
    a_school(store)
    with store.write() as tx:
        for number, student in enumerate(STUDENTS):
            roster.add_student(tx, (DISTRICT, SCHOOL), student, ("Given", f"Family {number}"))
        put_many(tx, DISTRICT, (SCHOOL,), 3, until=YEAR_ENDS - timedelta(days=365), months=2, students=STUDENTS)
        put_many(tx, DISTRICT, (SCHOOL,), 400, until=YEAR_ENDS, months=9, students=STUDENTS, seed=8)

    publish(store, SETTLED - timedelta(days=365))
    alone = read(store, ReportKind.EQUITY)
    publish(store, SETTLED)

    (together,) = read(store, ReportKind.EQUITY)
    assert alone == []
    assert (together.since, together.until) == ("2024-07", "2026-06")


def test_school_years_begin_in_july_and_are_over_a_month_after_june() -> None:
    assert list(years("2024-09", date(2026, 7, 30))) == [("2024-07", "2025-06")]
    assert list(years("2024-06", date(2025, 7, 31))) == [("2023-07", "2024-06"), ("2024-07", "2025-06")]
    assert (next_on(date(2026, 7, 30)), next_on(date(2026, 7, 31))) == (date(2026, 7, 31), date(2027, 7, 31))


def test_wishes_are_counted_of_those_alone_who_had_one() -> None:
    one = Student(language="en", grade="9", school="s", home=True, police=True, unmet=None)
    wished = [replace(one, unmet=unmet, home=not unmet, police=unmet) for unmet in (True, False) for _ in range(FEWEST)]

    found = {each.measure: each.rows[0].counts for each in equity([one, *wished]) if each.attribute == "language"}

    assert found == {"home": (11, 10), "unmet": (10, 10), "police": (11, 10)}


def test_why_nobody_accepted_is_left_out_where_it_would_tell_who_was_refused() -> None:
    def needs(care: str, reason: str, count: int) -> list[Need]:
        refused = [Need(care=care, days=None, reason=reason)] * count
        return [*refused, *[Need(care=care, days=days, reason=None) for days in (1, 30) for _ in range(40)]]

    # The waiting list without those for counseling would be psychiatry, which stands with others by kind of care.
    apart = needs("counseling", "waitlist", 30) + needs("grief", "age", 25) + needs("psychiatry", "waitlist", 3)
    mixed = apart + needs("counseling", "age", 12) + needs("grief", "waitlist", 11)

    assert [each.measure for each in community(apart)] == ["answer"]
    assert [each.measure for each in community(mixed)] == ["answer", "barrier"]
    assert rules.community([]) == []
