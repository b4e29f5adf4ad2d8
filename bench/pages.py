"""Pages under load: many incidents a second, two hundred at once, and providers that hang or refuse."""

import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import time as wall
from pathlib import Path

from bench.figures import Figure, times
from bench.handover import wake_ups
from bench.place import Town, Towns, actor, opening
from crisis import clock, page_commands
from crisis.commands import Actor
from crisis.ladders import CADENCES
from crisis.notify.failures import accepted
from crisis.notify.gateway import Lines
from crisis.notify.line import Note
from crisis.notify.worker import Worker
from crisis.start import settle
from crisis.store import outbox, roster
from crisis.store.engine import Store, open_store
from crisis.store.sample import DISTRICT
from crisis.submit import open_incident, submit
from crisis.vocabulary import (
    AttemptOutcome,
    IncidentId,
    PersonId,
    SchoolId,
    StaffRole,
    Urgency,
)

APART = 16  # seconds: a telephone is texted about another page after a quarter of a minute at the earliest
CLIENTS = 4
WARM_UP = 20  # incidents that do not count: what a process does for the first time stands in the figure of the restart
ANSWERED_AFTER = 5.0  # seconds: then somebody takes the page
SETTLES = 4.0
PATIENCE = 240.0


@dataclass(slots=True)
class Noting:
    """Takes what a provider would be given, and notes when and about which incident; has the shape of a line."""

    calls: defaultdict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    links: bool = False
    callbacks: str = "http://127.0.0.1"

    def address(self, path: str) -> str:
        return f"{self.callbacks}{path}"

    def sms(
        self,
        to: str,
        body: str,
        reference: str,
        status: str | None = None,
        urgency: Urgency | None = None,
        note: Note = lambda _answers: None,
        **_how: object,
    ) -> AttemptOutcome:
        return self._noted(status, "text", note)

    def call(
        self,
        to: str,
        body: str,
        reference: str,
        status: str | None = None,
        urgency: Urgency | None = None,
        note: Note = lambda _answers: None,
        **_how: object,
    ) -> AttemptOutcome:
        return self._noted(status, "call", note)

    def hang_up(self, account: str, sid: str) -> None:
        return None

    def room(self, *, spread: bool) -> str:
        return ""

    def provider(self, name: str) -> None:
        return None

    def next_bad(self) -> None:
        return None

    def _noted(self, status: str | None, how: str, note: Note) -> AttemptOutcome:
        """Says what a provider would say that took it at once: it is written down, and nothing is tried again."""
        if status is not None:
            self.calls[status.split("/")[3]].append((time.perf_counter(), how))
        note({"bench": accepted(clock.new_id())})
        return AttemptOutcome.ACCEPTED


def settled(store: Store, schools: int) -> list[tuple[SchoolId, PersonId, PersonId]]:
    """Schools with a teacher, who opens, and a counselor, who is paged."""
    found = []
    with store.write() as tx:
        for number in range(schools):
            school, teacher, counselor = (f"bench-{number}{end}" for end in ("", "-teacher", "-counselor"))
            roster.add_school(
                tx,
                DISTRICT,
                SchoolId(school),
                f"School {number}",
                zone="America/New_York",
                opens=wall(8),
                closes=wall(15),
            )
            for person, post in ((teacher, StaffRole.TEACHER), (counselor, StaffRole.COUNSELOR)):
                roster.add_person(tx, DISTRICT, PersonId(person), ("Given", person), staff=True, language="en")
                roster.give_post(tx, DISTRICT, PersonId(person), post, SchoolId(school))
            roster.add_phone(tx, PersonId(counselor), f"+1 617 {555 + number // 100} {number % 100:02}{number % 97:02}")
            found.append((SchoolId(school), PersonId(teacher), PersonId(counselor)))
    return found


