"""Somebody writes, is signed out meanwhile, and sends: after signing in again the form is there, as they filled it."""

from datetime import timedelta

import pytest
from starlette.datastructures import FormData
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import sessions
from tests.factories import STUDENT
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, PASSPHRASE, SETTINGS, District
from tests.web.test_pages import HIDDEN, Browser, at_console, words
from web.kept_forms import sent

WRITTEN = "Mother says: he wrote a note. Do not call the father"
NOTE = "note"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_kept_forms.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def nurse(site: TestClient, district: District) -> Browser:
    return at_console(site, district, NURSE)


def signs_in(browser: Browser, name: str = NURSE) -> str:
    answer = browser.client.post("/login", data={"username": name, "password": PASSPHRASE})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def writes(browser: Browser, watch: Watch, **fields: str) -> str:
    """A note on an incident, while the session runs out."""
    incident = browser.opens()
    form = browser.form(incident, f"{incident}/note") | {NOTE: WRITTEN} | fields
    watch.ahead += timedelta(minutes=16)
    answer = browser.client.post(f"{incident}/note", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    return incident


def test_after_signing_in_again_the_form_is_filled_and_sent_once(nurse: Browser, watch: Watch) -> None:
    incident = writes(nurse, watch)
    door = words(nurse.get("/login"))

    to = signs_in(nurse)
    page = nurse.get(to)
    not_yet = nurse.get(incident)
    nurse.post(f"{incident}/note", hidden_of(page, f"{incident}/note") | {NOTE: WRITTEN})

    assert "What you typed is kept" in door
    assert to == "/kept"
    assert "You were signed out while you wrote" in words(page)
    assert f">{WRITTEN}</textarea>" in page
    assert WRITTEN not in not_yet
    assert WRITTEN in nurse.get(incident)
    assert "kept" not in "".join(nurse.client.cookies)
    nurse.client.post("/logout", data={"csrf": nurse.form(incident, "/logout")["csrf"]})
    assert signs_in(nurse) == "/board"  # it was shown


def hidden_of(page: str, action: str) -> dict[str, str]:
    start = page.index(f'action="{action}"')
    return dict(HIDDEN.findall(page[start : page.index("</form>", start)]))


def test_at_the_end_of_a_long_day_nothing_is_lost_either(nurse: Browser, watch: Watch) -> None:
    """Twelve hours, however busy."""
    incident = nurse.opens()
    form = nurse.form(incident, f"{incident}/note") | {NOTE: WRITTEN}
    for _ in range(72):
        watch.ahead += timedelta(minutes=10)
        nurse.client.get("/call-tree")
    answer = nurse.client.post(f"{incident}/note", data=form)

    assert answer.headers["location"] == "/login"
    assert signs_in(nurse) == "/kept"
    assert WRITTEN in nurse.get("/kept")


def test_another_person_at_that_browser_sees_nothing_of_it(
    nurse: Browser, site: TestClient, district: District, watch: Watch
) -> None:
    district.session(COUNSELOR)
    writes(nurse, watch)

    to = signs_in(nurse, COUNSELOR)

    assert to == "/board"
    assert nurse.client.get("/kept").headers["location"] == "/board"
    assert signs_in(nurse) == "/board"  # erased


def test_the_same_person_elsewhere_gets_it_not_and_a_pin_brings_it_back_here(
    nurse: Browser, site: TestClient, watch: Watch
) -> None:
    nurse.send("/me/sign-in", "/me/sign-in/set-pin", pin="402817")
    writes(nurse, watch)
    headers = {"accept": "text/html"}
    there = TestClient(site.app, base_url=SETTINGS.public_url, headers=headers, follow_redirects=False)

    assert signs_in(Browser(there)) == "/board"
    assert nurse.send("/login", "/unlock", pin="402817") == "/kept"
    assert WRITTEN in nurse.get("/kept")


def test_whose_sessions_were_ended_gets_nothing_back(nurse: Browser, district: District, watch: Watch) -> None:
    """By an administrator, or because the account has ended: nobody knows who sits there."""
    incident = nurse.opens()
    form = nurse.form(incident, f"{incident}/note") | {NOTE: WRITTEN}
    with district.store.write() as tx:
        sessions.end_all(tx, NURSE, at=clock.now(), by=None)

    assert nurse.client.post(f"{incident}/note", data=form).headers["location"] == "/login"
    assert signs_in(nurse) == "/board"


def test_from_another_sites_form_nothing_is_kept(nurse: Browser, watch: Watch) -> None:
    incident = nurse.opens()
    watch.ahead += timedelta(minutes=16)

    answer = nurse.client.post(f"{incident}/note", data={"csrf": "made up", NOTE: WRITTEN})

    assert answer.status_code == 403
    assert signs_in(nurse) == "/board"


def test_what_waited_for_a_proof_comes_back_too(nurse: Browser, watch: Watch) -> None:
    page = f"/students/{STUDENT}/contacts"
    posted = FormData([("to", f"{page}/lift"), ("how", "post"), ("kept.why", "in two words"), ("password", PASSPHRASE)])

    kept = sent("/again", posted)

    assert kept is not None
    assert (kept.path, dict(kept.fields)) == (f"{page}/lift", {"why": ("in two words",)})


@pytest.mark.parametrize("name", ["password", "code", "pin", "csrf", "key", "seen", "answer"])
def test_what_proves_who_somebody_is_is_never_kept(name: str) -> None:
    assert sent("/a", FormData([(name, "four words of it")])) is None
    kept = sent("/a", FormData([(name, "four words of it"), ("words", "a note")]))
    assert kept is not None
    assert dict(kept.fields) == {"words": ("a note",)}


def test_a_button_alone_is_not_kept() -> None:
    assert sent("/logout", FormData([("csrf", "1"), ("how", "now")])) is None
