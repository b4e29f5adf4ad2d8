"""How often what families asked for was met: by wish, and never where numbers are so few that they name somebody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

FEWEST = 10  # a smaller number is hidden, and with it the other one of the same wish (PR-67, PR-82)


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One wish; both numbers are None where either is below `FEWEST`, so that neither follows from the other."""

    wish: str
    met: int | None
    unmet: int | None


def rates(weighed: Iterable[tuple[Iterable[str], Iterable[str]]]) -> list[Met]:
    """For each page that somebody took: what was met and what not. Every language counts as one wish."""
    met, unmet = Counter[str](), Counter[str]()
    for had, lacked in weighed:
        met.update(_plain(each) for each in had)
        unmet.update(_plain(each) for each in lacked)
    return [_shown(wish, met[wish], unmet[wish]) for wish in sorted(met | unmet)]


def _plain(wish: str) -> str:
    return wish.partition(":")[0]


def _shown(wish: str, met: int, unmet: int) -> Met:
    if min(met, unmet) < FEWEST:
        return Met(wish=wish, met=None, unmet=None)
    return Met(wish=wish, met=met, unmet=unmet)
