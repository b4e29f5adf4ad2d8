"""What a provider says of somebody's signing out: taken where it is its own and for us, and each way to forge it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from crisis.identity import tokens
from crisis.identity.provider import LOGOUT_TYPES, _expected
from crisis.policy.identity import LOGOUT, SignedOut, TokenRefused, judged, judged_logout
from crisis.sign_in_words import ProviderKind, TokenFault
from tests.identity.signing import b64, by_secret, unsigned
from tests.identity.stand_in import CLIENT, StandIn
from tests.identity.test_tokens import AT, EC, ISSUER, KEYS, NOW, OTHER, RSA
from tests.identity.test_tokens import claims as of_a_sign_in

Claims = dict[str, object]


def claims(**changed: object) -> Claims:
    own = {"iss": ISSUER, "aud": CLIENT, "iat": NOW, "exp": NOW + 120, "jti": "j-1", "sub": "g-1", "sid": "s-1"}
    whole = own | {"events": {LOGOUT: {}}} | changed
    return {name: value for name, value in whole.items() if value is not None}


def judge(said: Claims, kind: ProviderKind = ProviderKind.GOOGLE) -> SignedOut:
    return judged_logout(said, _expected(StandIn(ISSUER).settings(kind), ""), AT)


def opened(token: str) -> Claims:
    return tokens.opened(token, KEYS, types=LOGOUT_TYPES)


@pytest.mark.parametrize("header", [{"typ": "logout+jwt"}, {"typ": "JWT"}], ids=["typed", "plain"])
def test_what_a_provider_says_is_taken(header: dict[str, str]) -> None:
    said = judge(opened(RSA.token(claims(), **header)))

    until = datetime.fromtimestamp(NOW, UTC) + timedelta(minutes=10)
    assert said == SignedOut(id="j-1", issuer=ISSUER, subject="g-1", session="s-1", until=until)


def test_either_the_person_or_the_session_is_enough_and_microsofts_person_is_another_word() -> None:
    assert (judge(claims(sid=None)).subject, judge(claims(sub=None)).session) == ("g-1", "s-1")
    of_entra = judge(claims(sub="pairwise"), ProviderKind.ENTRA)
    assert (of_entra.subject, of_entra.session) == (None, "s-1")


def tampered() -> str:
    head, _, signature = RSA.token(claims()).split(".")
    return f"{head}.{b64(json.dumps(claims(sub='g-2')).encode())}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned(claims(), {"alg": "none", "kid": "k1"}),
    "by the public key as a secret": lambda: by_secret(claims(), {"alg": "HS256", "kid": "k1"}, RSA.pem),
    "by another key": lambda: OTHER.token(claims(), kid="k1"),
    "by the other kind of key": lambda: EC.token(claims(), kid="k1"),
    "by a key it brings along": lambda: OTHER.token(claims(), jwk=OTHER.jwk),
    "another person": tampered,
    "another type": lambda: RSA.token(claims(), typ="at+jwt"),
    "a list of types": lambda: RSA.token(claims(), typ=["logout+jwt"]),
    "said twice": lambda: RSA.token(b'{"sub":"g-1",' + json.dumps(claims()).encode()[1:]),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_no_forged_token_is_opened(forge: Callable[[], str]) -> None:
    with pytest.raises(TokenRefused):
        judge(opened(forge()))


WRONG: dict[str, tuple[Claims, TokenFault]] = {
    "another issuer": ({"iss": "https://evil.example"}, TokenFault.ISSUER),
    "another program": ({"aud": "another"}, TokenFault.AUDIENCE),
    "also another program": ({"aud": [CLIENT, "another"]}, TokenFault.AUDIENCE),
    "of a sign-in": ({"nonce": "n"}, TokenFault.PURPOSE),
    "of another event": ({"events": {"https://schemas.example/account-disabled": {}}}, TokenFault.PURPOSE),
    "of no event": ({"events": None}, TokenFault.PURPOSE),
    "an event that is no object": ({"events": {LOGOUT: True}}, TokenFault.PURPOSE),
    "events as a list": ({"events": [LOGOUT]}, TokenFault.PURPOSE),
    "no name of its own": ({"jti": None}, TokenFault.SHAPE),
    "a name that is a number": ({"jti": 7}, TokenFault.SHAPE),
    "of nobody": ({"sub": None, "sid": None}, TokenFault.SHAPE),
    "of a list of people": ({"sub": ["g-1", "g-2"]}, TokenFault.SHAPE),
    "a session with a blank": ({"sid": "s 1"}, TokenFault.SHAPE),
    "of yesterday": ({"iat": NOW - 86400, "exp": NOW + 60}, TokenFault.TIME),
    "over": ({"exp": NOW - 61}, TokenFault.TIME),
    "never over": ({"exp": None}, TokenFault.TIME),
    "of the future": ({"iat": NOW + 120}, TokenFault.TIME),
}


@pytest.mark.parametrize(("changed", "fault"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_refused(changed: Claims, fault: TokenFault) -> None:
    with pytest.raises(TokenRefused) as refused:
        judge(claims(**changed))

    assert refused.value.fault is fault


def test_neither_takes_the_others_tokens() -> None:
    """One that somebody signs in with ends nothing, and one that ends something signs nobody in."""
    with pytest.raises(TokenRefused):
        judge(of_a_sign_in(jti="j-1", sid="s-1"))
    with pytest.raises(TokenRefused) as refused:
        judged(of_a_sign_in(events={LOGOUT: {}}), _expected(StandIn(ISSUER).settings(), "n"), AT)
    assert refused.value.fault is TokenFault.PURPOSE
