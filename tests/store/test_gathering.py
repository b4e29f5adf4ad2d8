"""Going through the records of many students: slowed and told of, and never where an incident is open."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.readiness_words import ErrandKind
from crisis.store import errands, gathering, people, roster
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.vocabulary import StudentId
from tests.factories import DISTRICT, SCHOOL
from tests.web.district import COUNSELOR, NURSE, OFFICER, STRANGER, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, 5, tzinfo=UTC)
MANY = [StudentId(f"st-many-{each}") for each in range(gathering.AN_HOUR + 4)]


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_phone(tx, OFFICER, "+16175550144")
        for each in MANY:
            roster.add_student(tx, (DISTRICT, SCHOOL), each, ("A", "Student"))
    return store


def looks(store: Store, student: StudentId, at: datetime = AT) -> bool:
    """As the desk asks it, which sees its own district alone."""
    with store.of(DISTRICT).write() as tx:
        if not gathering.is_counted(tx, people.actor(tx, NURSE), student, at):
            return True
        return gathering.look(tx, NURSE, student, DISTRICT, at)


def told(store: Store) -> int:
    with store.read() as tx:
        found = errands.lately(tx, OFFICER, ErrandKind.NOTICE, AT)
    return len([each for each in found if each.subject is Subject.GATHERING])


def test_thirty_in_an_hour_then_one_a_minute_and_the_officer_is_told_once(place: Store) -> None:
    with place.of(DISTRICT).write() as tx:
        first = [gathering.look(tx, NURSE, each, DISTRICT, AT) for each in MANY[: gathering.AN_HOUR]]
    before = told(place)
    behind = [looks(place, each) for each in MANY[gathering.AN_HOUR :]]
    again = looks(place, MANY[3])
    later = looks(place, MANY[-1], AT + timedelta(minutes=1))
    next_hour = [looks(place, each, AT + timedelta(hours=1)) for each in MANY[:5]]

    assert all(first)
    assert (before, told(place)) == (0, 1)
    assert behind == [True, False, False, False]
    assert (again, later, next_hour) == (True, True, [True] * 5)


def test_what_one_may_not_see_is_never_counted_so_that_it_looks_as_if_it_were_not_there_pr_52(place: Store) -> None:
    with place.write() as tx:
        nurse, teacher, stranger = (people.actor(tx, each) for each in (NURSE, TEACHER, STRANGER))

        assert gathering.is_counted(tx, nurse, MANY[0], AT)
        assert not gathering.is_counted(tx, nurse, StudentId("nobody"), AT)
        assert not gathering.is_counted(tx, teacher, MANY[0], AT)
        assert not gathering.is_counted(tx, stranger, MANY[0], AT)


def test_it_counts_each_person_by_themselves(place: Store) -> None:
    with place.write() as tx:
        for each in MANY[: gathering.AN_HOUR + 1]:
            gathering.look(tx, NURSE, each, DISTRICT, AT)
        assert gathering.look(tx, COUNSELOR, MANY[-1], DISTRICT, AT)
