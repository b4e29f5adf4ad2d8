"""How many jobs of a worker are worked on at the same moment: whoever waits for a provider lets another one in.

Eight jobs that take turns in one interpreter are each eight times as slow, and each stands in the way of the page that
comes in next; but eight that wait for a slow provider must not keep the ninth from being asked (F16).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import TypeVar

FOR_EVER = threading.TIMEOUT_MAX
Each = TypeVar("Each")
Done = TypeVar("Done")
_here = threading.local()  # the turnstile that this thread has gone through


@dataclass(frozen=True, slots=True)
class Turnstile:
    places: int
    _free: threading.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free", threading.Semaphore(self.places))

    def enter(self, *, within: float = 0) -> bool:
        """Takes a place, for whichever thread then says that it is `inside`; False where none was free for so long."""
        return self._free.acquire(timeout=within) if within else self._free.acquire(blocking=False)

    def leave(self) -> None:
        self._free.release()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """On a place that was taken; it is given up at the end."""
        _here.turnstile = self
        try:
            yield
        finally:
            _here.turnstile = None
            self.leave()

    @contextmanager
    def outside(self) -> Iterator[None]:
        self.leave()
        try:
            yield
        finally:
            self._free.acquire()


@contextmanager
def waiting() -> Iterator[None]:
    """For a while nothing is done here but to wait. In a thread that went through no turnstile it does nothing."""
    turnstile: Turnstile | None = getattr(_here, "turnstile", None)
    if turnstile is None:
        yield
        return
    with turnstile.outside():
        yield


def taken_along(do: Callable[[Each], Done]) -> Callable[[Each], Done]:
    """For another thread: it goes through the same turnstile as this one."""
    turnstile: Turnstile | None = getattr(_here, "turnstile", None)
    if turnstile is None:
        return do

    @wraps(do)
    def through(each: Each) -> Done:
        turnstile.enter(within=FOR_EVER)
        with turnstile.inside():
            return do(each)

    return through
