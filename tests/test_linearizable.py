"""The checker knows a history that cannot be from one that can."""

import pytest

from tests.linearizable import Did, Held, linearizable, of_a_page


def history(*told: tuple[str, str, str, float, float]) -> list[Did]:
    return [Did(*each) for each in told]


@pytest.mark.parametrize(
    "told",
    [
        history(),
        history(("a", "accept", "you_have_it", 0, 1), ("b", "accept", "someone_else", 2, 3)),
        history(("a", "accept", "someone_else", 0, 3), ("b", "accept", "you_have_it", 1, 2)),
        history(("a", "accept", "you_have_it", 0, 9), ("b", "read", "", 1, 2), ("b", "read", "a", 3, 4)),
        history(
            ("a", "accept", "you_have_it", 0, 1),
            ("a", "decline", "declined", 2, 5),
            ("b", "accept", "you_have_it", 3, 4),
            ("c", "read", "b", 6, 7),
        ),
        history(("a", "accept", "you_have_it", 0, float("inf")), ("b", "read", "a", 5, 6)),
    ],
)
def test_what_can_have_been(told: list[Did]) -> None:
    assert linearizable(told, Held(), of_a_page)


@pytest.mark.parametrize(
    "told",
    [
        history(("a", "accept", "you_have_it", 0, 2), ("b", "accept", "you_have_it", 1, 3)),  # two owners
        history(("a", "accept", "someone_else", 0, 1), ("b", "accept", "you_have_it", 2, 3)),  # before anybody had it
        history(("a", "accept", "you_have_it", 0, 1), ("b", "read", "", 2, 3)),  # a stale look
        history(("a", "accept", "you_have_it", 0, 9), ("b", "read", "a", 1, 2), ("b", "read", "", 3, 4)),  # and back
        history(
            ("a", "accept", "you_have_it", 0, 1),
            ("b", "decline", "declined", 2, 3),  # somebody else's no
            ("c", "accept", "you_have_it", 4, 5),
        ),
        history(("a", "accept", "someone_else", 0, 1)),
        history(("a", "accept", "ended", 0, 1)),
    ],
)
def test_what_cannot_have_been(told: list[Did]) -> None:
    assert not linearizable(told, Held(), of_a_page)
