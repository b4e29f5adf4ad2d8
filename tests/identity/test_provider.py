"""Asking a provider over real HTTP: its doors, its keys as they change, and that nobody waits for it."""

import threading
from collections.abc import Iterator

import pytest

from crisis import clock
from crisis.identity import flow
from crisis.identity.provider import AT_ONCE, Provider, ProviderDown, providers
from crisis.identity_settings import IdentityProvider
from crisis.policy.identity import Identity, TokenRefused
from crisis.settings import Settings
from crisis.sign_in_words import ProviderKind
from tests.identity.signing import rsa_signer
from tests.identity.stand_in import CLIENT, SECRET, TENANTS, StandIn, standing_in

CLASSLINK = ProviderKind.CLASSLINK


@pytest.fixture
def server() -> Iterator[StandIn]:
    with standing_in() as made:
        made.who = {"sub": "g-1", "hd": "school.example"}
        yield made


def asked(server: StandIn, kind: ProviderKind = ProviderKind.GOOGLE) -> Provider:
    settings = Settings(public_url="http://testserver", sign_in_providers={"one": server.settings(kind)})
    return providers(settings)["one"]


def signed_in(provider: Provider, server: StandIn, secret: str = "s") -> Identity:
    """By a code as the provider gives it to a browser that began with this secret."""
    callback = {"redirect_uri": provider.callback, "code_challenge_method": "S256"}
    server.codes["c"] = callback | {"nonce": flow.nonce(secret), "code_challenge": flow.challenge(secret)}
    return provider.identity("c", secret, clock.now())


def test_new_keys_are_asked_for_and_made_up_ones_not_each_time(
    server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr("crisis.identity.provider.monotonic", lambda: moment[0])
    provider = asked(server)
    before = signed_in(provider, server)
    server.signers, server.forge = [rsa_signer("k2"), rsa_signer("k1")], rsa_signer("k9").token

    for _ in range(3):
        with pytest.raises(TokenRefused):
            signed_in(provider, server)
    times = server.asked.count("/keys")
    server.forge = None
    moment[0] += 61
    after = signed_in(provider, server)

    assert (before.subject, after.subject, times) == ("g-1", "g-1", 1)
    assert server.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "https://evil.example/token"},
        {"jwks_uri": "http://127.0.0.1:1/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
)
def test_doors_at_other_hosts_are_not_gone_through_pr_69(server: StandIn, said: dict[str, object]) -> None:
    server.discovery = said

    with pytest.raises(ProviderDown):
        asked(server).address("s")


def test_the_secret_is_shown_as_the_provider_wants_it(server: StandIn) -> None:
    server.discovery = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    seen = []
    server.traded = lambda form, auth: seen.append((form.get("client_secret"), auth)) or (400, {})  # type: ignore[method-assign,assignment,func-returns-value]

    with pytest.raises(TokenRefused):
        signed_in(asked(server), server)

    assert seen == [(SECRET, "")]


def test_what_the_token_leaves_out_is_asked_for_besides_of_the_same_person(server: StandIn) -> None:
    server.who = {"sub": "l-1"}
    server.person = {"sub": "l-1", "TenantId": TENANTS[CLASSLINK], "Role": "Teacher"}
    found = signed_in(asked(server, CLASSLINK), server)
    server.person["sub"] = "l-2"

    with pytest.raises(TokenRefused):
        signed_in(asked(server, CLASSLINK), server)

    assert found.subject == "l-1"


def test_what_was_signed_goes_before_what_is_said_besides(server: StandIn) -> None:
    server.who = {"sub": "l-1", "Role": "Student"}
    server.person = {"sub": "l-1", "TenantId": TENANTS[CLASSLINK], "Role": "Teacher"}

    with pytest.raises(TokenRefused):
        signed_in(asked(server, CLASSLINK), server)


def test_a_provider_that_hangs_holds_up_four_and_nobody_else_pr_18(server: StandIn) -> None:
    provider, go_on = asked(server), threading.Event()
    provider.doors()
    truly = server.traded

    def slowly(form: dict[str, str], auth: str) -> tuple[int, object]:
        go_on.wait(5)
        return truly(form, auth)

    server.traded = slowly  # type: ignore[method-assign]
    waiting = [threading.Thread(target=lambda: quietly(provider, server)) for _ in range(AT_ONCE)]
    for each in waiting:
        each.start()
    while provider._places._value:
        assert any(each.is_alive() for each in waiting)

    with pytest.raises(ProviderDown):
        signed_in(provider, server)
    go_on.set()
    for each in waiting:
        each.join(5)


def quietly(provider: Provider, server: StandIn) -> None:
    try:
        signed_in(provider, server)
    except TokenRefused:
        return


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://accounts.example"},
        {"secret": ""},
        {"tenants": []},
        {"strong": {"amr": ["mfa"]}},
        {"kind": "entra", "tenants": ["one", "two"]},
        {"kind": "clever", "strong": {"email": ["x"]}},
        {"kind": "clever", "strong": {"amr": []}},
        {"anything": "else"},
    ],
)
def test_what_is_set_wrong_is_said_at_the_start(wrong: dict[str, object]) -> None:
    right = {"kind": "google", "district": "d", "client": CLIENT, "secret": SECRET, "tenants": ["school.example"]}

    assert IdentityProvider.model_validate(right).issued_by == "https://accounts.google.com"
    with pytest.raises(ValueError, match="1 validation error"):
        IdentityProvider.model_validate(right | wrong)
    with pytest.raises(ValueError, match="small letters"):
        Settings(sign_in_providers={"Über": IdentityProvider.model_validate(right)})


def test_a_tenant_of_entra_is_part_of_its_issuer() -> None:
    known = {"kind": "entra", "district": "d", "client": CLIENT, "secret": SECRET, "tenants": ["t-1"]}

    assert IdentityProvider.model_validate(known).issued_by == "https://login.microsoftonline.com/t-1/v2.0"
