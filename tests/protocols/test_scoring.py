"""I-5, I-6: the published tables, every combination of answers, and nothing unknown read as safe."""

from datetime import date
from itertools import product

import pytest

from crisis.errors import Reason, Refused
from crisis.protocols.instrument_schema import Licence
from crisis.protocols.scoring import ITEMS, not_showable, score, tier_of_disposition
from crisis.vocabulary import ScreenAnswer, ScreenResult, Tier

YES, NO, REFUSED, MISSING, NOT_ASKED = ScreenAnswer
ALL = [dict(zip(ITEMS, answers, strict=True)) for answers in product(ScreenAnswer, repeat=5)]

# The rows of protocols.md 2.2, written a second time: what the first four say, what the fifth says, what follows.
TABLE = {
    ("negative", YES): (ScreenResult.ACUTE_POSITIVE, YES),
    ("negative", NO): (ScreenResult.NEGATIVE, NO),
    ("negative", REFUSED): (ScreenResult.ACUTE_POSITIVE, REFUSED),
    ("negative", MISSING): (ScreenResult.NEGATIVE, NOT_ASKED),
    ("negative", NOT_ASKED): (ScreenResult.NEGATIVE, NOT_ASKED),
    ("positive", YES): (ScreenResult.ACUTE_POSITIVE, YES),
    ("positive", NO): (ScreenResult.NON_ACUTE_POSITIVE, NO),
    ("positive", REFUSED): (ScreenResult.ACUTE_POSITIVE, REFUSED),
    ("positive", MISSING): (ScreenResult.ACUTE_POSITIVE, MISSING),
    ("positive", NOT_ASKED): (ScreenResult.ACUTE_POSITIVE, MISSING),
    ("partly", YES): (ScreenResult.ACUTE_POSITIVE, YES),
    ("partly", NO): (ScreenResult.INCOMPLETE, NO),
    ("partly", REFUSED): (ScreenResult.ACUTE_POSITIVE, REFUSED),
    ("partly", MISSING): (ScreenResult.INCOMPLETE, NOT_ASKED),
    ("partly", NOT_ASKED): (ScreenResult.INCOMPLETE, NOT_ASKED),
}
LEAST = {
    ScreenResult.ACUTE_POSITIVE: Tier.IMMINENT,
    ScreenResult.NON_ACUTE_POSITIVE: Tier.MODERATE,
    ScreenResult.INCOMPLETE: None,
    ScreenResult.NEGATIVE: None,
}


def first_four(answers: dict[str, ScreenAnswer]) -> str:
    given = [answers[f"q{number}"] for number in (1, 2, 3, 4)]
    if any(answer in (YES, REFUSED) for answer in given):
        return "positive"
    return "negative" if given == [NO, NO, NO, NO] else "partly"


def test_every_combination_of_answers_means_what_the_table_says_i_6() -> None:
    found = [score("asq", answers) for answers in ALL]

    rows = [TABLE[first_four(answers), answers["q5"]] for answers in ALL]
    assert [(scored.result, scored.answers["q5"], scored.floor) for scored in found] == [
        (result, right_now, LEAST[result]) for result, right_now in rows
    ]


def test_one_more_yes_never_lowers_the_floor_i_5() -> None:
    def rank(answers: dict[str, ScreenAnswer]) -> int:
        floor = score("asq", answers).floor
        return -1 if floor is None else floor.rank

    lowered = [(answers, item) for answers in ALL for item in ITEMS if rank({**answers, item: YES}) < rank(answers)]

    assert lowered == []


def test_scoring_the_stored_answers_again_says_the_same() -> None:
    stored = [score("asq", answers) for answers in ALL]

    assert [score("asq", scored.answers) for scored in stored] == stored


def test_a_question_that_is_not_there_was_not_answered_i_6() -> None:
    scored = score("asq", {"q1": NO, "q2": NO, "q3": NO})

    assert scored.result is ScreenResult.INCOMPLETE
    assert scored.answers == {"q1": NO, "q2": NO, "q3": NO, "q4": MISSING, "q5": NOT_ASKED}


@pytest.mark.parametrize(("instrument", "answers"), [("asq", {"q6": NO}), ("asq", {"Q1": NO}), ("phq_a", {"q1": NO})])
def test_what_is_no_question_of_the_instrument_is_refused(instrument: str, answers: dict[str, ScreenAnswer]) -> None:
    with pytest.raises(Refused):
        score(instrument, answers)


@pytest.mark.parametrize(
    ("disposition", "tier"),
    [
        ("emergency_evaluation", Tier.IMMINENT),
        ("further_evaluation", Tier.HIGH),
        ("non_urgent_follow_up", Tier.MODERATE),
        ("no_further_intervention", Tier.LOW),
    ],
)
def test_the_interview_sets_the_least_level_and_right_now_forces_the_most_urgent(disposition: str, tier: Tier) -> None:
    found = {answer: tier_of_disposition("bssa", disposition, answer) for answer in ScreenAnswer}

    assert found == {**dict.fromkeys(ScreenAnswer, Tier.IMMINENT), NO: tier}


@pytest.mark.parametrize(("instrument", "disposition"), [("bssa", "none"), ("asq", "further_evaluation")])
def test_an_outcome_that_the_interview_does_not_have_is_refused(instrument: str, disposition: str) -> None:
    with pytest.raises(Refused):
        tier_of_disposition(instrument, disposition, YES)


def licence(status: str) -> Licence:
    return Licence.model_validate(
        {
            "status": status,
            "basis_url": "https://example.org/terms",
            "retrieved_on": date(2026, 7, 1),
            "notice": "As published.",
            "modification_allowed": False,
        }
    )


@pytest.mark.parametrize("status", ["public_domain_us", "free_with_notice"])
def test_words_that_are_free_may_be_shown(status: str) -> None:
    assert not_showable(licence(status)) is None


@pytest.mark.parametrize("status", ["permission_required", "commercial", "unknown"])
def test_words_that_are_not_free_are_not_shown(status: str) -> None:
    assert isinstance(not_showable(licence(status)), Reason)
