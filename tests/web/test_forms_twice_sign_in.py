"""How one signs in: each button pressed twice does its work once, and what is shown this once is shown again then."""

import re
import time
from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pyotp
import pytest
from starlette.testclient import TestClient

from crisis import clock
from tests.store.soft_key import SoftKey
from tests.watch import Watch
from tests.web.district import NURSE, PASSPHRASE, SETTINGS, District
from tests.web.filling import filled, sent, shown_once, twice
from tests.web.test_pages import Browser, at_console, words
from web import pressed_once

MINE = "/me/sign-in"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough: what is stored is asked of both in `tests/store`."""
    return sqlite_url


@pytest.fixture
def nurse(site: TestClient, district: District) -> Browser:
    return at_console(site, district, NURSE)


def did(district: District) -> int:
    """How much is on record of what people did."""
    with district.store.read() as tx:
        return int(tx.exec_driver_sql("SELECT count(*) FROM audit").scalar_one())


def offers(district: District) -> int:
    with district.store.read() as tx:
        return int(tx.exec_driver_sql("SELECT count(*) FROM passkey_challenge").scalar_one())


def test_an_app_its_codes_and_a_pin(nurse: Browser, district: District) -> None:
    twice(nurse, MINE, f"{MINE}/begin-app", lambda: words(nurse.get(MINE)))
    letters = re.search(r"In letters: ((?:[A-Z2-7]{4} )+)", words(nurse.get(MINE)))
    assert letters is not None
    code = pyotp.TOTP(letters[1].replace(" ", "")).at(clock.now())
    first = shown_once(nurse, MINE, f"{MINE}/confirm-app", lambda: did(district), code=code)
    second = shown_once(nurse, MINE, f"{MINE}/renew-codes", lambda: did(district))
    twice(nurse, MINE, f"{MINE}/set-pin", lambda: did(district), pin="482913")
    twice(nurse, MINE, f"{MINE}/remove-pin", lambda: did(district))
    twice(nurse, MINE, f"{MINE}/remove-app", lambda: did(district))

    codes = [set(re.findall(r"<code>([a-z2-9-]{34})</code>", page)) for page in (first, second)]
    assert [len(each) for each in codes] == [10, 10]
    assert codes[0].isdisjoint(codes[1])


def test_a_passkey_is_offered_made_used_and_removed(nurse: Browser, site: TestClient, district: District) -> None:
    key = SoftKey(host="testserver", origin=SETTINGS.public_url)
    offered = shown_once(nurse, MINE, f"{MINE}/begin-passkey", lambda: offers(district))
    offer = re.search(r'data-offer="([^"]+)"', offered)
    assert offer is not None
    form = filled(offered, f"{MINE}/add-passkey", answer=key.made(unescape(offer[1])))
    made = [(sent(nurse, f"{MINE}/add-passkey", form), did(district)) for _ in range(2)]

    device = TestClient(site.app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False)
    signed = key.signed(device.post("/login/passkey/ask").text)
    form = filled(device.get("/login").text, "/login/passkey", answer=signed)
    led = sent(Browser(device), "/login/passkey", form)
    twice(nurse, MINE, f"{MINE}/remove-passkey", lambda: did(district))

    assert made[0] == made[1]
    assert led == "/board"
    assert device.get("/board").status_code == 200


def test_a_password_that_was_shown_is_shown_to_nobody_once_the_screen_is_locked(
    nurse: Browser, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = filled(nurse.get(MINE), f"{MINE}/new-password")
    first, again = (sent(nurse, f"{MINE}/new-password", form, 200) for _ in range(2))
    once = did(district)
    with monkeypatch.context() as much_later:
        clock_of_it = SimpleNamespace(monotonic=lambda: time.monotonic() + pressed_once.SHOWN_FOR)
        much_later.setattr(pressed_once, "time", clock_of_it)
        anew = sent(nurse, f"{MINE}/new-password", form, 200)
    sent(nurse, "/lock", filled(nurse.get("/board"), "/lock"))
    locked = nurse.client.post(f"{MINE}/new-password", data=form)

    passwords = [re.findall(r"<code>([a-z-]+)</code>", page) for page in (first, again, anew)]
    assert first == again
    assert passwords[0] == passwords[1] != passwords[2]
    assert did(district) > once
    assert (locked.status_code, locked.headers["location"]) == (303, "/login")
    assert passwords[0][0] not in locked.text


def test_whoever_shows_twice_again_that_it_is_them_stays_signed_in(
    nurse: Browser, district: District, watch: Watch
) -> None:
    watch.ahead += timedelta(minutes=8)
    asked = sent(nurse, f"{MINE}/new-password", filled(nurse.get(MINE), f"{MINE}/new-password"), 401)
    form = filled(asked, "/again", password=PASSPHRASE)
    before = session_of(nurse)

    first, again = (nurse.client.post("/again", data=form, headers=before) for _ in range(2))
    renewed = Browser(TestClient(nurse.client.app, base_url=SETTINGS.public_url, follow_redirects=False))
    renewed.client.cookies.set("session", again.cookies["session"])
    done = sent(renewed, f"{MINE}/new-password", filled(again.text, f"{MINE}/new-password"), 200)

    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert again.cookies["session"] == first.cookies["session"]
    assert "It is shown this once" in words(done)


def session_of(browser: Browser) -> dict[str, str]:
    """As the browser sends it whose first answer never came: by the cookie that it had."""
    return {"cookie": f"session={next(c.value for c in browser.client.cookies.jar if c.name == 'session')}"}
