"""What is wrong with a protocol, and where."""

from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]  # keys and numbers that lead to it in the file


@dataclass(frozen=True, slots=True)
class Fault:
    """One sentence that says what is wrong and what to do, and where in the file it is."""

    place: Place
    text: str
