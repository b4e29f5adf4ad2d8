"""Every connection that this process begins, as the interpreter itself reports it: nothing can go out beside it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_watching: list[set[str]] = []


def _heard(event: str, args: tuple[object, ...]) -> None:
    if not _watching:
        return
    if event in ("socket.connect", "socket.sendto"):
        where = args[1]
        found = f"{where[0]}:{where[1]}" if isinstance(where, tuple) else str(where)  # or a file of this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        found = f"name {args[0]!s}"
    else:
        return
    for kept in _watching:
        kept.add(found)


sys.addaudithook(_heard)  # there is no taking it away again; it does nothing while nobody watches


@contextmanager
def what_goes_out() -> Iterator[set[str]]:
    kept: set[str] = set()
    _watching.append(kept)
    try:
        yield kept
    finally:
        _watching.remove(kept)
