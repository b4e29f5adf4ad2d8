"""What counts of a log is what its review says, to the second; and lengths of many have a middle and a slow end."""

import pytest

from crisis import commands as cmd
from crisis.review.counted import MILESTONES, Counted, counted
from crisis.review.review import Review, review
from crisis.review.spread import Spread, together
from crisis.review_words import Milestone
from crisis.statemachine.ground import Ground
from crisis.vocabulary import Beside, DeadlineKind
from tests.factories import COUNSELOR, screen, suicide_risk
from tests.review.recording import Recording
from tests.review.test_review import CLOSED_ON_MONDAY, FRIDAY, after


@pytest.fixture(scope="module")
def recorded() -> Recording:
    made = Recording(suicide_risk(), ground=CLOSED_ON_MONDAY)
    made.opens(FRIDAY, beside=Beside.NOBODY)
    made.does(after(2, 10), cmd.TakeCustody(by=COUNSELOR))
    made.does(after(6, 30), screen("nynny"))  # pages by itself
    return made


def both(recorded: Recording, ground: Ground = CLOSED_ON_MONDAY) -> tuple[Counted, Review]:
    found = review(recorded.log, recorded.protocol, ground, recorded.log[-1].at)
    return counted(recorded.log, recorded.protocol, ground), found


def test_it_is_what_the_review_says(recorded: Recording) -> None:
    of_log, of_review = both(recorded)

    lengths = {each.milestone: each.seconds for each in of_review.lengths}
    kept = of_review.kept(DeadlineKind.HARD, DeadlineKind.TARGET)
    assert {each: of_log.row[name] for each, name in MILESTONES.items()} == lengths
    assert lengths[Milestone.ASKED] == 6 * 60 + 30
    assert (of_log.kept, of_log.due, of_log.gap) == (kept.count, kept.of, of_review.gap)
    assert [each.page for each in of_log.pages] == [each.page for each in of_review.pages] != []
    assert (of_log.month, of_log.seq, of_log.over) == ("2026-10", len(recorded.log), False)


@pytest.mark.parametrize(
    ("lengths", "median", "ninth"),
    [
        ((), None, None),
        ((5,), 5, 5),
        ((1, 3), 1, 3),
        (tuple(range(1, 11)), 5, 9),
        (tuple(range(1, 101)), 50, 90),
    ],
)
def test_the_median_and_the_90th_percentile_are_times_that_somebody_took(
    lengths: tuple[int, ...], median: int | None, ninth: int | None
) -> None:
    found = Spread(lengths=lengths, missing=7)

    assert (found.median, found.ninth, found.all) == (median, ninth, len(lengths) + 7)


def test_parts_make_the_whole() -> None:
    found = together([Spread(lengths=(3, 9), missing=1), Spread(lengths=(5,), waiting=2)])

    assert found == Spread(lengths=(3, 5, 9), missing=1, waiting=2)
