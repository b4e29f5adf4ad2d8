"""Two web processes and two workers on one PostgreSQL: one board, every page once, and any of them may be killed."""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from websockets.sync.client import ClientConnection, connect

from crisis import clock
from crisis.notify.gateway import Lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.page_events import PageAttempted
from crisis.settings import Settings
from crisis.store import accounts, audit, incidents
from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId
from tests.notify.village import ANA, COUNSELOR, PHONES, a_network, served, the_settings, village, wait_until
from tests.web.test_sockets import heard

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent
WEBS, WORKERS = ("web-a", "web-b"), ("worker-1", "worker-2")
PATIENCE = 120  # seconds, for a slow machine: a lease that a dead worker held ends after ten


@dataclass(slots=True)
class Town:
    """The processes by name, started as an installation starts them: `crisis serve --no-worker`, `crisis worker`."""

    store: Store
    network: Exchange
    settings: dict[str, Settings]
    token: str
    client: httpx2.Client
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        for name in names:
            order = ("serve", "--no-worker") if name in WEBS else ("worker",)
            command = [sys.executable, "-c", "from crisis.start import main; main()", *order]
            environment = {**os.environ, **environment_of(self.settings[name])}
            self.running[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        for name in set(names) & set(WEBS):
            wait_until(lambda name=name: self.lives(name), PATIENCE)  # type: ignore[misc]

    def kill(self, name: str) -> None:
        """As a power cut would, or the kernel when memory is short."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running.pop(name).wait(10)

    def lives(self, web: str) -> bool:
        with suppress(httpx2.HTTPError):
            return self.client.get(f"{self.settings[web].public_url}/health").status_code == 200
        return False

    def give(self, web: str, path: str, body: dict[str, object]) -> dict[str, object]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": clock.new_id()}
        answer = self.client.post(f"{self.settings[web].public_url}/api/v1{path}", json=body, headers=headers)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, object] = answer.json()
        return found

    def page(self, web: str) -> int:
        """A new incident, and one clinician called to it; the position where the log is then."""
        opened = self.give(
            web, "/incidents", {"mode": "live", "school": "s-1", "crisis_type": "suicide_ideation", "beside": "me"}
        )
        order = {"seen": opened["seq"], "role": "oncall_clinician", "urgency": "u1"}
        done = self.give(web, f"/incidents/{opened['incident']}/commands/request-page", order)
        return int(str(done["position"]))

    def board(self, web: str) -> object:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(f"{self.settings[web].public_url}/api/v1/incidents", headers=headers).json()

    def listening(self, web: str, after: int) -> ClientConnection:
        address = self.settings[web].public_url.replace("http", "ws", 1)
        headers = {"Authorization": f"Bearer {self.token}"}
        return connect(f"{address}/live?after={after}", additional_headers=headers, compression=None)

    def told(self) -> Counter[str]:
        """What the clinician's telephone received, by the attempt that the worker said it was."""
        received = self.network.ledger.of_phone(PHONES[ANA])
        return Counter(each.reference for each in received if each.kind in ("text", "call"))

    def attempts(self) -> dict[IncidentId, set[str]]:
        """What the log says of each incident: the attempts to reach the clinician."""
        found: dict[IncidentId, set[str]] = {}
        with self.store.read() as tx:
            for tick in incidents.since(tx, 0):
                found.setdefault(tick.incident, set())
            for incident, made in found.items():
                events = [stored.event for stored in incidents.events_of(tx, incident)]
                made |= {each.attempt for each in events if isinstance(each, PageAttempted) and each.person == ANA}
        return found

    def everybody_called(self, count: int) -> bool:
        made = self.attempts()
        return len(made) == count and all(made.values())


def environment_of(settings: Settings) -> dict[str, str]:
    shown = {
        "DATABASE_URL": settings.database_url,
        "KEY_FILE": str(settings.key_file),
        "PUBLIC_URL": settings.public_url,
        "PORT": str(settings.port),
        "PROVIDER_URL": settings.provider_url or "",
        "PROVIDER_ACCOUNT": settings.provider_account,
        "PROVIDER_SECRET": settings.provider_secret.get_secret_value(),
        "PROVIDER_FROM": settings.provider_from,
    }
    return {f"CRISIS_{name}": value for name, value in shown.items()}


@pytest.fixture
def town(postgres_url: str, key_file: Path, tmp_path: Path) -> Iterator[Town]:
    network, store = a_network(tmp_path), open_store(postgres_url, key_file)
    village(store, network, Lines(None, None))
    with store.write() as tx:
        token = accounts.create_token(tx, COUNSELOR, "a test", clock.now())
    with served(build_handsets(network)) as provider, httpx2.Client(timeout=20, trust_env=False) as client:
        settings = {name: place(provider, postgres_url, key_file) for name in (*WEBS, *WORKERS)}
        made = Town(store, network, settings, token, client)
        try:
            made.start(*WEBS, *WORKERS)
            yield made
        finally:
            for name in list(made.running):
                made.kill(name)
            store.close()


def place(provider: str, url: str, key_file: Path) -> Settings:
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    return the_settings(provider, database_url=url, key_file=key_file, public_url=public, port=port)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_two_webs_and_two_workers_show_one_board_and_call_each_person_once(town: Town) -> None:
    with town.listening("web-a", 0) as a, town.listening("web-b", 0) as b:
        for turn in range(6):
            last = town.page(WEBS[turn % 2])
        wait_until(lambda: town.everybody_called(6), PATIENCE)
        on_a, on_b = heard(a, last, PATIENCE), heard(b, last, PATIENCE)

    assert on_a[:last] == on_b[:last] == list(range(1, last + 1))
    assert town.board("web-a") == town.board("web-b")
    assert set(town.told()) == set().union(*town.attempts().values())
    assert set(town.told().values()) == {1}


def test_any_process_may_be_killed_and_nothing_is_lost(town: Town) -> None:
    """Right after an order was confirmed; the others go on, and who comes back has all of it."""
    seen, count = 0, 0
    for killed in (*WEBS, *WORKERS):
        other = next(web for web in WEBS if web != killed)
        town.page(killed if killed in WEBS else other)
        town.kill(killed)
        last = town.page(other)
        count += 2
        with town.listening(other, seen) as line:
            assert heard(line, last, PATIENCE)[: last - seen] == list(range(seen + 1, last + 1))
        wait_until(lambda count=count: town.everybody_called(count), PATIENCE)  # type: ignore[misc]
        town.start(killed)
        with town.listening(WEBS[0], seen) as a, town.listening(WEBS[1], seen) as b:
            assert heard(a, last, PATIENCE) == heard(b, last, PATIENCE)
        seen = last

    wait_until(lambda: town.board("web-a") == town.board("web-b"), PATIENCE)  # receipts still come in
    wait_until(lambda: set(town.told()) == set().union(*town.attempts().values()), PATIENCE)  # what died is reported
    assert sum(town.told().values()) - len(town.told()) <= len(WORKERS)  # one call of each killed worker, at most
    with town.store.read() as tx:
        assert audit.verify(tx).ok


def test_what_came_while_no_worker_ran_goes_out_when_one_comes_back(town: Town) -> None:
    for name in WORKERS:
        town.kill(name)
    town.page("web-a")
    before = dict(town.told())

    town.start("worker-2")
    wait_until(lambda: town.everybody_called(1), PATIENCE)

    assert before == {}
    assert set(town.told().values()) == {1}
