"""Who wants to know that something was written; only events and new work ring, so that a worker never wakes itself."""

import threading
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection

Listener = Callable[[], None]
Hearer = Callable[[str], None]
CHANNEL = "crisis"
_MARK, _TOLD = "crisis_wake", "crisis_told"


def wanted(tx: Connection) -> None:
    """Marks a transaction as one that others wait for."""
    tx.info[_MARK] = True


def told(tx: Connection) -> None:
    """A statement of it tells other processes when it is committed: nothing more has to."""
    tx.info[_TOLD] = True


def taken(tx: Connection) -> tuple[bool, bool]:
    """Whether the transaction was marked, and other processes are to be told yet; the marks are gone then, since
    connections are used again."""
    wanted, told = bool(tx.info.pop(_MARK, False)), bool(tx.info.pop(_TOLD, False))
    return wanted, wanted and not told


class WakeUps:
    """A listener that fails is a bug and travels up to the writer's thread: it may only set an event."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def add(self, listener: Listener) -> Listener:
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def ring(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


class Sayings:
    """What one process says to all on the same database, and nobody keeps: who is where in the console, no more."""

    def __init__(self) -> None:
        self._hearers: list[Hearer] = []
        self._lock = threading.Lock()

    def add(self, hearer: Hearer) -> Listener:
        with self._lock:
            self._hearers.append(hearer)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._hearers.remove(hearer)

        return end

    def ring(self, words: str) -> None:
        with self._lock:
            hearers = list(self._hearers)
        for hearer in hearers:
            hearer(words)
