"""Figures as parts that are drawn and laid out as tables from the same numbers; the pictures read without color."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from crisis.review.spread import Spread, together

MOST = 36  # rows of a picture; the table has all of them
FILLS = ("did", "hatch", "dots", "cross", "none")  # of the series, in their order
NARROW, WIDE = 350, 900
MARKS = (60, 3600, 86400, 30 * 86400)  # seconds, on an axis where each step is a factor
SHORTEST, LONGEST = 10, 90 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: how many of each series. `code` is for programs, `label` for people."""

    code: str
    label: str
    counts: tuple[int, ...]

    @property
    def all(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Counts. Each incident or page stands in one row and one series, so the rows add up to `total`."""

    id: str
    title: str
    note: str
    head: str  # what a row is
    series: tuple[tuple[str, str], ...]  # code and words
    rows: tuple[Line, ...]

    @property
    def total(self) -> Line:
        counts = [sum(row.counts[number] for row in self.rows) for number in range(len(self.series))]
        return Line(code="all", label="", counts=tuple(counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    code: str
    label: str
    note: str
    spread: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Lengths of time. `adds_up`: each incident stands in one row, so there is a `total`."""

    id: str
    title: str
    note: str
    head: str
    rows: tuple[Took, ...]
    adds_up: bool = True

    @property
    def total(self) -> Spread:
        return together([row.spread for row in self.rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Of a bar. `fill` is a name of `FILLS`; `says` is its number where there is room for it."""

    x: float
    width: float
    fill: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One row of a picture. `median` and `ninth` are where those lie, None where nothing was reached."""

    y: int
    label: str
    said: str
    pieces: tuple[Piece, ...] = ()
    median: float | None = None
    ninth: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    left: int
    narrow: bool
    rows: tuple[Drawn, ...]
    lines: tuple[tuple[float, int], ...] = ()  # where, seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    narrow: bool
    left: int
    wide: int
    top: int
    row: int

    def y(self, number: int) -> int:
        return self.top + self.row * number

    def picture(self, rows: Sequence[Drawn], lines: Sequence[tuple[float, int]] = ()) -> Picture:
        return Picture(
            width=NARROW if self.narrow else WIDE,
            height=self.y(len(rows)) + 6,
            left=self.left,
            narrow=self.narrow,
            rows=tuple(rows),
            lines=tuple(lines),
        )


def bars(part: Bars, *, narrow: bool = False) -> Picture | None:
    """None where there is nothing to draw."""
    rows = part.rows[-MOST:]
    most = max((row.all for row in rows), default=0)
    if not most:
        return None
    frame = _Frame(narrow=narrow, left=4, wide=290, top=4, row=48) if narrow else _WIDE_BARS
    drawn = []
    for number, row in enumerate(rows):
        pieces, at = [], 0
        for fill, count in zip(FILLS, row.counts, strict=False):
            width = round(count / most * frame.wide, 1)
            x = round(frame.left + at / most * frame.wide, 1)
            says = str(count) if width >= 12 + 9 * len(str(count)) else ""
            pieces.append(Piece(x=x, width=width, fill=fill, says=says))
            at += count
        shown = tuple(each for each in pieces if each.width)
        drawn.append(Drawn(y=frame.y(number), label=row.label, said=str(row.all), pieces=shown))
    return frame.picture(drawn)


_WIDE_BARS = _Frame(narrow=False, left=270, wide=560, top=4, row=34)
_WIDE_TIMES = _Frame(narrow=False, left=270, wide=250, top=26, row=34)


def times(part: Times, said: dict[str, str], *, narrow: bool = False) -> Picture | None:
    """A line from the median, a dot, to the 90th percentile, a stroke. `said` is what stands beside each, by code."""
    rows = [row for row in part.rows if row.spread.all][-MOST:]
    if not any(row.spread.lengths for row in rows):
        return None
    frame = _Frame(narrow=narrow, left=8, wide=326, top=26, row=58) if narrow else _WIDE_TIMES
    drawn = [
        Drawn(
            y=frame.y(number),
            label=row.label,
            said=said[row.code],
            median=_x(row.spread.median, frame),
            ninth=_x(row.spread.ninth, frame),
        )
        for number, row in enumerate(rows)
    ]
    return frame.picture(drawn, [(frame.left + _along(each, frame), each) for each in MARKS])


def _x(seconds: int | None, frame: _Frame) -> float | None:
    return None if seconds is None else round(frame.left + _along(seconds, frame), 1)


def _along(seconds: int, frame: _Frame) -> float:
    """Each step to the right is a factor, so minutes and weeks fit on one axis."""
    inside = min(max(seconds, SHORTEST), LONGEST)
    return round(math.log(inside / SHORTEST) / math.log(LONGEST / SHORTEST) * frame.wide, 1)
