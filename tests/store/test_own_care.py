"""Care that a student agreed to themselves: on record it acts as the law of the place says, and only there (PR-42)."""

from datetime import UTC, date, datetime

import pytest

from crisis.policy.contact import Contact, decide_contact
from crisis.privacy_words import ContactEffect, ContactPurpose, ContactWay, Obligation
from crisis.protocols import loader
from crisis.store import audit, contact_record, contacting, own_care, people, policy_packs, record_fields, roster
from crisis.store.engine import Store
from crisis.store.instructions import STALE
from crisis.store.policy_packs import Counsel
from crisis.vocabulary import Guardian, PersonId, Relation
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NURSE, OFFICER, a_district

AT, MOTHER = datetime(2026, 10, 6, 14, 0, tzinfo=UTC), PersonId("p-mother")


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, MOTHER, ("Rosa", "Quetzal"), staff=False, language="en")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
        student = people.student(tx, STUDENT)
        own_care.set_agreed(tx, student, agreed=True, by=COUNSELOR, at=AT)
    return store


def law(place: Store, name: str) -> None:
    with place.write() as tx:
        pack = policy_packs.propose(tx, DISTRICT, loader.pack_text(name), by=COUNSELOR, at=AT)
        counsel = Counsel(name="A. Lawyer", reviewed_on=date(2026, 10, 6))
        policy_packs.approve(tx, DISTRICT, pack, counsel, by=OFFICER, at=AT, today=AT.date())


def asked(place: Store, purpose: ContactPurpose) -> tuple[ContactEffect, list[str], bool]:
    """As a page, an order and a text ask it."""
    with place.read() as tx:
        record = contact_record.of_student(tx, STUDENT)
        given = contacting.circumstances_of(tx, DISTRICT, record, None, student=STUDENT, at=AT)
    found = decide_contact(record, Contact(person=MOTHER, purpose=purpose, way=ContactWay.CALL), given, AT)
    return found.effect, [each.rule for each in found.reasons], Obligation.SAFETY_ONLY in found.obligations


def test_where_the_law_forbids_it_parents_hear_only_that_the_student_is_safe_pr_42(place: Store) -> None:
    law(place, "us-ct")

    for purpose in (ContactPurpose.FOLLOW_UP, ContactPurpose.CONSENT_REQUEST):
        assert asked(place, purpose) == (ContactEffect.HUMAN, ["PR-42"], True)
    for purpose in (ContactPurpose.SAFETY_CALLBACK, ContactPurpose.INFORM):
        effect, rules, safety_only = asked(place, purpose)
        assert (effect, rules, safety_only) == (ContactEffect.ALLOW_WITH, [], True)


@pytest.mark.parametrize("name", [None, "us-vt"])
def test_another_law_leaves_it_as_it_was_and_so_does_a_word_that_was_taken_back_pr_42(
    place: Store, name: str | None
) -> None:
    if name is not None:
        law(place, name)
    assert asked(place, ContactPurpose.FOLLOW_UP)[1:] == ([], False)

    law(place, "us-ct")
    with place.write() as tx:
        own_care.set_agreed(tx, people.student(tx, STUDENT), agreed=False, by=NURSE, at=AT)
        assert (own_care.of_student(tx, STUDENT), audit.verify(tx).ok) == (None, True)

    assert asked(place, ContactPurpose.FOLLOW_UP)[1:] == ([], False)


def test_it_asks_to_be_looked_at_after_a_year_and_is_handed_out_by_two_people_pr_64_pr_81(place: Store) -> None:
    with place.read() as tx:
        found = own_care.of_student(tx, STUDENT)
        parts = {each.key: each.very_restricted for each in record_fields.parts(tx, place.keys, STUDENT)}

    assert found is not None
    assert (found.recorded_by, found.stale(AT), found.stale(AT + STALE)) == (COUNSELOR, False, True)
    assert parts == {"call_order": True}
