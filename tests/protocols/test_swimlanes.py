"""The picture shows every step once, in the lane of who acts first, behind what it waits for, and nothing overlaps."""

from itertools import pairwise

import pytest

from crisis.protocols import loader
from crisis.protocols.swimlanes import HIGH, ROW, WIDE, columns_of, picture
from crisis.vocabulary import Phase, StepType
from tests.protocols.small import a_protocol


@pytest.mark.parametrize("name", loader.names())
def test_every_step_has_its_place_and_none_lies_on_another(name: str) -> None:
    known = loader.protocol(name)
    drawn = picture(known, "en")
    places = {(box.x, box.y) for box in drawn.boxes}

    assert [box.id for box in drawn.boxes] == [step.id for step in known.steps]
    assert len(places) == len(drawn.boxes)
    assert all(box.x + WIDE <= drawn.width and box.y + HIGH <= drawn.height for box in drawn.boxes)
    assert ROW > HIGH
    assert len(drawn.arrows) == sum(len(step.after) for step in known.steps)
    assert all(len(line) <= 26 for box in drawn.boxes for line in box.title)


@pytest.mark.parametrize("name", loader.names())
def test_a_step_stands_behind_what_it_waits_for_and_phases_do_not_mix(name: str) -> None:
    known = loader.protocol(name)
    columns = columns_of(known)
    order = list(Phase)

    for step in known.steps:
        waited = [known.step(other) for other in step.after]
        assert all(
            columns[other.id] < columns[step.id]
            for other in waited
            if other is not None and order.index(other.phase) <= order.index(step.phase)
        )
    ends = [
        (min(found), max(found))
        for phase in Phase
        if (found := [columns[s.id] for s in known.steps if s.phase is phase])
    ]
    assert all(before[1] < after[0] for before, after in pairwise(ends))


def test_lanes_are_roles_decisions_show_their_answers_and_hard_clocks_are_told() -> None:
    drawn = picture(a_protocol(), "es")
    by_id = {box.id: box for box in drawn.boxes}
    decide, screen = by_id["decide"], by_id["screen"]  # type: ignore[index]  # an id is a str

    assert [" ".join(lane.name) for lane in drawn.lanes] == ["cualquiera del equipo", "evaluador", "dirección"]
    assert (decide.kind, decide.answers, decide.clock, decide.late) == (
        StepType.DECISION,
        2,
        "antes de 5 minutos",
        True,
    )
    assert screen.clock == "antes de que acabe el día de clases"
    assert len(drawn.asks) == 1  # the family, once an ambulance was the answer
    assert drawn.bands[0].name == "Identificación"
