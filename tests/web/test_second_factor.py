"""A second factor on the console, without script: set up, asked for at the sign-in, asked of all; and step-up."""

import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from crisis import clock
from crisis.privacy_words import RestrictionKind
from crisis.store import incidents, restrictions, roster, second_factor, sessions
from crisis.store.engine import Store
from crisis.store.restrictions import Entry
from crisis.vocabulary import Guardian, PersonId, Relation, StaffRole
from tests.factories import DISTRICT, STUDENT
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, OFFICER, PASSPHRASE, SETTINGS, District, a_district
from tests.web.test_api import called
from tests.web.test_pages import HIDDEN, Browser, at_console, words
from web.deps import any_passphrase, may_raise, one_factor, signed_in

MINE, LEAD, UNCLE = "/me/sign-in", PersonId("p-lead"), PersonId("p-uncle")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_second_factor.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def district(store: Store, watch: Watch) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
        roster.add_person(tx, DISTRICT, UNCLE, ("Given", "Uncle"), staff=False)
        roster.tie(tx, STUDENT, UNCLE, Relation.RELATIVE, guardian=Guardian.NO, priority=1)
    return made


def sets_up(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """From the page alone: the letters beside the square, the first code, the recovery codes."""
    browser.send(MINE, MINE + "/begin-app")
    letters = re.search(r"In letters: ((?:[A-Z2-7]{4} )+)", words(browser.get(MINE)))
    assert letters
    app = pyotp.TOTP(letters[1].replace(" ", ""))
    page = browser.send(MINE, MINE + "/confirm-app", 200, code=app.at(clock.now()))
    return app, re.findall(r"<code>([a-z2-9-]{34})</code>", page)


def signs_in(site: TestClient) -> Browser:
    """The passphrase of the nurse; what comes next is up to the server."""
    client = TestClient(site.app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False)
    answer = client.post("/login", data={"username": NURSE, "password": PASSPHRASE})
    assert answer.headers["location"] == "/login/code"
    return Browser(client)


def test_after_setting_up_an_app_the_passphrase_alone_opens_nothing(
    site: TestClient, district: District, watch: Watch
) -> None:
    nurse = at_console(site, district, NURSE)
    app, codes = sets_up(nurse)
    watch.ahead += timedelta(minutes=1)
    half = signs_in(site)

    closed = half.client.get("/board").headers["location"]
    wrong = words(half.send("/login/code", "/login/code", 401, code="000000"))
    opened = half.send("/login/code", "/login/code", code=app.at(clock.now()))

    assert len(codes) == 10
    assert codes[0] not in nurse.get(MINE)
    assert app.secret not in nurse.get(MINE)
    assert closed == "/login"
    assert "does not fit" in wrong
    assert opened == "/board"
    half.get("/board")
    assert "half" not in half.client.cookies


def test_a_recovery_code_takes_the_place_of_the_app_once(site: TestClient, district: District) -> None:
    _, codes = sets_up(at_console(site, district, NURSE))

    first = signs_in(site).send("/login/code", "/login/code", code=codes[3])
    again = words(signs_in(site).send("/login/code", "/login/code", 401, code=codes[3]))

    assert (first, "used before" in again) == ("/board", True)


def test_a_code_from_a_form_of_another_site_is_not_even_looked_at(site: TestClient, district: District) -> None:
    app, _ = sets_up(at_console(site, district, NURSE))
    half = signs_in(site)

    assert half.client.post("/login/code", data={"code": app.now(), "csrf": "made up"}).headers["location"] == "/login"


def asked_of_all(district: District) -> None:
    with district.store.write() as tx:
        second_factor.ask_of_all(tx, DISTRICT, True, at=clock.now(), by=None)


def test_who_lacks_it_reads_nothing_and_raises_an_incident_all_the_same_pr_18(
    site: TestClient, district: District
) -> None:
    nurse = at_console(site, district, NURSE)
    asked_of_all(district)

    closed = {path: nurse.client.get(path).headers.get("location") for path in ("/board", "/call-tree", "/oncall")}
    raised = nurse.opens()
    told = words(nurse.get(raised))

    assert set(closed.values()) == {MINE}
    assert raised == "/raised"
    assert "The team is being paged now" in told
    with district.store.read() as tx:
        [incident] = incidents.current(tx, DISTRICT)
    assert incident.opened_by == NURSE
    assert nurse.client.get(f"/incidents/{incident.id}").headers["location"] == MINE
    sets_up(nurse)
    nurse.get("/board")


def test_only_these_pages_are_open_to_one_factor_where_two_are_asked(site: TestClient) -> None:
    """ASVS 6.3.3, 6.4.1: whatever else comes later is closed by itself."""
    weak, given, weakest = set(), set(), set()
    for route in iter_route_contexts(site.app.routes):  # type: ignore[attr-defined]
        dependant = getattr(route, "dependant", None)
        calls = called(dependant) if dependant is not None else set()
        if may_raise in calls and signed_in not in calls:
            found = {(method, route.path) for method in route.methods}
            weak |= found
            given |= found if one_factor not in calls else set()
            weakest |= found if any_passphrase not in calls else set()

    assert weakest == {("GET", "/incidents/new"), ("POST", "/incidents"), ("GET", "/raised")}

    assert given - weakest == {
        ("GET", "/me/passphrase"),
        ("POST", "/me/passphrase"),
        ("POST", "/again"),
        ("POST", "/lock"),
        ("POST", "/logout"),
    }

    assert weak - given == {
        ("GET", "/me/sign-in"),
        ("POST", "/me/sign-in/{action}"),
        ("POST", "/me/sign-in/add-passkey"),
        ("POST", "/me/sign-in/begin-passkey"),
        ("POST", "/me/sign-in/confirm-app"),
        ("POST", "/me/sign-in/renew-codes"),
    }


def test_from_a_locked_screen_an_incident_is_raised_and_nothing_read_pr_18(
    site: TestClient, district: District, watch: Watch
) -> None:
    nurse = at_console(site, district, NURSE)
    watch.ahead += timedelta(minutes=16)
    closed = [nurse.client.get(path).headers["location"] for path in ("/board", MINE, "/oncall")]
    door = nurse.get("/login")

    raised = nurse.opens()
    told = words(nurse.get(raised))
    found = nurse.client.post("/incidents/new", data={"csrf": nurse.form("/incidents/new", "/incidents")["csrf"]})
    watch.ahead += timedelta(hours=12)
    over = nurse.client.get("/incidents/new").headers["location"]

    assert closed == ["/login"] * 3
    assert 'href="/incidents/new"' in door
    assert raised == "/raised"
    assert "The team is being paged now" in told
    assert "sign in again" in told
    assert found.headers["location"] == "/login"
    assert over == "/login"
    with district.store.read() as tx:
        [incident] = incidents.current(tx, DISTRICT)
    assert incident.opened_by == NURSE
    assert nurse.client.get(f"/incidents/{incident.id}").headers["location"] == "/login"


def test_the_lead_asks_it_of_all_only_with_a_second_factor_of_their_own(site: TestClient, district: District) -> None:
    lead = at_console(site, district, LEAD)

    refused = words(lead.send("/accounts", "/accounts", 422, asked="yes"))
    sets_up(lead)
    lead.send("/accounts", "/accounts", asked="yes")

    assert "Set up your own second factor first" in refused
    assert "Asked of everybody" in words(lead.get("/accounts"))


def test_the_lead_removes_a_lost_app_and_the_person_is_signed_out(site: TestClient, district: District) -> None:
    nurse, lead = at_console(site, district, NURSE), at_console(site, district, LEAD)
    sets_up(nurse)

    lead.send(f"/accounts/{NURSE}", f"/accounts/{NURSE}/remove-second-factor")

    assert nurse.client.get("/board").headers["location"] == "/login"
    with district.store.read() as tx:
        assert not second_factor.is_on(tx, NURSE)


def a_restriction_to_lift(district: District) -> str:
    entry = Entry(student=STUDENT, person=UNCLE, kind=RestrictionKind.COURT_ORDER)
    with district.store.write() as tx:
        made = restrictions.enter(tx, entry, by=COUNSELOR, at=clock.now())
        restrictions.ask_to_lift(tx, made, DISTRICT, by=COUNSELOR, at=clock.now())
    return made


def lifted(district: District, restriction: str) -> bool:
    with district.store.write() as tx:
        return restrictions.one(tx, restriction, DISTRICT).lifted_at is not None


def kept_form(page: str) -> dict[str, str]:
    """The hidden fields of the one form that stands in the middle of the page."""
    return {name: unescape(value) for name, value in HIDDEN.findall(page[page.index("<main") :])}


def test_what_is_dangerous_is_asked_again_after_five_minutes_and_loses_nothing_pr_61(
    site: TestClient, district: District, watch: Watch
) -> None:
    page, restriction = f"/students/{STUDENT}/contacts", a_restriction_to_lift(district)
    nurse = at_console(site, district, NURSE)
    before = nurse.client.cookies["session"]
    watch.ahead += timedelta(minutes=5, seconds=1)

    asked = nurse.send(page, page + "/lift", 401, restriction=restriction)
    wrong = nurse.post("/again", kept_form(asked) | {"password": "not these words"}, 401)
    not_yet = lifted(district, restriction)
    done = nurse.post("/again", kept_form(wrong) | {"password": PASSPHRASE}, 200)
    nurse.post(page + "/lift", kept_form(done))

    assert "Show again that it is you" in words(asked)
    assert "does not fit" in words(wrong)
    assert (not_yet, lifted(district, restriction)) == (False, True)
    with district.store.read() as tx:
        assert sessions.holder(tx, before, clock.now(), used=False) is None  # F115


def test_with_an_app_the_passphrase_alone_does_not_show_again_who_it_is_pr_61(
    site: TestClient, district: District, watch: Watch
) -> None:
    nurse = at_console(site, district, NURSE)
    app, _ = sets_up(nurse)
    watch.ahead += timedelta(minutes=6)
    asked = kept_form(nurse.send(MINE, MINE + "/remove-app", 401)) | {"password": PASSPHRASE}

    nurse.post("/again", asked, 401)
    nurse.post("/again", asked | {"code": app.at(clock.now())}, 200)


DANGEROUS = {
    "end somebody's sessions": (LEAD, f"/accounts/{NURSE}", f"/accounts/{NURSE}/end-sessions"),
    "end somebody's access": (LEAD, f"/accounts/{NURSE}", f"/accounts/{NURSE}/end-access"),
    "ask a second factor of all": (LEAD, "/accounts", "/accounts"),
    "end another session of mine": (NURSE, MINE, MINE + "/end"),
    "end all others of mine": (NURSE, MINE, MINE + "/end-others"),
    "make a new password": (NURSE, MINE, MINE + "/new-password"),
    "set up an app": (NURSE, MINE, MINE + "/begin-app"),
}


def test_i_make_a_new_password_for_myself_and_every_other_place_is_signed_out(
    site: TestClient, district: District
) -> None:
    """ASVS 6.2.2, 6.2.3, 7.4.3: who asks has just shown the old one; nobody chooses it."""
    here = at_console(site, district, NURSE)
    there = TestClient(site.app, base_url=SETTINGS.public_url, headers=here.client.headers, follow_redirects=False)
    sign_in = {"username": NURSE, "password": PASSPHRASE}
    assert there.post("/login", data=sign_in).status_code == 303

    shown = here.send(MINE, MINE + "/new-password", 200)

    made = re.search(r"<code>([a-z]+(?:-[a-z]+){5})</code>", shown)
    assert made is not None
    assert made[1] not in here.get(MINE)  # this session goes on, and it is shown no more
    assert there.get(MINE).headers["location"] == "/login"
    there.cookies.clear()
    assert there.post("/login", data=sign_in).status_code == 401
    assert there.post("/login", data=sign_in | {"password": made[1]}).status_code == 303


def test_everything_dangerous_is_asked_again_pr_61(site: TestClient, district: District, watch: Watch) -> None:
    consoles = {person: at_console(site, district, person) for person in (NURSE, LEAD)}
    with district.store.write() as tx:
        sessions.begin(tx, NURSE, at=clock.now())
    watch.ahead += timedelta(minutes=6)

    for person, page, action in DANGEROUS.values():
        consoles[person].send(page, action, 401, **({"asked": "yes"} if action == "/accounts" else {}))


@pytest.mark.parametrize(
    "action", ["/records-requests/r-1/check", "/records-requests/r-1/release", "/policy/approve", "/policy/end"]
)
def test_what_leaves_the_school_and_what_changes_the_law_is_asked_again_pr_61(
    site: TestClient, district: District, watch: Watch, action: str
) -> None:
    """Before anything is looked up: what is asked for need not even be there."""
    officer = at_console(site, district, OFFICER)
    watch.ahead += timedelta(minutes=6)
    fields = officer.form(MINE, "/logout") | {"pack": "p-1", "counsel": "A Lawyer", "reviewed_on": "2026-01-05"}
    if not action.startswith("/policy"):
        fields = {"csrf": fields["csrf"]}
    if action == "/policy/end":
        fields = {"csrf": fields["csrf"], "pack": "p-1"}

    asked = officer.post(action, fields, 401)

    assert "Show again that it is you" in words(asked)
    assert kept_form(asked)["to"] == action


def test_a_passphrase_is_shown_back_on_no_page(site: TestClient, district: District, watch: Watch) -> None:
    """Also where it has blanks, as words that people typed have, and the answer is a refusal."""
    nurse = at_console(site, district, NURSE)
    watch.ahead += timedelta(minutes=6)
    asked = kept_form(nurse.send(MINE, MINE + "/begin-app", 401))

    answers = [nurse.client.post("/again", data=asked | {"password": "four wrong words here"}) for _ in range(6)]

    assert [each.status_code for each in answers] == [401] * 5 + [422]
    assert not [each for each in answers if "four wrong words here" in each.text]


def test_a_locked_screen_opens_by_its_pin_and_what_is_dangerous_is_still_asked_pr_61(
    site: TestClient, watch: Watch, district: District
) -> None:
    nurse = at_console(site, district, NURSE)
    refused = words(nurse.send(MINE, MINE + "/set-pin", 422, pin="123456"))
    nurse.send(MINE, MINE + "/set-pin", pin="402817")
    watch.ahead += timedelta(minutes=16)

    closed = nurse.client.get("/board").headers["location"]
    door = words(nurse.get("/login"))
    wrong = words(nurse.send("/login", "/unlock", 401, pin="000111"))
    opened = nurse.send("/login", "/unlock", pin="402817")
    asked = nurse.send(MINE, MINE + "/set-pin", 401, pin="402818")

    assert "guessed first" in refused
    assert "123456" not in refused.split("Quick unlock")[1]
    assert (closed, opened) == ("/login", "/board")
    assert "Locked: Given P-Nurse" in door
    assert "That is not the PIN" in wrong
    assert "Show again that it is you" in words(asked)
    nurse.get("/board")


def test_three_wrong_pins_sign_out_and_another_sites_form_is_no_try(
    site: TestClient, watch: Watch, district: District
) -> None:
    nurse = at_console(site, district, NURSE)
    nurse.send(MINE, MINE + "/set-pin", pin="402817")
    watch.ahead += timedelta(minutes=16)

    for _ in range(4):
        assert nurse.client.post("/unlock", data={"pin": "000111", "csrf": "made up"}).headers["location"] == "/login"
    last = [nurse.send("/login", "/unlock", 401, pin="000111") for _ in range(3)][-1]

    assert "Three wrong PINs" in words(last)
    assert nurse.client.get("/incidents/new").headers["location"] == "/login"
