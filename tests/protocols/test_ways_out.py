"""From wherever chance leads an incident, people can still bring it to its close, and only rightly (I-19).

Chance plays all that people, phones and time can do; then people who want to finish do what is open.
"""

from collections.abc import Iterator
from random import Random

import pytest

from crisis.checker.moves import LATER, START
from crisis.checker.space import Space, space
from crisis.protocols import loader
from crisis.statemachine.closing import obstacles
from crisis.statemachine.incident import Incident
from crisis.statemachine.steps import SETTLED, standing
from crisis.vocabulary import StepType

WALKS = 60
WHOLE = ("missing_student", "suicide_risk")  # of the others, which share their steps, a fifth unless all are asked for
SETBACKS = ("loses sight", "raises the emergency", "declares", "reopens", "runs out", "does not answer", "cancels",
            "gets no answer", "no_show", "lifts")  # fmt: skip


def possible(walked: Space, incident: Incident, chance: Random) -> Iterator[tuple[str, Incident]]:
    """What can happen next, in an order of chance; the next of weekly contacts comes a week later."""
    moves = list(walked.moves(incident))
    chance.shuffle(moves)
    for told, commands in moves:
        after = walked.after(incident, *commands)
        if after is not None:
            yield told, walked.counted(after)


def wandered(walked: Space, chance: Random, steps: int) -> tuple[Incident, list[str]]:
    incident, story = walked.start(), []
    for _step in range(steps):
        onward = ((told, after) for told, after in possible(walked, incident, chance) if after.closed_at is None)
        told, incident = next(onward, ("", incident))
        story.append(told)
    return incident, story


def finished(walked: Space, incident: Incident, chance: Random, story: list[str]) -> Incident:
    for _step in range(400):
        found = list(possible(walked, incident, chance))
        if incident.closed_at is not None or not found:
            break
        told, incident = min(found, key=lambda move: any(setback in move[0] for setback in SETBACKS))
        story.append(told)
    return incident


@pytest.mark.parametrize("name", loader.names())
def test_whatever_happened_the_incident_can_still_be_closed_rightly(name: str, pytestconfig: pytest.Config) -> None:
    walked = space(loader.protocol(name))

    few = name not in WHOLE and not pytestconfig.getoption("--full")
    for seed in range(0, WALKS, 5 if few else 1):
        chance = Random(seed)
        incident, story = wandered(walked, chance, seed % 40)
        closed = finished(walked, incident, chance, story)
        against = obstacles(closed, walked.protocol, START + LATER)
        now = standing(closed, walked.protocol)
        unsettled = [step.id for step in walked.protocol.steps if now[step.id] not in SETTLED]

        assert closed.closed_at is not None, "\n".join([f"seed {seed}", *story, *map(str, against), str(unsettled)])
        assert against == []
        assert [step for step in unsettled if step != "close_review"] == []
        assert any(step.type is StepType.REVIEW for step in walked.protocol.steps)
