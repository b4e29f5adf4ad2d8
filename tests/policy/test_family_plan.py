"""Whom to call first by the rules alone: the lead decides about parents who do not answer; nobody waits for a wish."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.contact import Adult, ContactRecord
from crisis.policy.family_plan import Condition, Plan, next_to_try
from crisis.privacy_words import Authority, ContactEffect, ContactPurpose, Obligation
from crisis.record_words import ContactCondition, FamilyStatus
from crisis.vocabulary import PersonId, Relation
from tests.policy.test_contact import AUNT, AUNTIE, DAD, FAMILY, FATHER, HERS, MOM, MOTHER, READY, asked, barred, told

WORKER = PersonId("p-worker")
CASEWORKER = Adult(
    person=WORKER,
    guardian=False,
    relation=Relation.CASEWORKER,
    authorities=frozenset({Authority.CASEWORKER}),
    household="four",
    reads=("en",),
    speaks="en",
)
PEOPLE = [PersonId(name) for name in ("a", "b", "c", "d")]


def with_plan(**plan: object) -> ContactRecord:
    adults = (replace(MOM, relation=Relation.PARENT), replace(DAD, relation=Relation.PARENT), AUNTIE, CASEWORKER)
    return replace(FAMILY, adults=adults, plan=Plan(**plan))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", FamilyStatus)
@pytest.mark.parametrize("purpose", ContactPurpose)
def test_where_somebody_else_answers_the_lead_decides_about_parents(
    status: FamilyStatus, purpose: ContactPurpose
) -> None:
    record = with_plan(status=status)

    assert told(asked(record, FATHER, purpose)) == (ContactEffect.HUMAN, ["FAMILY"])
    assert told(asked(with_plan(status=status, first=FATHER), FATHER, purpose))[0] is ContactEffect.ALLOW
    assert told(asked(with_plan(), FATHER, purpose))[0] is ContactEffect.ALLOW


def test_what_the_lead_has_decided_counts_and_lifts_no_restriction() -> None:
    record = with_plan(status=FamilyStatus.UNACCOMPANIED)
    yes, no = (replace(READY, decided={FATHER: tell}) for tell in (True, False))

    assert asked(record, FATHER, circumstances=yes).effect is ContactEffect.ALLOW
    assert told(asked(record, FATHER, circumstances=no)) == (ContactEffect.REFUSE, ["FAMILY"])
    assert told(asked(record, MOTHER, circumstances=yes))[0] is ContactEffect.HUMAN
    held = replace(record, restrictions=(barred(FATHER),))
    assert told(asked(held, FATHER, circumstances=yes)) == (ContactEffect.REFUSE, ["PR-1"])


def test_only_in_the_states_custody_its_caseworker_is_told() -> None:
    for status, effect in ((None, ContactEffect.REFUSE), (FamilyStatus.UNACCOMPANIED, ContactEffect.REFUSE)):
        assert asked(with_plan(status=status), WORKER).effect is effect
    assert asked(with_plan(status=FamilyStatus.STATE_CUSTODY), WORKER).effect is ContactEffect.ALLOW


def test_what_must_be_so_first_is_said_and_whoever_is_barred_is_not_called_in_by_it_pr_1() -> None:
    beside = Condition(person=MOTHER, kind=ContactCondition.WITH_ADULT, beside=AUNT)
    record = with_plan(conditions=(beside,))

    mother = asked(record, MOTHER, number=HERS)
    assert (mother.effect, Obligation.CONDITION_FIRST in mother.obligations) == (ContactEffect.ALLOW_WITH, True)
    assert Obligation.CONDITION_FIRST not in asked(record, FATHER).obligations
    held = replace(record, restrictions=(barred(AUNT),))
    assert told(asked(held, MOTHER, number=HERS)) == (ContactEffect.HUMAN, ["FAMILY"])


def test_who_comes_first_by_the_status_then_as_the_family_said() -> None:
    def order(**plan: object) -> list[PersonId]:
        record = with_plan(**plan)
        return [each.person for each in sorted(record.adults, key=lambda x: record.plan.place(x.person, x.relation))]

    assert order() == [MOTHER, FATHER, AUNT, WORKER]
    assert order(order=(AUNT, FATHER)) == [AUNT, FATHER, MOTHER, WORKER]
    assert order(status=FamilyStatus.STATE_CUSTODY, order=(AUNT, FATHER))[:2] == [WORKER, AUNT]
    assert order(status=FamilyStatus.KINSHIP, first=AUNT) == [AUNT, WORKER, MOTHER, FATHER]
    assert Plan(status=FamilyStatus.UNACCOMPANIED).names_nobody([Relation.PARENT, Relation.RELATIVE])
    assert not Plan(status=FamilyStatus.STATE_CUSTODY).names_nobody([Relation.CASEWORKER])


@given(st.lists(st.sampled_from(PEOPLE), unique=True), st.lists(st.sampled_from([*PEOPLE, None])))
def test_whoever_was_tried_least_is_next_and_of_those_the_first(
    now: list[PersonId], tried: list[PersonId | None]
) -> None:
    found = next_to_try(now, tried)

    assert (found is None) is (not now)
    if found is not None:
        times = [tried.count(each) for each in now]
        assert now.index(found) == times.index(min(times))
