"""A hamlet in one process: store, worker, both providers' telephones and the console, moved by hand through time.

Real code on a real database, with real clients, real signatures and the real routes; only the sockets between them and
the passing of time are played. What the telephones got is on disk before a provider says that it took it.
"""

import mmap
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx2
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crisis import clock, failpoints
from crisis.commands import Command, OpenIncident
from crisis.notify import gateway
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Callbacks, Fault, What, Which
from crisis.notify.provider import Patience
from crisis.notify.worker import Worker
from crisis.settings import Settings
from crisis.statemachine.incident import Incident, Page
from crisis.store import incidents
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident, submit
from crisis.vocabulary import Mode, PersonId, ProtocolHash
from tests.crash.ground import Ground
from tests.factories import DISTRICT, opening
from tests.notify.village import COUNSELOR, PHONES, PUBLIC, Village, a_network, the_settings, with_second
from tests.wire import Wire
from web.app import build_app

TUESDAY = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
TRIES = 4
ALL = 1_000_000  # times
STATE = struct.Struct("ddd")  # seconds, step, unknowns


class Stuck(Exception):
    """Something that must happen did not."""


class Fate:
    """What outlives a life: the time, how far the scenario got, and how many calls broke off unknown."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, STATE.size)

    def read(self) -> tuple[float, int, int]:
        seconds, step, unknowns = STATE.unpack(self._shared[:])
        return seconds, int(step), int(unknowns)

    def write(self, seconds: float, step: int, unknowns: int) -> None:
        self._shared[:] = STATE.pack(seconds, step, unknowns)

    def now(self) -> datetime:
        return TUESDAY + timedelta(seconds=self.read()[0])

    def until(self, seconds: float) -> None:
        """Time never goes back: a crash may have taken more of it than the scenario allows for."""
        now, step, unknowns = self.read()
        self.write(max(now, seconds), step, unknowns)

    def reached(self, step: int) -> None:
        now, _before, unknowns = self.read()
        self.write(now, step, unknowns)

    def unknown(self) -> None:
        now, step, unknowns = self.read()
        self.write(now, step, unknowns + 1)


@dataclass(frozen=True)
class Outage:
    fault: Fault
    at: Which = "*"
    what: What = "*"


@dataclass
class Hamlet:
    """`incident` is the newest. Orders carry keys, so that each happens once, however often it is given."""

    village: Village
    fate: Fate
    receipts: bool

    @property
    def store(self) -> Store:
        return self.village.store

    @property
    def network(self) -> Exchange:
        return self.village.network

    def weather(self, outages: tuple[Outage, ...]) -> None:
        plan = self.network.plan
        plan.clear()
        if not self.receipts:
            plan.callbacks.set("*", "*", Callbacks(dropped=True), ALL)
        for outage in outages:
            plan.set("*", outage.what, outage.fault, ALL, at=outage.at)

    def settles(self) -> None:
        """Until nothing is due, on neither side of the line."""
        for _turn in range(100):
            self.village.worker.catch_up()
            if not self.village.worker.until_quiet() + self.network.timeline.advance(0):
                return
        raise Stuck("it does not come to rest")

    def opens(self, mode: Mode = Mode.LIVE) -> None:
        by = self.village.actor(COUNSELOR)
        order: OpenIncident = opening(
            by=by, mode=mode, protocol_hash=self.village.protocol_hash, place=None, student=None
        )
        open_incident(self.store, order, at=clock.now(), key="open")

    def gives(self, name: str, order: Callable[[Incident], Command]) -> None:
        """`name` is the order's key."""
        incident = self.incident()
        submit(self.store, incident.id, order(incident), at=clock.now(), key=name)

    def incident(self) -> Incident:
        with self.store.read() as tx:
            return incidents.current(tx, DISTRICT, closed_since=TUESDAY)[-1]

    def page(self) -> Page:
        return list(self.incident().pages.values())[-1]

    def says(self, who: PersonId, body: str, until: Callable[[Page], bool]) -> None:
        """Who gets no answer writes again."""
        self._insists(until, lambda: self.network.reply(PHONES[who], body.format(code=self._code(who))))

    def presses(self, who: PersonId, key: str, until: Callable[[Page], bool]) -> None:
        call = next((each for each in reversed(self.village.on(who)) if each.kind == "call"), None)
        if call is None:
            raise Stuck("nobody was called")
        self._insists(until, lambda: self.network.press(PHONES[who], call.sid, key))

    def both_say(self, who: tuple[PersonId, ...], body: str, until: Callable[[Page], bool]) -> None:
        """At the same instant."""
        texts = [(PHONES[each], body.format(code=self._code(each))) for each in who]

        def act() -> None:
            threads = [threading.Thread(target=self.network.reply, args=text) for text in texts]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        self._insists(until, act)

    def _code(self, who: PersonId) -> str:
        if not any(each.kind == "text" for each in self.village.on(who)):
            raise Stuck("nobody was paged")
        return self.village.code(who)

    def _insists(self, until: Callable[[Page], bool], act: Callable[[], object]) -> None:
        for _turn in range(TRIES):
            if until(self.page()):
                return
            act()
            self.settles()
        if not until(self.page()):
            raise Stuck("what a telephone said changed nothing")


