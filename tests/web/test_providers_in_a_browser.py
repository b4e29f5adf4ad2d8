"""A real Chromium goes to a provider and comes back: our own content policy, the leap, and the cookies let it."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from crisis.settings import Settings
from tests.browser import NEEDS_CHROMIUM, a_chromium
from tests.identity.stand_in import StandIn, standing_in
from tests.web.district import District
from tests.web.test_providers import WORK, account, known_as
from web.serve import server

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def google() -> Iterator[StandIn]:
    with standing_in() as made:
        made.who = dict(WORK)
        yield made


@pytest.fixture
def url(district: District, google: StandIn) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"  # another site than the provider's, as in the world
    settings = Settings(public_url=address, sign_in_providers={"google": google.settings()})
    made = server(district.store, settings, "127.0.0.1", port)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    while not made.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield address
    made.should_exit = True
    thread.join(10)


def test_a_browser_signs_in_at_the_provider_and_comes_back(url: str, district: District, google: StandIn) -> None:
    account(district)
    known_as(district, google)
    complaints: list[str] = []

    with a_chromium() as chromium:
        page = chromium.new_context(locale="en-US").new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.goto(url + "/login")
        page.get_by_role("button", name="Sign in with Google").click()
        page.wait_for_url("**/me/sign-in")  # one factor: a second one of ours comes first
        expect(page.get_by_text("A second factor is asked for")).to_be_visible()

    assert complaints == []
