"""What a brief may hold: whatever is known, nothing that its audience's list and the handoff do not let through."""

from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.bases import EMERGENCY_FIELDS
from crisis.policy.brief import LISTED, PLACE_OF, UNSAID, brief, fields_for
from crisis.referral_words import Audience, BriefField, BriefPart, DataPoint

POINTS = st.frozensets(st.sampled_from(DataPoint))
KNOWN = st.dictionaries(st.sampled_from(BriefField), st.lists(st.text(min_size=1), max_size=2))


@given(st.sampled_from(Audience), KNOWN, POINTS)
def test_no_field_is_in_it_that_is_not_listed_and_allowed_pr_48(
    audience: Audience, known: dict[BriefField, list[str]], allowed: frozenset[DataPoint]
) -> None:
    made = brief(audience, known, allowed)

    assert fields_for(audience, allowed) - UNSAID <= made.fields <= fields_for(audience, allowed) <= LISTED[audience]
    assert {PLACE_OF[field][1] for field in made.fields} <= allowed
    assert not set(made.kept_back) & allowed


def test_what_nobody_knows_is_read_aloud_as_not_known() -> None:
    made = brief(Audience.CLINICIAN, {}, frozenset({DataPoint.MEDICAL}))

    assert [(line.field, line.said) for _, lines in made.parts for line in lines] == [(BriefField.MEDICAL, ())]


def test_that_a_name_is_kept_from_somebody_is_not_shown_pr_9_pr_53() -> None:
    nameless = brief(Audience.EMERGENCY, {}, frozenset(DataPoint))
    named = brief(Audience.EMERGENCY, {BriefField.CALLED: ["Val"]}, frozenset(DataPoint))

    assert BriefField.CALLED not in nameless.fields
    assert BriefField.CALLED in named.fields


def test_who_takes_the_student_home_is_told_nothing_of_the_student_pr_8() -> None:
    assert LISTED[Audience.PICK_UP] == {BriefField.CALL_BACK}


def test_in_an_emergency_only_its_items_go_and_never_what_was_found_in_the_assessment_pr_25() -> None:
    listed = LISTED[Audience.EMERGENCY]

    assert {PLACE_OF[field][1].value for field in listed} <= EMERGENCY_FIELDS
    assert not listed & {BriefField.TIER, BriefField.SCREEN, BriefField.STATEMENT, BriefField.SAFETY_PLAN}


def test_every_field_has_its_part_and_the_parts_come_as_an_sbar() -> None:
    made = brief(Audience.CLINICIAN, {}, frozenset(DataPoint))

    assert PLACE_OF.keys() == set(BriefField)
    assert [part for part, _ in made.parts] == list(BriefPart)
