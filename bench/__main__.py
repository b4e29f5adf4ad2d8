"""`python -m bench`: all figures. `--quick` is a smoke run of under a minute; `--write` makes docs/performance.md."""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import board, commits, fanout, handover, other_way, pages, report, restart, storm
from bench.console import allow_files
from bench.figures import Figure, load, this_machine
from bench.place import Towns, towns

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"


def quick(where: Towns) -> Iterator[Figure]:
    yield from commits.figures(where, 1)
    yield from handover.figures(where, 1)
    yield from fanout.figures(where, 2, (100,))
    yield from board.figures(where, 3, 100, 10)
    yield from restart.figures(where, 1, 500)
    yield from pages.figures(where, pages.Size(rates={5: 1}, at_once=3, waits=5))
    yield from other_way.figures(where, 2)
    yield from storm.figures(where, 6, 3)


def full(where: Towns) -> Iterator[Figure]:
    yield from commits.figures(where, 20)
    yield from handover.figures(where, 20)
    yield from fanout.figures(where, 20, (1000, 5000))
    yield from board.figures(where, 100, 10_000, 200)
    yield from restart.figures(where, 5, 10_000)
    yield from pages.figures(where, pages.Size(rates={20: 300, 50: 20}, at_once=200, waits=100))
    yield from other_way.figures(where, 50)
    yield from storm.figures(where, 200, 100)


def main() -> None:
    asked = argparse.ArgumentParser(prog="bench", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="small numbers, to see that everything still measures")
    asked.add_argument("--write", action="store_true", help="write docs/performance.md; the best of a quiet machine")
    asked.add_argument("--runs", type=int, default=1, help="whole runs; of each figure the median run counts")
    chosen = asked.parse_args()
    if chosen.quick and chosen.write:
        sys.exit("A quick run measures too little to be written down")
    allow_files()
    machine = this_machine()
    print(f"{machine}, load {load():.1f}", flush=True)
    loads, runs = [], []
    for _ in range(chosen.runs):
        loads.append(load())
        runs.append(list(_said(quick if chosen.quick else full)))
    figures = [report.middle(each) for each in zip(*runs, strict=True)]
    if chosen.write:
        PAGE.write_text(report.page(machine, figures, loads))


def _said(which: Callable[[Towns], Iterator[Figure]]) -> Iterator[Figure]:
    with towns() as where:
        for figure in which(where):
            print(figure.line(), flush=True)
            yield figure


if __name__ == "__main__":
    main()
