"""A name stands where its owner wants it, and nowhere else; nothing untrue stands in its place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.commands import Actor, ActorKind
from crisis.policy.naming import IN_SCHOOL, NameToUse, Naming, against_caution, called, context_of
from crisis.policy.packs import FLOOR
from crisis.privacy_words import InstructionSource
from crisis.record_words import NameCaution, NameContext
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT

MOTHER, FATHER = PersonId("p-mother"), PersonId("p-father")
NAMES = st.builds(
    NameToUse,
    name=st.sampled_from(("Val", "Valentina", "Vale")),
    pronouns=st.sampled_from((None, "they/them")),
    contexts=st.frozensets(st.sampled_from(NameContext), min_size=1),
    guardians=st.frozensets(st.sampled_from((MOTHER, FATHER))),
    source=st.sampled_from(InstructionSource),
)
NAMINGS = st.builds(
    Naming,
    on_roster=st.sampled_from((None, "Tina")),
    names=st.lists(NAMES, max_size=3),
    caution=st.sampled_from(NameCaution),
)


@given(NAMINGS, st.sampled_from(NameContext), st.sampled_from((None, MOTHER, FATHER)))
def test_a_name_stands_only_where_it_is_listed_pr_9(
    naming: Naming, context: NameContext, guardian: PersonId | None
) -> None:
    found = called(naming, context, guardian)

    listed = {each.name for each in naming.names if context in each.contexts}
    roster = {naming.on_roster} if not naming.names and context in IN_SCHOOL else set()
    assert found.name in listed | roster | {None}


@given(NAMINGS, st.sampled_from((MOTHER, FATHER)))
def test_to_a_guardian_it_is_the_name_that_is_theirs_or_none_at_all_pr_10(naming: Naming, guardian: PersonId) -> None:
    found = called(naming, NameContext.GUARDIAN, guardian)

    theirs = {each.name for each in naming.names if guardian in each.guardians}
    assert found.name in theirs | {None}
    assert (found.pronouns, found.caution) == (None, NameCaution.NONE)


@given(NAMINGS)
def test_what_is_not_volunteered_is_in_nothing_that_parents_get_pr_10(naming: Naming) -> None:
    kept = Naming(on_roster=naming.on_roster, names=naming.names, caution=NameCaution.DO_NOT_VOLUNTEER)

    assert called(kept, NameContext.RECORDS).name is None
    assert called(kept, NameContext.GUARDIAN, MOTHER).name is None


def test_the_students_own_word_comes_before_the_familys() -> None:
    console = frozenset({NameContext.STAFF_CONSOLE})
    family = NameToUse(name="Valentina", contexts=console, source=InstructionSource.FAMILY)
    student = NameToUse(name="Val", pronouns="she/her", contexts=console, source=InstructionSource.STUDENT)

    found = called(Naming(names=(family, student)), NameContext.STAFF_CONSOLE)

    assert (found.name, found.pronouns) == ("Val", "she/her")


@pytest.mark.parametrize(
    ("posts", "context"),
    [
        ({StaffRole.COUNSELOR}, NameContext.STAFF_CONSOLE),
        ({StaffRole.CLINICIAN, StaffRole.PSYCHOLOGIST}, NameContext.STAFF_CONSOLE),
        ({StaffRole.CLINICIAN}, NameContext.EXTERNAL_CLINICIAN),
        (set(), NameContext.EXTERNAL_CLINICIAN),  # who it is is not known: the narrower view
    ],
)
def test_where_a_viewer_stands_follows_from_their_posts(posts: set[StaffRole], context: NameContext) -> None:
    viewer = Actor(kind=ActorKind.PERSON, id=PersonId("p"), district=DISTRICT, posts=frozenset(posts))

    assert context_of(viewer) is context


@pytest.mark.parametrize("permits", [False, True])
def test_the_law_decides_whether_a_name_may_be_kept_to_oneself_pr_11(permits: bool) -> None:
    law = replace(FLOOR, do_not_volunteer=permits)

    found = [against_caution(each, law) for each in NameCaution]

    assert [each is not None and each.rule == "PR-11" for each in found] == [False, False, not permits]
    assert against_caution(NameCaution.DO_NOT_VOLUNTEER, FLOOR) is not None  # it ships off
