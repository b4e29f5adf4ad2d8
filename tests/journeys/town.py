"""A whole town for journeys: the real server, worker and telephones on loopback, a live socket, and a clock to move."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path

import httpx2
import pytest
import uvicorn
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from crisis import clock
from crisis.events import Event
from crisis.notify.gateway import lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account
from crisis.notify.ledger import Ledger
from crisis.notify.worker import Worker
from crisis.page_events import PageAttempted, PageReceiptCame
from crisis.protocols import loader
from crisis.settings import Settings
from crisis.statemachine.closing import obstacles
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.incident import Incident
from crisis.store import accounts, incidents, outbox, people, protocols, sample
from crisis.store.engine import Store
from crisis.vocabulary import Custody, HandoffState, IncidentId, PersonId, StepType, Tier
from tests.cheap import HASHING
from tests.notify.village import UNPACED
from web.serve import server

TUESDAY = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)  # 10:00 in the town
SCHOOL = "larkfield-high"


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(made: uvicorn.Server, port: int) -> Iterator[None]:
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    for _turn in range(400):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    yield
    made.should_exit = True
    thread.join(10)


@dataclass
class Listener:
    """A console that listens; it keeps every message it got."""

    url: str
    token: str
    messages: list[dict[str, object]] = field(default_factory=list)
    _stop: bool = False

    def run(self) -> None:
        with connect(self.url, additional_headers={"Authorization": f"Bearer {self.token}"}) as line:
            while not self._stop:
                try:
                    self.messages.append(json.loads(line.recv(timeout=0.2)))
                except TimeoutError:
                    continue
                except ConnectionClosed:
                    return

    def positions(self) -> list[int]:
        return [int(str(message["position"])) for message in self.messages if "incident" in message]

    @contextmanager
    def listening(self) -> Iterator["Listener"]:
        thread = threading.Thread(target=self.run, daemon=True)
        thread.start()
        yield self
        self._stop = True
        thread.join(5)


@dataclass
class Town:
    store: Store
    settings: Settings
    clock: Clock
    exchange: Exchange
    worker: Worker
    client: httpx2.Client
    tokens: dict[str, str] = field(default_factory=dict)

    def person(self, name: str) -> PersonId:
        given, _, family = name.partition(" ")
        return sample.person_id(given, family)

    def acts(self, name: str) -> "Somebody":
        if name not in self.tokens:
            with self.store.write() as tx:
                self.tokens[name] = accounts.create_token(tx, self.person(name), "journey", self.clock.now())
        return Somebody(self, name)

    def acts_as(self, person: PersonId) -> "Somebody":
        if person not in self.tokens:
            with self.store.write() as tx:
                self.tokens[person] = accounts.create_token(tx, person, "journey", self.clock.now())
        return Somebody(self, person)

    def passes(self, **length: int) -> None:
        """Time goes by; whatever came due in between happens in its order, as it would have."""
        until = self.clock.at + timedelta(**length)
        while True:
            with self.store.read() as tx:
                due = outbox.next_due(tx)
            if due is None or due > until:
                break
            self.clock.at = max(self.clock.at, due)
            self.worker.until_quiet()
        self.clock.at = until
        self.worker.until_quiet()

    def texts(self, name: str) -> list[str]:
        with self.store.read() as tx:
            phones = people.dialled(tx, [self.person(name)])[self.person(name)]
        return [
            entry.body for phone in phones for entry in self.exchange.ledger.of_phone(phone) if entry.kind == "text"
        ]

    def phone(self, name: str) -> str:
        with self.store.read() as tx:
            return people.dialled(tx, [self.person(name)])[self.person(name)][0]

    def replies(self, name: str, body: str) -> None:
        assert self.exchange.reply(self.phone(name), body) == "sent"

    def incident(self, incident: str) -> Incident:
        with self.store.read() as tx:
            return incidents.load(tx, IncidentId(incident))

    def since(self, before: Incident) -> set[type[Event]]:
        """Receipts of the phone company come in when they come, beside whatever else happens."""
        with self.store.read() as tx:
            return {type(stored.event) for stored in incidents.events_of(tx, before.id, after=before.seq)}

    def holds(self, incident_id: str) -> Incident:
        """What must be true of an incident after each step, whatever happened."""
        with self.store.read() as tx:
            incident = incidents.load(tx, IncidentId(incident_id))
            log = [stored.event for stored in incidents.events_of(tx, incident.id)]
            protocol = protocols.by_hash(tx, incident.protocol_hash)
            assert reduce(evolve, log[1:], begin(log[0])) == incident  # type: ignore[arg-type]  # the first is the opening
            pending = outbox.next_due(tx)
        assert (incident.custody in (Custody.HELD, Custody.OFFERED)) == (incident.adult is not None), "I-1"
        if incident.screen is None:
            assert incident.tier is not Tier.NONE, "I-3"
        if incident.floor is not None and not incident.below_floor_signed:
            assert incident.effective_tier is not None
            assert incident.effective_tier.rank >= incident.floor.rank, "I-5"
        for step in protocol.steps:
            record = incident.steps.get(step.id)
            if step.type is StepType.HANDOFF and record is not None and record.done_at is not None:
                accepted = [known for known in incident.handoffs.values() if known.state is HandoffState.ACCEPTED]
                assert accepted or record.waived, "I-15"
        if incident.closed_at is not None:
            assert obstacles(incident, protocol, self.clock.now()) == [], "I-19"
        else:
            assert pending is not None or incident.lead is not None, "an open incident is never silent"
        return incident

    def listener(self, name: str) -> Listener:
        self.acts(name)
        url = self.settings.public_url.replace("http", "ws") + "/live?after=0"
        return Listener(url, self.tokens[name])


@dataclass(frozen=True)
class Somebody:
    """One person with a personal token; what they see is what they send back as seen."""

    town: Town
    name: str

    def _headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.town.tokens[self.name]}", **more}

    def opens(self, **fields: object) -> str:
        body = {
            "mode": "live",
            "school": SCHOOL,
            "crisis_type": "suicide_ideation",
            "beside": "me",
            "place": "Room 112",
            **fields,
        }
        answer = self.town.client.post(
            "/api/v1/incidents", json=body, headers=self._headers(**{"Idempotency-Key": clock.new_id()})
        )
        assert answer.status_code == 201, answer.text
        incident: str = answer.json()["incident"]
        self.town.holds(incident)
        return incident

    def tries(self, incident: str, order: str, **fields: object) -> httpx2.Response:
        path = f"/api/v1/incidents/{incident}/commands/{order}"
        seen = fields.pop("seen", None) or self.town.incident(incident).seq
        return self.town.client.post(path, json={"seen": seen, **fields}, headers=self._headers())

    def does(self, incident: str, order: str, **fields: object) -> Incident:
        answer = self.tries(incident, order, **fields)
        assert answer.status_code == 200, f"{order}: {answer.text}"
        self.town.worker.until_quiet()
        return self.town.holds(incident)

    def is_refused(self, incident: str, order: str, **fields: object) -> set[str]:
        before = self.town.incident(incident)
        answer = self.tries(incident, order, **fields)
        assert answer.status_code == 422, answer.text
        assert self.town.since(before) <= {PageAttempted, PageReceiptCame}, "a refusal leaves nothing behind"
        return {reason["rule"] for reason in answer.json()["reasons"]}

    def next(self, incident: str) -> list[str]:
        answer = self.town.client.get(f"/api/v1/incidents/{incident}/next", headers=self._headers())
        return [step["step"] for step in answer.json()["next"]]

    def before_closing(self, incident: str) -> set[str]:
        answer = self.town.client.get(f"/api/v1/incidents/{incident}/next", headers=self._headers())
        return {reason["rule"] for reason in answer.json()["before_closing"]}


@contextmanager
def a_town(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    port, phones = free_port(), free_port()
    time_of_town = Clock(TUESDAY)
    monkeypatch.setattr(clock, "now", time_of_town.now)
    settings = Settings(
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        provider_url=f"http://127.0.0.1:{phones}",
        provider_account="AC" + "1" * 32,
        provider_secret=SecretStr("a secret of the journey"),
        provider_from="+16175550100",
    )
    exchange = Exchange(
        ledger=Ledger(folder / "ledger.jsonl"),
        accounts=(
            Account(
                sid=settings.provider_account,
                secret=settings.provider_secret.get_secret_value(),
                number=settings.provider_from,
            ),
        ),
        target=settings.public_url,
        public_url=settings.public_url,
    )
    with store.write() as tx:
        sample.seed(tx, TUESDAY, hashing=HASHING)
        for name in loader.names():
            protocols.publish(tx, loader.protocol(name, "US-MA"), TUESDAY)
    network = uvicorn.Server(
        uvicorn.Config(build_handsets(exchange), host="127.0.0.1", port=phones, log_level="error", access_log=False)
    )
    way_out = lines(settings, UNPACED)
    worker = Worker(store, way_out, "journey", time_of_town.now)
    with (
        serving(network, phones),
        serving(server(store, settings, "127.0.0.1", port), port),
        httpx2.Client(base_url=settings.public_url, timeout=20) as client,
    ):
        yield Town(store, settings, time_of_town, exchange, worker, client)
    way_out.close()


def evidence(protocol_step: str, hashed: str = "suicide_risk") -> dict[str, str | bool]:
    """The least evidence that a step of a built-in protocol accepts, with words in plain text."""
    step = next(each for each in loader.protocol(hashed).steps if each.id == protocol_step)
    values: dict[str, str | bool] = {}
    for each in step.evidence:
        values[each.name] = True if each.kind == "yes_no" else next(iter(each.options or {}), "said in their own words")
    return values
