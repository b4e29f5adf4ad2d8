"""What an adult may do, as it is kept: entered by one, checked by another, ended by anybody at once."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from crisis.errors import NotFound, Refused
from crisis.policy.authorities import Granted
from crisis.policy.contact import DECIDES, rights
from crisis.privacy_words import Authority, AuthorityPaper
from crisis.store import audit, authorities, contact_record, outflows, people, roster
from crisis.store.authority_tables import AUTHORITY
from crisis.store.disclosures import About
from crisis.store.engine import Store
from crisis.vocabulary import Guardian, PersonId, Relation, StudentId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NURSE, STRANGER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
AUNT = PersonId("p-aunt")
RIGHTS = Granted(person=AUNT, authority=Authority.EDUCATION_RIGHTS, paper=AuthorityPaper.COURT_ORDER)


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, AUNT, ("Elena", "Quetzal"), staff=False, language="en")
        roster.tie(tx, STUDENT, AUNT, Relation.RELATIVE, guardian=Guardian.NO, priority=None)
    return store


def test_it_counts_when_a_second_person_has_seen_the_paper_and_until_it_is_ended_pr_64(place: Store) -> None:
    def counts() -> bool:
        with place.read() as tx:
            return bool(rights(contact_record.of_student(tx, STUDENT), AUNT, AT.date()) & DECIDES)

    with place.write() as tx:
        one = authorities.enter(tx, people.student(tx, STUDENT), RIGHTS, by=COUNSELOR, at=AT)
        waiting = [each.kept.id for each in authorities.waiting(tx, DISTRICT)]
        with pytest.raises(Refused, match="a second person"):
            authorities.check(tx, STUDENT, one, by=COUNSELOR, at=AT)
    before = counts()
    with place.write() as tx:
        authorities.check(tx, STUDENT, one, by=NURSE, at=AT)
        left = authorities.waiting(tx, DISTRICT)
    checked = counts()
    with place.write() as tx, pytest.raises(NotFound):
        authorities.end(tx, StudentId("st-other"), one, by=NURSE, at=AT)
    with place.write() as tx:
        authorities.end(tx, STUDENT, one, by=COUNSELOR, at=AT)

    assert (waiting, left) == ([one], [])
    assert [before, checked, counts()] == [False, True, False]
    with place.read() as tx:
        assert audit.verify(tx).ok


def test_what_a_paper_shows_of_a_dependent_reaches_the_decision_about_what_may_leave_pr_28(place: Store) -> None:
    father = PersonId("p-father")
    year = Granted(
        person=father,
        authority=Authority.PARENT_OF_DEPENDENT,
        paper=AuthorityPaper.SIGNED_STATEMENT,
        until=date(2026, 12, 31),
    )
    with place.write() as tx:
        roster.add_person(tx, DISTRICT, father, ("Victor", "Quetzal"), staff=False, language="en")
        roster.tie(tx, STUDENT, father, Relation.PARENT, guardian=Guardian.YES, priority=1)
        known = people.student(tx, STUDENT)
        one = authorities.enter(tx, known, year, by=COUNSELOR, at=AT)
        whose = About(district=known.district, student=STUDENT)
        before = outflows.circumstances_of(tx, whose, None, AT).dependency_documented
        authorities.check(tx, STUDENT, one, by=NURSE, at=AT)
        after = outflows.circumstances_of(tx, whose, None, AT).dependency_documented

    assert (before, after) == (False, True)


def test_what_proves_nothing_is_refused_by_the_database_too_pr_28(place: Store) -> None:
    for person, authority, paper in (
        (STRANGER, Authority.PICKUP, AuthorityPaper.SIGNED_STATEMENT),
        (AUNT, Authority.ADULT_GUARDIAN, AuthorityPaper.SIGNED_STATEMENT),
        (AUNT, Authority.PARENT_OF_DEPENDENT, AuthorityPaper.SIGNED_STATEMENT),
    ):
        wanted = Granted(person=person, authority=authority, paper=paper)
        with place.write() as tx, pytest.raises(Refused):
            authorities.enter(tx, people.student(tx, STUDENT), wanted, by=COUNSELOR, at=AT)
    with place.write() as tx:
        authorities.enter(tx, people.student(tx, STUDENT), RIGHTS, by=COUNSELOR, at=AT)
        with pytest.raises(Refused, match="on record already"):
            authorities.enter(tx, people.student(tx, STUDENT), RIGHTS, by=NURSE, at=AT)
    for values in (
        {"checked_by": COUNSELOR, "checked_at": AT},
        {"authority": Authority.ADULT_GUARDIAN, "paper": AuthorityPaper.APPOINTMENT, "until": date(2030, 1, 1)},
    ):
        with pytest.raises(IntegrityError), place.write() as tx:
            tx.execute(update(AUTHORITY).values(**values))
