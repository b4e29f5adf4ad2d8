"""Policy packs as files: whole, sourced, and never more than what somebody answers for."""

from datetime import date

import pytest

from crisis.policy.packs import FLOOR, counts, pack_of
from crisis.privacy_words import NoticeRule
from crisis.protocols import loader
from crisis.protocols.plain_yaml import ProtocolFault

STATES = ["us-ct", "us-ma", "us-me", "us-nh", "us-ri", "us-vt"]
OWN = """
id: larkfield
jurisdiction: US-MA
version: "2026.2"
title: Larkfield
draft: true
effective_from: 2026-07-01
expires_on: 2027-06-30
citations:
  - {key: rule, title: A rule, url: "https://example.org/rule", retrieved: null}
parameters:
  eligible_student_age: {value: 17, source: rule, checked_on: 2026-08-01, checked_by: A. Lawyer}
"""


def test_the_floor_ships_and_drafts_of_six_states() -> None:
    assert loader.packs() == sorted([FLOOR.id, *STATES])
    assert [loader.pack(each).draft for each in STATES] == [True] * 6


def test_the_floor_of_the_code_is_the_floor_of_the_file() -> None:
    """So that a broken file never keeps a decision from being made."""
    assert pack_of(loader.pack(FLOOR.id)) == FLOOR


@pytest.mark.parametrize("name", STATES)
def test_no_draft_claims_that_anybody_compared_it_with_the_law(name: str) -> None:
    pack = loader.pack(name)

    assert set(pack.unchecked) == set(pack.values)
    assert pack.for_counsel
    assert pack.expires_on is not None


def test_what_a_pack_leaves_out_is_the_floors() -> None:
    assert pack_of(loader.pack("us-ri")).eligible_student_age == FLOOR.eligible_student_age
    assert pack_of(loader.pack("us-vt")).parent_notice is FLOOR.parent_notice
    assert pack_of(loader.pack("us-ct")).parent_notice is NoticeRule.FORBIDDEN_WITHOUT_MINOR_CONSENT


def test_massachusetts_gives_the_student_a_right_of_their_own_at_fourteen_and_ten_days() -> None:
    """As well as the parent: the age from which the rights pass to the student stays eighteen."""
    pack = pack_of(loader.pack("us-ma"))

    assert (pack.student_access_age, pack.eligible_student_age, pack.record_access_days) == (14, 18, 10)


def test_massachusetts_names_what_a_release_to_somebody_else_needs() -> None:
    fields = loader.pack("us-ma").parameters.disclosure_log_fields

    assert fields is not None
    assert fields.value[-2:] == ("parts of the record", "purpose")


def test_a_pack_counts_from_its_first_day_to_its_last() -> None:
    pack = loader.pack_from_text(OWN, "own")

    days = [date(2026, 6, 30), date(2026, 7, 1), date(2027, 6, 30), date(2027, 7, 1)]
    assert [counts(pack, day) for day in days] == [False, True, True, False]
    assert pack.unchecked == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("source: rule,", "source: elsewhere,", "no citation for the source of eligible_student_age"),
        ("value: 17", "value: seventeen", "own line 12: parameters.eligible_student_age.value"),
        ("eligible_student_age", "age_of_reason", "own line 12: parameters.age_of_reason: this key is not known here"),
        ("expires_on: 2027-06-30", "expires_on: 2026-06-30", "`expires_on` is before `effective_from`"),
        (", checked_by: A. Lawyer", "", "go together: who compared it with the law, and when"),
        ('version: "2026.2"', "version: soon", "own line 4: version"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_to_do(old: str, new: str, told: str) -> None:
    assert old in OWN

    with pytest.raises(ProtocolFault) as fault:
        loader.pack_from_text(OWN.replace(old, new), "own")

    assert told in str(fault.value)
