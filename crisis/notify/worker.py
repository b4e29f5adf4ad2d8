"""The worker: claim, call with no transaction open, report back through the one door.

A wake-up makes it quick, the poll makes it sure. A crash leaves a lease that ends; then the job is done again.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from crisis import clock, failpoints
from crisis.notify import inbound
from crisis.notify.anchoring import LOOK, Anchoring, outside
from crisis.notify.canaries import Canaries
from crisis.notify.checking import LOOK as CHECKS
from crisis.notify.checking import Checking
from crisis.notify.drill_lines import DrillLines
from crisis.notify.extras import Extras, extras
from crisis.notify.following import Following
from crisis.notify.gateway import Lines, lines
from crisis.notify.performing import Performing
from crisis.notify.provider_faults import ProviderFaults
from crisis.notify.ticker import Beat, ticking
from crisis.notify.turnstile import Turnstile
from crisis.notify.upkeep import ERRANDS, PLAN, RETENTION, TURNS, Upkeep
from crisis.pulse import Pulse
from crisis.settings import Settings
from crisis.store import allowances, calls_out, canaries, outbox, outgoing, page_links, presses, signs
from crisis.store.engine import Store
from crisis.store.inbox import Received
from crisis.store.outbox import TELLING, Job, urgency_of

LEASE = timedelta(seconds=10)  # one round of calls is shorter: they run side by side, four seconds each at most
POLL = 0.5  # seconds
FOLLOW, CARE = 1.0, 5.0  # seconds between two looks at what became of pages, and at how providers do
FORGET = timedelta(hours=1)
SLOTS = 8  # jobs at a time: one slow provider call does not hold up the others (F16)
AT_WORK = 3  # of them at a time do anything but wait for a provider
KEPT = 3  # of them, for pages and timers: however many notices there are, a page is taken at once (F23)
BACKOFF = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=60))
SAFETY, LEFT_OVER, ALIVE = timedelta(seconds=1), timedelta(seconds=10), timedelta(seconds=5)
STUCK = 30.0  # seconds without a turn: a wait for a connection and a statement together are shorter

Done = TypeVar("Done")
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """Several may run against one PostgreSQL; on SQLite it runs as a thread of the one process."""

    store: Store
    lines: Lines
    name: str
    now: Callable[[], datetime] = clock.now
    extras: Extras | None = None
    anchoring: Anchoring | None = None
    _turned: bool = False
    _busy: bool = False  # the last look found something
    _telling: set[int] = field(default_factory=set)  # the jobs under way that only tell people
    _at_work: Turnstile = field(default_factory=lambda: Turnstile(AT_WORK))
    _awake: threading.Event = field(default_factory=threading.Event)
    _free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(SLOTS))

    def run(self, stop: threading.Event) -> None:
        """Until `stop`; what is in flight then is finished first (F08)."""
        end = self.store.on_commit_wake(self._awake.set)
        aside = Checking(self.store, self.now)
        beats = (
            Beat("checks", CHECKS, partial(self._guarded, "a check of a protocol", aside.turn)),
            Beat("safety", SAFETY, self._awake.set),
            Beat("left over", LEFT_OVER, self.catch_up),
            Beat("alive", ALIVE, self._say_alive),
            *self._upkeep(),
            Beat("forget", FORGET, lambda: self._guarded("forgetting", self.forget)),
        )
        with (
            Pulse("worker", STUCK) as pulse,
            ThreadPoolExecutor(SLOTS, thread_name_prefix="worker") as pool,
            ticking(beats),
            self._beside(stop, FOLLOW, "a look at what became of pages", self.follow),
            self._beside(stop, CARE, "a look at the providers", self.look_after_providers),
        ):
            self.catch_up()
            self._guarded("a sign of life", self._leave_sign)  # or whoever looks meanwhile would miss a worker
            while not stop.is_set():
                pulse.beat()
                self._turned = True
                if not self._round(pool):
                    self._awake.wait(POLL)
                self._awake.clear()
        self._guarded("the end of a check", aside.close)
        end()

    @contextmanager
    def _beside(self, stop: threading.Event, every: float, what: str, turn: Callable[[], object]) -> Iterator[None]:
        """Apart from the jobs: a provider that is slow here holds up none of them."""

        def go_on() -> None:
            while not stop.wait(every):
                self._guarded(what, turn)

        thread = threading.Thread(target=go_on, name=what)
        thread.start()
        try:
            yield
        finally:
            thread.join(LEASE.total_seconds())

    def follow(self) -> int:
        """Asks providers about pages that they said nothing of."""
        return Following(self.store, self.lines, self.now).turn()

    def look_after_providers(self) -> None:
        Canaries(self.store, self.lines, self.now).turn()
        ProviderFaults(self.store, self.lines, self.now, self.extras).turn()

    def forget(self) -> None:
        """What was kept to ask providers by, to see how they do, and to know who answers."""
        with self.store.write() as tx:
            for kept in (outgoing, canaries, page_links, calls_out, allowances, presses):
                kept.forget(tx, self.now())

    def _upkeep(self) -> Iterator[Beat]:
        """Beside the slots of the pages, in the ticker's own threads."""
        upkeep = Upkeep(self.store, self.lines, self.now)
        steps = (
            ("errands", ERRANDS, upkeep.errands),
            ("lines of drills", ERRANDS, DrillLines(self.store, self.lines, self.now).turn),
            ("turns", TURNS, upkeep.turns),
            ("plan", PLAN, upkeep.plan),
            ("records", PLAN, upkeep.records),
            ("reviews", PLAN, upkeep.reviews),
            ("figures", PLAN, upkeep.figures),
            ("retention", RETENTION, upkeep.retention),
            ("provider copies", RETENTION, upkeep.provider_copies),
        )
        for name, every, step in steps:
            yield Beat(name, every, partial(self._guarded, name, step))
        if self.anchoring is not None:
            yield Beat("anchor", LOOK, partial(self._guarded, "anchoring", self.anchoring.turn))

    def _say_alive(self) -> None:
        """Only while the loop turns: this is called by another thread."""
        turned, self._turned = self._turned, False
        if turned:
            self._guarded("a sign of life", self._leave_sign)

    def _leave_sign(self) -> None:
        with self.store.write() as tx:
            signs.leave(tx, signs.WORKER, self.now(), good=True)

    def _round(self, pool: ThreadPoolExecutor) -> bool:
        """Claims as much as there are free slots, the most urgent first; False when nothing was due."""
        slots = self._places()
        jobs = self._guarded("a claim", lambda: self._claim(slots)) or [] if slots else []
        for _unused in range(slots - len(jobs)):
            self._given_back()
        self._telling |= {job.id for job in jobs if urgency_of(job.effect) >= TELLING}
        for job in jobs:
            pool.submit(self._one, job)
        return bool(jobs)

    def _places(self) -> int:
        """Claimed no sooner than it is begun: what comes in meanwhile and is more urgent goes first."""
        found, within = 0, POLL
        while found < SLOTS and self._free.acquire(timeout=within) and self._at_work_or_back(within):
            found, within = found + 1, 0
        return found

    def _at_work_or_back(self, within: float) -> bool:
        entered = self._at_work.enter(within=within)
        if not entered:
            self._free.release()
        return entered

    def _given_back(self) -> None:
        self._at_work.leave()
        self._free.release()

    def _claim(self, limit: int) -> list[Job]:
        """Looks first, which locks nothing, unless there was something just now."""
        if not self._busy:
            with self.store.read() as tx:
                if not outbox.any_free(tx, self.now()):
                    return []
        failpoints.hit("worker.before_claim")
        with self.store.write_unhurried() as tx:
            jobs = self._claimed(tx, limit)
        failpoints.hit("worker.after_claim")
        self._busy = bool(jobs)
        return jobs

    def _claimed(self, tx: Connection, limit: int) -> list[Job]:
        """The most urgent first; notices only where there are places for them."""
        for_notices = SLOTS - KEPT - len(self._telling)
        claim = partial(outbox.claim, tx, self.name, self.now(), lease=LEASE)
        if for_notices >= limit:
            return claim(limit=limit)
        jobs = claim(limit=limit, notices=False)
        room = min(limit - len(jobs), for_notices)
        return [*jobs, *claim(limit=room, notices=True)] if room > 0 else jobs

    def _one(self, job: Job) -> None:
        what = f"job {job.id} of event {job.seq}"
        with self._at_work.inside():
            if not self._guarded(what, lambda: self.perform(job)):
                self._guarded(what, lambda: self._later(job))
        self._telling.discard(job.id)
        self._free.release()
        self._awake.set()

    def _guarded(self, what: str, step: Callable[[], Done]) -> Done | None:
        """A fault in one job, or in the database, must not end the worker: everybody else's pages go on."""
        try:
            return step()
        except Exception as error:  # noqa: BLE001  # the one place; the text of an error may hold what was written
            log.error("%s failed: %s", what, _where(error))
            return None

    def perform(self, job: Job) -> bool:
        """Does one job and marks it done, or due again."""
        again = Performing(self.store, self.lines, self.now, self.extras).perform(job)
        failpoints.hit("worker.before_finish")
        with self.store.write_unhurried() as tx:
            if again is None:
                outbox.finish(tx, job, self.now())
            else:
                outbox.retry_at(tx, job, again)
        failpoints.hit("worker.after_finish")
        return True

    def _later(self, job: Job) -> None:
        wait = BACKOFF[min(job.attempts, len(BACKOFF)) - 1]
        with self.store.write_unhurried() as tx:
            outbox.retry_at(tx, job, self.now() + wait)

    def catch_up(self) -> None:
        """Deals with what came in from telephones before a crash."""
        left = self._guarded("a look for what is left", lambda: inbound.left_over(self.store, self.now()))
        for received in left or []:
            self._guarded(f"a {received.source} that was left", partial(self._deal_with, received))

    def _deal_with(self, received: Received) -> None:
        inbound.deal_with(self.store, received, self.now())

    def until_quiet(self, limit: int = 1000) -> int:
        """For tests and simulations: does all that is due, one by one, and says how much that was."""
        for done in range(limit):
            jobs = self._claim(1)
            if not jobs:
                return done
            self.perform(jobs[0])
        raise RuntimeError(f"still busy after {limit} jobs")


def _where(error: BaseException) -> str:
    """The kind of error and the line, never its words."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def run_worker(store: Store, settings: Settings, stop: threading.Event, name: str = "worker") -> None:
    """The entry of the process and of the thread."""
    beside = extras(store, settings, clock.now)
    where = outside(settings)
    anchoring = None if where is None else Anchoring(store, where, clock.now)
    Worker(store, lines(settings), name, extras=beside, anchoring=anchoring).run(stop)
    beside.close()
