"""A protocol as a picture: a lane for the role that acts first, phases from left to right, arrows for what waits. Pure.

Only where things stand; a page draws it. Lengths are pixels.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crisis.protocols.explain import length_in_words
from crisis.protocols.schema import Protocol, Step
from crisis.protocols.terms import Pair, choose, term
from crisis.vocabulary import DeadlineKind, Phase, SafetyClass, StepId, StepType

WIDE, HIGH = 196, 84  # of a box
COLUMN, ROW = 236, 104  # from one box to the next
LEFT, TOP = 148, 92  # names of the lanes, and above them danger and phases
LETTERS, LINES = 26, 3  # of a title in its box
_ANYBODY: Pair = ("anybody on the team", "cualquiera del equipo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A step. `kind` is how it looks: a decision has answers, a hard one nobody may waive."""

    id: StepId
    kind: StepType
    hard: bool
    x: int
    y: int
    title: Sequence[str]
    clock: str
    late: bool  # its clock is a hard one
    answers: int


@dataclass(frozen=True, slots=True)
class Lane:
    name: Sequence[str]
    y: int
    high: int


@dataclass(frozen=True, slots=True)
class Band:
    """A phase, over all lanes."""

    name: str
    x: int
    wide: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    lanes: Sequence[Lane]
    bands: Sequence[Band]
    boxes: Sequence[Box]
    arrows: Sequence[str]  # of what waits for another step, as a path
    asks: Sequence[str]  # of a step that an answer calls for


def picture(protocol: Protocol, language: str) -> Picture:
    columns = columns_of(protocol)
    places, lanes = _placed(protocol, columns, language)
    boxes = [_box(step, places[step.id], language) for step in protocol.steps]
    pairs = [(before, step.id) for step in protocol.steps for before in step.after]
    asked = [pair for pair in dict.fromkeys(_called_for(protocol)) if pair not in pairs]
    return Picture(
        width=LEFT + COLUMN * (max(columns.values()) + 1),
        height=lanes[-1].y + lanes[-1].high + 8,
        lanes=lanes,
        bands=_bands(protocol, columns, language),
        boxes=boxes,
        arrows=[_arrow(places[one], places[other]) for one, other in pairs],
        asks=[_arrow(places[one], places[other]) for one, other in asked],
    )


def columns_of(protocol: Protocol) -> dict[StepId, int]:
    """A phase begins behind the one before it; within it a step stands behind what it waits for."""
    columns: dict[StepId, int] = {}
    begins = 0
    for phase in Phase:
        mine = [step for step in protocol.steps if step.phase is phase]
        for _ in mine:  # a chain is as long as there are steps, whatever their order in the file
            for step in mine:
                behind = (columns[other] + 1 for other in step.after if other in columns)
                columns[step.id] = max((begins, columns.get(step.id, begins), *behind))
        begins = max((columns[step.id] + 1 for step in mine), default=begins)
    return columns


def _placed(
    protocol: Protocol, columns: dict[StepId, int], language: str
) -> tuple[dict[StepId, tuple[int, int]], list[Lane]]:
    """Boxes of one lane and column stand below each other, and the lane grows with them."""
    rows: dict[str, dict[int, list[StepId]]] = {}
    for step in protocol.steps:
        name = term(step.roles[0], language) if step.roles else choose(_ANYBODY, language)
        rows.setdefault(name, {}).setdefault(columns[step.id], []).append(step.id)
    places: dict[StepId, tuple[int, int]] = {}
    lanes, y = [], TOP
    for name, by_column in rows.items():
        high = ROW * max(map(len, by_column.values()))
        lanes.append(Lane(textwrap.wrap(name, 16), y, high))
        for column, steps in by_column.items():
            places |= {step: (LEFT + COLUMN * column, y + 10 + ROW * n) for n, step in enumerate(steps)}
        y += high
    return places, lanes


def _box(step: Step, place: tuple[int, int], language: str) -> Box:
    title = textwrap.wrap(step.title.in_language(language), LETTERS, max_lines=LINES, placeholder=" …")
    hard = [deadline for deadline in step.deadlines if deadline.kind is DeadlineKind.HARD]
    first = next(iter(hard or step.deadlines), None)
    return Box(
        id=step.id,
        kind=step.type,
        hard=step.safety is SafetyClass.HARD,
        x=place[0],
        y=place[1],
        title=title,
        clock="" if first is None else length_in_words(first, language),
        late=bool(hard),
        answers=len(step.choices),
    )


def _bands(protocol: Protocol, columns: dict[StepId, int], language: str) -> list[Band]:
    found = []
    for phase in Phase:
        mine = [columns[step.id] for step in protocol.steps if step.phase is phase]
        if mine:
            wide = COLUMN * (max(mine) - min(mine) + 1) - 12
            found.append(Band(term(phase, language), LEFT + COLUMN * min(mine), wide))
    return found


def _called_for(protocol: Protocol) -> Iterator[tuple[StepId, StepId]]:
    """A step whose condition asks for the answer of another one."""
    for step in protocol.steps:
        for condition in (step.when, step.ready_when):
            if condition is not None:
                yield from ((asked, step.id) for asked in answers_asked(condition.model_dump(exclude_unset=True)))


def answers_asked(condition: object) -> Iterator[StepId]:
    """Also within `all`, `any` and `none`."""
    if isinstance(condition, dict):
        yield from condition.get("answer") or ()
        condition = [*condition.values()]
    if isinstance(condition, list | tuple):
        for part in condition:
            yield from answers_asked(part)


def _arrow(one: tuple[int, int], other: tuple[int, int]) -> str:
    """Out at the right and in at the left; to one that stands above or below, or before, around in a bow."""
    x1, y1, x2, y2 = one[0] + WIDE, one[1] + HIGH // 2, other[0] - 7, other[1] + HIGH // 2
    bend = max(20, (x2 - x1) // 2) if x2 > x1 else 60
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
