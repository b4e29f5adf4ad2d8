"""The real server and browsers at it: consoles of several people, each failing on what Chromium complains of."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from crisis import clock
from crisis.commands import AddNote, Command
from crisis.settings import Settings
from crisis.store import people
from crisis.store.engine import open_store
from crisis.submit import Submitted, submit
from crisis.vocabulary import IncidentId, PersonId, WordsId
from tests.web.district import NURSE, District, a_district
from web.serve import server

LIVE = "() => document.querySelector('#conn').dataset.state === 'live'"
# Of a network that is away, answers that say why not, sound before a press, letters of a page in the background.
EXPECTED = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_FAILED",
    "ERR_CONNECTION",
    "WebSocket connection to",
    "status of 4",
    "AudioContext",
    "preloaded using link",
)


@dataclass(frozen=True, slots=True)
class Site:
    url: str
    district: District

    def order(self, incident: str, command: Command, text: str = "", words: WordsId | None = None) -> Submitted:
        """By somebody else, somewhere else."""
        said = {words: text} if words is not None else {}
        return submit(self.district.store, IncidentId(incident), command, at=clock.now(), words=said)

    def note(self, incident: str, text: str, by: PersonId = NURSE) -> Submitted:
        words = WordsId(clock.new_id())
        with self.district.store.read() as tx:
            actor = people.actor(tx, by)
        return self.order(incident, AddNote(by=actor, words=words), text, words)


@contextmanager
def a_site(database_url: str, key_file: Path, **changes: object) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with closing(open_store(database_url, key_file)) as store:
        made = server(store, Settings.model_validate({"public_url": url, **changes}), "127.0.0.1", port)
        district = a_district(store)
        thread = threading.Thread(target=made.run, daemon=True)
        thread.start()
        while not made.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            yield Site(url, district)
        finally:
            made.should_exit = True
            thread.join(10)


@contextmanager
def a_console(chromium: Browser, site: Site, person: PersonId, **context: object) -> Iterator[Page]:
    """Signed in. What the browser complains of is a failure, but that the network is away."""
    made = chromium.new_context(**context)  # type: ignore[arg-type]  # Playwright's own names
    made.add_cookies([{"name": "session", "value": site.district.session(person), "url": site.url}])
    page, complaints = made.new_page(), list[str]()
    made.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    made.on("weberror", lambda error: complaints.append(str(error.error)))
    try:
        yield page
    finally:
        made.close()
    unexpected = [each for each in complaints if not any(known in each for known in EXPECTED)]
    assert not unexpected, unexpected


def opened(page: Page, site: Site) -> str:
    """Raises an incident with the mouse and keyboard; returns its address."""
    page.goto(f"{site.url}/incidents/new")
    page.check("input[value=suicide_ideation]", force=True)
    page.fill("#place", "Library")
    page.check("input[value=me]", force=True)
    page.click(".submitbar button")
    page.wait_for_url("**/incidents/0*")
    page.wait_for_function(LIVE)
    return page.url
