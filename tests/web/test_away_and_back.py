"""The server that starts anew, and the tab that slept: nobody misses anything, and nobody is shown the past as now."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route
from starlette.testclient import TestClient
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from crisis import clock
from crisis.commands import AddNote
from crisis.settings import Settings
from crisis.store import incidents, people
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, WordsId
from tests.browser import NEEDS_CHROMIUM
from tests.web.consoles import LIVE, Site, a_console, a_site, opened
from tests.web.district import COUNSELOR, NURSE, SETTINGS, District, acting
from web.app import build_app
from web.serve import server

TOKENS = 20  # of the nurse's own devices; each has its share of the consoles
SKEW = "(() => { const real = Date.now; window.asleep = 0; Date.now = () => real() + window.asleep; })()"
ASLEEP = """() => {
  const until = performance.now() + 1500;
  while (performance.now() < until);
  window.asleep = 60e3;
  document.dispatchEvent(new Event('resume'));
  return !document.querySelector('#stale').hidden;
}"""
STALE = "() => !document.querySelector('#stale').hidden"


@contextmanager
def up(store: Store, port: int) -> Iterator[None]:
    made = server(store, Settings(public_url=f"http://127.0.0.1:{port}"), "127.0.0.1", port)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    while not made.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield
    made.should_exit = True
    thread.join(20)
    assert not thread.is_alive(), "the server does not end"


def note(store: Store, incident: str) -> int:
    """Where the log ends with it."""
    with store.read() as tx:
        by = people.actor(tx, COUNSELOR)
    words = WordsId(clock.new_id())
    order = AddNote(by=by, words=words)
    return submit(store, IncidentId(incident), order, at=clock.now(), words={words: "Still here"}).position


class Console:
    """Goes on from the last that it heard, as the console does; a server that is away is tried again."""

    def __init__(self, address: str, token: str, after: int) -> None:
        self.address, self.headers, self.start = address, {"Authorization": f"Bearer {token}"}, after
        self.heard: list[int] = []

    async def listens(self, until: int) -> None:
        while (self.heard or [self.start])[-1] < until:
            try:
                await self._once(until)
            except (ConnectionClosed, OSError):
                await asyncio.sleep(0.2)

    async def _once(self, until: int) -> None:
        after = (self.heard or [self.start])[-1]
        async with connect(f"{self.address}?after={after}", additional_headers=self.headers, max_queue=None) as line:
            while (self.heard or [self.start])[-1] < until:
                message = json.loads(await line.recv())
                assert "reset" not in message
                if "position" in message:
                    self.heard.append(message["position"])


def test_consoles_of_a_server_that_starts_anew_hear_all_that_happened_meanwhile_f106(
    store: Store, district: District, pytestconfig: pytest.Config
) -> None:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as client:
        incident = acting(client, district.token(COUNSELOR)).opened()[0]
    with store.read() as tx:
        start = incidents.head(tx)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tokens = [district.token(NURSE) for _ in range(TOKENS)]
    each = 100 if pytestconfig.getoption("--full") else 5
    consoles = [Console(f"ws://127.0.0.1:{port}/live", token, start) for token in tokens for _ in range(each)]
    last = start + 5

    async def all_of_them() -> None:
        async with asyncio.timeout(120):
            await asyncio.gather(*(console.listens(last) for console in consoles))

    listening = threading.Thread(target=lambda: asyncio.run(all_of_them()))
    with up(store, port):
        listening.start()
        first = note(store, incident)
        while not all(console.heard for console in consoles):
            assert listening.is_alive()
            time.sleep(0.05)
    for _ in range(3):
        note(store, incident)
    with up(store, port):
        assert note(store, incident) == last
        listening.join(120)

    assert not listening.is_alive()
    assert first == start + 1
    assert {tuple(console.heard) for console in consoles} == {tuple(range(start + 1, last + 1))}


@pytest.fixture
def console_site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


def slowly(route: Route) -> None:
    time.sleep(1)
    route.continue_()


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
def test_a_tab_that_slept_says_that_it_is_old_until_all_of_it_has_come_anew_f109(
    chromium: Browser, console_site: Site
) -> None:
    """A browser without a window freezes no page: it stands still, a minute is over, and it is told that it goes on.

    The line outlived the sleep, so the first word on it is not enough.
    """
    with a_console(chromium, console_site, COUNSELOR) as page:
        page.add_init_script(SKEW)
        incident = opened(page, console_site).rpartition("/")[2]
        page.route("**/parts/timeline", slowly)
        meanwhile = threading.Timer(0.5, console_site.note, (incident, "Said while it slept"))
        meanwhile.start()

        assert page.evaluate(ASLEEP)
        page.wait_for_timeout(500)
        assert page.evaluate(STALE)
        page.wait_for_selector("#tl >> text=Said while it slept", timeout=20_000)
        page.wait_for_function(LIVE)

        assert not page.evaluate(STALE)
