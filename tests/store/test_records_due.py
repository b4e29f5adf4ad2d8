"""Who answers for the records is told when a request to see one presses, before it is late and each day when it is."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.store import people, records_requests, roster
from crisis.store.engine import Store
from crisis.store.readiness_tables import ERRAND
from crisis.store.records_requests import Asked
from crisis.vocabulary import Guardian, PersonId, Relation, StaffRole
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, OFFICER, a_district

LEAD, MOTHER = PersonId("p-lead"), PersonId("p-mother")
FIRST_DAY = datetime(2026, 10, 6, 16, 0, tzinfo=UTC)  # noon at the school
DUE = 45  # days: no state's law is in force here


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        roster.add_person(tx, DISTRICT, MOTHER, ("Luz", "Quetzal"), staff=False, language="es")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
        tx.exec_driver_sql("UPDATE student SET birth_date = '2012-03-01'")
        for person, number in ((LEAD, "+16175550171"), (OFFICER, "+16175550172"), (COUNSELOR, "+16175550173")):
            roster.add_phone(tx, person, number)
    return store


def asked(store: Store, at: datetime = FIRST_DAY) -> str:
    with store.write() as tx:
        wish = Asked(student=STUDENT, person=MOTHER, asked_on=FIRST_DAY.date())
        return records_requests.record(tx, DISTRICT, wish, by=people.actor(tx, OFFICER), at=at)


def told(store: Store, day: int, hours: int = 0) -> list[tuple[str, int]]:
    """Who is texted when the worker looks so long after the first day, and how many requests that names."""
    at = FIRST_DAY + timedelta(days=day, hours=hours)
    Upkeep(store, Lines(None, None), lambda: at).records()
    with store.read() as tx:
        rows = tx.execute(ERRAND.select().where(ERRAND.c.made_at == at, ERRAND.c.subject == "records_due"))
        return sorted((row.person, row.amount) for row in rows)


def test_at_half_at_eight_tenths_and_each_day_when_it_is_late_pr_39(place: Store) -> None:
    asked(place)

    days = [day for day in range(DUE + 5) if told(place, day)]

    assert days == [23, 36, DUE + 1, DUE + 2, DUE + 3, DUE + 4]


def test_the_officer_and_the_lead_are_told_once_and_nobody_else(place: Store) -> None:
    one = asked(place)

    first, again = told(place, 23), told(place, 23, hours=1)
    asked(place, at=FIRST_DAY + timedelta(days=23, hours=2))
    second = told(place, 23, hours=3)
    with place.write() as tx:
        for each in records_requests.of_district(tx, DISTRICT):
            records_requests.withdraw(tx, each, by=people.actor(tx, OFFICER), at=FIRST_DAY + timedelta(days=24))

    assert (first, again, second) == ([(LEAD, 1), (OFFICER, 1)], [], [(LEAD, 2), (OFFICER, 2)])
    assert told(place, DUE + 9) == []
    assert one
