"""Handsets: the built-in stand-in for a telephone provider, with the provider's HTTP shape and a page of telephones.

A process of its own. Its ledger is the ground truth of what each number received; it is written through to disk, so
that it survives being killed. It serves the demo, drills and the tests; it reaches no real telephone.
"""

import json
import os
import secrets
import threading
import xml.etree.ElementTree as ElementTree  # only reads what our own server answered
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import httpx2

from crisis import clock
from crisis.notify.signature import signed

Kind = Literal["text", "call", "reply", "key"]
Fault = Literal["hang", "accept_then_hang", "error", "busy", "opted_out", "garbage", "endless", "redirect", "no_id"]
LEFT = "handsets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that a telephone received, or that its owner did. `at` is ISO 8601 in UTC."""

    number: int
    at: str
    kind: Kind
    phone: str
    body: str
    sid: str
    reference: str = ""
    action: str = ""  # where a key of this call goes

    @property
    def clock(self) -> str:
        return datetime.fromisoformat(self.at).astimezone().strftime("%H:%M:%S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    name: str
    post: str


@dataclass(slots=True)
class Ledger:
    """Append-only, one JSON line an entry, on disk before anybody is told."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> "Ledger":
        if self.path.exists():
            lines = self.path.read_text(encoding="utf-8").splitlines()
            self.entries = [Entry(**json.loads(line)) for line in lines if line.endswith("}")]
        return self

    def add(self, kind: Kind, phone: str, body: str, sid: str, *, reference: str = "", action: str = "") -> Entry:
        with self._lock:
            number = len(self.entries) + 1
            at = clock.now().isoformat()
            entry = Entry(
                number=number, at=at, kind=kind, phone=phone, body=body, sid=sid, reference=reference, action=action
            )
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(entry)) + "\n")
                file.flush()
                os.fsync(file.fileno())
            self.entries.append(entry)
        return entry

    def of_phone(self, phone: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.phone == phone]


@dataclass(slots=True)
class Plan:
    """Faults to come: for a number or `*`, for messages or calls, so many times."""

    faults: list[tuple[str, str, Fault, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, phone: str, what: str, fault: Fault, times: int) -> None:
        with self._lock:
            self.faults.append((phone, what, fault, times))

    def clear(self) -> None:
        with self._lock:
            self.faults.clear()

    def take(self, phone: str, what: str) -> Fault | None:
        """The fault that this request meets, counted down."""
        with self._lock:
            for place, (who, which, fault, times) in enumerate(self.faults):
                if who in (phone, "*") and which in (what, "*"):
                    self.faults[place : place + 1] = [(who, which, fault, times - 1)] if times > 1 else []
                    return fault
        return None


@dataclass(slots=True)
class Exchange:
    """The network itself: ledger, faults, owners of numbers, and the application that answers to `sender`."""

    ledger: Ledger
    account: str
    secret: str
    sender: str
    target: str  # the application's own address on this machine
    public_url: str  # under which the application believes to be reached: what is signed
    owners: Mapping[str, Owner] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)

    def phones(self) -> Iterator[tuple[str, Owner | None, list[Entry]]]:
        """Those with news first, then the rest in the order they were given."""
        known = list(dict.fromkeys([*self.owners, *(entry.phone for entry in self.ledger.entries)]))
        latest = {entry.phone: entry.number for entry in self.ledger.entries}
        for phone in sorted(known, key=lambda each: -latest.get(each, 0)):
            yield phone, self.owners.get(phone), self.ledger.of_phone(phone)

    def receive_text(self, phone: str, body: str, reference: str) -> Entry:
        return self.ledger.add("text", phone, body, f"SM{secrets.token_hex(16)}", reference=reference)

    def receive_call(self, phone: str, twiml: str, reference: str) -> Entry:
        """The owner hears what is said; where a key goes is kept with the call."""
        said, action = heard(twiml)
        return self.ledger.add("call", phone, said, f"CA{secrets.token_hex(16)}", reference=reference, action=action)

    def reply(self, phone: str, body: str) -> str:
        """The owner writes back; returns what came as an answer."""
        sid = f"SM{secrets.token_hex(16)}"
        self.ledger.add("reply", phone, body, sid)
        return self._send("/webhooks/text", {"MessageSid": sid, "From": phone, "To": self.sender, "Body": body}, phone)

    def press(self, phone: str, call: str, key: str) -> str:
        """The owner presses a key during, or after, a call."""
        found = next((each for each in self.ledger.of_phone(phone) if each.sid == call and each.kind == "call"), None)
        if found is None or not found.action:
            return "no such call"
        self.ledger.add("key", phone, key, call)
        path = found.action.removeprefix(self.public_url)
        return self._send(path, {"CallSid": call, "From": phone, "To": self.sender, "Digits": key}, phone)

    def _send(self, path: str, form: dict[str, str], phone: str) -> str:
        headers = {"X-Twilio-Signature": signed(self.secret, self.public_url + path, form)}
        host = httpx2.URL(self.public_url)
        headers["Host"] = host.netloc.decode()
        try:
            with httpx2.Client(timeout=10, trust_env=False) as client:
                answer = client.post(self.target + path, data=form, headers=headers)
        except httpx2.HTTPError:
            return "the application does not answer"
        if answer.status_code != 200:
            return f"the application answered {answer.status_code}"
        for body in said_back(answer.text):
            self.receive_text(phone, body, "answer")
        return "sent"


def heard(twiml: str) -> tuple[str, str]:
    """What a call says once, and where a key goes."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  # our own document, from our own worker
    except ElementTree.ParseError:
        return "(silence)", ""
    gather = root.find("Gather")
    say = root.find(".//Say")
    return (say.text or "" if say is not None else ""), (gather.get("action", "") if gather is not None else "")


def said_back(twiml: str) -> list[str]:
    """The texts, or the spoken sentence, that the application answered with."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  # our own document, from our own server
    except ElementTree.ParseError:
        return []
    return [element.text for tag in ("Message", "Say") for element in root.iter(tag) if element.text]
