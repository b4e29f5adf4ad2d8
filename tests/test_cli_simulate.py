"""`crisis oncall simulate` as a coordinator types it."""

import pytest

from crisis import cli_simulate
from tests.test_cli_oncall import ANN, Crisis, crisis, rotated

__all__ = ["crisis"]


@pytest.fixture(autouse=True)
def wide(crisis: Crisis, monkeypatch: pytest.MonkeyPatch) -> None:
    from crisis import cli_oncall  # noqa: PLC0415  # after the fixture has made it wide

    monkeypatch.setattr(cli_simulate, "out", cli_oncall.out)


def test_who_would_be_called_and_when(crisis: Crisis) -> None:
    rotated(crisis)
    who = ("--school", "s", "--role", "nurse", "--at", "2026-10-05T09:00")

    said = crisis("oncall", "simulate", *who, "--urgency", "U1", "--story", "Ben Lee: accepts after 30 s")
    down = crisis("oncall", "simulate", *who, "--story", "twilio: down 0-2 min; telnyx: hangs 0-2 min")

    lines = [line for line in said.splitlines() if "Lee" in line or "Level" in line]
    assert "Level 0 begins: asks rota" in lines[0]
    assert "text to Ann Lee" in lines[1]
    assert "Ben Lee ACCEPTS" in said
    assert "no provider answers; tried again" in down
    assert "Nobody was called." in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--story", f"{ANN} accepts after 3 s"), "cannot be read"),
        (("--story", "Somebody: silent"), "Nobody in this district"),
        (("--urgency", "now"), "U1, U2 or U3"),
        (("--at", "soon"), "2026-11-01T01:30"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(crisis: Crisis, words: tuple[str, ...], why: str) -> None:
    said = crisis("oncall", "simulate", "--school", "s", "--role", "nurse", *words, fails=True)

    assert why in " ".join(said.split())
