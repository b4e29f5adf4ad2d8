"""How much each number still has to send: a carrier lets one segment a second through, and queues the rest (F23)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic


@dataclass(slots=True)
class Pace:
    """`segment` is how many seconds a text takes its number; 0 where nothing is queued. Pages count and never wait."""

    segment: float = 1.0
    now: Callable[[], float] = monotonic
    _free_at: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self, number: str) -> None:
        with self._lock:
            self._free_at[number] = max(self._free_at.get(number, 0.0), self.now()) + self.segment

    def take(self, number: str) -> bool:
        """As `sent`, where nothing of ours waits at this number: a page that comes now is behind one text at most."""
        with self._lock:
            free = self._free_at.get(number, 0.0) <= self.now()
            if free:
                self._free_at[number] = self.now() + self.segment
            return free
