"""What every telephone provider can do for us, and the HTTP they have in common: short, bounded, not redirected."""

import json
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from time import monotonic
from typing import Protocol, cast

import httpx2

from crisis.call_words import Failure
from crisis.notify.failures import Answer, refused, unknown
from crisis.notify.standing import Found
from crisis.vocabulary import Channel

LARGEST = 64 * 1024
PAGE = 20  # of what went to one telephone, the newest: enough for minutes, and small enough for the limit above
RING = 25  # seconds: shorter than most voicemail waits
LONGEST_CALL = 180  # seconds
VALID = 300  # seconds: a text must not arrive hours later


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds. After `hedge` without an answer a page is given to the other provider too."""

    connect: float = 1.5
    total: float = 4.0
    hedge: float = 2.0
    place: float = 2.0  # for a turn, where a provider has enough to do
    segment: float = 1.0  # that a text takes the number it is sent from


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Full addresses, which the provider calls back."""

    status: str | None = None  # what became of it
    answered_by: str | None = None  # whether a person or a machine took the call
    fallback: str | None = None  # not ours: what a call says when we do not answer a key (F50)


def number_of(provider: "Provider", *, spread: bool) -> str:
    """From which of its numbers a text goes."""
    return provider.spare if spread and provider.spare else provider.sender


class Provider(Protocol):
    """One account with its number. None of these raise for what the provider does."""

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def sender(self) -> str: ...

    @property
    def spare(self) -> str:
        """A second number of the account, for every other text of a large wave; empty where there is none."""
        ...

    def sms(
        self, to: str, body: str, reference: str, told: Told, valid: int = VALID, *, spread: bool = False
    ) -> Answer:
        """`spread`: from the second number, where there is one."""
        ...

    def call(self, to: str, twiml: str, reference: str, told: Told) -> Answer: ...

    def say(self, call: str, twiml: str) -> Answer:
        """In a call that goes on, instead of what it says."""
        ...

    def hang_up(self, call: str) -> Answer:
        """A call that waits or rings; one that was answered goes on where the provider knows the difference."""
        ...

    def found(self, channel: Channel, sid: str) -> Found | None:
        """How what it took stands now; None where it does not say."""
        ...

    def listed(self, channel: Channel, to: str) -> list[Found] | None:
        """What it was given for a telephone lately, the newest first; None where it does not say."""
        ...

    def forget(self, channel: Channel, sid: str) -> bool | None:
        """Deletes what it keeps of a text or a call. True: it is gone; False: it deletes nothing; None: unknown."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    retry_after: bool

    def json(self) -> dict[str, object] | None:
        """None for everything that is not one JSON object (F17)."""
        try:
            said = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return cast(dict[str, object], said) if isinstance(said, dict) else None

    @property
    def come_back(self) -> bool:
        """It did nothing, and says so."""
        return self.status == 429 or (self.status == 503 and self.retry_after)


@cache
def certificates() -> ssl.SSLContext:
    """Whom the machine trusts, read once: reading is most of the work of making a client."""
    return httpx2.create_ssl_context(trust_env=False)


def a_client(url: str, patience: Patience, auth: tuple[str, str] | None = None) -> httpx2.Client:
    return httpx2.Client(
        base_url=url,
        auth=auth,
        timeout=httpx2.Timeout(patience.total - patience.connect, connect=patience.connect),
        limits=httpx2.Limits(max_keepalive_connections=0),  # a kept connection that was closed leaves us not knowing
        follow_redirects=False,
        trust_env=False,
        verify=certificates(),
    )


def posted(
    client: httpx2.Client,
    path: str,
    total: float,
    *,
    headers: dict[str, str],
    form: dict[str, str | list[str]] | None = None,
    said: dict[str, object] | None = None,
) -> Reply | Answer:
    """The provider's reply, or what is known where there is none."""
    until = monotonic() + total
    try:
        with client.stream("POST", path, data=form, json=said, headers=headers) as answer:
            body = _capped(answer, until)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
        return refused(Failure.TEMPORARY, "no connection")  # it never reached the provider (F13, F19)
    except httpx2.HTTPError:
        return unknown("no answer")
    return Reply(answer.status_code, body, "retry-after" in answer.headers)


def got(
    client: httpx2.Client,
    path: str,
    total: float,
    *,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, object] | None:
    """What a provider says of what it was given; None where it says nothing that can be read."""
    until = monotonic() + total
    try:
        with client.stream("GET", path, params=params, headers=headers) as answer:
            reply = Reply(answer.status_code, _capped(answer, until), "retry-after" in answer.headers)
    except httpx2.HTTPError:
        return None
    return reply.json() if reply.status == 200 else None


def deleted(client: httpx2.Client, path: str, total: float) -> bool | None:
    """True also where it was gone already: deleting is safe to repeat. None: nobody knows, so it is asked again."""
    until = monotonic() + total
    try:
        with client.stream("DELETE", path) as answer:
            _capped(answer, until)
    except httpx2.HTTPError:
        return None
    return True if answer.status_code in (204, 404) else None


def moment(said: object) -> datetime | None:
    """A time as providers write it: RFC 3339, or RFC 2822 as in mails; UTC where it has no zone."""
    if not isinstance(said, str):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError):
            found = read(said)
            return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
    return None


def _capped(answer: httpx2.Response, until: float) -> bytes:
    """Nothing where the body is endless, by size or by time."""
    read = bytearray()
    for chunk in answer.iter_bytes():
        read += chunk
        if len(read) > LARGEST or monotonic() > until:
            return b""
    return bytes(read)
