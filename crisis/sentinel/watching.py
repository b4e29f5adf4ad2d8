"""The sentinel: looks every ten seconds, repairs, alarms, and lets the outside hear that all is well.

One acts. Another one stands by, and takes over when the first has not renewed its lease.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crisis import clock
from crisis.pulse import Pulse
from crisis.sentinel.alarming import Alarm, own_line
from crisis.sentinel.auditor import Auditor, Report
from crisis.sentinel.beating import Heart, heart
from crisis.sentinel.repairing import repair
from crisis.settings import Settings
from crisis.store import leases, signs
from crisis.store.engine import OutcomeUnknown, Store
from crisis.store.leases import Held
from crisis.store.signs import Detail

EVERY = 10.0  # seconds
FIRST = 2.0
STUCK = 60.0  # a look waits for a connection and for statements, each no longer than some seconds
OTHER = timedelta(seconds=30)
LEASE = timedelta(seconds=18)  # renewed with each look; with the wait for the next one it is less than 30 s
NO_DATABASE = (DBAPIError, PoolTimeout, OutcomeUnknown)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sentinel:
    """`repairs` is false where the database can only be read: it then looks and alarms."""

    store: Store
    auditor: Auditor
    alarm: Alarm
    heart: Heart
    repairs: bool = True
    now: Callable[[], datetime] = clock.now
    name: str = field(default_factory=clock.new_id)
    clean_at: datetime | None = None
    held: Held | None = None
    _stands_by: bool = False
    _seen: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def run(self, stop: threading.Event, every: float = EVERY) -> None:
        with Pulse("sentinel", STUCK) as pulse:
            stop.wait(min(FIRST, every))  # a worker that starts beside it has not said yet that it is there
            while not stop.is_set():
                began = time.monotonic()
                self.turn()
                pulse.beat()
                stop.wait(max(0.0, every - (time.monotonic() - began)))

    def close(self) -> None:
        if self.held is not None:
            with suppress(*NO_DATABASE), self.store.write() as tx:
                leases.release(tx, self.held, self.now())
        self.heart.client.close()
        if self.alarm.line is not None:
            self.alarm.line.close()

    def turn(self) -> Report | None:
        """One look with all that follows from it; None where the database cannot be used, or another one acts."""
        try:
            if not self._leads():
                return None
            report = self.auditor.audit()
        except NO_DATABASE as error:
            log.error("the sentinel cannot use the database: %s", type(error).__name__)
            self.alarm.blind(self.now())
            return None
        if report.clean:
            self.clean_at = report.at
        self._tell(report)
        try:
            self._act(report)
        except NO_DATABASE as error:
            log.error("the sentinel cannot write to the database: %s", type(error).__name__)
        heard = self.heart.beat(self.clean_at, self.now())
        if heard is not None:
            self._leave(signs.HEARTBEAT, self.now(), good=heard)
        return report

    def _leads(self) -> bool:
        """Whether this one acts. One that can only read holds no lease: `_alone` says when it alarms."""
        if not self.repairs:
            return True
        with self.store.write() as tx:
            self.held = leases.take(tx, leases.SENTINEL, self.name, self.now(), LEASE)
        if (self.held is None) != self._stands_by:
            log.warning(
                "another sentinel acts; this one stands by" if self.held is None else "this sentinel takes over"
            )
            self._stands_by = self.held is None
        if self._stands_by:
            self.alarm.forget()
        return not self._stands_by

    def _act(self, report: Report) -> None:
        if not self._leads():
            return  # the look took longer than the lease, and somebody else has begun
        if self.held is not None:
            repair(self.store, report.findings, self.now(), self.held)
        if self.repairs or self._alone(report):
            self.alarm.remember(self.store, [each.incident for each in report.look.open], report.at)
            self.alarm.heard(self.store, report.findings, report.at)
        detail: Detail = {
            "took_ms": round(report.took.total_seconds() * 1000),
            "open": len(report.look.open),
            "found": report.counts(),
            "lines": {mode.value: [each.value for each in made] for mode, made in report.look.outcomes.items()},
        }
        self._leave(signs.AUDIT, report.at, good=report.clean, detail=detail)

    def _alone(self, report: Report) -> bool:
        """One that can only read leaves the alarm to one that can write, as long as there is one."""
        other = report.look.signs.get(signs.AUDIT)
        return other is None or other.at < report.at - OTHER

    def _leave(self, name: str, at: datetime, *, good: bool, detail: Detail | None = None) -> None:
        if not self.repairs:
            return
        try:
            with self.store.write() as tx:
                signs.leave(tx, name, at, good=good, detail=detail)
        except NO_DATABASE as error:
            log.error("the sentinel could not leave its sign of life: %s", type(error).__name__)

    def _tell(self, report: Report) -> None:
        """Each finding once, while it lasts."""
        now = frozenset((found.invariant, found.subject) for found in report.findings)
        for found in report.findings:
            if (found.invariant, found.subject) not in self._seen:
                log.error("%s: %s: %s", found.invariant, found.subject, found.what)
        self._seen = now


def sentinel(store: Store, settings: Settings, *, repairs: bool = True) -> Sentinel:
    """One that can only read sends no heartbeat: the outside must notice when the one that repairs is gone."""
    beats = settings if repairs else settings.model_copy(update={"heartbeat_url": None})
    made = Sentinel(store, Auditor(store), Alarm(own_line(settings)), heart(beats), repairs)
    if store.dialect == "sqlite":
        made.name = "server"  # the file has one process that writes: what was held before was its own
    return made


@contextmanager
def on_watch(store: Store, settings: Settings, *, repairs: bool = True) -> Iterator[None]:
    """The sentinel in a thread, until the block ends."""
    stop, watching = threading.Event(), sentinel(store, settings, repairs=repairs)
    thread = threading.Thread(target=watching.run, args=(stop,), name="sentinel")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(15)
        watching.close()
