"""A console whose line is cut at any moment, again and again, shows each event once and ends where the server is."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute

from crisis.store import incidents
from crisis.vocabulary import IncidentId
from tests.browser import NEEDS_CHROMIUM
from tests.web.consoles import LIVE, Site, a_console, a_site, opened
from tests.web.district import COUNSELOR
from web.pages.timeline import LATEST

pytestmark = NEEDS_CHROMIUM

IN_ONE = 8  # cuts while one incident is looked at: all of its timeline stands on the page as long as it is short
PATIENCE = 60  # seconds
SHOWN = "() => [...document.querySelectorAll('#tl > li')].map((each) => each.id)"


@pytest.fixture
def site(sqlite_url: str, key_file: Path) -> Iterator[Site]:
    with a_site(sqlite_url, key_file) as made:
        yield made


@pytest.mark.parametrize("drops", [6, pytest.param(1000, marks=pytest.mark.full)])
@pytest.mark.timeout(3600)
def test_a_line_that_is_cut_at_any_moment_loses_and_doubles_nothing_n14(
    chromium: Browser, site: Site, drops: int
) -> None:
    """F104, F105: in the browser, by its own cursor."""
    chance, cuts = random.Random(11), Cuts()

    def cutting(line: WebSocketRoute) -> None:
        """After a few messages, before or after one has reached the page."""
        server, left = line.connect_to_server(), [chance.randrange(1, 4)]

        def told(message: str | bytes) -> None:
            left[0] -= 1
            last = left[0] == 0 and cuts.left > 0
            if not last or chance.random() < 0.5:
                line.send(message)
            if last:
                cuts.left -= 1
                line.close(code=1012)

        server.on_message(told)

    with a_console(chromium, site, COUNSELOR) as page:
        page.route_web_socket("**/live*", cutting)
        for _ in range(0, drops, IN_ONE):
            _cut_again_and_again(page, site, cuts, min(drops, IN_ONE))


@dataclass(slots=True)
class Cuts:
    left: int = 0


def _cut_again_and_again(page: Page, site: Site, cuts: Cuts, wanted: int) -> None:
    address = opened(page, site)
    incident = address.rpartition("/")[2]
    written, cuts.left, heard = 0, wanted, (wanted, time.monotonic())
    while cuts.left > 0:
        site.note(incident, f"note {written}")
        written += 1
        page.wait_for_timeout(60)
        heard = heard if heard[0] == cuts.left else (cuts.left, time.monotonic())
        assert time.monotonic() - heard[1] < PATIENCE, f"no line came about again: {page.url}"
    with site.district.store.read() as tx:
        log = [f"e-{each.seq}" for each in incidents.events_of(tx, IncidentId(incident))]
    page.wait_for_selector(f"#{log[-1]}", state="attached", timeout=30_000)
    page.wait_for_function(LIVE)

    assert page.evaluate(SHOWN) == log[::-1][:LATEST]
    assert page.url == address


def test_a_part_that_does_not_come_is_asked_for_again_and_the_page_says_that_it_is_late_f112(
    chromium: Browser, site: Site
) -> None:
    """A lost packet can hold one connection for minutes, while others, and the socket, are well."""
    lost = [0]

    def losing(route: Route) -> None:
        lost[0] += 1
        if lost[0] > 1:
            route.continue_()

    with a_console(chromium, site, COUNSELOR) as page:
        incident = opened(page, site).rpartition("/")[2]
        page.route("**/parts/timeline", losing)
        site.note(incident, "Said meanwhile")
        page.wait_for_function("() => document.querySelector('#conn').dataset.state === 'retry'", timeout=20_000)
        page.wait_for_function(
            "() => document.querySelector('#tl').textContent.includes('Said meanwhile')", timeout=20_000
        )
        page.wait_for_function(LIVE)

    assert lost[0] >= 2


NEVER_COMES = """() => {
  const Real = WebSocket;
  let made = 0;
  window.WebSocket = class {
    constructor(address) { made += 1; return made > 1 ? new Real(address) : { readyState: 0, close() {}, send() {} }; }
  };
}"""


def test_a_line_that_never_comes_about_is_given_up_for_another_one_f112(chromium: Browser, site: Site) -> None:
    """A browser waits for minutes for one, and says nothing meanwhile."""
    with a_console(chromium, site, COUNSELOR) as page:
        address = opened(page, site)
        page.add_init_script(f"({NEVER_COMES})()")
        page.goto(address)
        site.note(address.rpartition("/")[2], "Said meanwhile")
        page.wait_for_function("() => document.querySelector('#conn').dataset.state === 'retry'", timeout=20_000)
        page.wait_for_selector("#tl >> text=Said meanwhile", timeout=30_000)
        page.wait_for_function(LIVE, timeout=30_000)


def test_where_no_socket_comes_through_the_page_follows_all_the_same_f111(chromium: Browser, site: Site) -> None:
    """A proxy that knows no sockets: the parts are pulled, and nothing is loaded again."""
    with a_console(chromium, site, COUNSELOR) as page:
        address = opened(page, site)
        page.route_web_socket("**/live*", lambda line: line.close())
        page.goto(address)
        page.evaluate("window.untouched = true")
        site.note(address.rpartition("/")[2], "Calm and talking")
        page.wait_for_selector("#tl >> text=Calm and talking", timeout=20_000)
        assert page.evaluate("window.untouched") is True