class Edges:
    """Around the console: a failpoint before a request is read and one before its answer leaves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                failpoints.hit("http.before_answer")
            await send(message)

        failpoints.hit("http.before_request")
        await self.app(scope, receive, answering)


class Took:
    """Around the providers: a failpoint where a call was made and its answer is not yet read (F05)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)
        failpoints.hit("send.before_reply")


@dataclass(frozen=True)
class Built:
    """What a process makes once when it starts, before it has touched anything: every life begins with it."""

    store: Store
    protocol_hash: ProtocolHash
    console: FastAPI
    handsets: FastAPI
    settings: Settings

    def rest(self) -> None:
        """Lets go of a file: whoever comes next finds no connection and no lock. A server has more than one guest."""
        if self.store._file_lock is not None:
            self._forget_connections(close=True)
            self.store._file_lock.release()

    def wake(self) -> None:
        lock = self.store._file_lock
        if lock is not None and not lock.take():
            raise Stuck("somebody else has the database")

    def born(self) -> None:
        """In a child, whose connections are its own."""
        self._forget_connections(close=False)
        self.wake()

    def _forget_connections(self, *, close: bool) -> None:
        for engine in (self.store._writer, self.store._reader):
            engine.dispose(close=close)


def built(ground: Ground, keys: Path, protocol_hash: ProtocolHash) -> Built:
    store = open_store(ground.url, keys)
    settings = with_second(the_settings("http://127.0.0.1:9"), "http://127.0.0.1:9")
    console, handsets = build_app(store, settings), build_handsets(a_network(ground.ledger.parent))
    return Built(store, protocol_hash, console, handsets, settings)


def a_hamlet(parts: Built, ground: Ground, fate: Fate, *, receipts: bool) -> Hamlet:
    """What a process is that has just started: it knows the ledger, which is its providers', and nothing else."""
    clock.now = fate.now
    network = a_network(ground.ledger.parent)
    network.timeline.virtual = True
    parts.handsets.state.exchange = network
    object.__setattr__(network, "transport", Wire(Edges(parts.console)))
    object.__setattr__(network, "target", PUBLIC)
    gateway.a_client = partial(_client, Wire(Took(parts.handsets), fate.unknown))  # type: ignore[assignment]
    out = parts.console.state.lines = gateway.lines(parts.settings)
    worker = Worker(parts.store, out, "w", clock.now)
    return Hamlet(Village(parts.store, parts.protocol_hash, network, worker), fate, receipts)


def _client(
    wire: httpx2.BaseTransport, url: str, _patience: Patience, auth: tuple[str, str] | None = None
) -> httpx2.Client:
    return httpx2.Client(base_url=url, auth=auth, transport=wire, follow_redirects=False, trust_env=False)
