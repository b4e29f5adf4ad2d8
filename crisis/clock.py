"""The one place that asks for the time and for new ids; everything else is handed them."""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


def _wall() -> datetime:
    return datetime.now(UTC)


class Steady:
    """Time that never goes back while this process lives (F66): where the machine's clock is put back, what is due
    would wait for as long again. Put forward it is believed: early is the safe side (F65). Both are told by I15.
    """

    def __init__(self, wall: Callable[[], datetime] = _wall, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._monotonic, self._lock = wall, monotonic, threading.Lock()
        self._began, self._at = wall(), monotonic()

    def __call__(self) -> datetime:
        with self._lock:
            wall, at = self._wall(), self._monotonic()
            kept = self._began + timedelta(seconds=at - self._at)
            if wall > kept:
                self._began, self._at = wall, at
            return max(wall, kept)


_steady = Steady()


def now() -> datetime:
    """The time now, in UTC, aware; no earlier than what was said before."""
    return _steady()


class Ids:
    """Numbers of 128 bits, each greater than the one before."""

    def __init__(self) -> None:
        self._last, self._lock = 0, threading.Lock()

    def __call__(self) -> int:
        number = (int(now().timestamp() * 1000) << 80) | secrets.randbits(80)
        with self._lock:
            if number <= self._last:
                number = self._last + 1 + secrets.randbits(64)
            self._last = number
        return number


_ids = Ids()


def new_id() -> str:
    """26 characters, ordered by time (48 bits of milliseconds), the rest (80 bits) random.

    One process makes them in order also within a millisecond, so that lists keep the order in which things were said;
    what a reader of one id would have to guess of the next is never less than 64 bits.
    """
    number = _ids()
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(125, -1, -5))
