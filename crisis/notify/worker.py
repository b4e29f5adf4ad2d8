"""The worker: claim, call with no transaction open, report back through the one door.

A wake-up makes it quick, the poll makes it sure. Twice is chosen over never: what is unknown is tried again.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crisis import clock, failpoints
from crisis.notify.gateway import Gateway, gateway
from crisis.notify.performing import Performing
from crisis.settings import Settings
from crisis.store import inbox, outbox
from crisis.store.engine import Store
from crisis.store.outbox import Job

LEASE = timedelta(seconds=30)  # longer than every provider call of one job together
POLL = 0.5  # seconds
SLOTS = 8  # jobs at a time: one slow provider call does not hold up the others
BACKOFF = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=60))

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """Several may run against one PostgreSQL; on SQLite it runs as a thread of the one process."""

    store: Store
    gateway: Gateway | None
    name: str
    now: Callable[[], datetime] = lambda: clock.now()
    _awake: threading.Event = field(default_factory=threading.Event)
    _free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(SLOTS))

    def run(self, stop: threading.Event) -> None:
        """Until `stop`; what is in flight then is finished first."""
        end = self.store.on_commit_wake(self._awake.set)
        with ThreadPoolExecutor(SLOTS, thread_name_prefix="worker") as pool:
            while not stop.is_set():
                if not self._round(pool):
                    self._awake.wait(POLL)
                self._awake.clear()
        end()

    def _round(self, pool: ThreadPoolExecutor) -> bool:
        """Claims as much as there are free slots; False when nothing was due."""
        slots = 0
        while slots < SLOTS and self._free.acquire(blocking=slots == 0, timeout=POLL if slots == 0 else None):
            slots += 1
        jobs = self._claim(slots) if slots else []
        for _unused in range(slots - len(jobs)):
            self._free.release()
        for job in jobs:
            pool.submit(self._one, job)
        return bool(jobs)

    def _claim(self, limit: int) -> list[Job]:
        failpoints.hit("worker.before_claim")
        with self.store.read() as tx:
            due = outbox.next_due(tx)
        if due is None or due > self.now():
            return []
        with self.store.write() as tx:
            jobs = outbox.claim(tx, self.name, self.now(), limit=limit, lease=LEASE)
        failpoints.hit("worker.after_claim")
        return jobs

    def _one(self, job: Job) -> None:
        try:
            self.perform(job)
        except Exception:
            log.exception("job %s of event %s failed", job.id, job.seq)
            self._later(job)
        finally:
            self._free.release()
            self._awake.set()

    def perform(self, job: Job) -> None:
        """Does one job and marks it done; a provider that did not accept makes it due again."""
        again = Performing(self.store, self.gateway, self.now).perform(job)
        failpoints.hit("worker.before_finish")
        with self.store.write() as tx:
            if again is None:
                outbox.finish(tx, job, self.now())
            else:
                outbox.retry_at(tx, job, again)
        failpoints.hit("worker.after_finish")

    def _later(self, job: Job) -> None:
        wait = BACKOFF[min(job.attempts, len(BACKOFF)) - 1]
        with self.store.write() as tx:
            outbox.retry_at(tx, job, self.now() + wait)

    def catch_up(self) -> None:
        """Answers what came in before a crash and was not dealt with."""
        with self.store.read() as tx:
            waiting = inbox.unanswered(tx, self.store.keys, 500)
        for received in waiting:
            Performing(self.store, self.gateway, self.now).answer(received)

    def until_quiet(self, limit: int = 1000) -> int:
        """For tests and simulations: does all that is due, one by one, and says how much that was."""
        for done in range(limit):
            jobs = self._claim(1)
            if not jobs:
                return done
            self.perform(jobs[0])
        raise RuntimeError(f"still busy after {limit} jobs")


def run_worker(store: Store, settings: Settings, stop: threading.Event, name: str = "worker") -> None:
    """The entry of the process and of the thread."""
    worker = Worker(store, gateway(settings), name)
    worker.catch_up()
    worker.run(stop)
