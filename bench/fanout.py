"""One change told to thousands of consoles: from the commit to the moment each of them has read it."""

import time
from collections.abc import Iterator
from pathlib import Path

from bench.console import Process, console_server
from bench.figures import Figure, times
from bench.place import Town, Towns, free_port, holder, tokens
from crisis import clock
from crisis.vocabulary import StaffRole

POSTS = (StaffRole.COUNSELOR, StaffRole.PSYCHOLOGIST, StaffRole.NURSE, StaffRole.PRINCIPAL)
STORM = 10_000
WARM_UP = 2
PAUSE = 0.3


def figures(towns: Towns, rounds: int, sizes: tuple[int, ...]) -> Iterator[Figure]:
    town = towns.new("sqlite")
    keys = towns.folder / "tokens"
    _people(town, keys, max(*sizes, STORM if max(sizes) >= 1000 else 0))
    if max(sizes) >= 1000:
        with console_server(town) as (server, port):
            measured = _let_in(port, keys, STORM)
            server.end()
        port = free_port()
        plain = Process("bench.plain", str(port))
        plain.told()
        yield Figure(
            name=f"{STORM:,} consoles come back at the same time, until each is let in",
            dialect="sqlite",
            measured=times(measured),
            floor=times(_let_in(port, keys, STORM)),
            floor_is="a bare server that lets in everybody, the same reader",
            limit_ms=30_000,
        )
        plain.end()
    for size in sizes:
        with console_server(town) as (server, port):
            measured = _rounds(server, port, keys, size, rounds)
            server.end()
        port = free_port()
        plain = Process("bench.plain", str(port))
        plain.told()
        floor = _rounds(plain, port, keys, size, rounds)
        plain.end()
        yield Figure(
            name=f"One change told to {size:,} sockets",
            dialect="sqlite",
            measured=times(measured),
            floor=times(floor),
            floor_is="the same frames from a bare server, the same reader",
            limit_ms=250 if size <= 1000 else None,
            limit_ratio=3,
        )


def _people(town: Town, keys: Path, count: int) -> None:
    """Every socket shows a token of its own; they belong to the people of one school's team."""
    with town.opened() as store, store.write() as tx:
        share = -(-count // len(POSTS))
        found = [token for post in POSTS for token in tokens(tx, holder(post), share, clock.now())]
    keys.write_text("\n".join(found))


def _let_in(port: int, keys: Path, size: int) -> list[float]:
    readers = Process("bench.readers", str(port), str(keys), str(size))
    try:
        found = readers.told()["let_in"]
        assert isinstance(found, list)
        return found
    finally:
        readers.end()


def _rounds(server: Process, port: int, keys: Path, size: int, rounds: int) -> list[float]:
    """The delays of all sockets in all rounds but the first ones."""
    readers = Process("bench.readers", str(port), str(keys), str(size))
    found: list[float] = []
    try:
        readers.told()
        for turn in range(rounds + WARM_UP):
            server.tell("note")
            began, heard = server.told()["at"], readers.told()["at"]
            assert isinstance(began, float)
            assert isinstance(heard, list)
            if turn >= WARM_UP:
                found += [at - began for at in heard]
            time.sleep(PAUSE)
    finally:
        readers.end()
    return found
