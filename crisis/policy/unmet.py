"""How often what families asked for was met: by wish, and never where numbers are so few that they name somebody.

Two reports tell nobody apart either: each counts whole blocks of pages, that are the same in every report, and each
block has enough of both kinds. So what one report has more than another is whole blocks as well (PR-67, PR-82).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

FEWEST = 10  # of each kind in a block; what does not fill one yet is hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One wish; both numbers are None where no whole block of it is in the report."""

    wish: str
    met: int | None
    unmet: int | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A page that somebody took: what they could be and what they could not, of what had been asked for."""

    at: datetime
    met: tuple[str, ...]
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    since: datetime
    met: int
    unmet: int


def rates(weighed: Iterable[Weighed], since: datetime, wishes: Iterable[str] = ()) -> list[Met]:
    """Of all pages ever, in their order, those of the whole blocks that began then or later.

    `wishes` are listed in any case: that somebody asked for one at all is not to be seen by a line that appears. Every
    language counts as one wish.
    """
    pages = list(weighed)
    shown = {wish: [block for block in _blocks(wish, pages) if block.since >= since] for wish in _named(pages)}
    found = {wish for wish, blocks in shown.items() if blocks} | set(wishes)
    return [_counted(wish, shown.get(wish, [])) for wish in sorted(found)]


def _named(pages: Iterable[Weighed]) -> set[str]:
    return {_plain(each) for page in pages for each in (*page.met, *page.unmet)}


def _plain(wish: str) -> str:
    return wish.partition(":")[0]


def _blocks(wish: str, pages: Iterable[Weighed]) -> Iterator[_Block]:
    """From the first page on; what comes later moves no block that is whole."""
    since, met, unmet = None, 0, 0
    for page in pages:
        had, lacked = (sum(_plain(each) == wish for each in found) for found in (page.met, page.unmet))
        if had or lacked:
            since, met, unmet = since or page.at, met + had, unmet + lacked
        if since is not None and min(met, unmet) >= FEWEST:
            yield _Block(since, met, unmet)
            since, met, unmet = None, 0, 0


def _counted(wish: str, blocks: list[_Block]) -> Met:
    if not blocks:
        return Met(wish=wish, met=None, unmet=None)
    return Met(wish=wish, met=sum(each.met for each in blocks), unmet=sum(each.unmet for each in blocks))
