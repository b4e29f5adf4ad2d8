"""The metronome: APScheduler, in memory, beating for housekeeping. What must not be lost is a row, never a job here."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it says at length when a beat came late; the next one tells


@dataclass(frozen=True, slots=True)
class Beat:
    """`call` is short and raises nothing: it wakes somebody, or asks a guarded worker to do something."""

    name: str
    every: timedelta
    call: Callable[[], object]


@contextmanager
def ticking(beats: Sequence[Beat]) -> Iterator[None]:
    """Until the block ends. Beats that were missed are one beat (a late one is not dropped: `stack.md`, traps)."""
    scheduler = BackgroundScheduler(timezone=UTC)
    for beat in beats:
        scheduler.add_job(
            beat.call,
            "interval",
            seconds=beat.every.total_seconds(),
            id=beat.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown()
