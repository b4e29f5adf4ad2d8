"""How often sign-ins of one network have failed lately: against one word tried on many names (ASVS 6.3.1).

A whole school stands behind one address, and so may somebody who wants to keep it out: each way in has its own number,
passkeys and the PIN of a screen have none, and a browser that signed in before never waits. Nothing here stands before
raising an incident or answering a page. In the memory of this process: no address is written down anywhere.
"""

import ipaddress
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from starlette.requests import HTTPConnection

TRIES = 60  # at once: a whole staff that mistypes a new password on one morning
AGAIN_AFTER = timedelta(minutes=1)  # then one more: 60 guesses an hour, over all names
MOST = 20_000  # networks that are remembered
BEGUN = 300  # at once: a whole staff at the first bell
BEGUN_AGAIN_AFTER = timedelta(seconds=2)


class Kind(StrEnum):
    """Of failures; those of one do not count for another."""

    PASSWORD = "password"  # noqa: S105  (a word)
    CODE = "code"  # the second half of a sign-in
    PROVIDER = "provider"
    TOKEN = "token"  # noqa: S105
    BEGUN = "begun"  # at a provider: no failure, but a row for each
    LOGOUT = "logout"  # what came in a provider's name and was not its


@dataclass(slots=True)
class Addresses:
    _left: dict[tuple[Kind, str], tuple[float, datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def failed(self, kind: Kind, network: str, at: datetime) -> None:
        key = (kind, network)
        with self._lock:
            left = max(0.0, self._now(key, at) - 1)
            self._left.pop(key, None)
            if len(self._left) >= MOST:
                self._left.pop(next(iter(self._left)))  # who failed longest ago
            self._left[key] = (left, at)

    def wait(self, kind: Kind, network: str, at: datetime) -> int | None:
        """Minutes until one try is free again; None where one is."""
        with self._lock:
            left = self._now((kind, network), at)
        _, again_after = _limits(kind)
        return None if left >= 1 else int((1 - left) * again_after / timedelta(minutes=1)) + 1

    def _now(self, key: tuple[Kind, str], at: datetime) -> float:
        tries, again_after = _limits(key[0])
        left, since = self._left.get(key, (tries, at))
        return min(tries, left + max(timedelta(0), at - since) / again_after)


def _limits(kind: Kind) -> tuple[float, timedelta]:
    """How many at once, and after how long one more."""
    return (float(BEGUN), BEGUN_AGAIN_AFTER) if kind is Kind.BEGUN else (float(TRIES), AGAIN_AFTER)


def network_of(connection: HTTPConnection) -> str:
    """The address that the server says, or that a proxy on the list says (`CRISIS_TRUSTED_PROXIES`): never a header.

    Of IPv6 the first half: the rest a device chooses by itself.
    """
    host = connection.client.host if connection.client is not None else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def addresses_of(connection: HTTPConnection) -> Addresses:
    addresses = connection.app.state.addresses
    assert isinstance(addresses, Addresses)
    return addresses
