"""A provider's server says that somebody has signed out there; and how many sign-ins one network may begin."""

import secrets
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.identity import LOGOUT
from tests.identity.signing import Signer, ec_signer, rsa_signer, unsigned
from tests.identity.stand_in import CLIENT, StandIn
from tests.watch import Watch
from tests.web.district import NURSE, PASSPHRASE, District
from tests.web.test_pages import at_console, words
from tests.web.test_providers import (
    Sitting,
    actions,
    clever,
    database_url,
    district,
    google,
    hashed_quickly,
    known_as,
    servers,
    site,
    sitting,
)
from tests.web.test_second_factor import sets_up
from web import addresses

__all__ = ["clever", "database_url", "district", "google", "hashed_quickly", "servers", "site", "sitting"]  # fixtures


def logout_token(server: StandIn, signer: Signer | None = None, **changed: object) -> str:
    """As the provider says that somebody has signed out there."""
    now = int(clock.now().timestamp())
    own = {"iss": server.url, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8), "sid": "there"}
    whole = own | {"sub": server.who["sub"], "events": {LOGOUT: {}}} | changed
    said = {name: value for name, value in whole.items() if value is not None}
    return (signer or server.signers[0]).token(said, typ="logout+jwt")


def told(site: TestClient, token: str, name: str = "google") -> int:
    """By the provider's server: no cookie, no origin."""
    client = TestClient(site.app, base_url="http://testserver", follow_redirects=False)
    answer = client.post(f"/login/with/{name}/logout", data={"logout_token": token})
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code


def test_who_signs_out_there_is_signed_out_here_and_no_forged_or_old_token_does_it(
    site: TestClient, sitting: Sitting, district: District, google: StandIn, watch: Watch
) -> None:
    app, _ = sets_up(at_console(site, district, NURSE))
    known_as(district, google)
    google.who["sid"] = "there"
    watch.ahead += timedelta(minutes=1)
    assert sitting.signs_in().headers["location"] == "/login/code"
    sitting.browser.send("/login/code", "/login/code", code=app.at(clock.now()))
    before = actions(district)
    forged = [
        logout_token(google, rsa_signer("stranger")),
        logout_token(google, Signer("k1", ec_signer("k1").key)),
        logout_token(google, aud="another"),
        logout_token(google, nonce="n"),
        logout_token(google, events={}),
        logout_token(google, iat=0),
        google.signers[0].token(google.claims("n")),  # one that somebody signs in with
        unsigned(google.claims("n"), {"alg": "none", "kid": "k1"}),
        "no token",
    ]

    refused = [told(site, each) for each in forged]
    refused.append(told(site, logout_token(google), "clever"))
    still = sitting.client.get("/board").status_code
    real = logout_token(google)
    ended = told(site, real)
    out = sitting.closed()

    assert refused == [400] * len(refused)
    assert (still, ended, out) == (200, 200, True)
    assert told(site, real) == 400  # once
    assert told(site, logout_token(google)) == 200  # nobody is in, and nobody is told so
    recorded = actions(district)[len(before) :]
    assert recorded.count("signed out at the provider") == 2
    assert "sign-in of a provider refused: replay" in recorded


def test_while_its_keys_cannot_be_asked_for_it_is_told_to_come_again(site: TestClient, google: StandIn) -> None:
    token = logout_token(google)
    google.down = True

    assert told(site, token) == 503
    google.down = False
    assert told(site, token) == 200


def test_begun_sign_ins_of_one_network_have_an_end_and_a_browser_that_was_here_has_none(
    site: TestClient, sitting: Sitting, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "BEGUN", 5)
    known = at_console(site, district, NURSE)
    known.client.post("/login", data={"username": NURSE, "password": PASSPHRASE})

    begun = [sitting.client.post("/login/with", data={"provider": "google"}) for _ in range(6)]
    of_known = known.client.post("/login/with", data={"provider": "google"})
    password = sitting.client.post("/login", data={"username": NURSE, "password": PASSPHRASE})

    assert [each.status_code for each in begun] == [200] * 5 + [422]
    assert "use your password or a passkey" in words(begun[5].text)
    assert of_known.status_code == 200
    assert password.headers["location"] == "/board"
