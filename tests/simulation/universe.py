"""One universe: the processes of an installation with the product's own code in them, and what happens to them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unittest import mock

from greenlet import getcurrent

from crisis import clock, failpoints
from crisis import submit as door
from crisis.clock import Steady
from crisis.notify import bulkhead, ending, following, line, notices, paging, worker
from crisis.notify.breaker import Breaker
from crisis.notify.bulkhead import Bulkhead
from crisis.notify.gateway import Lines
from crisis.notify.line import Line, Way
from crisis.notify.pace import Pace
from crisis.notify.worker import FOLLOW, POLL, SLOTS, Worker
from crisis.protocols.schema import Protocol
from crisis.sentinel import obliged
from crisis.statemachine import react, timers
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident, same_but_for_pages
from crisis.statemachine.timers import LiveDeadline, live_deadlines
from crisis.store import page_codes
from crisis.store.outbox import TELLING, urgency_of
from crisis.vocabulary import Channel, IncidentId
from tests.simulation import memory_queries
from tests.simulation.checks import Checks
from tests.simulation.clockwork import Clockwork, Died, Fiber, Process, Threads, Waiting
from tests.simulation.district import a_district, begins
from tests.simulation.fate import DAY, Crash, Fate, Kind
from tests.simulation.memory import Memory
from tests.simulation.people import People
from tests.simulation.telephones import PATIENCE, Account, Network

ANSWERED = memory_queries  # importing it registers what the memory answers
AFTERWARDS = 2 * 3600.0  # without any fault: what began must come to its end
TRY_AGAIN = 3.0  # seconds after which who was not answered asks again


@dataclass(slots=True)
class Watchful(Worker):
    """A fault that the real one would log and outlive stops the universe."""

    def _guarded(self, what: str, step: Callable[[], object]) -> object:
        return step()


@dataclass
class Universe:
    fate: Fate
    make_store: Callable[..., Any] = Memory
    checked: bool = True
    clockwork: Clockwork = field(default_factory=Clockwork)
    deaths: int = 0
    up_since: float = 0.0
    wrong: float = 0.0  # by how much the machine's clock is
    district: object = None
    doomed: dict[str, int] = field(default_factory=dict)
    sleeping: dict[str, Waiting] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    of_web: tuple[int, Lines] | None = None
    known: dict[IncidentId, tuple[Incident, Ground, list[LiveDeadline]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = self.fate.chance
        self.begins = begins(chance)
        self.district = a_district(chance, self.begins, self.fate.staff)
        self.now = Steady(self._wall, self.clockwork.monotonic)
        self.threads = Threads(self.clockwork)
        self.network = Network(self.fate, self.clockwork)
        self.people = People(self)
        self.checks = Checks(self)
        self.store = self.make_store(self.district, ring=self._ring, changed=self._changed, looked=self._looked)
        self.network.wall = self.now
        self.network.heard = self.people.rings
        if self.checked:
            self.network.asked, self.network.taken = self.checks.provider_asked, self.checks.provider_took
        names = ["web and worker"] if self.fate.processes == 1 else ["web", "worker", "other worker"]
        self.processes = [Process(name) for name in names[: self.fate.processes]]
        self.clockwork.may_wait = lambda: self.store.open is None

    def _wall(self) -> datetime:
        return self.begins + timedelta(seconds=self.clockwork.now + self.wrong)

    def play(self) -> None:
        with self._instead_of_the_world():
            for process in self.processes:
                self._starts(process)
            self.people.open_incidents()
            for when, wrong in self.fate.steps:
                self.clockwork.at(when, lambda wrong=wrong: self._steps(wrong))  # type: ignore[misc]
            for crash in self.fate.crashes:
                self.clockwork.at(crash.at, lambda crash=crash: self._strikes(crash))  # type: ignore[misc]
            self.clockwork.run(DAY)
            self.fate = replace(self.fate, outages=())
            self.network.fate = self.fate
            self.clockwork.run(DAY + AFTERWARDS)
            if self.checked:
                self.checks.at_the_end()
            for process in self.processes:
                process.end()

    @contextmanager
    def _instead_of_the_world(self) -> Iterator[None]:
        """Time, threads, ids and the store; everything else is the product."""
        ids = Random(self.fate.seed)
        with ExitStack() as stack:
            stack.enter_context(self.store.installed())
            for owner, name, thing in (
                (line, "threading", self.threads),
                (line, "SimpleQueue", self.threads.queue),
                (line, "monotonic", self.clockwork.monotonic),
                (bulkhead, "monotonic", self.clockwork.monotonic),
                (paging, "side_by_side", self.threads.side_by_side),
                (notices, "side_by_side", self.threads.side_by_side),
                (following, "side_by_side", self.threads.side_by_side),
                (ending, "side_by_side", self.threads.side_by_side),
                (door, "sleep", self.clockwork.sleep),
                (failpoints, "hit", self._passes),
                (clock, "new_id", lambda: f"{ids.getrandbits(64):016x}"),
                (page_codes, "_dice", ids),
                *((module, "live_deadlines", self._deadlines) for module in (obliged, react, timers)),
            ):
                stack.enter_context(mock.patch.object(owner, name, thing))
            yield

    def _deadlines(self, incident: Incident, protocol: Protocol, ground: Ground) -> list[LiveDeadline]:
        """Kept by incident: the rules and the checks ask for the same ones again and again."""
        known = self.known.get(incident.id)
        if known is not None and known[1] is ground and same_but_for_pages(known[0], incident):
            return known[2]
        found = live_deadlines(incident, protocol, ground)
        self.known[incident.id] = (incident, ground, found)
        return found

    # processes

    def _starts(self, process: Process) -> None:
        process.start()
        self.up_since = self.clockwork.now
        if process.name != "web":
            self.clockwork.spawn(process, lambda: self._works(process))

    def _works(self, process: Process) -> None:
        """The loop of `Worker.run`, with a poll that is only made where it finds something."""
        one = Watchful(self.store, self._lines(), f"{process.name} {process.born}", self.now)  # type: ignore[arg-type]
        one._awake = _Awake(self, process)  # type: ignore[assignment]
        self.busy[process.name] = 0
        one.catch_up()
        self.workers[process.name] = one
        while True:
            jobs = one._claim(SLOTS - self.busy[process.name]) if self.busy[process.name] < SLOTS else []
            one._telling |= {job.id for job in jobs if urgency_of(job.effect) >= TELLING}
            for job in jobs:
                self.busy[process.name] += 1
                self.clockwork.spawn(process, lambda job=job: self._does(one, process, job))  # type: ignore[misc]
            if not jobs:
                self._waits(process)

    def _does(self, one: Worker, process: Process, job: worker.Job) -> None:
        one._one(job)
        self.busy[process.name] -= 1
        _Awake(self, process).set()

    def _waits(self, process: Process) -> None:
        """Until somebody rings, or the first poll that finds something to do."""
        at, wait = self.now(), None
        when = self.store.next_claim(at) if self.busy[process.name] < SLOTS else None
        if when is not None:
            wait = max(1, -(-(when - at).total_seconds() // POLL)) * POLL
        self.sleeping[process.name] = waiting = Waiting(self.clockwork, wait)
        waiting.until_told()

    def lines_of_web(self) -> Lines:
        """The web process has its own since it was started."""
        process = self.processes[0]
        if self.of_web is None or self.of_web[0] != process.born:
            self.of_web = (process.born, self._lines())
        return self.of_web[1]

    def _lines(self) -> Lines:
        return Lines(self._line(drill=False), self._line(drill=True))

    def _line(self, *, drill: bool) -> Line:
        ways = tuple(
            Way(
                Account(self.network, number, drill),
                {channel: Breaker(self.clockwork.monotonic) for channel in (Channel.TEXT, Channel.VOICE)},
                Bulkhead(_changed=self.threads.condition()),  # type: ignore[arg-type]
            )
            for number in self.network.providers
        )
        return Line(ways, "https://crisis.example", "", PATIENCE, Pace(now=self.clockwork.monotonic), links=False)

    def _ring(self, told: bool) -> None:
        for waiting in self.sleeping.values():
            lost = self.fate.has(Kind.WAKE_LOST) and not waiting.over and self.fate.chance.random() < 0.5
            self.clockwork.after(POLL, waiting.tell) if lost or not told else waiting.tell()

    def web(self, act: Callable[[], object], *, again: Callable[[], object] | None = None) -> None:
        """A request. Who gets no answer because the process is gone asks again a little later, where they do."""
        process = self.processes[0]

        def answer() -> None:
            try:
                act()
            except Died:
                if again is not None:
                    self.clockwork.after(TRY_AGAIN, again)
                raise

        if process.alive:
            self.clockwork.spawn(process, answer)
        elif again is not None:
            self.clockwork.after(TRY_AGAIN, again)

    # what happens to them

    def _steps(self, wrong: float) -> None:
        self.wrong = wrong
        self._follow()
        for waiting in self.sleeping.values():
            waiting.tell()

    def _strikes(self, crash: Crash) -> None:
        process = self.processes[crash.process % len(self.processes)]
        if not process.alive:
            return
        if crash.at_point is None:
            self._dies(process, crash.back_after)
        else:
            self.doomed[process.name] = crash.at_point
            self._back_after = crash.back_after

    def _dies(self, process: Process, back_after: float) -> None:
        self.deaths += 1
        process.end()
        self.up_since = float("inf")
        self.clockwork.after(back_after, lambda: self._starts(process))
        for beat in (11, 21, back_after + 11):
            self.clockwork.after(beat, self._looks_what_is_left)

    def _looked(self, at: datetime) -> None:
        """The look of every second finds something from then on."""
        wait = max(0.0, (at - self.now()).total_seconds())
        self.clockwork.at(-(-(self.clockwork.now + wait) // FOLLOW) * FOLLOW, self._follow)

    def _follow(self) -> None:
        for process in self.processes:
            if process.alive and process.name in self.workers:
                self.clockwork.spawn(process, self.workers[process.name].follow)

    def _looks_what_is_left(self) -> None:
        """The beat of every ten seconds; without a death there is nothing to be found."""
        for process in self.processes:
            if process.alive and process.name in self.workers:
                self.clockwork.spawn(process, self.workers[process.name].catch_up)
        self._follow()

    def _passes(self, point: str) -> None:
        if point == "store.after_commit":
            self.store.durable()
        here = getcurrent()
        if not isinstance(here, Fiber) or here.process.name not in self.doomed:
            return
        self.doomed[here.process.name] -= 1
        if self.doomed[here.process.name] <= 0:
            del self.doomed[here.process.name]
            here.process.alive = False
            self.clockwork.after(0, lambda: self._dies(here.process, self._back_after))
            raise Died

    def _changed(self, incidents: list[IncidentId]) -> None:
        for each in incidents:
            incident = self.store.incidents[each]
            if self.checked:
                self.checks.incident_changed(incident)
            self.people.pages_changed(incident)


class _Awake:
    """In the place of the worker's event."""

    def __init__(self, universe: Universe, process: Process) -> None:
        self.universe, self.process = universe, process

    def set(self) -> None:
        waiting = self.universe.sleeping.get(self.process.name)
        if waiting is not None:
            waiting.tell()

    def wait(self, _seconds: float) -> None: ...

    def clear(self) -> None: ...
