"""Passkeys in a real Chromium with a device of its own: made, signed in by, and shown again by."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from crisis import clock
from crisis.store import passkeys, sessions
from crisis.store.engine import Store
from tests.browser import NEEDS_CHROMIUM
from tests.watch import Watch
from tests.web.district import NURSE, PASSPHRASE, District, a_district
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_sockets import Running, running

__all__ = ["running"]  # a fixture

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_passkeys.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def district(store: Store, watch: Watch) -> District:
    return a_district(store)


def with_a_device(chromium: Browser) -> Page:
    """A browser whose device signs at a touch, and has seen its owner."""
    page = chromium.new_context(locale="en-US").new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return page


def test_a_passkey_is_made_signs_in_and_shows_again_who_it_is_pr_61(
    chromium: Browser, running: Running, watch: Watch
) -> None:
    running.district.session(NURSE)
    site = running.url.replace("127.0.0.1", "localhost")  # no browser makes a passkey for a number
    page, complaints = with_a_device(chromium), list[str]()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    page.goto(site + "/login")
    page.fill("#username", NURSE)
    page.fill("#password", PASSPHRASE)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(site + "/me/sign-in")
    page.get_by_role("button", name="Make a passkey on this device").click()
    must_keep_to_contract(page.content())
    page.get_by_role("button", name="Let this device make it").click()
    expect(page.get_by_text("not used yet")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/board")
    watch.ahead += timedelta(minutes=6)
    page.goto(site + "/me/sign-in")
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_role("heading", name="Show again that it is you")).to_be_visible()
    must_keep_to_contract(page.content())
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Do it now").click()
    expect(page.get_by_text("Waits for its first code")).to_be_visible()

    with running.district.store.read() as tx:
        [key] = passkeys.of_person(tx, NURSE)
        [*_, newest] = [each for each in sessions.of_people(tx, [NURSE], clock.now())[NURSE] if not each.this]
    assert (key.device.browser, key.used_at) == ("chrome", clock.now())
    assert newest.person == NURSE
    assert [each for each in complaints if "401" not in each] == []


def test_without_a_device_the_password_is_there(chromium: Browser, running: Running) -> None:
    context = chromium.new_context(locale="en-US", java_script_enabled=False)
    page = context.new_page()

    page.goto(running.url + "/login")

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.locator("#password")).to_be_visible()