@contextmanager
def working(town: Town, store: Store, line: Noting) -> Iterator[None]:
    """The worker: on SQLite a thread of this process; on PostgreSQL a process of its own, as it runs there."""
    if store.dialect == "sqlite":
        with a_worker(store, Lines(line, line)):  # type: ignore[arg-type]  # the same shape
            yield
        return
    command = [sys.executable, "-m", "bench.pages", town.url, str(town.key_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield
        finally:
            process.stdin.close()
            for incident, calls in json.loads(process.stdout.readline()).items():
                line.calls[incident] += [(at, how) for at, how in calls]


@contextmanager
def a_worker(store: Store, out: Lines) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Worker(store, out, "bench").run, args=[stop])
    thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def main(url: str, key_file: str) -> None:
    """The worker's process: until nobody writes to it any more; then it says what it was about to send, and when."""
    settle()
    line, store = Noting(), open_store(url, Path(key_file))
    with a_worker(store, Lines(line, line)):  # type: ignore[arg-type]  # the same shape
        print("ready", flush=True)
        sys.stdin.read()
    print(json.dumps(line.calls), flush=True)
    store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """`rates`: so many incidents a second, for so many seconds; `waits`: how long the pages at once are watched."""

    rates: Mapping[int, int]
    at_once: int
    waits: int


LIMITS = {20: 100, 50: 250}  # milliseconds, by incidents a second


def figures(towns: Towns, size: Size) -> Iterator[Figure]:
    floor = times(wake_ups())
    for dialect in towns.dialects:
        for rate, seconds in size.rates.items():
            yield Figure(
                name=f"Commit of an opening to its page handed over, at {rate} incidents a second for {seconds} s",
                dialect=dialect,
                measured=times(under_load(towns.new(dialect), rate, seconds)),
                floor=floor,
                floor_is="waking a thread and back",
                limit_ms=LIMITS.get(rate),
            )
        yield Figure(
            name=f"How late the calls of {size.at_once} pages at once are",
            dialect=dialect,
            measured=times(lateness(towns.new(dialect), size.at_once, size.waits)),
            floor=floor,
            floor_is="waking a thread and back",
            limit_ms=1000,
        )


def under_load(town: Town, rate: int, seconds: int) -> list[float]:
    """From the end of each commit to the first call about it; each page is taken some seconds later.

    One that was taken on the console before anybody was called counts with the time after which it was.
    """
    line, committed = Noting(), dict[str, float]()
    with town.opened() as store:
        places = settled(store, rate * APART)
        actors = actors_of(store, places)
        later: list[tuple[float, IncidentId, str, Actor]] = []

        def one(number: int) -> None:
            school, teacher, counselor = places[number % len(places)]
            order, words = opening(actors[teacher], school)
            incident = open_incident(store, order, at=clock.now(), words=words).incident
            committed[incident.id] = time.perf_counter()
            later.append(
                (time.perf_counter() + ANSWERED_AFTER, incident.id, next(iter(incident.pages)), actors[counselor])
            )

        def answer() -> None:
            while not over.is_set() or later:
                if not later or later[0][0] > time.perf_counter():
                    time.sleep(0.01)
                    continue
                _at, incident, page, by = later.pop(0)
                submit(store, incident, page_commands.AcceptPage(by=by, page=page), at=clock.now())  # type: ignore[arg-type]

        over = threading.Event()
        answering = threading.Thread(target=answer)
        with working(town, store, line):
            answering.start()
            _paced(5, WARM_UP, one)
            committed.clear()
            _paced(rate, rate * seconds, one)
            over.set()
            answering.join()
            _until_all_went_out(store)
    return [
        min(line.calls[incident])[0] - at if line.calls[incident] else ANSWERED_AFTER
        for incident, at in committed.items()
    ]


def _until_all_went_out(store: Store) -> None:
    """Under more than it can bear the worker is behind; every page counts with all that it waited."""
    until = time.perf_counter() + PATIENCE
    left = True
    while left and time.perf_counter() < until:
        time.sleep(SETTLES)
        with store.read() as tx:
            left = outbox.page_is_due(tx, clock.now())


def actors_of(store: Store, places: list[tuple[SchoolId, PersonId, PersonId]]) -> dict[PersonId, Actor]:
    return {person: actor(store, person) for _school, *people in places for person in people}


def _paced(rate: int, count: int, act: Callable[[int], None]) -> None:
    """By a few clients, each at its own steady pace, whatever the database does."""
    begin = time.perf_counter() + 0.1

    def client(first: int) -> None:
        for number in range(first, count, CLIENTS):
            time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            act(number)

    threads = [threading.Thread(target=client, args=[first]) for first in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def lateness(town: Town, at_once: int, waits: int) -> list[float]:
    """Of every text and call against the cadence, while as many pages look for somebody; opened within seconds."""
    line, begun = Noting(), dict[str, float]()
    cadence = CADENCES[Urgency.U1]
    with town.opened() as store:
        places = settled(store, at_once)
        actors = actors_of(store, places)

        def one(number: int) -> None:
            school, teacher, _counselor = places[number % len(places)]
            order, words = opening(actors[teacher], school)
            at = clock.now()
            begun[open_incident(store, order, at=at, words=words).incident.id] = (
                time.perf_counter() - (clock.now() - at).total_seconds()
            )

        with working(town, store, line):
            _paced(20, at_once, one)
            time.sleep(waits)
    late = []
    for incident, began in begun.items():
        for how, steps in (("text", cadence.texts), ("call", cadence.calls)):
            made = [at for at, which in line.calls[incident] if which == how]
            for wait, at in zip(steps, made, strict=False):
                late.append(max(0.0, at - began - wait.total_seconds()))
    return late


if __name__ == "__main__":
    main(*sys.argv[1:3])
