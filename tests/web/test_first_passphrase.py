"""Signing in by a passphrase that somebody else made: one's own comes first, and help before that (ASVS 6.4.1)."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import accounts, incidents
from crisis.store.engine import Store
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.watch import Watch
from tests.web.district import NURSE, SETTINGS, District, a_district
from tests.web.test_pages import Browser, words
from tests.web.test_second_factor import kept_form, sets_up
from web.app import build_app

FIRST, HERE, MINE = "four words given to them", "/me/passphrase", "/me/sign-in"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_accounts.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        given = {"hashing": HASHING, "given_for": timedelta(days=7)}
        accounts.create_account(tx, NURSE, NURSE, FIRST, at=clock.now(), **given)  # type: ignore[arg-type]
    return made


@pytest.fixture
def nurse(district: District) -> Iterator[Browser]:
    """Just signed in by what she was given."""
    app = build_app(district.store, SETTINGS)
    with TestClient(
        app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False
    ) as client:
        assert client.post("/login", data={"username": NURSE, "password": FIRST}).headers["location"] == "/board"
        yield Browser(client)


def test_nothing_opens_before_ones_own_and_then_the_first_one_is_over(nurse: Browser) -> None:
    closed = {path: nurse.client.get(path).headers["location"] for path in ("/board", "/oncall", MINE)}
    csrf = nurse.form(HERE, HERE)
    factor = nurse.client.post(MINE + "/begin-app", data=csrf).headers["location"]

    page = nurse.post(HERE, csrf, 200)
    made = re.search(r"<code>([a-z]+(?:-[a-z]+){5})</code>", page)

    assert (set(closed.values()), factor) == ({HERE}, HERE)
    assert made is not None
    assert made[1] not in nurse.get("/board")
    assert nurse.client.get(HERE).headers["location"] == MINE  # nothing to do there any more
    sets_up(nurse)
    nurse.client.cookies.clear()
    assert nurse.client.post("/login", data={"username": NURSE, "password": FIRST}).status_code == 401
    assert (
        nurse.client.post("/login", data={"username": NURSE, "password": made[1]}).headers["location"] == "/login/code"
    )


def test_an_incident_is_raised_before_it_pr_18(nurse: Browser, district: District) -> None:
    raised = nurse.opens()

    assert "The team is being paged now" in words(nurse.get(raised))
    with district.store.read() as tx:
        [incident] = incidents.current(tx, DISTRICT)
    assert incident.opened_by == NURSE
    assert nurse.client.get(f"/incidents/{incident.id}").headers["location"] == HERE


def test_whoever_waited_with_it_shows_again_that_it_is_them_and_then_takes_it(nurse: Browser, watch: Watch) -> None:
    watch.ahead += timedelta(minutes=6)

    asked = nurse.send(HERE, HERE, 401)
    once_more = nurse.post("/again", kept_form(asked) | {"password": FIRST}, 200)
    taken = nurse.post(HERE, kept_form(once_more), 200)

    assert "It is shown this once" in words(taken)
    nurse.get("/board")


def test_after_its_days_it_says_so_to_whoever_knows_it_alone(nurse: Browser, watch: Watch) -> None:
    watch.ahead += timedelta(days=7)

    right = nurse.client.post("/login", data={"username": NURSE, "password": FIRST})
    wrong = nurse.client.post("/login", data={"username": NURSE, "password": "other words than these"})

    assert right.status_code == 422
    assert "has run out" in words(right.text)
    assert "911" in words(right.text)
    assert "run out" not in words(wrong.text)
