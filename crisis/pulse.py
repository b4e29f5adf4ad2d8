"""Whether a loop still turns: a thread that ends the process when it does not, so that its keeper starts it anew."""

import faulthandler
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

STUCK = 70  # the exit code, EX_SOFTWARE
LOOK = 1.0  # seconds between two looks

log = logging.getLogger(__name__)


def end() -> None:
    """Shows where each thread stands, by line and without values, and ends without waiting for any of them."""
    faulthandler.dump_traceback(sys.stderr)
    os._exit(STUCK)


class Pulse(AbstractContextManager["Pulse"]):
    """Counts its own looks, not the time: on a slow or sleeping machine both threads get equally little of it.

    It is armed by the first beat, so that a slow start is no fault.
    """

    def __init__(self, name: str, limit: float, *, ended: Callable[[], None] = end, look: float = LOOK) -> None:
        self._name, self._looks, self._ended = name, round(limit / look), ended
        self._look = look
        self._beats = self._seen = self._strikes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"pulse of {name}", daemon=True)

    def beat(self) -> None:
        self._beats += 1

    def __enter__(self) -> "Pulse":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(self._look):
            if self.stuck():
                log.critical("the %s is stuck; this process ends and has to be started again", self._name)
                self._ended()
                return

    def stuck(self) -> bool:
        """One look: whether it has now been still for as many looks as it may."""
        moved = self._beats != self._seen or self._beats == 0
        self._seen, self._strikes = self._beats, 0 if moved else self._strikes + 1
        return self._strikes >= self._looks
