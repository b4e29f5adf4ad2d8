"""Handsets: the built-in stand-in for a telephone provider, with the provider's HTTP shape and a page of telephones.

A process of its own. Its ledger is the ground truth of what each number received; it is written through to disk, so
that it survives being killed. It serves the demo, drills and the tests; it reaches no real telephone.
"""

import secrets
import threading
import xml.etree.ElementTree as ElementTree  # only reads what our own server answered
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urldefrag

import httpx2

from crisis.notify.ledger import Entry, Kind, Ledger
from crisis.notify.signature import signed

Fault = Literal[
    "hang",
    "accept_then_hang",
    "error",
    "accept_then_error",
    "unavailable",
    "busy",
    "opted_out",
    "bad_number",
    "garbage",
    "endless",
    "redirect",
    "no_id",
    "error_in_success",
    "undelivered",
    "silent",
]
What = Literal["messages", "calls", "*"]
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP"})
RETRIES, PATIENCE = 3, 3.0  # of a callback; seconds
MADE = {"text": ("sent", "delivered"), "call": ("initiated", "ringing", "in-progress", "completed")}
NOT_MADE = {"text": ("sent", "undelivered"), "call": ("initiated", "failed")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    name: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a customer has with the provider: a name, a secret, a number."""

    sid: str
    secret: str
    number: str


@dataclass(slots=True)
class Plan:
    """Faults to come: for a number or `*`, for messages or calls, so many times."""

    faults: list[tuple[str, What, Fault, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, phone: str, what: What, fault: Fault, times: int) -> None:
        with self._lock:
            self.faults.append((phone, what, fault, times))

    def clear(self) -> None:
        with self._lock:
            self.faults.clear()

    def take(self, phone: str, what: What) -> Fault | None:
        """The fault that this request meets, counted down."""
        with self._lock:
            for place, (who, which, fault, times) in enumerate(self.faults):
                if who in (phone, "*") and which in (what, "*"):
                    self.faults[place : place + 1] = [(who, which, fault, times - 1)] if times > 1 else []
                    return fault
        return None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The network itself: ledger, faults, owners of numbers, and the application that answers."""

    ledger: Ledger
    accounts: tuple[Account, ...]
    target: str  # the application's own address on this machine
    public_url: str  # under which the application believes to be reached: what is signed
    owners: Mapping[str, Owner] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    _callbacks: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "callbacks"))

    def phones(self) -> Iterator[tuple[str, Owner | None, list[Entry]]]:
        """Those with news first, then the rest in the order they were given."""
        known = list(dict.fromkeys([*self.owners, *(entry.phone for entry in self.ledger.entries)]))
        latest = {entry.phone: entry.number for entry in self.ledger.entries}
        for phone in sorted(known, key=lambda each: -latest.get(each, 0)):
            yield phone, self.owners.get(phone), self.ledger.of_phone(phone)

    def take(self, what: What, line: str, phone: str, body: str, reference: str, *, lost: bool = False) -> Entry:
        """What a telephone gets: a text as it is, of a call what is said; where a key goes is kept with the call."""
        said, action = heard(body) if what == "calls" else (body, "")
        kind: Kind = "lost" if lost else "call" if what == "calls" else "text"
        sid = ("CA" if what == "calls" else "SM") + secrets.token_hex(16)
        return self.ledger.add(kind, phone, said, sid, line=line, reference=reference, action=action)

    def opted_out(self, phone: str) -> bool:
        """The provider itself stops sending to who wrote STOP, until they write START."""
        words = [each.body.strip().upper() for each in self.ledger.of_phone(phone) if each.kind == "reply"]
        return next((word in STOP for word in reversed(words) if word in STOP | START), False)

    def reply(self, phone: str, body: str) -> str:
        """The owner writes back to the number that wrote last; returns how it went."""
        line = next((each.line for each in reversed(self.ledger.of_phone(phone)) if each.line), self.accounts[0].number)
        sid = f"SM{secrets.token_hex(16)}"
        self.ledger.add("reply", phone, body, sid, line=line)
        form = {"MessageSid": sid, "AccountSid": self._account(line).sid, "From": phone, "To": line, "Body": body}
        return self._answered(f"{self.public_url}/webhooks/text", form, line, phone)

    def press(self, phone: str, call: str, key: str) -> str:
        """The owner presses a key during, or after, a call. As the provider says it, the call is from us to them."""
        found = next((each for each in self.ledger.of_phone(phone) if each.sid == call and each.action), None)
        if found is None:
            return "no such call"
        self.ledger.add("key", phone, key, call, line=found.line)
        form = {"CallSid": call, "AccountSid": self._account(found.line).sid, "From": found.line, "To": phone}
        form |= {"Direction": "outbound-api", "CallStatus": "in-progress", "Digits": key}
        return self._answered(found.action, form, found.line, phone)

    def report(self, entry: Entry, callback: str, fault: Fault | None) -> None:
        """Tells the application what became of a text or a call, step by step, while nobody waits for it."""
        if fault == "silent" or not callback:
            return
        call = entry.sid.startswith("CA")
        name, sid = ("CallStatus", "CallSid") if call else ("MessageStatus", "MessageSid")
        form = {sid: entry.sid, "AccountSid": self._account(entry.line).sid, "From": entry.line, "To": entry.phone}
        steps = (NOT_MADE if fault == "undelivered" else MADE)["call" if call else "text"]
        forms = [form | {name: step} for step in steps]
        if fault == "undelivered":
            forms[-1]["ErrorCode"] = "30005"
        self._callbacks.submit(self._tell, urldefrag(callback).url, forms, entry.line)

    def _account(self, line: str) -> Account:
        return next((each for each in self.accounts if each.number == line), self.accounts[0])

    def _tell(self, url: str, forms: Sequence[dict[str, str]], line: str) -> None:
        for form in forms:
            for _turn in range(RETRIES):
                answer = self._post(url, form, line)
                if answer is not None and answer.status_code < 500:
                    break

    def _answered(self, url: str, form: dict[str, str], line: str, phone: str) -> str:
        answer = self._post(url, form, line)
        if answer is None:
            return "the application does not answer"
        if answer.status_code != 200:
            return f"the application answered {answer.status_code}"
        for kind, body in said_back(answer.text):
            self.ledger.add(kind, phone, body, f"SM{secrets.token_hex(16)}", line=line, reference="answer")
        return "sent"

    def _post(self, url: str, form: dict[str, str], line: str) -> httpx2.Response | None:
        """Signed for the public address, sent to this machine: nothing leaves it."""
        path = url.removeprefix(self.public_url)
        signature = signed(self._account(line).secret, self.public_url + path, form)
        headers = {"X-Twilio-Signature": signature, "Host": httpx2.URL(self.public_url).netloc.decode()}
        try:
            with httpx2.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False) as client:
                return client.post(self.target + path, data=form, headers=headers)
        except httpx2.HTTPError:
            return None


def heard(twiml: str) -> tuple[str, str]:
    """What a call says once, and where a key goes."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  # our own document, from our own worker
    except ElementTree.ParseError:
        return "(silence)", ""
    gather, say = root.find("Gather"), root.find(".//Say")
    return (say.text or "" if say is not None else ""), (gather.get("action", "") if gather is not None else "")


def said_back(twiml: str) -> list[tuple[Literal["text", "voice"], str]]:
    """The texts, or the sentences, that the application answered with."""
    try:
        root = ElementTree.fromstring(twiml)  # noqa: S314  # our own document, from our own server
    except ElementTree.ParseError:
        return []
    texts: list[tuple[Literal["text", "voice"], str]] = [("text", each.text or "") for each in root.iter("Message")]
    return texts + [("voice", each.text or "") for each in list(root.iter("Say"))[:1]]
