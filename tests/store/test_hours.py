"""When and how to reach the people around a student, as rows, on both databases."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import insert

from crisis.errors import NotFound, Refused
from crisis.policy.hours import AvoidedTime
from crisis.privacy_words import ContactWay, InstructionSource
from crisis.store import audit, contact_record, contacting, hours, kept, people, roster
from crisis.store.engine import Store
from crisis.store.hours_tables import AVOIDED_TIME
from crisis.store.people_tables import TIE
from crisis.vocabulary import Guardian, PersonId, Relation
from tests.factories import DISTRICT, MORNING, STUDENT
from tests.web.district import COUNSELOR, a_district

MOTHER = PersonId("p-mother")
FASTING = AvoidedTime(
    person=None,
    starts=time(5),
    ends=time(18, 30),
    days=frozenset({0, 4}),
    first_day=date(2026, 2, 18),
    last_day=date(2026, 3, 19),
)
ALWAYS = (
    AvoidedTime(person=MOTHER, starts=time(0), ends=time(12)),
    AvoidedTime(person=MOTHER, starts=time(12), ends=time(0)),
)
FAMILY = InstructionSource.FAMILY


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, MOTHER, ("Luz", "Quetzal"), staff=False)
        tie = {"relation": Relation.PARENT, "guardian": Guardian.YES, "checked": True, "imported": False}
        tx.execute(insert(TIE).values(student=STUDENT, person=MOTHER, district=DISTRICT, **tie))
    return store


def test_what_was_asked_comes_back_whole_acts_at_once_and_ends_pr_81(place: Store) -> None:
    with place.of(DISTRICT).write() as tx:
        student = people.student(tx, STUDENT)
        new = [hours.add(tx, student, each, FAMILY, by=COUNSELOR, at=MORNING) for each in (FASTING, *ALWAYS)]
        hours.set_ways(tx, student, MOTHER, [ContactWay.TEXT, ContactWay.CALL], by=COUNSELOR, at=MORNING)
        hours.set_ways(tx, student, MOTHER, [ContactWay.IN_PERSON, ContactWay.CALL], by=COUNSELOR, at=MORNING)
        found = hours.of_student(tx, STUDENT)
        record = contact_record.of_student(tx, STUDENT)
        [card] = contacting.cards(tx, STUDENT, None, MORNING)
        for each in new:
            kept.end(tx, AVOIDED_TIME, STUDENT, each, by=COUNSELOR, at=MORNING)
        [later] = contacting.cards(tx, STUDENT, None, MORNING)

        assert [each.avoided for each in found] == [FASTING, *ALWAYS]
        assert [each.stale(MORNING + timedelta(days=days)) for each in found[:1] for days in (364, 365)] == [
            False,
            True,
        ]
        assert record.ways == {MOTHER: (ContactWay.IN_PERSON, ContactWay.CALL)}
        assert (card.now, card.not_before is not None) == (False, True)
        assert [way for way, _ in card.ways] == [ContactWay.IN_PERSON, ContactWay.CALL]
        assert (later.now, later.not_before) == (True, None)
        assert audit.verify(tx).ok


@pytest.mark.page
def test_what_is_wrong_or_of_somebody_else_is_refused(place: Store) -> None:
    with place.write() as tx:
        student = people.student(tx, STUDENT)
        hours.add(tx, student, FASTING, FAMILY, by=COUNSELOR, at=MORNING)

        for wanted in (FASTING, replace(FASTING, ends=time(5))):
            with pytest.raises(Refused):
                hours.add(tx, student, wanted, FAMILY, by=COUNSELOR, at=MORNING)
        with pytest.raises(NotFound):
            hours.add(tx, student, replace(FASTING, person=COUNSELOR), FAMILY, by=COUNSELOR, at=MORNING)
        with pytest.raises(NotFound):
            hours.set_ways(tx, student, COUNSELOR, [ContactWay.CALL], by=COUNSELOR, at=MORNING)
        with pytest.raises(Refused):
            hours.set_ways(tx, student, MOTHER, [ContactWay.VOICEMAIL], by=COUNSELOR, at=MORNING)
