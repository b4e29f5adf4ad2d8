"""Several waits for providers at the same time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from crisis.notify.turnstile import taken_along, waiting

Each = TypeVar("Each")
Done = TypeVar("Done")


def side_by_side(do: Callable[[Each], Done], over: Sequence[Each], at_most: int) -> list[Done]:
    """What `do` made of each, in their order. One alone needs no thread: to begin one takes as long as a statement."""
    if len(over) < 2:
        return [do(each) for each in over]
    with ThreadPoolExecutor(min(at_most, len(over) - 1)) as others:
        rest = [others.submit(taken_along(do), each) for each in over[1:]]
        try:
            first = do(over[0])
        finally:
            with waiting():  # each of them needs a place, also where this one has failed
                wait(rest)
    return [first, *(each.result() for each in rest)]
