"""A school with a few people and telephones, its ladder of on-call clinicians, and the stand-in that reaches them."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as wall
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from crisis import clock
from crisis import page_commands as pcmd
from crisis.commands import Actor, Command
from crisis.ladders import Ladder
from crisis.notify.gateway import Lines, lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account
from crisis.notify.ledger import Entry, Ledger
from crisis.notify.provider import Patience
from crisis.notify.worker import Worker
from crisis.settings import Settings
from crisis.statemachine.incident import Incident, Page
from crisis.store import calendars, incidents, oncall, people, protocols, roster
from crisis.store.engine import Store
from crisis.store.incidents import StoredEvent
from crisis.store.oncall import Shift
from crisis.submit import open_incident, submit
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId, ProtocolHash, Role, StaffRole, Urgency
from tests.factories import DISTRICT, SCHOOL, STUDENT, opening, suicide_risk
from tests.watch import Watch

COUNSELOR, PRINCIPAL, ANA, BEN = (PersonId(f"p-{name}") for name in ("counselor", "principal", "ana", "ben"))
PHONES = {COUNSELOR: "+16175550101", PRINCIPAL: "+16175550102", ANA: "+16175550103", BEN: "+16175550104"}
POSTS = {
    COUNSELOR: StaffRole.COUNSELOR,
    PRINCIPAL: StaffRole.PRINCIPAL,
    ANA: StaffRole.CLINICIAN,
    BEN: StaffRole.CLINICIAN,
}
LIVE = Account(sid="AC" + "1" * 32, secret="the live secret", number="+16175550190")
DRILL = Account(sid="AC" + "2" * 32, secret="the drill secret", number="+16175550191")
SECOND = Account(
    sid="second-live", secret="KEY-live", number="+16175550192", application="app-1", private_key="1a" * 32
)
SECOND_DRILL = Account(
    sid="second-drill", secret="KEY-drill", number="+16175550193", application="app-2", private_key="2b" * 32
)
LEVEL = timedelta(minutes=2)
UNPACED = Patience(segment=0)  # notices go out one right after the other
PUBLIC = "http://testserver"


def a_village(store: Store) -> ProtocolHash:
    at = clock.now()
    with store.write() as tx:
        roster.add_district(tx, DISTRICT, "Larkfield Public Schools")
        roster.add_school(
            tx, DISTRICT, SCHOOL, "Larkfield High School", zone="America/New_York", opens=wall(8), closes=wall(15)
        )
        calendars.set_hours(  # always open: here a U3 never waits for the bell
            tx, SCHOOL, zone="America/New_York", opens=wall(0), closes=wall(23, 59, 59), weekdays=range(7)
        )
        for person, post in POSTS.items():
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True, language="en")
            roster.give_post(tx, DISTRICT, person, post, None if post is StaffRole.CLINICIAN else SCHOOL)
            roster.add_phone(tx, person, PHONES[person])
        roster.add_student(tx, (DISTRICT, SCHOOL), STUDENT, ("Ximena", "Quetzal"))
        oncall.add_shifts(tx, [a_shift(ANA, 0, at), a_shift(BEN, 1, at)])
        for urgency in Urgency:
            ladder = Ladder(answer_within=(LEVEL, LEVEL), repeat_alarm=LEVEL)
            calendars.set_ladder(tx, DISTRICT, Role.ONCALL_CLINICIAN, urgency, ladder)
        return protocols.publish(tx, suicide_risk(), at)


def a_shift(person: PersonId, level: int, at: datetime, role: Role = Role.ONCALL_CLINICIAN) -> Shift:
    return Shift(
        id=clock.new_id(),
        district=DISTRICT,
        school=None,
        role=role,
        level=level,
        person=person,
        starts_at=at - timedelta(hours=1),
        ends_at=at + timedelta(days=1),
    )


@dataclass(slots=True)
class Village:
    """`worker` does what is due when it is told to; nothing runs by itself."""

    store: Store
    protocol_hash: ProtocolHash
    network: Exchange
    worker: Worker
    watch: Watch = field(default_factory=Watch)

    def opened(self, mode: Mode = Mode.LIVE) -> Incident:
        order = opening(by=self.actor(COUNSELOR), protocol_hash=self.protocol_hash, mode=mode, place=None, student=None)
        return open_incident(self.store, order, at=self.watch()).incident

    def paged(self, urgency: Urgency = Urgency.U1, mode: Mode = Mode.LIVE) -> tuple[IncidentId, PageId]:
        """An incident with one live page for a clinician; its other notices are done with."""
        incident = self.opened(mode).id
        self.worker.until_quiet()
        order = pcmd.RequestPage(by=self.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=urgency)
        after = self.gives(incident, order)
        return incident, list(after.pages)[-1]

    def gives(self, incident: IncidentId, command: Command) -> Incident:
        return submit(self.store, incident, command, at=self.watch()).incident

    def actor(self, person: PersonId) -> Actor:
        with self.store.read() as tx:
            return people.actor(tx, person)

    def page(self, incident: IncidentId, page: PageId) -> Page:
        with self.store.read() as tx:
            return incidents.load(tx, incident).pages[page]

    def log(self, incident: IncidentId) -> list[StoredEvent]:
        with self.store.read() as tx:
            return incidents.events_of(tx, incident)

    def later(self, step: timedelta) -> None:
        self.watch.ahead += step
        self.worker.until_quiet()

    def on(self, person: PersonId) -> list[Entry]:
        """What this person's telephone received or said."""
        return self.network.ledger.of_phone(PHONES[person])

    def kinds(self, person: PersonId) -> list[str]:
        return [entry.kind for entry in self.on(person)]

    def code(self, person: PersonId) -> str:
        """The page code in the latest page that this telephone received."""
        bodies = (each.body for each in reversed(self.on(person)) if each.kind == "text")
        return next(found[1] for found in (re.search(r"Reply (\d+)A", body) for body in bodies) if found is not None)


