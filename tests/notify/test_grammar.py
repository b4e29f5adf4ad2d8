"""The grammar of a text from a telephone: lenient in form, strict in meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.notify.grammar import Reply, readings
from crisis.notify.wording import PageCode
from crisis.vocabulary import DeclineReason


def accept(code: str | None, minutes: int | None = None) -> Reply:
    return Reply("accept", None if code is None else PageCode(code), minutes)


def decline(code: str | None, reason: DeclineReason | None = None) -> Reply:
    return Reply("decline", None if code is None else PageCode(code), reason=reason)


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("47A", accept("47")),
        ("47A 12", accept("47", 12)),
        ("47a12", accept("47", 12)),
        (" 47 a 12 ", accept("47", 12)),
        ("47-A, 12!", accept("47", 12)),
        ("47A 12 min", accept("47", 12)),
        ("A47", accept("47")),
        ("123A", accept("123")),
        ("A", accept(None)),
        ("a.", accept(None)),
        ("A 5", accept(None, 5)),
        ("47D", decline("47")),
        ("47 d 2", decline("47", DeclineReason.TOO_FAR)),
        ("47D 1", decline("47", DeclineReason.IN_SESSION)),
        ("47D3", decline("47", DeclineReason.OFF_DUTY)),
        ("47D 4", decline("47", DeclineReason.CONFLICT)),
        ("47D 9", decline("47", DeclineReason.OTHER)),
        ("47D 7", decline("47", DeclineReason.OTHER)),
        ("D 2", decline(None, DeclineReason.TOO_FAR)),
        ("47B", Reply("stand_by", PageCode("47"))),
        ("b47", Reply("stand_by", PageCode("47"))),
        ("47H", Reply("here", PageCode("47"))),
        ("47 h.", Reply("here", PageCode("47"))),
        ("H", Reply("here", None)),
        ("47M 10", Reply("delay", PageCode("47"), minutes=10)),
        ("47m10 min", Reply("delay", PageCode("47"), minutes=10)),
        ("M 10", Reply("delay", None, minutes=10)),
        ("D47", decline("47")),
        ("D", decline(None)),
        ("47 NO", decline("47")),
        ("47A NO", decline("47")),
    ],
)
def test_what_a_text_means_first(body: str, meant: Reply) -> None:
    assert readings(body)[0] == meant


def test_a_letter_and_a_number_may_be_a_code_or_minutes() -> None:
    assert readings("A 12") == [accept("12"), accept(None, 12)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "ok",
        "yes",
        "coming",
        "7A",
        "1234A",
        "47",
        "B",
        "47M",
        "47M 0",
        "M",
        "47H 5",
        "47B 2",
        "47 Avenue",
        "47A 12 hours",
        "A B",
        "47AD",
        "A" * 5000,
    ],
)
def test_what_is_not_in_the_grammar_is_not_guessed_at(body: str) -> None:
    assert readings(body) == []


@given(st.sampled_from([*"ABDHM"]), st.integers(10, 999), st.integers(0, 999), st.sampled_from(["", " ", "-", ". "]))
def test_a_text_with_a_code_is_only_ever_about_that_page(letter: str, code: int, number: int, between: str) -> None:
    for body in (f"{code}{letter}{between}{number}", f"{code}{between}{letter}"):
        assert {each.code for each in readings(body)} <= {PageCode(str(code))}


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_a_no_is_never_read_as_a_yes(body: str) -> None:
    found = readings(body)

    if "no" in body.lower() or "d" in body.lower():
        assert "accept" not in {each.choice for each in found[:1] if each.code is not None}
