"""The checker tries moves in few orders; from wherever any order leads, its own moves still find a close (I-19)."""

from collections.abc import Iterator
from random import Random

import pytest

from crisis.checker import moves
from crisis.checker.moves import Move
from crisis.checker.space import Space, space
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.vocabulary import ReleaseTo, StepType, Tier

WALKS = 120
WHOLE = ("missing_student", "suicide_risk")  # of the others, which share their steps, a fifth unless all are asked for
LONGEST = 60
SETBACKS = ("loses", "raises", "declares", "reopens", "cancels", "does not answer", "no_show", "lifts")


def every(walked: Space, incident: Incident) -> Iterator[Move]:
    """All moves there are, at any time and in any order; the rules refuse those that cannot be made."""
    yield from moves.pages(incident)
    for step in walked.protocol.steps:
        yield from walked.at(step, incident)
        for rule in step.exceptions:
            tried = len(incident.contact_attempts)
            yield moves.lifts(rule) if rule.id in incident.exceptions else moves.declares(step, rule, tried)
        if step.type is StepType.ASSESS:
            yield moves.signs(step)
            yield from (moves.sets_tier(step, tier) for tier in Tier)
    yield from (moves.takes(), moves.finds(), moves.loses(), moves.raises_emergency(), moves.resolves_emergency())
    yield from (moves.transfers(), moves.reopens(), *(moves.releases(to) for to in ReleaseTo))


def wandered(walked: Space, chance: Random) -> tuple[Incident, list[str]]:
    incident, story = walked.start(), []
    for _move in range(chance.randrange(LONGEST)):
        possible = list(every(walked, incident))
        chance.shuffle(possible)
        after = ((told, walked.after(incident, *orders)) for told, orders in possible)
        told, moved = next(((told, moved) for told, moved in after if moved is not None), ("", None))
        if moved is not None and moved.closed_at is None:
            incident = moved
            story.append(told)
    return incident, story


def closes_from(walked: Space, incident: Incident) -> bool:
    """Whether the checker's own moves lead to a close; what sets back is tried last."""
    seen, waiting = {walked.key(incident)}, [incident]
    while waiting:
        here = waiting.pop()
        if here.closed_at is not None:
            return True
        onward = sorted(walked.next(here), key=lambda move: not any(word in move[0] for word in SETBACKS))
        for _told, _space, after in onward:
            if walked.key(after) not in seen:
                seen.add(walked.key(after))
                waiting.append(after)
    return False


@pytest.mark.parametrize("name", loader.names())
def test_whatever_the_order_was_the_checker_finds_a_close(name: str, pytestconfig: pytest.Config) -> None:
    walked = space(loader.protocol(name))

    few = name not in WHOLE and not pytestconfig.getoption("--full")
    for seed in range(0, WALKS, 5 if few else 1):
        incident, story = wandered(walked, Random(seed))
        assert closes_from(walked, incident), "\n".join([f"seed {seed}", *story])
