"""Signing in at a provider of our own making, over real HTTP: who comes in, by how much, and what does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.settings import Settings
from crisis.sign_in_words import ProviderKind
from crisis.store import accounts, identities, roster, second_factor, sessions
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, StaffRole
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.identity.signing import rsa_signer, unsigned
from tests.identity.stand_in import TENANTS, StandIn, standing_in
from tests.watch import Watch
from tests.web.district import COUNSELOR, NURSE, PASSPHRASE, TEACHER, District, a_district
from tests.web.test_pages import Browser, at_console, words
from tests.web.test_second_factor import kept_form, sets_up
from web.app import build_app

MINE, LEAD = "/me/sign-in", PersonId("p-lead")
WORK = {"sub": "g-1", "hd": TENANTS[ProviderKind.GOOGLE], "email": "nurse@school.example"}
CLEVER = {"sub": "c-1", "district": TENANTS[ProviderKind.CLEVER], "user_type": "teacher"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_identities.py` has the rows of both."""
    return sqlite_url


@pytest.fixture(autouse=True)
def hashed_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """How slowly an installation hashes is asked in `tests/store/test_accounts.py`."""
    monkeypatch.setattr(accounts, "standard", lambda: HASHING)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[StandIn, StandIn]]:
    with standing_in() as one, standing_in() as two:
        yield one, two


@pytest.fixture
def google(servers: tuple[StandIn, StandIn]) -> StandIn:
    return anew(servers[0], WORK)


@pytest.fixture
def clever(servers: tuple[StandIn, StandIn]) -> StandIn:
    return anew(servers[1], CLEVER)


def anew(server: StandIn, who: dict[str, object]) -> StandIn:
    server.who, server.forge, server.down, server.discovery = dict(who), None, False, {}
    server.signers, server.person, server.codes, server.asked = [rsa_signer("k1")], {}, {}, []
    return server


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
        roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
    return made


@pytest.fixture
def site(district: District, google: StandIn, clever: StandIn) -> Iterator[TestClient]:
    known = {"google": google.settings(), "clever": clever.settings(ProviderKind.CLEVER)}
    settings = Settings(public_url="http://testserver", sign_in_providers=known)
    with TestClient(build_app(district.store, settings), base_url=settings.public_url) as made:
        yield made


@dataclass
class Sitting:
    """Somebody at a browser of their own, who presses the button and is let in there at once."""

    client: TestClient

    @property
    def browser(self) -> Browser:
        return Browser(self.client)

    def leaves(self, provider: str = "google", **fields: str) -> str:
        """The address at the provider, to which the page leads by itself."""
        answer = self.client.post("/login/with", data={"provider": provider, **fields})
        assert answer.status_code == 200, words(answer.text)
        return answer.headers["refresh"].removeprefix("0; url=")

    def comes_back(self, address: str) -> str:
        back = httpx2.get(address, follow_redirects=False, trust_env=False).headers["location"]
        return back.removeprefix("http://testserver")

    def signs_in(self, provider: str = "google", **fields: str) -> httpx2.Response:
        return self.client.get(self.comes_back(self.leaves(provider, **fields)))

    def closed(self) -> bool:
        return bool(self.client.get("/board").headers.get("location") == "/login")


@pytest.fixture
def sitting(site: TestClient) -> Sitting:
    return at_a_browser(site)


def at_a_browser(site: TestClient) -> Sitting:
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
    return Sitting(TestClient(site.app, base_url="http://testserver", headers=headers, follow_redirects=False))


def account(district: District, person: PersonId = NURSE) -> None:
    with district.store.write() as tx:
        accounts.create_account(tx, person, person, PASSPHRASE, at=clock.now(), hashing=HASHING)


def known_as(district: District, server: StandIn, provider: str = "google", person: PersonId = NURSE) -> None:
    """Connected before, by whatever way."""
    door = identities.Door(id=provider, district=DISTRICT)
    identity = identities.Identity(issuer=server.url, subject=str(server.who["sub"]))
    with district.store.write() as tx:
        identities.connect(tx, door, identity, person, at=clock.now(), by=None)


def actions(district: District) -> list[str]:
    with district.store.read() as tx:
        return [row.action for row in tx.exec_driver_sql("SELECT action FROM audit ORDER BY number")]


def test_two_presses_begin_two_ways_and_the_last_one_is_gone(
    sitting: Sitting, district: District, google: StandIn
) -> None:
    account(district)
    known_as(district, google)

    first, last = sitting.comes_back(sitting.leaves()), sitting.comes_back(sitting.leaves())

    assert sitting.client.get(first).status_code == 401  # the browser holds the secret of the last one alone
    assert sitting.client.get(last).headers["location"] == "/board"


