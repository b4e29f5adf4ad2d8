"""PHQ-A, GAD-7 and PSC-17 by key: sums, bands, what asks for a screening, and that none of them is urgent."""

from itertools import product
from random import Random

import pytest

from crisis.errors import Refused
from crisis.instrument_words import ItemAnswer
from crisis.protocols.questionnaires import GAD_7, PHQ_A, PSC_17, SCALES, Scale, summed

A = ItemAnswer
NUMBERS = (A.ZERO, A.ONE, A.TWO, A.THREE)


def of_sum(scale: Scale, total: int) -> dict[str, ItemAnswer]:
    """Some answers with that sum."""
    answers = {}
    for item in scale.items:
        here = min(total, scale.top)
        answers[item], total = NUMBERS[here], total - here
    return answers


# From, to, name: protocols.md 2.2, written a second time.
BANDS = {
    PHQ_A: [(0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 19, "moderately_severe"), (20, 27, "severe")],
    GAD_7: [(0, 4, "minimal"), (5, 9, "mild"), (10, 14, "moderate"), (15, 21, "severe")],
    PSC_17: [(0, 14, "below"), (15, 34, "positive")],
}


@pytest.mark.parametrize("instrument", BANDS)
def test_every_sum_falls_into_its_band(instrument: str) -> None:
    expected = {total: name for least, most, name in BANDS[instrument] for total in range(least, most + 1)}

    scored = {total: summed(instrument, of_sum(SCALES[instrument], total)) for total in expected}

    assert {total: each.band for total, each in scored.items()} == expected
    assert all((each.total, each.whole) == (total, True) for total, each in scored.items())


def test_any_answer_to_question_nine_but_zero_asks_for_a_screening_whatever_the_sum_i_6() -> None:
    answers = {
        (total, said): summed(PHQ_A, {**of_sum(SCALES[PHQ_A], total), "q9": said}).screen_needed
        for total in range(25)
        for said in (*NUMBERS, A.REFUSED, A.MISSING)
    }

    assert {said: {answers[total, said] for total in range(25)} for _, said in answers} == {
        A.ZERO: {False},
        **{said: {True} for said in (A.ONE, A.TWO, A.THREE, A.REFUSED, A.MISSING)},
    }


def test_every_combination_of_question_nine_and_the_two_beside_it_i_6() -> None:
    """One that is not on the form is no answer; one that was asked and not answered is no no."""
    calm = of_sum(SCALES[PHQ_A], 0)
    beside = (A.YES, A.NO, A.REFUSED, A.MISSING, A.NOT_ON_FORM)
    every = list(product((*NUMBERS, A.REFUSED, A.MISSING), beside, beside))

    needed = [
        summed(PHQ_A, {**calm, "q9": ninth, "serious_thoughts": one, "ever_tried": other}).screen_needed
        for ninth, one, other in every
    ]

    safe = {A.ZERO, A.NO, A.NOT_ON_FORM}
    assert needed == [not set(said) <= safe for said in every]


@pytest.mark.parametrize("instrument", [GAD_7, PSC_17])
def test_worry_and_a_parents_list_never_ask_for_anything_urgent(instrument: str) -> None:
    scale = SCALES[instrument]
    worst = summed(instrument, dict.fromkeys(scale.items, NUMBERS[scale.top]))
    empty = summed(instrument, {})

    assert (worst.screen_needed, empty.screen_needed) == (False, False)


@pytest.mark.parametrize("instrument", BANDS)
def test_an_item_without_an_answer_is_no_zero(instrument: str) -> None:
    scale = SCALES[instrument]
    given = of_sum(scale, 3)

    unanswered = {item: answer for item, answer in given.items() if item != scale.items[-1]}
    refused = summed(instrument, {**given, scale.items[-1]: A.REFUSED})

    assert summed(instrument, unanswered).whole is False
    assert (refused.whole, refused.total) == (False, 3)


@pytest.mark.parametrize("instrument", BANDS)
def test_it_is_scored_by_key_and_never_by_position(instrument: str) -> None:
    chance = Random(7)
    answers = {item: NUMBERS[chance.randint(0, SCALES[instrument].top)] for item in SCALES[instrument].items}
    shuffled = list(answers.items())

    same = []
    for _ in range(20):
        chance.shuffle(shuffled)
        same.append(summed(instrument, dict(shuffled)))

    assert set(map(str, same)) == {str(same[0])}


def test_the_parts_of_the_list_stand_out_from_their_own_sums() -> None:
    least = {"internalising": 5, "attention": 7, "externalising": 7}  # protocols.md 2.2

    for part, cut in least.items():
        items = SCALES[PSC_17].parts[part]
        calm = dict.fromkeys(SCALES[PSC_17].items, A.ZERO)
        high = dict(zip(items, of_sum(SCALES[PSC_17], cut).values(), strict=False))
        lower = dict(zip(items, of_sum(SCALES[PSC_17], cut - 1).values(), strict=False))
        assert summed(PSC_17, {**calm, **high}).stands_out == {part}
        assert summed(PSC_17, {**calm, **lower}).stands_out == frozenset()


@pytest.mark.parametrize(
    ("instrument", "answers"),
    [
        ("asq", {"q1": A.ONE}),
        (PSC_17, {"q1": A.ONE}),
        (PSC_17, {"attention_1": A.THREE}),
        (GAD_7, {"q1": A.YES}),
        (PHQ_A, {"ever_tried": A.ONE}),
    ],
)
def test_what_is_no_question_or_no_answer_of_it_is_refused(instrument: str, answers: dict[str, ItemAnswer]) -> None:
    with pytest.raises(Refused):
        summed(instrument, answers)
