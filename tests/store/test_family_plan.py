"""Whom to call first, as it is kept: the last word of the order, conditions until somebody ends them, who answers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.policy.family_plan import Condition, Plan
from crisis.privacy_words import InstructionSource
from crisis.record_words import ContactCondition, FamilyStatus, TribalWish
from crisis.store import audit, contacting, family_plan, kept, people, roster
from crisis.store.engine import Store
from crisis.store.family_tables import CONTACT_CONDITION, TRIBAL_WISH
from crisis.store.instructions import STALE
from crisis.store.people import StudentView
from crisis.vocabulary import Guardian, PersonId, Relation, StudentId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NURSE, STRANGER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MOTHER, FATHER, AUNT = PersonId("p-mother"), PersonId("p-father"), PersonId("p-aunt")
SAID = InstructionSource.FAMILY
BESIDE = Condition(person=MOTHER, kind=ContactCondition.WITH_ADULT, beside=AUNT)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        for person, relation in ((MOTHER, Relation.PARENT), (FATHER, Relation.PARENT), (AUNT, Relation.RELATIVE)):
            roster.add_person(tx, DISTRICT, person, (str(person), "Quetzal"), staff=False, language="en")
            roster.tie(tx, STUDENT, person, relation, guardian=Guardian.YES, priority=1)
    return store


def whose(store: Store) -> StudentView:
    with store.read() as tx:
        return people.student(tx, STUDENT)


def test_the_order_is_kept_as_a_whole_and_the_last_word_counts(place: Store) -> None:
    student = whose(place)
    with place.write() as tx:
        family_plan.set_order(tx, student, [FATHER, AUNT], SAID, by=COUNSELOR, at=AT)
        family_plan.set_order(tx, student, [AUNT, MOTHER], SAID, by=NURSE, at=AT + timedelta(days=1))
        order = family_plan.order_of(tx, STUDENT)
        cards = [each.contact.person for each in contacting.cards(tx, STUDENT, None, AT)]

    assert order.people == (AUNT, MOTHER)
    assert cards == [AUNT, MOTHER, FATHER]
    assert [order.stale(AT + STALE), order.stale(AT + STALE + timedelta(days=1))] == [False, True]  # PR-81
    with place.write() as tx, pytest.raises(Refused, match="on this student's record"):
        family_plan.set_order(tx, student, [STRANGER], SAID, by=COUNSELOR, at=AT)


def test_a_condition_holds_until_somebody_ends_it_pr_81(place: Store) -> None:
    student = whose(place)
    with place.write() as tx:
        one = family_plan.add_condition(tx, student, BESIDE, SAID, by=COUNSELOR, at=AT)
        kept.confirm(tx, CONTACT_CONDITION, STUDENT, one, by=NURSE, at=AT + STALE)
        (found,) = family_plan.conditions_of(tx, STUDENT)
        plan = family_plan.of_student(tx, STUDENT)
        kept.end(tx, CONTACT_CONDITION, STUDENT, one, by=NURSE, at=AT + STALE)
        after = family_plan.of_student(tx, STUDENT)

    assert (plan.conditions, found.stale(AT + STALE), found.stale(AT + 2 * STALE)) == ((BESIDE,), False, True)
    assert after == Plan()
    with place.write() as tx, pytest.raises(NotFound):
        kept.end(tx, CONTACT_CONDITION, StudentId("st-other"), one, by=NURSE, at=AT)
    with place.read() as tx:
        assert audit.verify(tx).ok


@pytest.mark.parametrize(
    "wanted",
    [
        Condition(person=MOTHER, kind=ContactCondition.WITH_ADULT),
        Condition(person=MOTHER, kind=ContactCondition.IN_PERSON, beside=AUNT),
        Condition(person=MOTHER, kind=ContactCondition.WITH_ADULT, beside=MOTHER),
        Condition(person=STRANGER, kind=ContactCondition.IN_PERSON),
    ],
)
def test_a_condition_that_says_nothing_is_refused(place: Store, wanted: Condition) -> None:
    with place.write() as tx, pytest.raises(Refused):
        family_plan.add_condition(tx, whose(place), wanted, SAID, by=COUNSELOR, at=AT)


def test_who_answers_is_an_adult_of_the_record_or_one_of_the_staff(place: Store) -> None:
    student = whose(place)
    with place.write() as tx:
        family_plan.set_status(tx, student, FamilyStatus.KINSHIP, AUNT, by=COUNSELOR, at=AT)
        kin, of_staff = family_plan.status_of(tx, STUDENT), family_plan.first_of_staff(tx, student)
        family_plan.set_status(tx, student, FamilyStatus.UNACCOMPANIED, NURSE, by=COUNSELOR, at=AT)
        liaison = family_plan.first_of_staff(tx, student)
        for status, first in (
            (FamilyStatus.SURROGATE, None),
            (None, AUNT),
            (FamilyStatus.KINSHIP, STRANGER),
        ):
            with pytest.raises(Refused):
                family_plan.set_status(tx, student, status, first, by=COUNSELOR, at=AT)
        family_plan.set_status(tx, student, None, None, by=COUNSELOR, at=AT)
        after = family_plan.status_of(tx, STUDENT)

    assert (kin.status, kin.first, of_staff) == (FamilyStatus.KINSHIP, AUNT, None)
    assert liaison is not None
    assert liaison[0] == NURSE
    assert after.status is None


def test_only_the_student_or_a_parent_says_what_they_want_of_their_tribe(place: Store) -> None:
    student = whose(place)
    with place.write() as tx:
        family_plan.set_tribal_wish(tx, student, TribalWish.INVITE, SAID, by=COUNSELOR, at=AT)
        found = family_plan.tribal_wish_of(tx, STUDENT)
        with pytest.raises(Refused, match="Only the student or a parent"):
            family_plan.set_tribal_wish(tx, student, None, InstructionSource.STAFF, by=COUNSELOR, at=AT)

    assert found is not None
    assert (found.wish, found.source, found.stale(AT + STALE)) == (TribalWish.INVITE, SAID, True)
    row = {"student": "st-x", "district": DISTRICT, "wish": TribalWish.INVITE, "recorded_by": NURSE, "recorded_at": AT}
    with pytest.raises(IntegrityError), place.write() as tx:
        tx.execute(insert(TRIBAL_WISH).values(source=InstructionSource.STAFF, **row))
