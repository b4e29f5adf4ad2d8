"""The console in a real browser under its content policy: it stays up to date and never takes what somebody typed."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from crisis import clock
from crisis.commands import AddNote
from crisis.settings import Settings
from crisis.store import people
from crisis.store.engine import Store, open_store
from crisis.submit import submit
from crisis.vocabulary import IncidentId, WordsId
from tests.browser import NEEDS_CHROMIUM
from tests.web.district import COUNSELOR, NURSE, District, a_district
from web.serve import server

pytestmark = NEEDS_CHROMIUM


@dataclass(frozen=True, slots=True)
class Site:
    url: str
    district: District

    def note(self, incident: str, text: str) -> None:
        """By somebody else, somewhere else."""
        with self.district.store.read() as tx:
            nurse = people.actor(tx, NURSE)
        words = WordsId(clock.new_id())
        order = AddNote(by=nurse, words=words)
        submit(self.district.store, IncidentId(incident), order, at=clock.now(), words={words: text})


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store: Store = open_store(sqlite_url, key_file)
    running = server(store, Settings(public_url=f"http://127.0.0.1:{port}"), "127.0.0.1", port)
    thread = threading.Thread(target=running.run, daemon=True)
    district = a_district(store)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield Site(f"http://127.0.0.1:{port}", district)
    running.should_exit = True
    thread.join(10)
    store.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """Signed in, and failing on anything that the browser complains about."""
    context = chromium.new_context()
    context.add_cookies([{"name": "session", "value": site.district.session(COUNSELOR), "url": site.url}])
    made = context.new_page()
    complaints: list[str] = []
    made.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def opened(page: Page, site: Site) -> str:
    """Raises an incident with the mouse and keyboard; returns its id."""
    page.goto(f"{site.url}/incidents/new")
    page.check("input[value=suicide_ideation]", force=True)
    page.fill("#place", "Library")
    page.check("input[value=me]", force=True)
    page.click(".submitbar button")
    page.wait_for_url("**/incidents/0*")
    page.wait_for_function("document.querySelector('#conn').dataset.state === 'live'")
    return page.url.rpartition("/")[2]


def test_what_somebody_else_does_appears_and_half_a_sentence_stays(page: Page, site: Site) -> None:
    incident = opened(page, site)
    page.fill("#note", "half a sent")

    site.note(incident, "Calm and talking")

    page.wait_for_selector("#tl >> text=Calm and talking", timeout=10_000)
    assert page.input_value("#note") == "half a sent"


def test_a_page_with_one_form_says_that_things_moved_and_touches_nothing(page: Page, site: Site) -> None:
    incident = opened(page, site)
    page.goto(f"{site.url}/incidents/{incident}/custody")
    page.wait_for_function("document.querySelector('#conn').dataset.state === 'live'")
    page.fill("#receiver", "The ambulance")

    site.note(incident, "Calm and talking")

    page.wait_for_selector("#changed:visible", timeout=10_000)
    page.wait_for_function("() => document.getElementById('say').textContent.includes('has changed since')")  # aloud
    assert page.input_value("#receiver") == "The ambulance"


def test_the_board_follows_without_being_loaded_again(page: Page, site: Site) -> None:
    incident = opened(page, site)
    page.goto(f"{site.url}/board")
    page.evaluate("window.marked = true")
    other = page.context.new_page()
    other.goto(f"{site.url}/incidents/{incident}/emergency")
    other.check("input[name=called_911][value=yes]", force=True)

    other.click("main form button[type=submit]")

    page.wait_for_selector(".note.late >> text=Emergency.", timeout=10_000)
    assert page.evaluate("window.marked") is True
