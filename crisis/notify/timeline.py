"""What is still to come on the telephones' network: in real time, or in a time that moves only when it is told to."""

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import count
from time import monotonic

Act = Callable[[], object]


@dataclass(slots=True)
class Timeline:
    """In virtual time everything happens inside `advance`, in order: the same plans give the same story."""

    virtual: bool = False
    seconds: float = 0.0  # of virtual time
    _due: list[tuple[float, int, Act]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None

    @property
    def now(self) -> float:
        return self.seconds if self.virtual else monotonic()

    def after(self, seconds: float, act: Act, pool: Executor) -> None:
        if not self.virtual and seconds <= 0:
            pool.submit(act)
            return
        with self._changed:
            heapq.heappush(self._due, (self.now + max(seconds, 0), next(self._numbers), act))
            if not self.virtual and self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(pool,), daemon=True, name="timeline")
                self._thread.start()
            self._changed.notify_all()

    def advance(self, seconds: float) -> int:
        """Lets virtual time pass; returns how much happened, which includes what that led to."""
        until, happened = self.seconds + seconds, 0
        while self._due and self._due[0][0] <= until:
            at, _number, act = heapq.heappop(self._due)
            self.seconds = max(self.seconds, at)
            act()
            happened += 1
        self.seconds = until
        return happened

    def _run(self, pool: Executor) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > monotonic():
                    self._changed.wait(self._due[0][0] - monotonic() if self._due else None)
                _at, _number, act = heapq.heappop(self._due)
            pool.submit(act)
