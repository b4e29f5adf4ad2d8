"""What is taken of a provider's token and what is not: real signatures, forged in every way that is known to work."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from crisis.identity import flow, tokens
from crisis.identity.provider import _expected
from crisis.policy.identity import Identity, TokenRefused, judged
from crisis.sign_in_words import ProviderKind, TokenFault
from tests.identity.signing import b64, by_secret, ec_signer, rsa_signer, unsigned
from tests.identity.stand_in import CLIENT, TENANTS, StandIn

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
NOW = int(AT.timestamp())
ISSUER = "https://sign-in.example"
RSA, OTHER, EC = rsa_signer("k1"), rsa_signer("k2"), ec_signer("k3")
KEYS = tokens.keys({"keys": [RSA.jwk, EC.jwk]})
Claims = dict[str, object]

PEOPLE: dict[ProviderKind, Claims] = {
    ProviderKind.GOOGLE: {"sub": "g-1", "hd": TENANTS[ProviderKind.GOOGLE], "email": "nurse@school.example"},
    ProviderKind.ENTRA: {"sub": "pairwise", "oid": "o-1", "tid": TENANTS[ProviderKind.ENTRA], "acct": 0},
    ProviderKind.CLEVER: {"sub": "c-1", "district": TENANTS[ProviderKind.CLEVER], "user_type": "teacher"},
    ProviderKind.CLASSLINK: {"sub": "l-1", "TenantId": 2055, "Role": "Teacher"},
}


def claims(kind: ProviderKind = ProviderKind.GOOGLE, **changed: object) -> Claims:
    whole = {"iss": ISSUER, "aud": CLIENT, "nonce": "n", "iat": NOW, "exp": NOW + 3600, **PEOPLE[kind], **changed}
    return {name: value for name, value in whole.items() if value is not None}


def taken(said: Claims, kind: ProviderKind = ProviderKind.GOOGLE, **settings: object) -> Identity:
    return judged(said, _expected(StandIn(ISSUER).settings(kind, **settings), "n"), AT)


def fault(said: Claims, kind: ProviderKind = ProviderKind.GOOGLE) -> TokenFault:
    with pytest.raises(TokenRefused) as refused:
        taken(said, kind)
    return refused.value.fault


@pytest.mark.parametrize("signer", [RSA, EC], ids=["RS256", "ES256"])
def test_a_token_of_the_provider_is_taken(signer: object) -> None:
    assert taken(tokens.opened(signer.token(claims()), KEYS)).subject == "g-1"  # type: ignore[attr-defined]


def tampered(token: str) -> str:
    head, _, signature = token.split(".")
    other = b64(json.dumps(claims(sub="g-2")).encode())
    return f"{head}.{other}.{signature}"


FORGED: dict[str, Callable[[], str]] = {
    "alg none": lambda: unsigned(claims(), {"alg": "none", "kid": "k1"}),
    "alg None, written otherwise": lambda: unsigned(claims(), {"alg": "nOnE", "kid": "k1"}),
    "no alg": lambda: unsigned(claims(), {"kid": "k1"}),
    "none, with the signature of another": lambda: unsigned(claims(), {"alg": "none"}, RSA.token({}).split(".")[2]),
    "HS256 by the public key": lambda: by_secret(claims(), {"alg": "HS256", "kid": "k1"}, RSA.pem),
    "HS256 by nothing": lambda: by_secret(claims(), {"alg": "HS256", "kid": "k1"}, b""),
    "HS256 called RS256": lambda: by_secret(claims(), {"alg": "RS256", "kid": "k1"}, RSA.pem),
    "another key under a known name": lambda: OTHER.token(claims(), kid="k1"),
    "another key under its own name": lambda: OTHER.token(claims()),
    "RS256 with the name of a curve's key": lambda: RSA.token(claims(), kid="k3"),
    "a stronger algorithm that is not on the list": lambda: RSA.token(claims(), alg="RS512"),
    "no name of a key": lambda: RSA.token(claims(), kid=None),
    "a name of a key that is no text": lambda: RSA.token(claims(), kid=["k1"]),
    "a way to keys of its own": lambda: OTHER.token(claims(), kid="k1", jku="https://evil.example/keys"),
    "a known key, and a way to others": lambda: RSA.token(claims(), jku="https://evil.example/keys"),
    "a way to a certificate": lambda: RSA.token(claims(), x5u="https://evil.example/c"),
    "a certificate brought along": lambda: RSA.token(claims(), x5c=["MIIB"]),
    "a key brought along": lambda: OTHER.token(claims(), jwk=OTHER.jwk),
    "what must be understood": lambda: RSA.token(claims(), crit=["exp"]),
    "a body that is not encoded": lambda: RSA.token(claims(), b64=False, crit=["b64"]),
    "an access token": lambda: RSA.token(claims(), typ="at+jwt"),
    "another body under the signature": lambda: tampered(RSA.token(claims())),
    "a claim said twice": lambda: RSA.token(b'{"iss":"a",' + json.dumps(claims()).encode()[1:]),
    "a claim said twice, deep inside": lambda: RSA.token(b'{"x":{"a":1,"a":2},' + json.dumps(claims()).encode()[1:]),
    "a number that is none": lambda: RSA.token(b'{"exp":NaN}'),
    "a list": lambda: RSA.token(b"[]"),
    "no JSON": lambda: RSA.token(b"{"),
    "no signature": lambda: RSA.token(claims()).rpartition(".")[0] + ".",
    "two parts": lambda: RSA.token(claims()).rpartition(".")[0],
    "four parts": lambda: RSA.token(claims()) + ".e30",
    "sealed, with five parts": lambda: "a.b.c.d.e",
    "endless": lambda: RSA.token(claims(x="a" * 20_000)),
    "nothing": lambda: "",
}


@pytest.mark.parametrize("how", FORGED)
def test_no_forged_token_is_opened_pr_63(how: str) -> None:
    with pytest.raises(TokenRefused):
        tokens.opened(FORGED[how](), KEYS)


def test_an_unknown_key_is_told_apart_so_that_new_keys_can_be_asked_for() -> None:
    with pytest.raises(tokens.UnknownKey):
        tokens.opened(OTHER.token(claims()), KEYS)


def test_only_keys_that_may_sign_are_kept() -> None:
    short = rsa_signer("short", 1024).jwk
    listed = [
        RSA.jwk | {"kid": "to seal", "use": "enc"}, RSA.jwk | {"kid": "other", "alg": "RS512"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0"}, short, RSA.jwk | {"kid": None},
        RSA.jwk | {"kid": "n", "n": "!"},
        EC.jwk | {"kid": "curve", "crv": "P-384"}, EC.jwk | {"kid": "off", "x": b64(b"\1" * 32)}, "text", None,
        RSA.jwk | {"kid": "twice"}, EC.jwk | {"kid": "twice"}, RSA.jwk,
    ]  # fmt: skip

    assert set(tokens.keys({"keys": listed})) == {"k1"}
    assert tokens.keys({"keys": "all"}) == {}


def test_an_installation_may_ask_for_longer_keys() -> None:
    """ASVS 11.2.3: 3072 bits of RSA are 128 of strength; ES256 has them anyway."""
    assert set(tokens.keys({"keys": [RSA.jwk, EC.jwk]}, least_rsa=3072)) == {"k3"}


WRONG: dict[str, tuple[Claims, TokenFault]] = {
    "another issuer": ({"iss": "https://evil.example"}, TokenFault.ISSUER),
    "an issuer with a slash more": ({"iss": ISSUER + "/"}, TokenFault.ISSUER),
    "no issuer": ({"iss": None}, TokenFault.ISSUER),
    "another program": ({"aud": "another"}, TokenFault.AUDIENCE),
    "also another program": ({"aud": [CLIENT, "another"]}, TokenFault.AUDIENCE),
    "no program": ({"aud": []}, TokenFault.AUDIENCE),
    "asked for by another program": ({"azp": "another"}, TokenFault.AUDIENCE),
    "another sign-in": ({"nonce": "m"}, TokenFault.NONCE),
    "no sign-in": ({"nonce": None}, TokenFault.NONCE),
    "over": ({"iat": NOW - 400, "exp": NOW - 61}, TokenFault.TIME),
    "never over": ({"exp": None}, TokenFault.TIME),
    "over in a year": ({"exp": NOW + 365 * 86400}, TokenFault.TIME),
    "not yet": ({"nbf": NOW + 120}, TokenFault.TIME),
    "of the future": ({"iat": NOW + 120}, TokenFault.TIME),
    "of yesterday": ({"iat": NOW - 86400}, TokenFault.TIME),
    "of no time": ({"iat": None}, TokenFault.TIME),
    "a time in words": ({"exp": str(NOW + 60)}, TokenFault.TIME),
    "a time that is true": ({"exp": True}, TokenFault.TIME),
    "a time beyond all": ({"exp": 10**30}, TokenFault.TIME),
    "another domain": ({"hd": "other.example"}, TokenFault.TENANT),
    "a private account": ({"hd": None}, TokenFault.TENANT),
    "a list of domains": ({"hd": ["school.example"]}, TokenFault.TENANT),
    "nobody": ({"sub": ""}, TokenFault.SHAPE),
    "a number for somebody": ({"sub": 7}, TokenFault.SHAPE),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_does_not_fit_is_refused_with_its_fault_pr_63(how: str) -> None:
    changed, expected = WRONG[how]

    assert fault(claims(**changed)) is expected


@pytest.mark.parametrize("kind", ProviderKind)
def test_staff_of_each_provider_are_taken_by_issuer_and_subject(kind: ProviderKind) -> None:
    found = taken(claims(kind), kind)

    entra = f"{TENANTS[ProviderKind.ENTRA]}|o-1"
    subjects = {"google": "g-1", "entra": entra, "clever": "c-1", "classlink": "l-1"}
    assert (found.issuer, found.subject, found.strong) == (ISSUER, subjects[kind], False)


@pytest.mark.parametrize(
    ("kind", "changed", "expected"),
    [
        (ProviderKind.CLEVER, {"user_type": "student"}, TokenFault.STUDENT),
        (ProviderKind.CLEVER, {"user_type": "Student"}, TokenFault.STUDENT),
        (ProviderKind.CLEVER, {"user_type": "contact"}, TokenFault.STUDENT),
        (ProviderKind.CLEVER, {"user_type": None}, TokenFault.STUDENT),
        (ProviderKind.CLEVER, {"user_type": ["teacher", "student"]}, TokenFault.STUDENT),
        (ProviderKind.CLEVER, {"district": "another"}, TokenFault.TENANT),
        (ProviderKind.CLASSLINK, {"Role": "Student"}, TokenFault.STUDENT),
        (ProviderKind.CLASSLINK, {"Role": "Parent"}, TokenFault.STUDENT),
        (ProviderKind.CLASSLINK, {"TenantId": True}, TokenFault.TENANT),
        (ProviderKind.ENTRA, {"tid": "9188040d-6c67-4c5b-b112-36a304b66dad"}, TokenFault.TENANT),
        (ProviderKind.ENTRA, {"acct": 1}, TokenFault.GUEST),
        (ProviderKind.ENTRA, {"acct": None}, TokenFault.GUEST),
    ],
)
def test_students_guests_and_other_districts_are_refused_pr_63(
    kind: ProviderKind, changed: Claims, expected: TokenFault
) -> None:
    assert fault(claims(kind, **changed), kind) is expected


@pytest.mark.parametrize(
    ("said", "strong"),
    [
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": "mfa"}, True),
        ({"amr": [["mfa"]]}, False),
        ({"acr": "mfa"}, False),
        ({}, False),
    ],
)
def test_two_factors_are_believed_only_as_it_was_agreed(said: Claims, strong: bool) -> None:
    kind = ProviderKind.ENTRA

    assert taken(claims(kind, **said), kind, strong={"amr": {"mfa"}}).strong is strong
    assert not taken(claims(kind, **said), kind).strong


ODD = (
    None,
    True,
    0,
    -1,
    10**400,
    float("inf"),
    1e308,
    "",
    "n",
    CLIENT,
    ISSUER,
    [],
    [CLIENT],
    [None],
    {},
    {"a": 1},
    "\ud800",
)


@pytest.mark.parametrize("name", sorted(claims()))
def test_whatever_is_said_of_one_thing_it_is_taken_or_refused(name: str) -> None:
    for odd in ODD:
        with suppress(TokenRefused):
            assert taken(claims() | {name: odd}).issuer == ISSUER


def test_what_others_see_of_a_sign_in_is_not_its_secret() -> None:
    made = {flow.state("s"), flow.nonce("s"), flow.verifier("s"), flow.challenge("s")}

    assert len(made) == 4
    assert all(43 <= len(each) <= 128 for each in made)  # RFC 7636, 4.1
    assert flow.fits("s", flow.state("s"))
    assert not any(flow.fits("s", each) for each in ("", flow.nonce("s"), flow.state("t"), "é"))
