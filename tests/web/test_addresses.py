"""Failed sign-ins by network: many names from one place wait, and nobody who was there before, nor anybody raising."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from crisis import clock
from crisis.store import accounts
from crisis.store.engine import Store
from tests.cheap import HASHING
from tests.watch import Watch
from tests.web.district import NURSE, PASSPHRASE, SETTINGS, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words
from web import addresses
from web.addresses import AGAIN_AFTER, TRIES, Addresses, Kind, network_of
from web.deps import form_token

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(autouse=True)
def hashed_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """How slowly an installation hashes is asked in `tests/store/test_accounts.py`."""
    monkeypatch.setattr(accounts, "standard", lambda: HASHING)


@pytest.fixture
def district(store: Store, watch: Watch) -> District:
    return a_district(store)


def test_after_sixty_failures_one_more_each_minute_and_other_networks_and_kinds_go_on() -> None:
    known = Addresses()
    for _ in range(TRIES):
        assert known.wait(Kind.PASSWORD, "one", AT) is None
        known.failed(Kind.PASSWORD, "one", AT)

    assert known.wait(Kind.PASSWORD, "one", AT) == 2
    assert known.wait(Kind.PASSWORD, "one", AT + AGAIN_AFTER) is None
    assert known.wait(Kind.PASSWORD, "two", AT) is None
    assert known.wait(Kind.CODE, "one", AT) is None
    assert known.wait(Kind.PASSWORD, "one", AT - timedelta(days=1)) == 2  # a clock that goes back gives nothing


def test_so_many_networks_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "MOST", 3)
    known = Addresses()
    for network in "abcd":
        known.failed(Kind.PASSWORD, network, AT)

    assert [network for _, network in known._left] == ["b", "c", "d"]


def seen_from(host: str, **headers: str) -> str:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return network_of(HTTPConnection({"type": "http", "client": (host, 1), "headers": named}))


def test_the_network_is_what_the_server_says_and_no_header() -> None:
    assert seen_from("192.0.2.7", x_forwarded_for="203.0.113.9", forwarded="for=203.0.113.9") == "192.0.2.7"
    assert seen_from("2001:db8:1:2:3:4:5:6") == seen_from("2001:db8:1:2:ffff::1") != seen_from("2001:db8:1:3::1")
    assert seen_from("::ffff:192.0.2.7") == "192.0.2.7"
    assert seen_from("fe80::1%eth0") == "fe80::"
    assert seen_from("testclient") == "testclient"


def spent(site: TestClient, kind: Kind) -> None:
    for _ in range(TRIES):
        site.app.state.addresses.failed(kind, "testclient", clock.now())  # type: ignore[attr-defined]


def at_a_browser(site: TestClient, district: District) -> Browser:
    """The nurse's own, in which she has signed in by the form."""
    nurse = at_console(site, district, NURSE)
    assert tried(nurse.client, NURSE) == 303
    return nurse


def tried(client: TestClient, username: str, password: str = PASSPHRASE) -> int:
    return client.post("/login", data={"username": username, "password": password}).status_code


def test_one_word_on_many_names_is_stopped_and_whoever_was_here_before_comes_in_and_raises(
    site: TestClient, district: District
) -> None:
    nurse = at_a_browser(site, district)
    with district.store.write() as tx:
        accounts.create_account(tx, TEACHER, TEACHER, PASSPHRASE, at=clock.now(), hashing=HASHING)
    stranger = TestClient(
        site.app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False
    )
    failed = [tried(stranger, f"name-{each}", "one word for all names") for each in range(2)]
    spent(site, Kind.PASSWORD)

    stopped = stranger.post("/login", data={"username": TEACHER, "password": PASSPHRASE})
    here = tried(nurse.client, NURSE)
    as_another = tried(nurse.client, TEACHER)
    raised = nurse.opens()

    assert failed == [401, 401]
    assert stopped.status_code == 422
    assert "Too many failed sign-ins from this network" in words(stopped.text)
    assert (here, as_another) == (303, 422)
    assert raised.startswith("/incidents/")


def test_a_made_up_or_borrowed_mark_of_a_browser_is_none(site: TestClient, district: District) -> None:
    nurse = at_a_browser(site, district)
    spent(site, Kind.PASSWORD)

    for value in ("made up", "AAAA", nurse.client.cookies["known"][:-8] + "AAAAAAAA"):
        other = TestClient(site.app, base_url=SETTINGS.public_url, cookies={"known": value}, follow_redirects=False)
        assert tried(other, NURSE) == 422


def test_a_browser_that_others_use_too_is_not_remembered(site: TestClient, district: District) -> None:
    at_console(site, district, NURSE)
    client = TestClient(site.app, base_url=SETTINGS.public_url, follow_redirects=False)

    client.post("/login", data={"username": NURSE, "password": PASSPHRASE, "shared": "yes"})

    assert "session" in client.cookies
    assert "known" not in client.cookies


def test_wrong_tokens_wait_and_good_ones_never(site: TestClient, district: District) -> None:
    token = district.token(NURSE)
    spent(site, Kind.TOKEN)

    wrong = site.get("/api/v1/incidents", headers={"Authorization": "Bearer made-up"})
    good = site.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"})

    assert (wrong.status_code, int(wrong.headers["retry-after"]) > 0, good.status_code) == (429, True, 200)


def test_what_fails_is_in_the_log_by_its_kind_and_without_a_name(
    site: TestClient, district: District, caplog: pytest.LogCaptureFixture
) -> None:
    """ASVS 16.3.1, 16.3.2, 16.3.3"""
    teacher = at_console(site, district, TEACHER)
    page = at_console(site, district, NURSE).opens()
    caplog.set_level("INFO")

    sign_in = {"username": TEACHER, "password": "not the right words"}
    assert site.post("/login", data=sign_in).status_code == 401
    assert site.get("/api/v1/incidents", headers={"Authorization": "Bearer made-up"}).status_code == 401
    assert teacher.client.get(page).status_code == 404

    assert teacher.client.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert site.get("/login", headers={"Host": "evil.example"}).status_code == 421
    assert site.post("/login", data={"username": "Quetzal" * 40, "extra": "Ximena"}).status_code == 422
    nobodys = {
        "csrf": form_token(teacher.client.cookies["session"]),
        "kind": "Ximena",
        "Quetzal": "secret words",
        "school": "s" * 9000,
    }
    assert teacher.client.post("/incidents", data=nobodys).status_code == 422
    assert site.post("/login", data={"username": "x" * 300_000}).status_code == 413

    said = [record.getMessage() for record in caplog.records if record.name.startswith("web.")]
    assert said == [
        "a sign-in failed: password",
        "refused with 401: GET /api/v1/incidents",
        "refused with 404: GET /incidents/{incident_id}",
        "refused with 403: another site",
        "refused with 421: another host",
        "input that cannot be read: POST /login: missing, string_too_long",
        "input that cannot be read: POST /incidents: extra_forbidden, string_too_long",
        "refused with 413: too long",
    ]
