"""The screen itself: it locks though its pages keep themselves up to date, and hides at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import sessions
from crisis.store.engine import Store
from tests.browser import NEEDS_CHROMIUM
from tests.watch import Watch
from tests.web.consoles import a_console, a_site, opened
from tests.web.district import COUNSELOR, NURSE, SETTINGS, a_district
from tests.web.test_drafts import TYPED
from tests.web.test_pages import at_console, words
from web.app import build_app


@pytest.mark.page
def test_what_a_page_asks_for_by_itself_is_no_touch(store: Store, watch: Watch) -> None:
    """A screen that was left open kept itself signed in."""
    district = a_district(store)
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as site:
        nurse = at_console(site, district, NURSE)
        incident = nurse.opens()
        nurse.get(incident)
        untouched = []
        for _ in range(5):
            watch.ahead += timedelta(minutes=4)
            untouched.append(nurse.client.get(f"{incident}/parts/next", headers={"x-untouched": "1"}).status_code)
        watch.ahead -= timedelta(minutes=8)
        touched = nurse.client.get("/me/touched").status_code
        watch.ahead += timedelta(minutes=8)

        assert (untouched, touched) == ([200, 200, 200, 303, 303], 204)
        assert nurse.client.get("/board").status_code == 200


@pytest.mark.page
def test_a_locked_screen_shows_three_numbers_and_keeps_the_form(store: Store) -> None:
    district = a_district(store)
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as site:
        nurse = at_console(site, district, NURSE)
        incident = nurse.opens(beside="nobody")
        csrf = nurse.form(incident, "/lock")["csrf"]
        fields = {"csrf": csrf, "to": f"{incident}/note", "kept.note": TYPED, "kept.csrf": "x"}
        with store.read() as tx:
            before = sessions.of_people(tx, [NURSE], clock.now())[NURSE]
        locked = nurse.post("/lock", fields)
        door, numbers = words(nurse.get(locked)), nurse.client.get("/locked/counts").json()
        parts = nurse.client.get(f"{incident}/parts/next").headers["location"]
        again = nurse.client.post("/lock", data={"csrf": csrf}).headers["location"]

        assert len(before) == 1
        assert (locked, parts, again) == ("/locked", "/login", "/login")
        assert "What you typed is kept" in door
        assert "open: 1 alarms: 1" in door
        assert "School" not in door
        assert numbers == {"open": 1, "alarms": 1, "pages": 0}
        assert TestClient(site.app, base_url=SETTINGS.public_url).get("/locked/counts").json() is None


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
def test_escape_twice_hides_everything_and_a_press_brings_it_back(
    chromium: Browser, sqlite_url: str, key_file: Path
) -> None:
    with a_site(sqlite_url, key_file) as site, a_console(chromium, site, COUNSELOR) as page:
        opened(page, site)
        title = page.title()
        page.fill("#note", TYPED)
        page.keyboard.press("Escape")
        assert page.is_visible("h1")
        page.keyboard.press("Escape")

        assert (page.is_visible("h1"), page.title()) == (False, "Crisis")
        assert page.inner_text("body").strip().startswith("Hidden")
        assert "suicide" not in page.locator("body").aria_snapshot()
        page.keyboard.press("Enter")
        assert (page.input_value("#note"), page.title()) == (TYPED, title)


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
def test_an_untouched_page_says_that_it_locks_and_then_it_is_gone(
    chromium: Browser, sqlite_url: str, key_file: Path
) -> None:
    """In another tab too; a touch in the last minute keeps it."""
    with (
        a_site(sqlite_url, key_file) as site,
        a_console(chromium, site, COUNSELOR) as page,
    ):
        incident = opened(page, site)
        page.clock.install()
        page.goto(incident)
        other = page.context.new_page()
        other.goto(f"{site.url}/board")
        page.fill("#note", TYPED)
        page.clock.fast_forward("14:30")
        page.wait_for_selector("#locks:visible >> text=locks in a minute")
        page.mouse.click(5, 400)
        page.wait_for_selector("#locks", state="hidden")

        page.clock.fast_forward("15:01")
        for each in (page, other):
            each.wait_for_selector("#h-locked")
        assert "What you typed is kept" in page.inner_text("main")
