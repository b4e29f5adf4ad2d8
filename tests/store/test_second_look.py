"""What one person entered and nobody else has looked at: who answers for the records is told, once a day (PR-6)."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.notify.gateway import Lines
from crisis.notify.upkeep import Upkeep
from crisis.privacy_words import RestrictionKind
from crisis.store import restrictions, roster, second_look
from crisis.store.engine import Store
from crisis.store.readiness_tables import ERRAND
from crisis.store.restrictions import UNCHECKED_FOR, Entry
from crisis.vocabulary import Guardian, PersonId, Relation, StaffRole
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, ELSEWHERE, NURSE, OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
LEAD, FATHER = PersonId("p-lead"), PersonId("p-father")
LATE = AT + UNCHECKED_FOR
SECOND = timedelta(seconds=1)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        roster.add_person(tx, DISTRICT, FATHER, ("Victor", "Quetzal"), staff=False, language="en")
        roster.tie(tx, STUDENT, FATHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
        for person, number in ((LEAD, "+16175550171"), (OFFICER, "+16175550172"), (COUNSELOR, "+16175550173")):
            roster.add_phone(tx, person, number)
    return store


def entered(store: Store) -> str:
    with store.write() as tx:
        entry = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.COURT_ORDER)
        return restrictions.enter(tx, entry, by=COUNSELOR, at=AT)


def told(store: Store, at: datetime) -> list[tuple[str, int]]:
    """Who is texted when the worker looks at this moment, and how many entries it names."""
    Upkeep(store, Lines(None, None), lambda: at).records()
    with store.read() as tx:
        rows = tx.execute(ERRAND.select().where(ERRAND.c.made_at == at, ERRAND.c.subject == "second_look"))
        return sorted((row.person, row.amount) for row in rows)


def test_after_a_day_the_privacy_officer_and_the_lead_are_told_and_nobody_else_pr_6(place: Store) -> None:
    entered(place)

    assert told(place, LATE - SECOND) == []
    assert told(place, LATE) == [(LEAD, 1), (OFFICER, 1)]


def test_they_are_told_once_a_day_until_somebody_has_looked(place: Store) -> None:
    one = entered(place)
    first = told(place, LATE)
    within, again = told(place, LATE + timedelta(hours=23)), told(place, LATE + timedelta(days=1))
    with place.write() as tx:
        restrictions.check(tx, one, DISTRICT, by=NURSE, at=LATE)

    assert (len(first), within, len(again)) == (2, [], 2)
    assert told(place, LATE + timedelta(days=3)) == []


def test_what_was_checked_or_lifted_waits_for_nobody_and_what_is_to_be_lifted_does(place: Store) -> None:
    one = entered(place)
    with place.read() as tx:
        fresh = [each.kept.id for each in second_look.waiting(tx, DISTRICT)]
    with place.write() as tx:
        restrictions.check(tx, one, DISTRICT, by=NURSE, at=AT)
    with place.read() as tx:
        checked = second_look.waiting(tx, DISTRICT)
    with place.write() as tx:
        restrictions.ask_to_lift(tx, one, DISTRICT, by=NURSE, at=AT)
    with place.read() as tx:
        asked = [each.student for each in second_look.waiting(tx, DISTRICT)]
        elsewhere = second_look.waiting(tx, ELSEWHERE)
    with place.write() as tx:
        restrictions.lift(tx, one, DISTRICT, by=COUNSELOR, at=AT)
    with place.read() as tx:
        lifted = second_look.waiting(tx, DISTRICT)

    assert (fresh, checked, asked, elsewhere, lifted) == ([one], [], ["Ximena Quetzal"], [], [])
