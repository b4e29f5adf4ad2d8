"""Whether what a sign-in provider says of somebody is taken. Who they are here, and what they may, only we say.

Nobody is known by an e-mail address: two providers with the same address are two people (PR-63, ASVS 6.8.1).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crisis.sign_in_words import ProviderKind, TokenFault

DRIFT = timedelta(minutes=1)  # of clocks
OLDEST = timedelta(minutes=10)  # since the token was made: it comes at once, by the line between two servers
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LONGEST = timedelta(hours=25)  # that a token may say it holds
SUBJECT = re.compile(r"[!-~]{1,255}")  # OpenID Connect Core 2: ASCII
Claims = Mapping[str, object]


class TokenRefused(Exception):
    """`fault` is a closed word; the token itself is kept nowhere."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Of the provider, as it is set, and of the one sign-in that was begun: its nonce."""

    kind: ProviderKind
    issuer: str
    client: str
    nonce: str
    tenants: frozenset[str]
    tenant_claim: str
    subject_claim: str
    person_claim: str = ""
    staff: frozenset[str] = frozenset()
    strong: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody at a provider. `strong`: it has proved two factors there, by what was agreed."""

    issuer: str
    subject: str
    strong: bool = False
    session: str | None = None  # as the provider names its own, where it does


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """Of whom a provider says that they have signed out there, and in which of its sessions: one of them, or both.

    `id` names what it said: each counts once, and is too old at `until`.
    """

    id: str
    issuer: str
    subject: str | None
    session: str | None
    until: datetime


def judged_logout(claims: Claims, expected: Expected, at: datetime) -> SignedOut:
    """OpenID Connect Back-Channel Logout 1.0, 2.6. Raises `TokenRefused` for the first thing that does not fit.

    What Microsoft calls somebody here is another word (`oid`) than in these tokens, so there only the session counts.
    """
    _must_be_for_us(claims, expected)
    _must_be_of_now(claims, at)
    events, name = claims.get("events"), claims.get("jti")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
        raise TokenRefused(TokenFault.PURPOSE)
    if not isinstance(name, str) or not SUBJECT.fullmatch(name):
        raise TokenRefused(TokenFault.SHAPE)
    subject = _named(claims, "sub") if expected.kind is not ProviderKind.ENTRA else None
    session = _named(claims, "sid")
    if subject is None and session is None:
        raise TokenRefused(TokenFault.SHAPE)
    until = _moment(claims["iat"]) + OLDEST
    return SignedOut(id=name, issuer=expected.issuer, subject=subject, session=session, until=until)


def _named(claims: Claims, name: str) -> str | None:
    """None where nothing is said. Raises `TokenRefused` for what is no name."""
    said = claims.get(name)
    if said is not None and (not isinstance(said, str) or not SUBJECT.fullmatch(said)):
        raise TokenRefused(TokenFault.SHAPE)
    return said


def judged(claims: Claims, expected: Expected, at: datetime) -> Identity:
    """Raises `TokenRefused` for the first thing that does not fit."""
    _must_be_ours(claims, expected)
    _must_be_of_now(claims, at)
    tenant = claims.get(expected.tenant_claim)
    if not isinstance(tenant, str | int) or str(tenant) not in expected.tenants:
        raise TokenRefused(TokenFault.TENANT)
    _must_be_staff(claims, expected)
    subject = claims.get(expected.subject_claim)
    if not isinstance(subject, str) or not SUBJECT.fullmatch(subject):
        raise TokenRefused(TokenFault.SHAPE)
    key = f"{tenant}|{subject}" if expected.kind is ProviderKind.ENTRA else subject
    session = claims.get("sid")
    named = session if isinstance(session, str) and SUBJECT.fullmatch(session) else None
    return Identity(issuer=expected.issuer, subject=key, strong=_is_strong(claims, expected), session=named)


def _must_be_ours(claims: Claims, expected: Expected) -> None:
    """For this one sign-in, too (OpenID Connect Core 3.1.3.7); and no token of another purpose."""
    _must_be_for_us(claims, expected)
    if claims.get("nonce") != expected.nonce:
        raise TokenRefused(TokenFault.NONCE)
    if "events" in claims:
        raise TokenRefused(TokenFault.PURPOSE)


def _must_be_for_us(claims: Claims, expected: Expected) -> None:
    """From whom, and for whom."""
    if claims.get("iss") != expected.issuer:
        raise TokenRefused(TokenFault.ISSUER)
    audience, party = claims.get("aud"), claims.get("azp")
    if audience not in (expected.client, [expected.client]) or party not in (None, expected.client):
        raise TokenRefused(TokenFault.AUDIENCE)


def _must_be_of_now(claims: Claims, at: datetime) -> None:
    made, ends = _moment(claims.get("iat")), _moment(claims.get("exp"))
    early = "nbf" in claims and _moment(claims["nbf"]) > at + DRIFT
    fits = at - OLDEST <= made <= at + DRIFT and at - DRIFT < ends <= made + LONGEST
    if early or not fits:
        raise TokenRefused(TokenFault.TIME)


def _moment(said: object) -> datetime:
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise TokenRefused(TokenFault.TIME)
    try:
        return datetime.fromtimestamp(said, UTC)
    except (ValueError, OverflowError, OSError):
        raise TokenRefused(TokenFault.TIME) from None


def _must_be_staff(claims: Claims, expected: Expected) -> None:
    """What is not known is not staff: a claim that is missing refuses as `student` does."""
    if expected.kind is ProviderKind.ENTRA and claims.get("acct") not in (0, "0"):
        raise TokenRefused(TokenFault.GUEST)
    if expected.person_claim:
        said = claims.get(expected.person_claim)
        if not isinstance(said, str) or said.strip().casefold() not in expected.staff:
            raise TokenRefused(TokenFault.STUDENT)


def _is_strong(claims: Claims, expected: Expected) -> bool:
    """Only by what the installation has agreed with its provider; else one factor (ASVS 6.8.4)."""
    for claim, values in expected.strong.items():
        said = claims.get(claim)
        found = said if isinstance(said, list) else [said]
        if any(isinstance(each, str) and each in values for each in found):
            return True
    return False
