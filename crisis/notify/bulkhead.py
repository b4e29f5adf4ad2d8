"""How many calls one provider has at a time, and who goes first: a slow provider holds up nobody else (F16, F23)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from crisis.vocabulary import Urgency

AT_ONCE = 16
KEPT_FOR_PAGES = 4  # of them
NOTICE = len(Urgency)  # the lane behind those of pages


def lane_of(urgency: Urgency | None) -> int:
    """The most urgent page is in lane 0; what only tells people is last."""
    return NOTICE if urgency is None else list(Urgency).index(urgency)


@dataclass(slots=True)
class Bulkhead:
    at_once: int = AT_ONCE
    kept_for_pages: int = KEPT_FOR_PAGES
    _inside: int = 0
    _waiting: list[int] = field(default_factory=list)  # lanes
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def place(self, lane: int, patience: float) -> Iterator[bool]:
        """False where there was no place in time; then nothing may be sent."""
        entered = self._enter(lane, patience)
        try:
            yield entered
        finally:
            if entered:
                with self._changed:
                    self._inside -= 1
                    self._changed.notify_all()

    def _enter(self, lane: int, patience: float) -> bool:
        until = monotonic() + patience
        with self._changed:
            self._waiting.append(lane)
            try:
                while not self._free_for(lane):
                    if not self._changed.wait(until - monotonic()):
                        return False
                self._inside += 1
                return True
            finally:
                self._waiting.remove(lane)
                self._changed.notify_all()

    def _free_for(self, lane: int) -> bool:
        places = self.at_once - (self.kept_for_pages if lane >= NOTICE else 0)
        return self._inside < places and not any(other < lane for other in self._waiting)
