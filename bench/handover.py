"""From the commit that asks for a page to the worker handing it to the telephone provider."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.figures import Figure, times
from bench.place import Town, Towns, actor, holder, opening
from crisis import clock
from crisis.notify.gateway import Lines
from crisis.notify.worker import Worker
from crisis.store.engine import Store
from crisis.submit import open_incident
from crisis.vocabulary import AttemptOutcome, StaffRole, Urgency

PAUSE = 0.15  # seconds between two incidents: each is measured alone
PATIENCE = 10.0
ROUNDS = 500  # of the floor


@dataclass(slots=True)
class Counting:
    """Takes what the provider would be given and notes when; it has the shape of `notify.line.Line`."""

    taken: list[float] = field(default_factory=list)
    first: threading.Event = field(default_factory=threading.Event)
    links: bool = False
    callbacks: str = "http://127.0.0.1"

    def address(self, path: str) -> str:
        return f"http://127.0.0.1{path}"

    def room(self, *, spread: bool) -> str:
        return ""

    def next_bad(self) -> None:
        return None

    def sms(
        self,
        to: str,
        body: str,
        reference: str,
        status: str | None = None,
        urgency: Urgency | None = None,
        **_followed: object,
    ) -> AttemptOutcome:
        self.taken.append(time.perf_counter())
        self.first.set()
        return AttemptOutcome.ACCEPTED

    call = sms


def figures(towns: Towns, seconds: int) -> Iterator[Figure]:
    floor = times(wake_ups())
    for dialect in towns.dialects:
        town, count = towns.new(dialect), max(10, int(seconds / PAUSE))
        yield Figure(
            name="Commit of an opening to its page handed over",
            dialect=dialect,
            measured=times(handed_over(town, count + 5)[5:]),
            floor=floor,
            floor_is="waking a thread and back",
            limit_ms=100,
        )


def handed_over(town: Town, count: int) -> list[float]:
    """The worker has its own connections: on PostgreSQL it is woken as another process would be."""
    line, took = Counting(), []
    with town.opened() as store, _working(town, store, line):
        committed: list[float] = []
        store.on_commit_wake(lambda: committed.append(time.perf_counter()) if _opener() else None)
        teacher = actor(store, holder(StaffRole.TEACHER))
        for _ in range(count):
            order, words = opening(teacher)
            line.first.clear()
            committed.clear()
            line.taken.clear()
            open_incident(store, order, at=clock.now(), words=words)
            if not line.first.wait(PATIENCE):
                raise RuntimeError("the page was not handed over")
            took.append(line.taken[0] - committed[0])
            time.sleep(PAUSE)
    return took


def _opener() -> bool:
    return threading.current_thread() is threading.main_thread()


@contextmanager
def _working(town: Town, store: Store, line: Counting) -> Iterator[None]:
    if store.dialect == "postgresql":
        with town.opened() as own, _running(own, line):
            yield
    else:
        with _running(store, line):
            yield


@contextmanager
def _running(store: Store, line: Counting) -> Iterator[None]:
    stop = threading.Event()
    worker = Worker(store, Lines(line, line), "bench")  # type: ignore[arg-type]  # the same shape
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)


def wake_ups() -> list[float]:
    there, back, took = threading.Event(), threading.Event(), []

    def answer() -> None:
        for _ in range(ROUNDS):
            there.wait()
            there.clear()
            back.set()

    thread = threading.Thread(target=answer)
    thread.start()
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        there.set()
        back.wait()
        took.append(time.perf_counter() - begin)
        back.clear()
    thread.join()
    return took