def test_who_is_connected_comes_in_and_sets_up_a_factor_of_ours_first(
    sitting: Sitting, district: District, google: StandIn
) -> None:
    """With the password: whoever used this browser before may still be signed in at the provider (PR-61)."""
    account(district)
    known_as(district, google)

    arrived = sitting.signs_in()
    closed = sitting.client.get("/board").headers["location"]
    told = words(sitting.browser.get(MINE))
    raised = sitting.browser.opens()
    asked = kept_form(sitting.browser.send(MINE, MINE + "/begin-app", 401))
    sitting.browser.post("/again", asked | {"password": PASSPHRASE}, 200)
    sets_up(sitting.browser)

    assert (arrived.status_code, arrived.headers["location"]) == (303, "/board")
    assert closed == MINE
    assert "A second factor is asked for" in told
    assert raised == "/raised"
    assert "provider" not in sitting.client.cookies
    sitting.browser.get("/board")


def test_on_a_browser_that_others_use_too_the_provider_is_asked_to_ask_again(sitting: Sitting) -> None:
    assert "prompt=select_account" in sitting.leaves(shared="yes")
    assert "prompt=" not in sitting.leaves()


def test_who_has_a_factor_of_ours_gives_it_after_the_providers(
    site: TestClient, district: District, google: StandIn, watch: Watch
) -> None:
    app, _ = sets_up(at_console(site, district, NURSE))
    known_as(district, google)
    watch.ahead += timedelta(minutes=1)
    there = at_a_browser(site)

    half = there.signs_in(shared="yes").headers["location"]
    closed = there.closed()
    opened = there.browser.send("/login/code", "/login/code", code=app.at(clock.now()))

    assert (half, closed, opened) == ("/login/code", True, "/board")
    there.browser.get("/board")
    with district.store.read() as tx:
        [newest, *_] = [s for s in sessions.of_people(tx, [NURSE], clock.now())[NURSE] if s.device.shared]
    assert newest.idle_at - clock.now() <= timedelta(minutes=5)


def test_the_same_address_at_two_providers_is_two_people_pr_63(
    site: TestClient, district: District, google: StandIn, clever: StandIn
) -> None:
    account(district)
    account(district, TEACHER)
    clever.who |= {"email": google.who["email"], "sub": google.who["sub"]}
    known_as(district, google, "google", NURSE)
    unknown = at_a_browser(site)
    not_yet = unknown.signs_in("clever").headers["location"]
    known_as(district, clever, "clever", TEACHER)

    for provider in ("google", "clever"):
        at_a_browser(site).signs_in(provider)

    assert not_yet == "/login/connect"
    assert unknown.closed()
    with district.store.read() as tx:
        found = sessions.of_people(tx, [NURSE, TEACHER], clock.now())
    assert [len(found[each]) for each in (NURSE, TEACHER)] == [1, 1]


def test_a_student_and_another_domain_are_refused_also_when_connected_before_pr_63(
    sitting: Sitting, district: District, google: StandIn, clever: StandIn
) -> None:
    account(district, TEACHER)
    known_as(district, clever, "clever", TEACHER)
    known_as(district, google, "google", TEACHER)
    clever.who["user_type"] = "student"
    google.who["hd"] = "elsewhere.example"

    answer = sitting.signs_in("clever")
    elsewhere = sitting.signs_in("google")

    assert (answer.status_code, elsewhere.status_code) == (401, 401)
    assert "Only staff of this district sign in here" in words(answer.text)
    assert sitting.closed()
    refused = "sign-in of a provider refused: "
    assert actions(district)[-2:] == [refused + "student", refused + "tenant"]


def test_whom_we_do_not_know_is_connected_by_a_code_of_the_lead(
    site: TestClient, sitting: Sitting, district: District, google: StandIn
) -> None:
    account(district)
    lead = at_console(site, district, LEAD)
    page = lead.send(f"/accounts/{NURSE}", f"/accounts/{NURSE}/connect-code", 200, provider="google")
    code = page.split("<code>")[1].split("</code>")[0]

    assert sitting.signs_in().headers["location"] == "/login/connect"
    wrong = words(sitting.browser.send("/login/connect", "/login/connect", 401, code="aaaa-bbbb-cccc-dddd"))
    arrived = sitting.browser.send("/login/connect", "/login/connect", code=code.upper())
    again = at_a_browser(site).signs_in().headers["location"]

    assert "does not fit" in wrong
    assert code not in lead.get(f"/accounts/{NURSE}")
    assert (arrived, again) == ("/board", "/board")
    sets_up(sitting.browser)  # the code has just shown that it is them
    assert "sign-in provider connected" in actions(district)
    other = at_a_browser(site)
    google.who["sub"] = "g-2"
    other.signs_in()
    other.browser.send("/login/connect", "/login/connect", 401, code=code)  # good once


