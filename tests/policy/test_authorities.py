"""What a paper lets an adult do: only where a second person has seen it, until its last day; at 18 only a court's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.policy.authorities import Granted, unproved
from crisis.policy.contact import ContactRecord
from crisis.policy.disclosure import decide_disclosure
from crisis.policy.disclosure_case import Circumstances, Disclosure, Recipient
from crisis.privacy_words import Authority, AuthorityPaper, ContactEffect
from crisis.vocabulary import LegalBasis
from tests.policy.test_contact import AUNT, FAMILY, FATHER, HIS, MOTHER, asked, told

OF_AGE = datetime(2029, 3, 4, 5, 0, tzinfo=UTC)
COURT = Granted(person=FATHER, authority=Authority.ADULT_GUARDIAN, paper=AuthorityPaper.COURT_ORDER, checked=True)
GRANTED = st.builds(
    Granted,
    person=st.just(FATHER),
    authority=st.sampled_from(Authority),
    paper=st.sampled_from(AuthorityPaper),
    until=st.none() | st.dates(date(2028, 1, 1), date(2030, 1, 1)),
    checked=st.booleans(),
)


def having(*granted: Granted) -> ContactRecord:
    return replace(FAMILY, granted=granted)


def test_at_eighteen_only_a_courts_guardian_stands_in_the_students_place_pr_28() -> None:
    before = OF_AGE - timedelta(seconds=1)

    assert asked(having(), FATHER, number=HIS, at=before).effect is ContactEffect.ALLOW
    assert told(asked(having(), FATHER, at=OF_AGE)) == (ContactEffect.HUMAN, ["PR-28"])
    assert asked(having(COURT), FATHER, number=HIS, at=OF_AGE).effect is ContactEffect.ALLOW
    assert told(asked(having(replace(COURT, checked=False)), FATHER, at=OF_AGE)) == (ContactEffect.HUMAN, ["PR-28"])
    supporter = replace(COURT, authority=Authority.SUPPORTER)
    assert told(asked(having(supporter), FATHER, at=OF_AGE)) == (ContactEffect.HUMAN, ["PR-28"])


@given(st.lists(GRANTED, max_size=3), st.integers(0, 600))
def test_nothing_else_overrides_the_age_pr_28(granted: list[Granted], days: int) -> None:
    at = OF_AGE + timedelta(days=days)
    proper = any(
        each.checked
        and (
            each.authority is Authority.PARENT_OF_DEPENDENT
            or (each.authority is Authority.ADULT_GUARDIAN and each.paper is AuthorityPaper.COURT_ORDER)
        )
        and (each.until is None or at.date() <= each.until + timedelta(days=0))
        for each in granted
    )

    found = asked(having(*granted), FATHER, at=at)

    assert told(found) == (ContactEffect.HUMAN, ["PR-28"]) or proper


def test_it_counts_through_its_last_day_at_the_school_pr_28() -> None:
    record = having(replace(COURT, until=date(2029, 6, 1)))
    midnight = datetime(2029, 6, 2, 4, 0, tzinfo=UTC)

    assert asked(record, FATHER, number=HIS, at=midnight - timedelta(seconds=1)).effect is ContactEffect.ALLOW
    assert told(asked(record, FATHER, at=midnight))[0] is ContactEffect.HUMAN


def test_a_right_that_nobody_has_checked_gives_none_pr_30() -> None:
    paper = Granted(person=AUNT, authority=Authority.EDUCATION_RIGHTS, paper=AuthorityPaper.COURT_ORDER)

    assert told(asked(having(paper), AUNT)) == (ContactEffect.REFUSE, ["PR-30"])
    assert asked(having(replace(paper, checked=True)), AUNT).effect is ContactEffect.ALLOW
    pickup = replace(paper, authority=Authority.PICKUP, checked=True)
    assert told(asked(having(pickup), AUNT)) == (ContactEffect.REFUSE, ["PR-30"])


@pytest.mark.parametrize("paper", AuthorityPaper)
def test_the_guardian_of_an_adult_needs_a_court(paper: AuthorityPaper) -> None:
    assert (unproved(replace(COURT, paper=paper)) is None) is (paper is AuthorityPaper.COURT_ORDER)
    assert unproved(replace(COURT, paper=paper, authority=Authority.PICKUP)) is None


def test_a_dependent_for_tax_may_be_told_of_at_eighteen_where_a_parents_paper_shows_it_that_year_pr_28() -> None:
    """34 CFR 99.31(a)(8): shown of one parent it lets either be told; of somebody who is no parent it shows nothing."""
    year = replace(COURT, authority=Authority.PARENT_OF_DEPENDENT, until=date(2029, 12, 31))
    last = datetime(2030, 1, 1, 4, 59, tzinfo=UTC)

    assert asked(having(year), FATHER, number=HIS, at=last).effect is ContactEffect.ALLOW
    assert told(asked(having(year), MOTHER, at=last))[0] is not ContactEffect.HUMAN
    assert told(asked(having(year), FATHER, at=last + timedelta(minutes=1))) == (ContactEffect.HUMAN, ["PR-28"])
    for nothing in (replace(year, checked=False), replace(year, person=AUNT)):
        assert told(asked(having(nothing), FATHER, at=last)) == (ContactEffect.HUMAN, ["PR-28"])
    assert unproved(replace(year, until=None)) is not None


@pytest.mark.parametrize("by_court", [True, False])
def test_what_may_be_disclosed_follows_the_same_rule_pr_28_pr_29(by_court: bool) -> None:
    wanted = Disclosure(
        way=DisclosureWay.CALL,
        basis=LegalBasis.PARENT_OR_STUDENT,
        purpose=DisclosurePurpose.INFORM_FAMILY,
        recipients=(Recipient(kind=RecipientKind.PARENT, person=FATHER),),
        fields=frozenset({"spoken"}),
    )
    guardian = frozenset({FATHER}) if by_court else frozenset()
    given_ = Circumstances(
        today=OF_AGE.date(), of_age=True, student_may_see=True, parents=frozenset({FATHER}), by_court=guardian
    )

    assert ("PR-28" in {each.rule for each in decide_disclosure(wanted, given_).reasons}) is not by_court
