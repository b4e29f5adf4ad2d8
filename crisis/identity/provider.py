"""Asking a sign-in provider: where its doors are, which keys it signs with, and who somebody is.

It may be slow, down or hostile: few questions at a time, each with a time limit, so that no page waits for it (PR-18).
"""

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx2

from crisis.identity import flow, tokens
from crisis.identity_settings import THIS_MACHINE, IdentityProvider
from crisis.notify.provider import Patience, Reply, a_client, got, posted
from crisis.policy.identity import Expected, Identity, SignedOut, TokenRefused, judged, judged_logout
from crisis.settings import Settings
from crisis.sign_in_words import TokenFault

PATIENCE = Patience(connect=2.0, total=5.0)
AT_ONCE = 4  # questions to one provider
LOGOUT_TYPES = ("logout+jwt", "JWT")
HOUR = 3600.0
KEYS_AT_MOST_EVERY = 60.0  # seconds: a made-up name of a key must not make us ask for each token


class ProviderDown(Exception):
    """It does not answer, or not as a provider does. Password and passkey still work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """From its discovery document, each at a host that may be asked."""

    authorization: str
    token: str
    keys: str
    person: str | None
    basic: bool  # how it wants to be shown our secret


@dataclass(slots=True)
class Provider:
    """One of one district. Shared by all threads of the console."""

    id: str
    known: IdentityProvider
    callback: str
    client: httpx2.Client
    _doors: tuple[float, Doors] | None = None
    _keys: tuple[float, tokens.Keys] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def address(self, secret: str, *, anew: bool = False) -> str:
        """Where the browser goes to sign in. Raises `ProviderDown`.

        `anew`: others use the browser too, and one of them may still be signed in there; not every provider asks again.
        """
        asked = {
            "response_type": "code",
            "client_id": self.known.client,
            "redirect_uri": self.callback,
            "scope": self.known.of_kind.scopes,
            "state": flow.state(secret),
            "nonce": flow.nonce(secret),
            "code_challenge": flow.challenge(secret),
            "code_challenge_method": "S256",
        }
        if anew and self.known.of_kind.anew:
            asked["prompt"] = self.known.of_kind.anew
        door = self.doors().authorization
        return f"{door}{'&' if urlsplit(door).query else '?'}{urlencode(asked)}"

    def identity(self, code: str, secret: str, at: datetime) -> Identity:
        """Who signed in there. Raises `ProviderDown` and `TokenRefused`."""
        doors = self.doors()
        said = self._traded(doors, code, secret)
        token, access = said.get("id_token"), said.get("access_token")
        if not isinstance(token, str):
            raise TokenRefused(TokenFault.SHAPE)
        expected = _expected(self.known, flow.nonce(secret))
        claims = self._opened(token)
        if not {expected.tenant_claim, expected.person_claim or "sub"} <= set(claims) and isinstance(access, str):
            claims = self._with_what_it_says_besides(doors, claims, access)
        return judged(claims, expected, at)

    def signed_out(self, token: str, at: datetime) -> SignedOut:
        """Of whom it says that they have signed out there. Raises `ProviderDown` and `TokenRefused`."""
        return judged_logout(self._opened(token, types=LOGOUT_TYPES), _expected(self.known, ""), at)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Nobody waits for one: a provider that holds four questions up is down."""
        if not self._places.acquire(blocking=False):
            raise ProviderDown
        try:
            yield
        finally:
            self._places.release()

    def doors(self) -> Doors:
        with self._lock:
            if self._doors is not None and monotonic() < self._doors[0] + HOUR:
                return self._doors[1]
        issuer = self.known.issued_by
        found = _doors(self._got(issuer.rstrip("/") + "/.well-known/openid-configuration"), self.known)
        with self._lock:
            self._doors = (monotonic(), found)
        return found

    def _opened(self, token: str, *, types: tuple[str, ...] = ("JWT",)) -> dict[str, object]:
        """By the keys as they are known; once more by new ones, where the provider has changed them."""
        try:
            return tokens.opened(token, self._signing(), types=types)
        except tokens.UnknownKey:
            return tokens.opened(token, self._signing(older_than=KEYS_AT_MOST_EVERY), types=types)

    def _signing(self, older_than: float = HOUR) -> tokens.Keys:
        with self._lock:
            if self._keys is not None and monotonic() < self._keys[0] + older_than:
                return self._keys[1]
        found = tokens.keys(self._got(self.doors().keys), least_rsa=self.known.least_rsa_bits)
        if not found:
            raise ProviderDown
        with self._lock:
            self._keys = (monotonic(), found)
        return found

    def _traded(self, doors: Doors, code: str, secret: str) -> Mapping[str, object]:
        own = self.known.secret.get_secret_value()
        form: dict[str, str | list[str]] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": flow.verifier(secret),
        }
        headers = {"Accept": "application/json"}
        if doors.basic:
            headers["Authorization"] = _basic(self.known.client, own)
        else:
            form |= {"client_id": self.known.client, "client_secret": own}
        with self._place():
            reply = posted(self.client, doors.token, PATIENCE.total, form=form, headers=headers)
        if not isinstance(reply, Reply) or reply.status >= 500 or reply.status == 429:
            raise ProviderDown
        said = reply.json()
        if reply.status != 200 or said is None:
            raise TokenRefused(TokenFault.SHAPE)  # a code that was used, or is another's
        return said

    def _with_what_it_says_besides(self, doors: Doors, claims: dict[str, object], access: str) -> dict[str, object]:
        """Of the same person, or of nobody (OpenID Connect Core 5.3.2). What was signed goes first."""
        if doors.person is None:
            return claims
        said = self._got(doors.person, {"Authorization": f"Bearer {access}"})
        if said.get("sub") != claims.get("sub"):
            raise TokenRefused(TokenFault.SHAPE)
        return dict(said) | claims

    def _got(self, address: str, headers: dict[str, str] | None = None) -> dict[str, object]:
        with self._place():
            said = got(self.client, address, PATIENCE.total, headers=headers)
        if said is None:
            raise ProviderDown
        return said


