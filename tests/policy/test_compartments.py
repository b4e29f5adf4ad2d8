"""Two sides of a Title IX matter: nobody but the coordinator sees both, for any people and posts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from crisis.access_words import IncidentMark, Involvement, Sight, TitleIxSide
from crisis.policy.compartments import OPEN, Compartment, TwoSides, may_keep
from crisis.policy.sight import About, about, sight
from crisis.vocabulary import DistrictId, IncidentId, PersonId, SchoolId, StaffRole
from tests.factories import DISTRICT, MORNING, SCHOOL, a_person, an_incident

HERS, HIS = IncidentId("i-hers"), IncidentId("i-his")
SEATS = {HERS: TitleIxSide.COMPLAINANT, HIS: TitleIxSide.RESPONDENT}
people = st.sampled_from([PersonId(f"p-{turn}") for turn in range(5)])
sides = st.sampled_from(TitleIxSide)
matters = st.builds(
    TwoSides,
    seats=st.just(SEATS),
    coordinators=st.frozensets(people, max_size=1),
    came=st.lists(st.tuples(people, sides), max_size=8),
    admitted=st.dictionaries(people, sides, max_size=3).map(lambda found: tuple(found.items())),
)


def seen_of(two: TwoSides, incident: IncidentId, involved: frozenset[tuple[PersonId, Involvement]]) -> About:
    side = two.seats[incident]
    apart = Compartment(kept=True, admitted=two.may_enter(side), across=two.across(side))
    known = about(an_incident(), compartment=apart)
    return replace(known, involved=dict.fromkeys(involved))


@given(
    two=matters,
    who=people,
    post=st.sampled_from(StaffRole),
    how=st.frozensets(st.tuples(people, st.sampled_from(Involvement))),
    broke=st.booleans(),
    marks=st.frozensets(st.sampled_from(IncidentMark)),
)
def test_whoever_is_on_one_side_sees_nothing_of_the_other_pr_43(
    two: TwoSides,
    who: PersonId,
    post: StaffRole,
    how: frozenset[tuple[PersonId, Involvement]],
    broke: bool,
    marks: frozenset[IncidentMark],
) -> None:
    """Whatever their post, what they were called into, raised, or broke the glass of."""
    actor = a_person(who, post=post)
    more = {who: MORNING.replace(year=2099)} if broke else {}
    found = {
        each: sight(actor, replace(seen_of(two, each, how), broke_glass=more, marks=marks), MORNING) for each in SEATS
    }

    for each, side in SEATS.items():
        if two.of(who) - {side}:
            assert found[each] is Sight.NOTHING


def test_the_coordinator_sees_both_and_by_a_post_alone_nobody_sees_either_pr_43() -> None:
    coordinator, nurse = PersonId("p-coordinator"), PersonId("p-nurse")
    two = TwoSides(
        seats=SEATS,
        coordinators=frozenset({coordinator}),
        came=((coordinator, TitleIxSide.COMPLAINANT), (nurse, TitleIxSide.RESPONDENT)),
    )
    his, hers = (seen_of(two, each, frozenset({(nurse, Involvement.CALLED_IN)})) for each in (HIS, HERS))
    by_post = [
        replace(a_person("p-x", post=post), schools=frozenset({SCHOOL}))
        for post in (StaffRole.PRINCIPAL, StaffRole.COUNSELOR, StaffRole.DISTRICT_LEAD)
    ]
    officer = a_person("p-officer", post=StaffRole.PRIVACY_OFFICER)

    for known in (his, hers):
        assert sight(a_person(coordinator, post=StaffRole.TEACHER), known, MORNING) is Sight.WHOLE
        assert sight(officer, known, MORNING) is Sight.WHOLE
        assert {sight(each, known, MORNING) for each in by_post} == {Sight.NOTHING}
    assert sight(a_person(nurse, post=StaffRole.NURSE), his, MORNING) is Sight.WHOLE
    assert sight(replace(officer, id=nurse), hers, MORNING) is Sight.NOTHING  # an officer who works on one side


def test_the_coordinators_word_goes_before_where_somebody_was_called_in_pr_43() -> None:
    both = PersonId("p-both")
    came = tuple((both, side) for side in TitleIxSide)
    two = TwoSides(seats=SEATS, came=came)

    decided = replace(two, admitted=((both, TitleIxSide.RESPONDENT),))

    assert two.undecided() == {both}
    assert both in two.across(TitleIxSide.COMPLAINANT) & two.across(TitleIxSide.RESPONDENT)
    assert decided.undecided() == frozenset()
    assert (decided.across(TitleIxSide.COMPLAINANT), decided.across(TitleIxSide.RESPONDENT)) == ({both}, frozenset())
    assert TwoSides(seats={}, came=came[:1]).joined(TwoSides(seats={}, came=came[1:])).undecided() == {both}


def test_who_keeps_it_and_what_is_not_kept_apart_is_as_before() -> None:
    coordinator = a_person("p-coordinator", post=StaffRole.TEACHER)
    principal = a_person("p-principal", post=StaffRole.PRINCIPAL)

    assert coordinator.id is not None
    assert may_keep(coordinator, coordinator.id)
    assert may_keep(a_person("p-o", post=StaffRole.PRIVACY_OFFICER), coordinator.id)
    assert not may_keep(principal, coordinator.id)
    known = About(district=DistrictId(DISTRICT), school=SchoolId(SCHOOL), compartment=OPEN)
    assert sight(principal, known, MORNING) is Sight.WHOLE
