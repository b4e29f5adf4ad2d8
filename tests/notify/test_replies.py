"""The grammar of a text from a telephone: lenient in form, strict in meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.notify.replies import Reply, readings
from crisis.notify.wording import PageCode


def accept(code: str | None, minutes: int | None = None) -> Reply:
    return Reply("accept", None if code is None else PageCode(code), minutes)


def decline(code: str | None) -> Reply:
    return Reply("decline", None if code is None else PageCode(code), None)


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
        ("47 d 2", decline("47")),
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
    ["", "ok", "yes", "coming", "7A", "1234A", "47", "47B", "47 Avenue", "47A 12 hours", "A B", "47AD", "A" * 5000],
)
def test_what_is_not_in_the_grammar_is_not_guessed_at(body: str) -> None:
    assert readings(body) == []


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_a_no_is_never_read_as_a_yes(body: str) -> None:
    found = readings(body)

    if "no" in body.lower() or "d" in body.lower():
        assert "accept" not in {each.choice for each in found[:1] if each.code is not None}
