"""How the stand-in calls the application: in the shape, with the signature and with the patience of each provider."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urldefrag, urlencode

import httpx2

from crisis import clock
from crisis.notify.handsets_plans import Forgery, What
from crisis.notify.provider import certificates
from crisis.notify.signature import public_of, signed, signed_by_key

CONNECT, READ, AGAIN = (
    5000,
    15_000,
    1,
)  # milliseconds and tries after the first, where the address asks for nothing else
SECOND_TRIES, SECOND_READ = 3, 2000
WRONG = "f" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a customer has with a provider: a name, a secret, a number. With a private key it is with the second."""

    sid: str
    secret: str
    number: str
    application: str = ""
    private_key: str = ""  # hex; the provider's own, with which it signs
    spare: str = ""  # a second number

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset({self.number, self.spare}) - {""}

    @property
    def second(self) -> bool:
        return bool(self.private_key)

    @property
    def public_key(self) -> str:
        return public_of(bytes.fromhex(self.private_key))

    def new_id(self, what: What) -> str:
        if not self.second:
            return ("CA" if what == "calls" else "SM") + secrets.token_hex(16)
        name = secrets.token_hex(16)
        if what == "calls":
            return f"v3:{name}"
        return "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))


def stand_in_key(secret: str) -> str:
    """The key with which the stand-in signs as the second provider: whoever has the account's secret knows it."""
    return hashlib.sha256(b"handsets|" + secret.encode()).hexdigest()


def stand_in_public_key(secret: str) -> str:
    return public_of(bytes.fromhex(stand_in_key(secret)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that the application is told: a form, or an event as JSON. `token` is the same each time it is told."""

    url: str
    form: Mapping[str, str] = field(default_factory=dict)
    event: Mapping[str, object] | None = None
    forged: Forgery = ""
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def body(self) -> bytes:
        return urlencode(self.form).encode() if self.event is None else json.dumps(self.event).encode()


@dataclass(frozen=True, slots=True)
class Override:
    """What the part of an address behind the `#` says about retries; it is not part of what is signed."""

    tries: int
    on_anything: bool
    connect: float
    read: float


def override_of(url: str) -> Override:
    said = dict(parse_qsl(urldefrag(url).fragment.replace(",", "&")))
    return Override(
        tries=1 + int(said.get("rc", AGAIN)),
        on_anything="all" in said.get("rp", "ct"),
        connect=int(said.get("ct", CONNECT)) / 1000,
        read=int(said.get("rt", READ)) / 1000,
    )


@dataclass(frozen=True, slots=True)
class Calling:
    """Signed for the public address, sent to this machine: nothing leaves it."""

    target: str
    public_url: str
    transport: httpx2.BaseTransport | None = None  # another way than the network of this machine

    def tell(self, account: Account, note: Note) -> httpx2.Response | None:
        """The last answer; None where nobody answers."""
        asked = override_of(note.url) if not account.second else Override(SECOND_TRIES, True, 5.0, SECOND_READ / 1000)
        answer = None
        for _turn in range(asked.tries):
            answer = self._once(account, note, asked)
            if answer is not None and (answer.status_code < 400 or not asked.on_anything):
                break
        return answer

    def fallback(self, url: str) -> str | None:
        """From another host than the application's, as it is: a plain file will do."""
        try:
            with httpx2.Client(timeout=5.0, trust_env=False, verify=certificates()) as client:
                answer = client.get(url)
        except httpx2.HTTPError:
            return None
        return answer.text if answer.status_code == 200 else None

    def _once(self, account: Account, note: Note, asked: Override) -> httpx2.Response | None:
        path = urldefrag(note.url).url.removeprefix(self.public_url)
        body = note.body if note.forged != "altered" else note.body + b"&Extra=1"
        headers = {
            "Host": httpx2.URL(self.public_url).netloc.decode(),
            "Content-Type": _kind(note),
            **self._signed(account, note, path),
        }
        patience = httpx2.Timeout(asked.read, connect=asked.connect)
        try:
            with self._client(patience) as client:
                return client.post(self.target + path, content=body, headers=headers)
        except httpx2.HTTPError:
            return None

    def _client(self, patience: httpx2.Timeout) -> httpx2.Client:
        return httpx2.Client(timeout=patience, trust_env=False, verify=certificates(), transport=self.transport)

    def _signed(self, account: Account, note: Note, path: str) -> dict[str, str]:
        if note.forged == "missing":
            return {}
        if account.second:
            key = WRONG if note.forged == "secret" else account.private_key
            timestamp = str(int(clock.now().timestamp()))
            signature = signed_by_key(bytes.fromhex(key), timestamp, note.body)
            return {"telnyx-timestamp": timestamp, "telnyx-signature-ed25519": signature}
        secret = "another secret" if note.forged == "secret" else account.secret
        address = self.public_url + path + ("/elsewhere" if note.forged == "address" else "")
        return {
            "X-Twilio-Signature": signed(secret, address, note.form),
            "I-Twilio-Idempotency-Token": note.token,
        }


def _kind(note: Note) -> str:
    return "application/x-www-form-urlencoded" if note.event is None else "application/json"
