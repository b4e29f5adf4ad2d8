"""The C-SSRS screener by key: every combination of answers (7 questions, 5 answers each), as Columbia's table says."""

from itertools import product

import pytest

from crisis.protocols.scoring import Scored, score
from crisis.vocabulary import ScreenAnswer, ScreenResult, Tier

YES, NO, REFUSED, MISSING, NOT_ASKED = ScreenAnswer
ITEMS = ("q1", "q2", "q3", "q4", "q5", "q6", "q6_recent")
Answers = tuple[ScreenAnswer, ...]


@pytest.fixture(scope="module")
def found() -> dict[Answers, Scored]:
    """All 78,125, scored once."""
    every = product(ScreenAnswer, repeat=len(ITEMS))
    return {answers: score("cssrs", dict(zip(ITEMS, answers, strict=True))) for answers in every}


def by_the_form(*, yes: frozenset[str]) -> tuple[ScreenResult, Tier | None]:
    """The rows of protocols.md 2.2, written a second time, for a form that was asked whole."""
    if yes & {"q4", "q5", "q6_recent"}:
        return ScreenResult.ACUTE_POSITIVE, Tier.HIGH
    if yes & {"q3", "q6"}:
        return ScreenResult.NON_ACUTE_POSITIVE, Tier.MODERATE
    if yes & {"q1", "q2"}:
        return ScreenResult.NON_ACUTE_POSITIVE, Tier.LOW
    return ScreenResult.NEGATIVE, None


def test_every_form_that_was_answered_whole_means_what_the_table_says_and_a_refusal_is_a_yes_i_6(
    found: dict[Answers, Scored],
) -> None:
    whole = [answers for answers in found if not {MISSING, NOT_ASKED} & set(answers)]
    expected = [
        by_the_form(yes=frozenset(item for item, said in zip(ITEMS, answers, strict=True) if said is not NO))
        for answers in whole
    ]

    assert len(whole) == 3**7
    assert [(found[answers].result, found[answers].floor) for answers in whole] == expected


def test_the_fourth_question_alone_is_high_i_7(found: dict[Answers, Scored]) -> None:
    """Also where the skip rule would never have come to it; some copies of the form say moderate."""
    alone = [found[NO, second, NO, YES, NO, NO, NOT_ASKED] for second in ScreenAnswer]

    assert {(scored.result, scored.floor) for scored in alone} == {(ScreenResult.ACUTE_POSITIVE, Tier.HIGH)}


def test_one_more_yes_never_lowers_the_floor_nor_makes_it_less_urgent_i_5(found: dict[Answers, Scored]) -> None:
    def weight(scored: Scored) -> tuple[int, bool]:
        return (-1 if scored.floor is None else scored.floor.rank), scored.result is ScreenResult.ACUTE_POSITIVE

    weights = {answers: weight(scored) for answers, scored in found.items()}
    lowered = [
        (answers, place)
        for answers, before in weights.items()
        for place in range(len(ITEMS))
        if weights[(*answers[:place], YES, *answers[place + 1 :])] < before
    ]

    assert lowered == []


def test_the_skip_rule_hides_no_yes_and_no_refusal_i_6(found: dict[Answers, Scored]) -> None:
    lost = [
        (answers, item)
        for answers, scored in found.items()
        for item, said in zip(ITEMS, answers, strict=True)
        if said in (YES, REFUSED) and (scored.answers[item] is not said or scored.result is ScreenResult.NEGATIVE)
    ]

    assert lost == []


def test_only_three_noes_to_what_is_always_asked_make_it_negative_i_6(found: dict[Answers, Scored]) -> None:
    negative = [scored.answers for scored in found.values() if scored.result is ScreenResult.NEGATIVE]

    assert negative
    assert all((told["q1"], told["q2"], told["q6"]) == (NO, NO, NO) for told in negative)


def test_what_was_triggered_and_not_obtained_is_acute_until_it_is_assessed_i_6(found: dict[Answers, Scored]) -> None:
    after_thoughts = found[NO, YES, NOT_ASKED, NOT_ASKED, NOT_ASKED, NO, NOT_ASKED]
    after_an_attempt = found[NO, NO, NOT_ASKED, NOT_ASKED, NOT_ASKED, YES, MISSING]

    assert after_thoughts.answers["q4"] is MISSING
    assert {after_thoughts.result, after_an_attempt.result} == {ScreenResult.ACUTE_POSITIVE}


def test_scoring_the_stored_answers_again_says_the_same(found: dict[Answers, Scored]) -> None:
    again = {answers: tuple(scored.answers[item] for item in ITEMS) for answers, scored in found.items()}

    assert [answers for answers, stored in again.items() if found[stored] != found[answers]] == []
