"""Where somebody is signed in, ending it, and an administrator ending all of it; on the console, without script."""

import time
from datetime import timedelta

import pytest
from starlette.testclient import TestClient
from websockets.sync.client import connect

from crisis import clock
from crisis.settings import SessionLimits, Settings
from crisis.sign_in_words import Browser as Kind
from crisis.sign_in_words import System
from crisis.store import roster, sessions
from crisis.store.engine import Store
from crisis.store.sessions import Device, Limits
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, SETTINGS, TEACHER, District, a_district
from tests.web.test_pages import at_console, words
from tests.web.test_sockets import Running, closed, running
from web.devices import limit_rules

__all__ = ["running"]  # a fixture

MINE, ALL = "/me/sign-in", "/accounts"
LEAD, OPERATOR = PersonId("p-lead"), PersonId("p-operator")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Mobile/15E Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0"
CHROMEBOOK = "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_sessions.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, post in ((LEAD, StaffRole.DISTRICT_LEAD), (OPERATOR, StaffRole.OPERATOR)):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, None)
    return made


def also_on(district: District, person: PersonId, device: Device) -> str:
    with district.store.write() as tx:
        return sessions.begin(tx, person, at=clock.now(), device=device)


def signs_of(district: District, person: PersonId) -> list[sessions.SessionView]:
    with district.store.read() as tx:
        return sessions.of_people(tx, [person], clock.now())[person]


def test_i_see_where_i_am_signed_in_and_end_what_i_do_not_know(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    also_on(district, NURSE, Device(browser=Kind.EDGE, system=System.WINDOWS, shared=True))
    also_on(district, NURSE, Device(browser=Kind.SAFARI, system=System.IOS))
    seen = words(nurse.get(MINE))

    nurse.send(MINE, MINE + "/end")
    after_one = len(signs_of(district, NURSE))
    nurse.send(MINE, MINE + "/end-others")

    assert "Edge · Windows" in seen
    assert "Safari · iPhone / iPad" in seen
    assert "This one" in seen
    assert (after_one, len(signs_of(district, NURSE))) == (2, 1)
    assert "End all others" not in words(nurse.get(MINE))


def test_nobody_ends_a_session_of_somebody_else_by_its_id(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    also_on(district, NURSE, Device())
    also_on(district, TEACHER, Device())
    fields = nurse.form(MINE, MINE + "/end") | {"session": signs_of(district, TEACHER)[0].id}

    nurse.post(MINE + "/end", fields, 404)

    assert len(signs_of(district, TEACHER)) == 1


def test_the_lead_signs_somebody_out_everywhere(site: TestClient, district: District) -> None:
    nurse, lead = at_console(site, district, NURSE), at_console(site, district, LEAD)

    lead.send(f"{ALL}/{NURSE}", f"{ALL}/{NURSE}/end-sessions")

    assert nurse.client.get(MINE).status_code == 303
    assert "Not signed in" in words(lead.get(f"{ALL}/{NURSE}"))


def test_the_operator_ends_somebodys_access_and_learns_that_something_waits_but_not_what(
    site: TestClient, district: District
) -> None:
    counselor, operator = at_console(site, district, COUNSELOR), at_console(site, district, OPERATOR)
    incident = counselor.opens().rpartition("/")[2]

    operator.send(f"{ALL}/{COUNSELOR}", f"{ALL}/{COUNSELOR}/end-access", leave_gap="yes")

    page = operator.get(f"{ALL}/{COUNSELOR}")
    assert counselor.client.get("/board").status_code == 303
    assert "something still waits for them: 1." in words(page)
    assert incident not in page


def test_nobody_ends_their_own_access_and_others_do_not_see_the_page(site: TestClient, district: District) -> None:
    lead, nurse = at_console(site, district, LEAD), at_console(site, district, NURSE)
    lead.get(f"{ALL}/{LEAD}")
    csrf = lead.form(MINE, "/logout")

    refused = words(lead.post(f"{ALL}/{LEAD}/end-access", csrf, 422))

    assert "Nobody ends their own access" in refused
    for path in (ALL, f"{ALL}/{LEAD}"):
        nurse.get(path, 404)


def test_a_socket_of_whom_an_administrator_signs_out_closes_within_five_seconds_pr_62(running: Running) -> None:
    district = running.district
    cookie = {"Cookie": f"session={district.session(COUNSELOR)}", "Origin": running.url}
    with connect(running.address, additional_headers=cookie) as page:
        before = time.monotonic()
        with district.store.write() as tx:
            sessions.end_all(tx, COUNSELOR, at=clock.now(), by=NURSE)

        assert closed(page) == 1008
        assert time.monotonic() - before < 5.5


def test_an_idle_console_is_signed_out_by_the_clock_alone(watch: Watch, site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    watch.ahead += timedelta(minutes=14)
    used = nurse.client.get(MINE).status_code
    watch.ahead += timedelta(minutes=15)

    assert (used, nurse.client.get(MINE).status_code) == (200, 303)


@pytest.mark.parametrize(
    ("said", "device"),
    [
        (IPHONE, Device(browser=Kind.SAFARI, system=System.IOS)),
        (EDGE, Device(browser=Kind.EDGE, system=System.WINDOWS)),
        (CHROMEBOOK, Device(browser=Kind.CHROME, system=System.CHROMEOS)),
        ("<script>alert(1)</script>", Device()),
    ],
)
def test_a_device_is_known_by_closed_words_alone(
    site: TestClient, district: District, said: str, device: Device
) -> None:
    district.session(NURSE)
    with district.store.write() as tx:
        sessions.forget(tx, NURSE)

    client = TestClient(site.app, base_url=SETTINGS.public_url, headers={"user-agent": said}, follow_redirects=False)
    client.post("/login", data={"username": NURSE, "password": "a lamp under seven quiet stairs"})

    assert [each.device for each in signs_of(district, NURSE)] == [device]


def test_limits_are_settings_and_one_for_a_post_that_does_not_exist_is_refused() -> None:
    own = {"district_lead": SessionLimits(idle_minutes=5, hours=8)}
    rules = limit_rules(Settings(_env_file=None, session_idle_minutes=20, session_limits=own))  # type: ignore[call-arg]

    assert rules.of([StaffRole.DISTRICT_LEAD], shared=False) == Limits.of(5, 8)
    assert rules.of([StaffRole.NURSE], shared=False) == Limits.of(20, 12)
    with pytest.raises(ValueError, match="janitor"):
        limit_rules(Settings(_env_file=None, session_limits={"janitor": SessionLimits()}))  # type: ignore[call-arg]