def _basic(client: str, secret: str) -> str:
    """RFC 6749, 2.3.1: both are written as in a form before they are joined."""
    joined = f"{quote_plus(client)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(joined.encode()).decode()


def _doors(said: Mapping[str, object], known: IdentityProvider) -> Doors:
    """Raises `ProviderDown` for the document of another, and for a door at a host that is not on the list."""
    if said.get("issuer") != known.issued_by:
        raise ProviderDown
    ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    person = said.get("userinfo_endpoint")
    return Doors(
        authorization=_door(said.get("authorization_endpoint"), known),
        token=_door(said.get("token_endpoint"), known),
        keys=_door(said.get("jwks_uri"), known),
        person=_door(person, known) if _may_be_asked(person, known) else None,
        basic=not isinstance(ways, list) or "client_secret_post" not in ways,
    )


def _door(said: object, known: IdentityProvider) -> str:
    if not _may_be_asked(said, known):
        raise ProviderDown
    return str(said)


def _may_be_asked(said: object, known: IdentityProvider) -> bool:
    if not isinstance(said, str):
        return False
    parts = urlsplit(said)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    return safe and parts.netloc in known.may_be_asked and not parts.fragment


def _expected(known: IdentityProvider, nonce: str) -> Expected:
    kind = known.of_kind
    return Expected(
        kind=known.kind,
        issuer=known.issued_by,
        client=known.client,
        nonce=nonce,
        tenants=known.tenants,
        tenant_claim=known.tenant_claim or kind.tenant,
        subject_claim=kind.subject,
        person_claim=known.person_claim or kind.person,
        staff=frozenset(each.casefold() for each in known.staff or kind.staff),
        strong=known.strong,
    )


def providers(settings: Settings) -> dict[str, Provider]:
    """By the name that stands in their addresses."""
    return {
        name: Provider(
            name,
            known,
            f"{settings.public_url}/login/with/{name}/callback",
            a_client("", PATIENCE),
        )
        for name, known in settings.sign_in_providers.items()
    }
