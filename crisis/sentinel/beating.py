"""The heartbeat: somebody outside is told that all is well, and only then; when it stops, they alarm."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx2

from crisis.sentinel import signing
from crisis.settings import Settings

EVERY = timedelta(seconds=30)
CLEAN = timedelta(seconds=30)  # how old the last clean audit may be
CONNECT, TOTAL = 1.5, 4.0  # seconds
EARLY = timedelta(seconds=2)  # looks come every ten seconds, not to the millisecond


@dataclass(slots=True)
class Heart:
    """`beat` says whether it was heard; None where it was not time for one, or there is nobody to hear it."""

    url: str | None
    secret: str
    client: httpx2.Client
    _last: datetime | None = None

    def beat(self, clean_at: datetime | None, at: datetime) -> bool | None:
        """No PHI: that it came is all that it says."""
        early = self._last is not None and at - self._last < EVERY - EARLY
        if self.url is None or early or clean_at is None or at - clean_at > CLEAN:
            return None
        heard = self._sent(self.url, at)
        if heard:
            self._last = at
        return heard

    def _sent(self, url: str, at: datetime) -> bool:
        try:
            if not self.secret:
                return self.client.get(url).is_success
            body = signing.beat(at)
            headers = {signing.SIGNATURE: signing.signature(self.secret, body), "Content-Type": "application/json"}
            return self.client.post(url, content=body, headers=headers).is_success
        except httpx2.HTTPError:
            return False


def a_client() -> httpx2.Client:
    return httpx2.Client(
        timeout=httpx2.Timeout(TOTAL - CONNECT, connect=CONNECT),
        limits=httpx2.Limits(max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
    )


def heart(settings: Settings) -> Heart:
    return Heart(settings.heartbeat_url, settings.heartbeat_secret.get_secret_value(), a_client())
