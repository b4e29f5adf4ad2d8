"""The picture of a simulation: where each mark stands. People are rows, time goes to the right; the page draws it.

Everything that it shows stands in a table behind it as well, for those who do not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from crisis.simulating.marks import Mark, Played, What
from crisis.vocabulary import AttemptOutcome, PersonId

LEFT, TOP, RIGHT = 176, 56, 130  # for names, for levels and minutes, for words behind the last mark
ROW, HALF = 56, 13  # a row of one person; texts stand above its line, calls below it
MINUTE = timedelta(minutes=1)
WIDEST, NARROWEST, WHOLE = 60.0, 8.0, 1100.0  # pixels: of a minute, and of all minutes where they are many
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720)  # minutes between two lines
_ABOVE, _BELOW = frozenset({What.TEXT}), frozenset({What.CALL})


@dataclass(frozen=True, slots=True)
class Point:
    """`kind` names its looks; `title` is said by whoever points at it."""

    x: float
    y: float
    kind: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Line:
    """A level that begins, or a minute."""

    x: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    rows: Sequence[tuple[PersonId, float]]
    points: Sequence[Point]
    levels: Sequence[Line]
    minutes: Sequence[Line]
    alarms: Sequence[float]


def picture(played: Played) -> Picture:
    people = list(played.people)
    rows = {person: TOP + ROW / 2 + ROW * place for place, person in enumerate(people)}
    last = max((mark.at for mark in played.marks), default=played.asked_at)
    shown = max(1, ceil((last - played.asked_at) / MINUTE))
    wide = min(WIDEST, max(NARROWEST, WHOLE / shown))

    def x(at: datetime) -> float:
        return round(LEFT + (at - played.asked_at) / MINUTE * wide, 1)

    step = next((each for each in STEPS if each * wide >= 40), STEPS[-1])
    return Picture(
        width=round(LEFT + shown * wide + RIGHT),
        height=TOP + ROW * max(1, len(people)) + 8,
        rows=list(rows.items()),
        points=[_point(mark, x(mark.at), rows[mark.person]) for mark in played.marks if mark.person is not None],
        levels=[Line(x(mark.at), mark.level or 0) for mark in played.marks if mark.what is What.LEVEL],
        minutes=[Line(LEFT + minute * wide, minute) for minute in range(0, shown + 1, step)],
        alarms=[x(mark.at) for mark in played.marks if mark.what is What.ALARM],
    )


def _point(mark: Mark, x: float, y: float) -> Point:
    if mark.what in _ABOVE:
        return Point(x, y - HALF, _kind(mark), mark)
    return Point(x, y + HALF if mark.what in _BELOW else y, _kind(mark), mark)


def _kind(mark: Mark) -> str:
    failed = mark.outcome in (AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN) or not mark.arrives
    return f"{mark.what.value} failed" if failed else mark.what.value