def a_network(folder: Path, target: str = "http://127.0.0.1:9", now: Callable[[], datetime] = clock.now) -> Exchange:
    return Exchange(
        ledger=Ledger(folder / "ledger.jsonl").load(),
        accounts=(LIVE, DRILL, SECOND, SECOND_DRILL),
        target=target,
        public_url=PUBLIC,
        now=now,
    )


def the_settings(provider: str | None, **changes: object) -> Settings:
    known = Settings(
        public_url=PUBLIC,
        provider_url=provider,
        provider_account=LIVE.sid,
        provider_secret=SecretStr(LIVE.secret),
        provider_from=LIVE.number,
        drill_account=DRILL.sid,
        drill_secret=SecretStr(DRILL.secret),
        drill_from=DRILL.number,
    )
    return known.model_copy(update=changes)


def with_second(settings: Settings, url: str) -> Settings:
    """The same, with the second provider for what is real and what is practised."""
    return settings.model_copy(
        update={
            "second_url": url,
            "second_account": SECOND.sid,
            "second_secret": SecretStr(SECOND.secret),
            "second_application": SECOND.application,
            "second_from": SECOND.number,
            "second_public_key": SECOND.public_key,
            "drill_second_account": SECOND_DRILL.sid,
            "drill_second_secret": SecretStr(SECOND_DRILL.secret),
            "drill_second_application": SECOND_DRILL.application,
            "drill_second_from": SECOND_DRILL.number,
            "drill_second_public_key": SECOND_DRILL.public_key,
        }
    )


class EndsAtOnce(uvicorn.Server):
    """Looks every few milliseconds whether it is over, not every tenth of a second: most tests are shorter."""

    async def main_loop(self) -> None:
        look = 0
        while not await self.on_tick(look):
            look += 1
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.005)
        await self.lifespan.shutdown()


@contextmanager
def served(app: FastAPI, port: int = 0) -> Iterator[str]:
    """A real server in a thread of the test."""
    listening = socket.create_server(("127.0.0.1", port))
    server = EndsAtOnce(uvicorn.Config(app, log_level="error", access_log=False, ws="none"))
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


@contextmanager
def a_served_village(store: Store, folder: Path) -> Iterator[Village]:
    watch = Watch()
    network = a_network(folder, now=watch)
    with served(build_handsets(network)) as url:
        yield village(store, network, lines(the_settings(url), UNPACED), watch)


def village(store: Store, network: Exchange, out: Lines, watch: Watch | None = None) -> Village:
    watch = watch or Watch()
    return Village(store, a_village(store), network, Worker(store, out, "w-1", watch), watch)


def wait_until(condition: Callable[[], bool], within: float = 15) -> None:
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.005)
