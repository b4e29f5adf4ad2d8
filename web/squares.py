"""A square code for a telephone's camera, as the path of a drawing: nothing foreign, no script. The door to segno."""

from dataclasses import dataclass

import segno

QUIET = 4  # empty squares all around, which cameras need


@dataclass(frozen=True, slots=True)
class Squares:
    """`path` in a drawing of `size` by `size`."""

    path: str
    size: int


def squares(text: str) -> Squares:
    rows = list(segno.make(text, error="m", micro=False).matrix)
    dark = [(x + QUIET, y + QUIET) for y, row in enumerate(rows) for x, square in enumerate(row) if square]
    return Squares(path="".join(f"M{x} {y}h1v1h-1z" for x, y in dark), size=len(rows) + 2 * QUIET)
