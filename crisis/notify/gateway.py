"""The way out: one call to the telephone provider, with limits of time, and what it is known to have done."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2
from httpx2 import HTTPError

from crisis.settings import Settings
from crisis.vocabulary import AttemptOutcome

CONNECT, TOTAL = 1.5, 4.0  # seconds
LARGEST = 64 * 1024
VALIDITY = "300"  # seconds: a page must not arrive hours later
NOT_SENT = frozenset({400, 401, 403, 404, 405, 422, 429})


class NoGateway(Exception):
    """Nothing is configured, or the address may not be used; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """`sms` and `call` never raise for what the provider does: an outcome is all that can be known."""

    client: httpx2.Client
    account: str
    sender: str
    callbacks: str  # our public address, where the provider sends keys and texts

    def sms(self, to: str, body: str, reference: str) -> AttemptOutcome:
        return self._post("Messages.json", {"To": to, "Body": body, "ValidityPeriod": VALIDITY}, reference)

    def call(self, to: str, twiml: str, reference: str) -> AttemptOutcome:
        return self._post("Calls.json", {"To": to, "Twiml": twiml, "Timeout": "25"}, reference)

    def _post(self, what: str, form: dict[str, str], reference: str) -> AttemptOutcome:
        url = f"/2010-04-01/Accounts/{self.account}/{what}"
        try:
            headers = {"X-Reference": reference}
            with self.client.stream("POST", url, data={**form, "From": self.sender}, headers=headers) as answer:
                body = _capped(answer)
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            return AttemptOutcome.REFUSED  # it never reached the provider
        except HTTPError:
            return AttemptOutcome.UNKNOWN
        return outcome_of(answer.status_code, body)


def _capped(answer: httpx2.Response) -> bytes:
    read = bytearray()
    for chunk in answer.iter_bytes():
        read += chunk
        if len(read) > LARGEST:
            return b""
    return bytes(read)


def outcome_of(status: int, body: bytes) -> AttemptOutcome:
    """Accepted only with a proper message id; a server error may have sent it, so it is unknown (F14, F17, F18)."""
    if status in NOT_SENT:
        return AttemptOutcome.REFUSED
    if status not in (200, 201):
        return AttemptOutcome.UNKNOWN
    try:
        said = httpx2.Response(200, content=body).json()
    except ValueError:
        return AttemptOutcome.UNKNOWN
    if not isinstance(said, dict) or said.get("error_code"):
        return AttemptOutcome.UNKNOWN
    sid = said.get("sid")
    proper = isinstance(sid, str) and len(sid) == 34 and sid[:2] in ("SM", "CA")
    return AttemptOutcome.ACCEPTED if proper else AttemptOutcome.UNKNOWN


def gateway(settings: Settings) -> Gateway | None:
    """None where no provider is configured: then pages are on the console alone, and it says so."""
    if settings.provider_url is None:
        return None
    parts = urlsplit(settings.provider_url)
    if parts.scheme != "https" and not _on_this_machine(parts.hostname or ""):
        raise NoGateway("provider_url must be https, except for the stand-in on this machine")
    client = httpx2.Client(
        base_url=settings.provider_url,
        auth=(settings.provider_account, settings.provider_secret.get_secret_value()),
        timeout=httpx2.Timeout(TOTAL, connect=CONNECT),
        follow_redirects=False,
        trust_env=False,
    )
    return Gateway(client, settings.provider_account, settings.provider_from, settings.public_url)


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
