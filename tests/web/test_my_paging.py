"""My paging: an address counts once its code has come back, a browser once it has made itself known; only one's own."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from crisis.settings import Settings
from crisis.store import extra_ways, roster
from crisis.store.engine import open_store
from crisis.vocabulary import PersonId
from tests.browser import CHROMIUM, NEEDS_CHROMIUM, QUIET
from tests.notify.pushing import Browser as Owned
from tests.notify.test_smtp import FROM, Mailbox, a_mail_server
from tests.web.district import COUNSELOR, NURSE, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app
from web.serve import server

PAGE, ADDRESS, PUBLIC = "/me/paging", "ana@example.org", "http://testserver"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_ways_out.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def site(district: District, box: Mailbox, tmp_path: Path) -> Iterator[TestClient]:
    with a_mail_server(box) as port:
        settings = Settings(
            public_url=PUBLIC,
            key_file=tmp_path / "keys.json",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_from=FROM,
            smtp_tls=False,
            push=True,
        )
        with TestClient(build_app(district.store, settings), base_url=PUBLIC) as made:
            yield made


def code_in(box: Mailbox) -> str:
    found = re.search(r"\d{6}", box.mails[-1].get_payload())
    assert found
    return found[0]


def emails(district: District, person: PersonId = COUNSELOR) -> dict[PersonId, str]:
    with district.store.read() as tx:
        return extra_ways.emails(tx, [person])


def gives(console: Browser, address: str = ADDRESS, status: int = 303) -> str:
    return console.send(PAGE, "/me/paging/email", status, email=address)


def test_an_address_counts_once_its_code_has_come_back(site: TestClient, district: District, box: Mailbox) -> None:
    counselor = at_console(site, district, COUNSELOR)
    gives(counselor)
    before = emails(district)
    waits = words(counselor.get(PAGE))

    wrong = counselor.send(PAGE, "/me/paging/confirm-email", 422, code="000000" if code_in(box) != "000000" else "1")
    counselor.send(PAGE, "/me/paging/confirm-email", code=code_in(box))

    assert (box.mails[0]["Subject"], box.mails[0]["To"]) == ("Code for Crisis", ADDRESS)
    assert before == {}
    assert "Waits for its code" in waits
    assert "This is not the code" in words(wrong)
    assert emails(district) == {COUNSELOR: ADDRESS}
    assert "Confirmed" in words(counselor.get(PAGE))
    assert ADDRESS not in words(at_console(site, district, NURSE).get(PAGE))


def test_an_address_can_be_removed_and_a_new_one_begins_anew(
    site: TestClient, district: District, box: Mailbox
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    gives(counselor)
    counselor.send(PAGE, "/me/paging/confirm-email", code=code_in(box))
    gives(counselor, "other@example.org")
    changed = emails(district)
    counselor.send(PAGE, "/me/paging/drop-email")

    assert changed == {}
    assert "No address yet" in words(counselor.get(PAGE))


def test_codes_cannot_be_guessed_nor_sent_without_end(site: TestClient, district: District, box: Mailbox) -> None:
    counselor = at_console(site, district, COUNSELOR)
    for _number in range(3):
        gives(counselor)
    many = gives(counselor, status=422)
    wrong = "111111" if code_in(box) != "111111" else "222222"
    for _try in range(5):
        counselor.send(PAGE, "/me/paging/confirm-email", 422, code=wrong)
    late = counselor.send(PAGE, "/me/paging/confirm-email", 422, code=code_in(box))

    assert len(box.mails) == 3
    assert "Three codes were sent in this hour" in words(many)
    assert "no longer valid" in words(late)
    assert emails(district) == {}


@pytest.mark.parametrize("address", ["ana", "ana@", "a b@example.org", "ana@example.org, ben@example.org", "ana@local"])
def test_what_is_no_address_is_told_at_the_form(
    site: TestClient, district: District, box: Mailbox, address: str
) -> None:
    back = gives(at_console(site, district, COUNSELOR), address, 422)

    assert "This is not an e-mail address" in words(back)
    assert f'value="{address}"' in back
    assert box.mails == []


def test_a_mail_server_that_says_no_is_told_at_once(site: TestClient, district: District) -> None:
    back = gives(at_console(site, district, COUNSELOR), "nobody@example.org", 422)

    assert "The mail server did not take the message" in words(back)


def subscription(**changes: str) -> dict[str, str]:
    made = Owned().subscription(ENDPOINT, COUNSELOR)
    return {"endpoint": made.endpoint, "p256dh": made.key, "auth": made.auth, **changes}


def subscribed(district: District, person: PersonId = COUNSELOR) -> list[str]:
    with district.store.read() as tx:
        return [each.endpoint for each in extra_ways.subscriptions(tx, [person]).get(person, [])]


def test_a_browser_is_added_and_switched_off_by_its_owner_alone(site: TestClient, district: District) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    counselor.send(PAGE, "/me/paging/push", **subscription())
    with district.store.read() as tx:
        name = extra_ways.subscriptions(tx, [COUNSELOR])[COUNSELOR][0].id
    fields = {**nurse.form(PAGE, "/me/paging/email"), "id": name}
    nurse.post("/me/paging/drop-push", fields)
    there = subscribed(district)

    counselor.send(PAGE, "/me/paging/drop-push")

    assert there == [ENDPOINT]
    assert subscribed(district) == []


def test_a_browser_that_somebody_else_uses_now_is_theirs(site: TestClient, district: District) -> None:
    fields = subscription()
    at_console(site, district, COUNSELOR).send(PAGE, "/me/paging/push", **fields)
    at_console(site, district, NURSE).send(PAGE, "/me/paging/push", **fields)

    assert (subscribed(district), subscribed(district, NURSE)) == ([], [ENDPOINT])


def test_of_six_browsers_the_oldest_is_forgotten(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    for number in range(6):
        counselor.send(PAGE, "/me/paging/push", **subscription(endpoint=f"{ENDPOINT}{number}"))

    assert subscribed(district) == [f"{ENDPOINT}{number}" for number in range(1, 6)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"endpoint": "https://169.254.169.254/latest"}, "a server that is not on the list"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "a server that is not on the list"),
        ({"p256dh": "AAAA"}, "keys that cannot be used"),
    ],
)
def test_what_is_no_browser_is_refused(site: TestClient, district: District, fields: dict[str, str], told: str) -> None:
    counselor = at_console(site, district, COUNSELOR)
    asked = {**counselor.form(PAGE, "/me/paging/email"), **subscription(**fields)}

    assert told in words(counselor.post("/me/paging/push", asked, 422))
    assert subscribed(district) == []


def test_it_shows_the_numbers_that_are_dialled_and_says_when_there_is_none(
    site: TestClient, district: District
) -> None:
    with district.store.write() as tx:
        roster.add_phone(tx, COUNSELOR, "617-555-0101")

    assert "(617) 555-0101" in words(at_console(site, district, COUNSELOR).get(PAGE)).replace("\xa0", " ")
    assert "No telephone of yours can be dialled" in words(at_console(site, district, TEACHER).get(PAGE))
    assert "Ningún teléfono suyo" in words(at_console(site, district, NURSE, "es").get(PAGE))


def test_without_a_mail_server_and_push_the_page_says_so(district: District) -> None:
    with TestClient(build_app(district.store, Settings(public_url=PUBLIC)), base_url=PUBLIC) as bare:
        counselor = at_console(bare, district, COUNSELOR)
        page = words(counselor.get(PAGE))
        fields = {"csrf": dict(re.findall(r'name="(csrf)" value="([^"]+)"', counselor.get(PAGE)))["csrf"]}

        assert "E-mail is not set up in this installation" in page
        assert "not switched on in this installation" in page
        assert "not set up here" in words(counselor.post("/me/paging/email", {**fields, "email": ADDRESS}, 422))
        assert "not switched on here" in words(counselor.post("/me/paging/push", {**fields, **subscription()}, 422))


def test_who_signs_out_goes_on_being_shown_pages_where_they_wanted_it(site: TestClient, district: District) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    counselor.send(PAGE, "/me/paging/push", **subscription())
    said = {}
    for console in (counselor, nurse):
        fields = console.form(PAGE, "/logout")
        said[console] = console.client.post("/logout", data=fields, follow_redirects=False).headers["clear-site-data"]

    assert said == {counselor: '"cache"', nurse: '"cache", "storage"'}


@pytest.mark.browser
@pytest.mark.skipif(NEEDS_CHROMIUM[1].args[0], reason="Chromium is not installed")
def test_a_browser_subscribes_under_our_policy_and_shows_the_message(
    sqlite_url: str, key_file: Path, tmp_path: Path
) -> None:
    """The server of the browser's maker is not there: what it would give is put in its place, and its message."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    store = open_store(sqlite_url, key_file)
    district = a_district(store)
    settings = Settings(public_url=url, push=True, key_file=tmp_path / "keys.json")
    running = server(store, settings, "127.0.0.1", int(url.rpartition(":")[2]))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    made = Owned().subscription(ENDPOINT, COUNSELOR)
    given = {"endpoint": made.endpoint, "keys": {"p256dh": made.key, "auth": made.auth}}
    complaints: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        context = chromium.new_context(permissions=["notifications"])
        context.add_cookies([{"name": "session", "value": district.session(COUNSELOR), "url": url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(
            f"PushManager.prototype.subscribe = async (o) => (window.asked = o.applicationServerKey.length, "
            f"{{toJSON: () => ({given})}});"
        )
        page.goto(url + PAGE)
        devtools = context.new_cdp_session(page)
        workers: list[str] = []
        devtools.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda said: workers.extend(each["registrationId"] for each in said["registrations"]),
        )
        devtools.send("ServiceWorker.enable")
        page.click("#push button")
        page.wait_for_selector("text=A browser of yours, added")
        page.evaluate("navigator.serviceWorker.getRegistration('/static/').then((r) => r.update())")
        page.wait_for_function(
            "navigator.serviceWorker.getRegistration('/static/').then((r) => r && r.active && r.active.state)"
        )
        page.wait_for_timeout(200)
        message = {"origin": url, "registrationId": workers[-1]}
        devtools.send("ServiceWorker.deliverPushMessage", {**message, "data": '{"title": "Crisis", "body": "Open it"}'})
        shown = "navigator.serviceWorker.getRegistration('/static/').then((r) => r.getNotifications())"
        page.wait_for_function(f"{shown}.then((all) => all.length)")
        notes = page.evaluate(f"{shown}.then((all) => all.map((each) => [each.title, each.body]))")
        chromium.close()
    running.should_exit = True
    thread.join(10)
    kept = subscribed(district)
    store.close()

    assert notes == [["Crisis", "Open it"]]
    assert kept == [ENDPOINT]
    assert complaints == []
