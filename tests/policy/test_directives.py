"""What a student or a family said may be told to whom: it only takes away, and what restrains most counts."""

from hypothesis import given
from hypothesis import strategies as st

from crisis.policy.directives import Directive, action_for, against, releasable, unlawful
from crisis.record_words import InfoAction, InfoAudience
from crisis.referral_words import DataPoint

SAID = st.lists(
    st.builds(
        Directive,
        audience=st.sampled_from(InfoAudience),
        category=st.sampled_from(DataPoint),
        action=st.sampled_from(InfoAction),
    ),
    max_size=6,
)
POINTS = st.frozensets(st.sampled_from(DataPoint))
CODES = st.frozensets(st.sampled_from([each.value for each in DataPoint]))
TO = InfoAudience.CLINICIAN


@given(SAID, POINTS, CODES)
def test_it_takes_away_and_never_adds_and_each_no_has_its_reason(
    said: list[Directive], points: frozenset[DataPoint], agreed: frozenset[str]
) -> None:
    given_out = releasable(said, TO, points, agreed)

    assert given_out <= points
    assert bool(list(against(said, TO, points, agreed))) is (given_out != points)
    assert releasable((), TO, points, agreed) == points


@given(SAID, POINTS, CODES, SAID)
def test_one_more_wish_never_gives_more(
    said: list[Directive], points: frozenset[DataPoint], agreed: frozenset[str], more: list[Directive]
) -> None:
    assert releasable([*said, *more], TO, points, agreed) <= releasable(said, TO, points, agreed)


@given(SAID, POINTS, CODES)
def test_asked_first_is_given_only_when_they_agreed_and_what_is_not_told_never(
    said: list[Directive], points: frozenset[DataPoint], agreed: frozenset[str]
) -> None:
    for point in releasable(said, TO, points, agreed):
        action = action_for(said, TO, point)
        assert action is not InfoAction.DO_NOT_VOLUNTEER
        assert action is not InfoAction.ASK_FIRST or point.value in agreed


def test_the_law_lets_a_parent_see_the_record_pr_10() -> None:
    wanted = [
        Directive(audience=audience, category=DataPoint.RISK, action=action)
        for audience in InfoAudience
        for action in InfoAction
    ]

    assert [(each.audience.value, each.action.value) for each in wanted if unlawful(each)] == [
        ("guardian", "do_not_volunteer")
    ]
