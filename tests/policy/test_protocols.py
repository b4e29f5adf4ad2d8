"""Who may change a protocol, sign for it and publish it: two people sign, neither wrote it, and a change undoes it."""

from dataclasses import replace
from datetime import date

import pytest

from crisis.draft_words import ReviewKind
from crisis.errors import NotFound
from crisis.policy import protocols
from crisis.policy.protocols import Signature, Standing, against_publishing, against_signing
from crisis.vocabulary import PersonId, ProtocolHash, StaffRole
from tests.factories import a_person

TODAY = date(2026, 10, 6)
LEAD, OFFICER, ANN = PersonId("p-lead"), PersonId("p-officer"), PersonId("p-ann")
NOW, BEFORE = ProtocolHash("a" * 64), ProtocolHash("b" * 64)
CLINICAL, LEGAL = ReviewKind.CLINICAL, ReviewKind.LEGAL
BY_ANN = Signature(
    kind=CLINICAL,
    hash=NOW,
    name="Ann Reyes",
    qualification="Licensed psychologist",
    signed_on=TODAY,
    holds_until=date(2027, 10, 6),
    person=ANN,
)
BY_COUNSEL = replace(BY_ANN, kind=LEGAL, name="R. Lawyer", qualification="Attorney", person=None, paper="Binder 3")
DRAFT = Standing(hash=NOW, writers={LEAD: "Joan Castellano"}, saved_by=LEAD, saved_on=TODAY)
SIGNED = replace(DRAFT, signatures=(BY_ANN, BY_COUNSEL))


def said(new: Signature, draft: Standing = DRAFT) -> list[str]:
    return [reason.text for reason in against_signing(new, draft, TODAY)]


def published(draft: Standing = SIGNED, by: PersonId = OFFICER, day: date = TODAY, *, holds: bool = True) -> list[str]:
    return [reason.text for reason in against_publishing(draft, by, day, TODAY, holds=holds)]


def test_two_people_sign_for_what_stands_there_and_then_it_is_published() -> None:
    assert said(BY_ANN) == said(BY_COUNSEL, replace(DRAFT, signatures=(BY_ANN,))) == []
    assert published() == []


@pytest.mark.parametrize(
    ("new", "draft", "why"),
    [
        (replace(BY_ANN, hash=BEFORE), DRAFT, "This is not what the draft says now"),
        (replace(BY_ANN, person=LEAD), DRAFT, "Whoever changed this draft cannot sign"),
        (replace(BY_COUNSEL, name="  JOAN  castellano"), DRAFT, "Whoever changed this draft cannot sign"),
        (replace(BY_COUNSEL, name="ann reyes"), replace(DRAFT, signatures=(BY_ANN,)), "are two people"),
        (replace(BY_COUNSEL, person=ANN, name="A. R."), replace(DRAFT, signatures=(BY_ANN,)), "are two people"),
        (replace(BY_COUNSEL, name=" "), DRAFT, "Give the name"),
        (replace(BY_COUNSEL, qualification=""), DRAFT, "what qualifies them"),
        (replace(BY_COUNSEL, signed_on=date(2026, 10, 7)), DRAFT, "check the day"),
        (replace(BY_COUNSEL, signed_on=date(2026, 10, 5)), DRAFT, "check the day"),
        (replace(BY_COUNSEL, holds_until=TODAY), DRAFT, "Say until which day"),
    ],
)
def test_a_signature_that_is_none_is_refused_with_its_reason(new: Signature, draft: Standing, why: str) -> None:
    (text,) = said(new, draft)

    assert why in text


@pytest.mark.parametrize(
    ("draft", "day", "by", "holds", "why"),
    [
        (replace(SIGNED, hash=BEFORE), TODAY, OFFICER, True, ["No clinician has signed", "No counsel has signed"]),
        (replace(SIGNED, signatures=(BY_ANN,)), TODAY, OFFICER, True, ["No counsel has signed"]),
        (SIGNED, TODAY, OFFICER, False, ["The checker has not found that it holds"]),
        (SIGNED, TODAY, LEAD, True, ["You saved it last"]),
        (SIGNED, date(2026, 10, 5), OFFICER, True, ["That day is over"]),
        (SIGNED, date(2027, 10, 7), OFFICER, True, ["A review has run out by that day"]),
        (
            replace(DRAFT, hash=None),
            TODAY,
            OFFICER,
            False,
            ["has faults", "The checker", "No clinician", "No counsel"],
        ),
    ],
)
def test_what_is_missing_for_publishing_is_told_all_at_once(
    draft: Standing, day: date, by: PersonId, holds: bool, why: list[str]
) -> None:
    found = published(draft, by, day, holds=holds)

    assert [part in text for part, text in zip(why, found, strict=True)] == [True] * len(why)


def test_who_reads_writes_and_signs() -> None:
    def may(post: StaffRole) -> list[bool]:
        who = replace(a_person("p"), posts=frozenset({post}))
        asked = (protocols.may_read, protocols.may_read_drafts, protocols.may_write)
        return [*(ask(who) for ask in asked), *(protocols.may_sign(who, kind) for kind in ReviewKind)]

    clinicians = {StaffRole.COUNSELOR, StaffRole.PSYCHOLOGIST, StaffRole.SOCIAL_WORKER, StaffRole.NURSE}
    for post in clinicians | {StaffRole.CLINICIAN}:
        assert may(post) == [True, True, False, True, False]
    for post in (StaffRole.DISTRICT_LEAD, StaffRole.PRIVACY_OFFICER):
        assert may(post) == [True, True, True, False, True]
    for post in (StaffRole.TEACHER, StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL):
        assert may(post) == [True, False, False, False, False]
    assert may(StaffRole.OPERATOR) == [False] * 5


def test_nobody_who_works_for_an_agency_reads_a_draft() -> None:
    partner = replace(a_person("p"), posts=frozenset({StaffRole.CLINICIAN}), partner=True)

    assert not protocols.may_sign(partner, CLINICAL)
    with pytest.raises(NotFound):
        protocols.must_read_drafts(partner)
