"""What was allowed and what it took, as bars from the opening on. Late is hatched: it must be read without color."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.review.deadlines import Expected
from crisis.review_words import Kept

FIRST = timedelta(hours=8)  # what is due later is days away and stands in the table alone
MOST = 12  # rows
STEPS = (1, 2, 5, 10, 15, 30, 60, 120)  # minutes between two lines
LINES = 7  # at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`window` is how wide the allowed time is; `done` the bar inside it, `over` what lies past it; in units of the
    picture.
    """

    of: Expected
    y: int
    window: float
    done: float
    over: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`lines` are (where, minutes)."""

    width: int
    height: int
    left: int
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, int], ...]


def picture(found: Sequence[Expected], opened_at: datetime, until: datetime, *, narrow: bool = False) -> Picture | None:
    """None where nothing was due on the first day. `narrow` has its words above each bar, for a phone."""
    rows = [each for each in found if each.kept is not Kept.DROPPED and each.due_at - opened_at <= FIRST][:MOST]
    if not rows:
        return None
    left, wide, top, row = (4, 342, 34, 52) if narrow else (300, 560, 30, 40)
    whole = max(_longest(rows) - opened_at, timedelta(minutes=5))

    def x(length: timedelta) -> float:
        return round(min(max(length, timedelta(0)), whole) / whole * wide, 1)

    def bar(number: int, each: Expected) -> Bar:
        due = each.due_at - opened_at
        ended = (until if each.done_at is None else each.done_at) - opened_at
        done = 0.0 if each.done_at is None else x(min(due, ended))
        return Bar(of=each, y=top + row * number, window=x(due), done=done, over=round(max(x(ended) - x(due), 0), 1))

    step = next((each for each in STEPS if whole <= timedelta(minutes=each * LINES)), STEPS[-1])
    lines = range(0, int(whole.total_seconds() // 60) + 1, step)
    return Picture(
        width=350 if narrow else left + wide + 150,
        height=top + row * len(rows) + 24,
        left=left,
        bars=tuple(bar(number, each) for number, each in enumerate(rows)),
        lines=tuple((left + x(timedelta(minutes=minute)), minute) for minute in lines),
    )


def _longest(rows: Sequence[Expected]) -> datetime:
    """Up to the last deadline or deed; what was never done goes on to the edge."""
    return max([each.due_at for each in rows] + [each.done_at for each in rows if each.done_at is not None])
