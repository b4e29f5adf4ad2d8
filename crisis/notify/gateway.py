"""The way out: one call to the telephone provider, with limits of time, and what it is known to have done."""

import ipaddress
import json
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr

from crisis.settings import Settings
from crisis.vocabulary import AttemptOutcome, Mode

CONNECT, TOTAL = 1.5, 4.0  # seconds
LARGEST = 64 * 1024
VALIDITY = "300"  # seconds: a page must not arrive hours later
RING = "25"  # seconds
NOT_SENT = frozenset({400, 401, 403, 404, 405, 422, 429})
RETRIES = (
    "#rc=5&rp=all&ct=2000&rt=3000"  # without it the provider repeats a callback once, and only if it cannot connect
)


class NoGateway(Exception):
    """The address may not be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One account with its number. `sms` and `call` never raise for what the provider does."""

    client: httpx2.Client
    account: str
    sender: str
    callbacks: str  # our public address, where the provider sends keys, texts and what became of a call

    def sms(self, to: str, body: str, reference: str, status: str | None = None) -> AttemptOutcome:
        """`status` is the path that is told what became of it."""
        return self._post("Messages.json", {"To": to, "Body": body, "ValidityPeriod": VALIDITY}, reference, status)

    def call(self, to: str, twiml: str, reference: str, status: str | None = None) -> AttemptOutcome:
        return self._post("Calls.json", {"To": to, "Twiml": twiml, "Timeout": RING}, reference, status)

    def _post(self, what: str, form: dict[str, str], reference: str, status: str | None) -> AttemptOutcome:
        url = f"/2010-04-01/Accounts/{self.account}/{what}"
        data = {**form, "From": self.sender}
        if status is not None:
            data["StatusCallback"] = f"{self.callbacks}{status}{RETRIES}"
        until = monotonic() + TOTAL
        try:
            with self.client.stream("POST", url, data=data, headers={"X-Reference": reference}) as answer:
                body = _capped(answer, until)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            return AttemptOutcome.REFUSED  # it never reached the provider
        except httpx2.HTTPError:
            return AttemptOutcome.UNKNOWN
        return outcome_of(answer.status_code, body, retry_after="retry-after" in answer.headers)


def _capped(answer: httpx2.Response, until: float) -> bytes:
    """Nothing where the body is endless, by size or by time."""
    read = bytearray()
    for chunk in answer.iter_bytes():
        read += chunk
        if len(read) > LARGEST or monotonic() > until:
            return b""
    return bytes(read)


def outcome_of(status: int, body: bytes, *, retry_after: bool = False) -> AttemptOutcome:
    """Accepted only with a proper message id; a server error may have sent it, so it is unknown (F14, F17, F18)."""
    if status in NOT_SENT or (status == 503 and retry_after):
        return AttemptOutcome.REFUSED
    if status not in (200, 201):
        return AttemptOutcome.UNKNOWN
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return AttemptOutcome.UNKNOWN
    if not isinstance(said, dict) or said.get("error_code"):
        return AttemptOutcome.UNKNOWN
    return AttemptOutcome.ACCEPTED if _proper(said.get("sid")) else AttemptOutcome.UNKNOWN


def _proper(sid: object) -> bool:
    return isinstance(sid, str) and len(sid) == 34 and sid[:2] in ("SM", "MM", "CA")


@dataclass(frozen=True, slots=True)
class Lines:
    """A drill has an account and a number of its own: what it sends can never be taken for the real thing (I-22).

    None: no such line is configured, and its pages show on the console alone.
    """

    live: Gateway | None
    drill: Gateway | None

    def of(self, mode: Mode) -> Gateway | None:
        return self.live if mode is Mode.LIVE else self.drill


def lines(settings: Settings) -> Lines:
    """Raises `NoGateway` for an address that is neither https nor on this machine."""
    if settings.provider_url is None:
        return Lines(None, None)
    parts = urlsplit(settings.provider_url)
    if parts.scheme != "https" and not _on_this_machine(parts.hostname or ""):
        raise NoGateway("provider_url must be https, except for the stand-in on this machine")
    live = _line(settings, settings.provider_account, settings.provider_secret, settings.provider_from)
    drill = _line(settings, settings.drill_account, settings.drill_secret, settings.drill_from)
    return Lines(live, drill)


def _line(settings: Settings, account: str, secret: SecretStr, sender: str) -> Gateway | None:
    if not account or settings.provider_url is None:
        return None
    client = httpx2.Client(
        base_url=settings.provider_url,
        auth=(account, secret.get_secret_value()),
        timeout=httpx2.Timeout(TOTAL - CONNECT, connect=CONNECT),
        limits=httpx2.Limits(max_keepalive_connections=0),  # a kept connection that was closed leaves us not knowing
        follow_redirects=False,
        trust_env=False,
    )
    return Gateway(client, account, sender, settings.public_url)


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