def test_wrong_codes_end(sitting: Sitting) -> None:
    sitting.signs_in()

    for _ in range(5):
        sitting.browser.send("/login/connect", "/login/connect", 401, code="aaaa-bbbb-cccc-dddd")
    ended = sitting.browser.send("/login/connect", "/login/connect", 422, code="aaaa-bbbb-cccc-dddd")

    assert "Too many wrong codes" in words(ended)


def test_i_connect_and_disconnect_my_own(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    form = nurse.form(MINE, MINE + "/connect")

    left = nurse.client.post(MINE + "/connect", data=form | {"provider": "google"})
    back = Sitting(nurse.client).comes_back(left.headers["refresh"].removeprefix("0; url="))
    done = nurse.client.get(back).headers["location"]
    shown = words(nurse.get(MINE))
    arrived = at_a_browser(site).signs_in().headers["location"]
    nurse.send(MINE, MINE + "/disconnect")

    assert (done, arrived) == (MINE, "/board")
    assert "Google Connected" in shown
    assert at_a_browser(site).signs_in().headers["location"] == "/login/connect"


def test_whoever_signed_out_meanwhile_connects_nothing(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    left = nurse.client.post(MINE + "/connect", data=nurse.form(MINE, MINE + "/connect") | {"provider": "google"})
    back = Sitting(nurse.client).comes_back(left.headers["refresh"].removeprefix("0; url="))
    nurse.send(MINE, "/logout")

    assert nurse.client.get(back).status_code == 401
    with district.store.read() as tx:
        assert identities.of_person(tx, NURSE) == []


def test_connecting_wants_somebody_who_has_just_shown_that_it_is_them_pr_61(
    site: TestClient, district: District, watch: Watch
) -> None:
    nurse, lead = at_console(site, district, NURSE), at_console(site, district, LEAD)
    watch.ahead += timedelta(minutes=6)

    asked = nurse.send(MINE, MINE + "/connect", 401)
    code = lead.send(f"/accounts/{NURSE}", f"/accounts/{NURSE}/connect-code", 401)

    assert "Show again that it is you" in words(asked)
    assert "Show again that it is you" in words(code)


def test_an_account_there_is_one_person_here(site: TestClient, district: District, google: StandIn) -> None:
    account(district, COUNSELOR)
    known_as(district, google, person=COUNSELOR)
    nurse = at_console(site, district, NURSE)
    left = nurse.client.post(MINE + "/connect", data=nurse.form(MINE, MINE + "/connect") | {"provider": "google"})

    answer = nurse.client.get(Sitting(nurse.client).comes_back(left.headers["refresh"].removeprefix("0; url=")))

    assert answer.status_code == 422
    assert "connected to somebody here already" in words(answer.text)


def test_the_lead_disconnects_an_account_that_was_taken_over(
    site: TestClient, sitting: Sitting, district: District, google: StandIn
) -> None:
    account(district)
    known_as(district, google)
    sitting.signs_in()
    lead = at_console(site, district, LEAD)

    lead.send(f"/accounts/{NURSE}", f"/accounts/{NURSE}/disconnect")

    assert sitting.closed()
    assert at_a_browser(site).signs_in().headers["location"] == "/login/connect"


def test_whose_access_has_ended_does_not_come_in_pr_62(sitting: Sitting, district: District, google: StandIn) -> None:
    account(district)
    known_as(district, google)
    with district.store.write() as tx:
        accounts.disable(tx, NURSE, at=clock.now(), by=None)

    assert sitting.signs_in().status_code == 401
    assert sitting.closed()


def test_nothing_begins_by_a_link_of_the_providers(sitting: Sitting, google: StandIn) -> None:
    """ASVS 7.6.2: also where the link carries a code that is good."""
    code = "a-code-of-theirs"

    pages = [
        words(sitting.browser.get(path))
        for path in ("/login/with/google", f"/login/with/google/callback?code={code}", "/login/with/google/callback")
    ]

    assert all("You come from Google" in page for page in pages)
    assert sitting.closed()
    assert google.asked == []
    assert sitting.client.get("/login/with/nobody").status_code == 404


def with_other(back: str, **changed: str) -> str:
    parts = urlsplit(back)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()} | changed
    return f"{parts.path}?{urlencode(query)}"


def test_what_comes_back_counts_once_in_the_browser_that_began_it(
    site: TestClient, sitting: Sitting, district: District, google: StandIn
) -> None:
    account(district)
    known_as(district, google)
    back = sitting.comes_back(sitting.leaves())
    victim = at_a_browser(site)
    victim.leaves()

    elsewhere = victim.client.get(back)  # an attacker's code and state, sent to somebody else
    other_state = sitting.client.get(with_other(back, state="made-up"))
    other_issuer = sitting.client.get(with_other(back, iss="https://evil.example"))
    first = sitting.client.get(back)
    again = sitting.client.get(back)

    assert [each.status_code for each in (elsewhere, other_state, other_issuer)] == [401, 401, 401]
    assert victim.closed()
    assert first.headers["location"] == "/board"
    assert "You come from Google" in words(again.text)  # the cookie is gone, nothing is under way


def test_a_state_is_spent_also_when_the_cookie_is_kept(sitting: Sitting, district: District, google: StandIn) -> None:
    account(district)
    known_as(district, google)
    back, kept = sitting.comes_back(sitting.leaves()), sitting.client.cookies["provider"]
    sitting.client.get(back)
    sitting.client.cookies.set("provider", kept)

    assert sitting.client.get(back).status_code == 401


def test_after_ten_minutes_it_is_over(sitting: Sitting, watch: Watch) -> None:
    back = sitting.comes_back(sitting.leaves())
    watch.ahead += timedelta(minutes=10)

    assert sitting.client.get(back).status_code == 401


def test_one_providers_answer_is_not_taken_for_anothers(
    sitting: Sitting, district: District, google: StandIn, clever: StandIn
) -> None:
    """A mix-up: what was begun at one comes back to the address of the other."""
    account(district)
    known_as(district, google)
    back = sitting.comes_back(sitting.leaves("google"))

    answer = sitting.client.get(back.replace("/with/google/", "/with/clever/"))

    assert answer.status_code == 401
    assert clever.asked == []


def test_a_code_of_another_browsers_sign_in_is_not_traded(
    site: TestClient, sitting: Sitting, district: District, google: StandIn
) -> None:
    """PKCE: the provider asks for what only the browser that began it knows."""
    account(district)
    known_as(district, google)
    stolen = parse_qs(urlsplit(sitting.comes_back(sitting.leaves())).query)["code"][-1]
    thief = at_a_browser(site)

    answer = thief.client.get(with_other(thief.comes_back(thief.leaves()), code=stolen))

    assert answer.status_code == 401
    assert thief.closed()


def test_no_forged_token_signs_anybody_in(sitting: Sitting, district: District, google: StandIn) -> None:
    account(district)
    known_as(district, google)
    forgers = (
        lambda said: unsigned(said, {"alg": "none", "kid": "k1"}),
        lambda said: rsa_signer("k2").token(said, kid="k1", jku=google.url + "/keys"),
        lambda said: google.signers[0].token(said | {"nonce": "of another"}),
    )
    for forge in forgers:
        google.forge = forge
        answer = sitting.signs_in()
        assert (answer.status_code, sitting.closed()) == (401, True)
        assert "cannot be believed" in words(answer.text)


def test_where_the_provider_is_down_the_other_ways_in_are_there_pr_18(
    site: TestClient, sitting: Sitting, district: District, google: StandIn, clever: StandIn
) -> None:
    nurse = at_console(site, district, NURSE)
    known_as(district, google)
    back = sitting.comes_back(sitting.leaves())
    google.down = clever.down = True

    answer = sitting.client.get(back)
    before = sitting.client.post("/login/with", data={"provider": "clever"})
    page = words(answer.text)
    signed_in = sitting.client.post("/login", data={"username": NURSE, "password": PASSPHRASE})

    assert (answer.status_code, before.status_code) == (503, 503)
    assert "Google does not answer now. Use your password or a passkey" in page
    assert signed_in.headers["location"] == "/board"
    assert nurse.opens().startswith("/incidents/")


def test_what_two_factors_there_prove_is_taken_where_it_was_agreed(
    district: District, clever: StandIn, google: StandIn
) -> None:
    known = {"clever": clever.settings(ProviderKind.CLEVER, strong={"amr": ["mfa"]})}
    settings = Settings(public_url="http://testserver", sign_in_providers=known)
    account(district, TEACHER)
    known_as(district, clever, "clever", TEACHER)
    with district.store.write() as tx:
        second_factor.ask_of_all(tx, DISTRICT, True, at=clock.now(), by=None)
    with TestClient(build_app(district.store, settings), base_url=settings.public_url) as site:
        weak, strong = at_a_browser(site), at_a_browser(site)
        weak.signs_in("clever")
        clever.who["amr"] = ["pwd", "mfa"]
        strong.signs_in("clever")

        assert weak.client.get("/board").headers["location"] == MINE
        strong.browser.get("/board")


def test_the_sign_in_page_has_a_button_for_each_provider_in_both_languages(sitting: Sitting) -> None:
    english = words(sitting.browser.get("/login"))
    sitting.client.cookies.set("language", "es")
    spanish = words(sitting.browser.get("/login"))

    assert "Sign in with Google" in english
    assert "Sign in with Clever" in english
    assert "Entrar con Google" in spanish
