"""A circuit breaker: a provider that fails again and again is asked last, until one try shows that it is back."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

FAILURES, WITHIN = 5, 60.0  # so many in so many seconds
OPEN_FOR = 30.0  # seconds
TRY_AGAIN = 5.0  # seconds after which a try that nobody reported on is followed by another


@dataclass(slots=True)
class Breaker:
    """Of one provider and channel. It never forbids: with nobody better left, an open provider is asked too."""

    now: Callable[[], float] = monotonic
    _failures: deque[float] = field(default_factory=deque)
    _opens_until: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def open(self) -> bool:
        return self._opens_until is not None

    def lets_through(self) -> bool:
        """Half-open, one caller at a time is let through; whoever asks meanwhile is not."""
        with self._lock:
            at = self.now()
            if self._opens_until is None:
                return True
            if at < self._opens_until:
                return False
            self._opens_until = at + TRY_AGAIN
            return True

    def report(self, *, failed: bool) -> None:
        with self._lock:
            at = self.now()
            if not failed:
                self._failures.clear()
                self._opens_until = None
                return
            self._failures.append(at)
            while self._failures[0] < at - WITHIN:
                self._failures.popleft()
            if len(self._failures) >= FAILURES or self._opens_until is not None:
                self._opens_until = at + OPEN_FOR
