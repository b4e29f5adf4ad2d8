"""A person who never saw the system opens each kind of crisis with three inputs and is led to its close."""

from datetime import datetime

import pytest

from crisis.commands import AnswerDecision, Command
from crisis.errors import Reason, Refused
from crisis.events import Event
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.decide import decide
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from tests.journeys.guessing import Order, by_chance, calm
from tests.journeys.led import Stranger
from tests.journeys.town import Town
from tests.journeys.visitor import DeadEnd

KINDS = [kind for name in loader.names() for kind in loader.protocol(name).crisis_types]
ALWAYS = ("handle_with_care", "death_staff")
SEEDS = (1, 2)
SOME = [each if each in ALWAYS else pytest.param(each, marks=pytest.mark.full) for each in KINDS]


def led(town: Town, kind: str, order: Order) -> Stranger:
    stranger = Stranger(town=town, kind=kind, order=order)
    try:
        stranger.is_led()
    finally:
        stranger.goes_home()
    return stranger


@pytest.mark.parametrize("kind", SOME)
def test_a_stranger_is_led_to_the_close_and_each_refusal_says_what_to_do(town: Town, kind: str) -> None:
    stranger = led(town, kind, calm)

    assert stranger.guesses == [], "\n".join(stranger.trail)


@pytest.mark.full
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_stranger_answers_they_are_led_to_the_close(town: Town, kind: str, seed: int) -> None:
    led(town, kind, by_chance(f"{kind} {seed}"))


def test_a_step_that_refuses_everybody_and_says_nothing_is_a_dead_end(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walker can fail: otherwise the others prove nothing."""

    def stubborn(incident: Incident, protocol: Protocol, ground: Ground, command: Command, at: datetime) -> list[Event]:
        if isinstance(command, AnswerDecision):
            raise Refused(Reason("NO", "This cannot be"))
        return decide(incident, protocol, ground, command, at)

    monkeypatch.setattr("crisis.submit.decide", stubborn)
    monkeypatch.setattr("tests.journeys.led.PATIENCE", 2)

    with pytest.raises(DeadEnd, match="This cannot be"):
        led(town, "handle_with_care", calm)
