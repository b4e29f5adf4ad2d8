"""Push messages to browsers beside a page or a notice: over https, to the servers of browser makers alone."""

import ipaddress
import json
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.notify.bulkhead import NOTICE, Bulkhead
from crisis.notify.provider import Patience, certificates
from crisis.notify.push_crypto import NotAKey, PushKeys, browser_keys, sealed_for
from crisis.settings import Settings
from crisis.store.extra_ways import Subscription
from crisis.vocabulary import AttemptOutcome

KEY_FILE = "push-key.json"  # beside the key file
MAKERS = (
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
)
LONGEST = 1000  # characters of an address
LASTS = 300  # seconds that a message waits for a browser: a page must not arrive hours later
PLACES, PATIENCE = 8, 10.0

log = logging.getLogger(__name__)


class Pushed(Enum):
    ACCEPTED = auto()
    GONE = auto()  # the browser has taken it back: nothing more is sent there
    REFUSED = auto()
    UNKNOWN = auto()


OUTCOMES = {
    Pushed.ACCEPTED: AttemptOutcome.ACCEPTED,
    Pushed.GONE: AttemptOutcome.REFUSED,
    Pushed.REFUSED: AttemptOutcome.REFUSED,
    Pushed.UNKNOWN: AttemptOutcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a message may go. A name that begins with a dot stands for every host under it.

    `public`: only addresses of the open internet, whatever a name leads to; off in a test alone.
    """

    hosts: tuple[str, ...] = MAKERS
    public: bool = True
    resolve: Callable[[str], list[str]] = field(default=lambda host: _addresses(host))

    def must_be_open(self, endpoint: str) -> None:
        """Raises `Refused` for an address that no browser maker has."""
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
        fits = any(host == known or (known.startswith(".") and host.endswith(known)) for known in self.hosts)
        try:
            plain = parts.port in (None, 443) or not self.public
        except ValueError:
            plain = False
        if parts.scheme != "https" or parts.username or not fits or not plain or len(endpoint) > LONGEST:
            raise Refused(
                Reason("PUSH", "This browser's messages go by a server that is not on the list; ask the operator")
            )

    def leads_out(self, endpoint: str) -> bool:
        """Asked right before each message: a name may lead elsewhere than it did."""
        if not self.public:
            return True
        found = self.resolve(urlsplit(endpoint).hostname or "")
        return bool(found) and all(ipaddress.ip_address(each).is_global for each in found)


def _addresses(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    except OSError:
        return []


@dataclass(slots=True)
class Push:
    """None of its ways raises for what a push server does."""

    keys: PushKeys
    contact: str
    client: httpx2.Client
    doors: Doors = field(default_factory=Doors)
    now: Callable[[], datetime] = clock.now
    bulkhead: Bulkhead = field(default_factory=lambda: Bulkhead(at_once=PLACES, kept_for_pages=0))

    def check(self, subscription: Subscription) -> None:
        """Raises `Refused` for what is no subscription of a browser."""
        self.doors.must_be_open(subscription.endpoint)
        try:
            browser_keys(subscription.key, subscription.auth)
        except NotAKey as error:
            raise Refused(Reason("PUSH", "The browser sent keys that cannot be used; try again")) from error

    def send(self, to: Subscription, title: str, body: str, *, urgent: bool) -> Pushed:
        try:
            self.check(to)
        except Refused:
            return Pushed.REFUSED
        with self.bulkhead.place(NOTICE, PATIENCE) as entered:
            if not entered or not self.doors.leads_out(to.endpoint):
                return Pushed.REFUSED
            return self._sent(to, json.dumps({"title": title, "body": body}).encode(), urgent=urgent)

    def _sent(self, to: Subscription, plain: bytes, *, urgent: bool) -> Pushed:
        headers = {
            "Authorization": self.keys.authorization(to.endpoint, self.contact, self.now()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(LASTS),
            "Urgency": "high" if urgent else "normal",
        }
        try:
            with self.client.stream(
                "POST", to.endpoint, content=sealed_for(plain, to.key, to.auth), headers=headers
            ) as said:
                status = said.status_code
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            return Pushed.REFUSED
        except httpx2.HTTPError:
            return Pushed.UNKNOWN
        if status in (404, 410):
            return Pushed.GONE
        if status not in (200, 201, 202, 204):
            log.warning("a push server did not take a message: %s", status)
        return Pushed.ACCEPTED if status in (200, 201, 202, 204) else Pushed.REFUSED


def keys_at(key_file: Path) -> PushKeys:
    """Made at the first start, for its owner alone, beside the key file; two that start at once end with the same."""
    path = key_file.with_name(KEY_FILE)
    if not path.exists():
        made = json.dumps({"private": PushKeys.new().text})
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return keys_at(key_file)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(made)
    return PushKeys.from_text(json.loads(path.read_text(encoding="utf-8"))["private"])


def push(settings: Settings) -> Push | None:
    """None: push messages are not switched on."""
    if not settings.push:
        return None
    patience = Patience()
    client = httpx2.Client(
        timeout=httpx2.Timeout(patience.total, connect=patience.connect),
        follow_redirects=False,
        trust_env=False,
        verify=certificates(),
    )
    more = tuple(each.strip() for each in settings.push_hosts.split(",") if each.strip())
    return Push(
        keys_at(settings.key_file), settings.push_contact or settings.public_url, client, Doors((*MAKERS, *more))
    )
