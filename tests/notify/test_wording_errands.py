"""Errands fit into one text, say in their first word what they are, and suggest no word that stops the pages."""

from datetime import timedelta

import pytest

from crisis.errors import Refused
from crisis.ladders import Ladder
from crisis.notify import wording_errands
from crisis.notify.late_calls import LateCall, late_calls
from crisis.notify.wording import LONGEST
from crisis.store.errands import Subject
from crisis.vocabulary import Role, Urgency
from tests.notify.test_wording import CARRIER_WORDS, GSM_7

ASKED = (Subject.TEST, Subject.CONFIRM_TURN)
LANGUAGES = ("en", "es", "ht", "")


def every_text(language: str) -> list[str]:
    texts = [wording_errands.text(each, language, code="907", amount=999) for each in Subject]
    texts += [wording_errands.thanks(each, language) for each in (*ASKED, Subject.TURN_DECLINED)]
    texts += [wording_errands.still_asked(each, "907", language) for each in ASKED]
    return [*texts, wording_errands.too_late(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_is_one_segment_without_a_word_that_stops_the_pages_f25(language: str) -> None:
    for written in every_text(language):
        assert len(written) <= LONGEST
        assert set(written) <= GSM_7
        assert "None" not in written
        assert {word.strip(".,:").upper() for word in written.split()} & CARRIER_WORDS == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_test_says_so_first_and_nothing_else_begins_like_a_page_f77(language: str) -> None:
    first = {
        wording_errands.text(Subject.TEST, language, code="907").split()[0],
        wording_errands.thanks(Subject.TEST, language).split()[0],
        wording_errands.still_asked(Subject.TEST, "907", language).split()[0],
    }

    assert first <= {"TEST.", "PRUEBA"}
    assert wording_errands.spoken("907", language).startswith(("This is a test.", "Esto es una prueba."))
    assert not [each for each in every_text(language) if each.startswith(("CRISIS page", "CRISIS aviso"))]


def test_digits_are_said_one_by_one_and_a_name_does_not_fit_pr_12() -> None:
    assert "9, 0, 7" in wording_errands.spoken("907")
    for wrong in ("Ana", "47", "٤٠٨"):
        with pytest.raises(Refused, match="PR-12"):
            wording_errands.text(Subject.TEST, code=wrong)
    with pytest.raises(Refused, match="PR-12"):
        wording_errands.text(Subject.PLAN, amount=1000)


def test_a_level_that_is_over_before_its_first_call_is_found() -> None:
    minute = timedelta(minutes=1)
    ladders = {
        (Role.NURSE, Urgency.U1): Ladder(answer_within=(minute / 60,), repeat_alarm=minute),  # calls at once
        (Role.NURSE, Urgency.U2): Ladder(answer_within=(minute, 4 * minute), repeat_alarm=minute),
    }

    assert late_calls(ladders) == [LateCall(Role.NURSE, Urgency.U2, 0, minute, minute)]
