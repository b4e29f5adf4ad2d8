"""The picture of a ladder: where each level, text and call stands. Levels are rows, time goes to the right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from crisis.ladders import Cadence, Ladder

LEFT, TOP, RIGHT, ROW, WIDE = 92, 26, 74, 40, 560  # names at the left, minutes above, the alarm at the right
STEPS = (10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)  # seconds between two lines
LINES = 8  # at most


@dataclass(frozen=True, slots=True)
class Bar:
    """While the level is the newest one its bar is full; afterwards its people are still called."""

    level: int
    y: float
    x: float
    wide: float
    texts: Sequence[float]
    calls: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    alarm: float
    after: timedelta
    bars: Sequence[Bar]
    lines: Sequence[tuple[float, timedelta]]


def picture(ladder: Ladder, cadence: Cadence) -> Picture:
    whole = sum(ladder.answer_within, timedelta(0))

    def x(since: timedelta) -> float:
        return round(LEFT + since / whole * WIDE, 1)

    def bars() -> Iterator[Bar]:
        begins = timedelta(0)
        for level, within in enumerate(ladder.answer_within):
            texts = [x(begins + each) for each in cadence.texts if begins + each < whole]
            calls = [x(begins + each) for each in cadence.all_calls() if begins + each < whole]
            y = TOP + ROW * level + ROW / 2
            yield Bar(level, y, x(begins), round(x(begins + within) - x(begins), 1), texts, calls)
            begins += within

    step = next((each for each in STEPS if whole <= each * LINES * timedelta(seconds=1)), STEPS[-1])
    times = [timedelta(seconds=second) for second in range(0, int(whole.total_seconds()), step)]
    return Picture(
        width=LEFT + WIDE + RIGHT,
        height=TOP + ROW * len(ladder.answer_within) + 6,
        alarm=x(whole),
        after=whole,
        bars=list(bars()),
        lines=[(x(each), each) for each in times],
    )
