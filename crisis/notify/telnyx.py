"""Telnyx, the second provider: texts as JSON, calls with the same menu as TeXML, and what its error codes mean to us.

Unlike the first: its own network, a JSON API, one key instead of account and secret, Ed25519 instead of HMAC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx2

from crisis.call_words import Failure
from crisis.notify import telnyx_found
from crisis.notify.failures import Answer, accepted, refused, unknown
from crisis.notify.provider import LONGEST_CALL, RING, VALID, Reply, Told, number_of, posted
from crisis.notify.standing import Found
from crisis.vocabulary import Channel

REFUSES = frozenset({400, 401, 402, 403, 404, 405, 409, 415, 422})
TAKEN = frozenset({"queued", "initiated", "ringing", "in-progress", "completed"})  # the last, when we end one
STOPPED = "40300"
CODES: Mapping[str, Failure] = {
    "10002": Failure.ADDRESS,  # invalid number
    "10016": Failure.ADDRESS,  # not E.164
    "40001": Failure.ADDRESS,  # landline, or not routable
    "40012": Failure.ADDRESS,  # invalid destination
    STOPPED: Failure.ADDRESS,  # they wrote STOP
    "40301": Failure.ADDRESS,  # the number takes no texts
    "40310": Failure.ADDRESS,  # invalid 'to'
    "40319": Failure.ADDRESS,  # the number takes no such message
    "90018": Failure.ADDRESS,  # the call is over already
    "10007": Failure.TEMPORARY,  # unexpected error
    "10008": Failure.TEMPORARY,  # timed out
    "10011": Failure.TEMPORARY,  # too many requests
    "40004": Failure.TEMPORARY,  # the carrier does not say why
    "40005": Failure.TEMPORARY,  # expired on its way
    "40006": Failure.TEMPORARY,  # the carrier is down
    "40011": Failure.TEMPORARY,  # rate limit of the carrier
    "40014": Failure.TEMPORARY,  # expired in the queue
    "40318": Failure.TEMPORARY,  # queue is full
    "40320": Failure.TEMPORARY,  # sender not usable yet
    "40002": Failure.BLOCKED,  # filtered as unwanted, for now
    "40003": Failure.BLOCKED,  # filtered as unwanted
    "40008": Failure.BLOCKED,  # the carrier did not take it
    "40010": Failure.BLOCKED,  # sender is not registered with the carriers
    "40015": Failure.BLOCKED,  # filtered by the provider
    "40315": Failure.BLOCKED,  # sender has a bad name
    "40322": Failure.BLOCKED,  # blocked for its content
    "10001": Failure.CONFIGURATION,  # number not active
    "10004": Failure.CONFIGURATION,  # something is missing
    "10005": Failure.CONFIGURATION,  # no such thing: the call application, most likely
    "10009": Failure.CONFIGURATION,  # wrong key
    "10010": Failure.CONFIGURATION,  # not allowed
    "10015": Failure.CONFIGURATION,  # not understood
    "20012": Failure.CONFIGURATION,  # account inactive
    "20015": Failure.CONFIGURATION,  # not enabled for the account
    "20016": Failure.CONFIGURATION,  # account not verified, level 1
    "20017": Failure.CONFIGURATION,  # account not verified, level 2
    "20100": Failure.CONFIGURATION,  # no money left
    "40009": Failure.CONFIGURATION,  # invalid body
    "40013": Failure.CONFIGURATION,  # invalid sender
    "40100": Failure.CONFIGURATION,  # sender cannot send texts
    "40150": Failure.CONFIGURATION,  # toll-free sender is not registered
    "40151": Failure.CONFIGURATION,  # sender is with another provider still
    "40302": Failure.CONFIGURATION,  # text too long
    "40305": Failure.CONFIGURATION,  # 'from' is not ours
    "40306": Failure.CONFIGURATION,  # no such sender name
    "40309": Failure.CONFIGURATION,  # no permission for that country
    "40312": Failure.CONFIGURATION,  # messaging profile is off
    "40314": Failure.CONFIGURATION,  # messaging is off for the account
    "40316": Failure.CONFIGURATION,  # no text
    "40321": Failure.CONFIGURATION,  # no number on the messaging profile
}


@dataclass(frozen=True, slots=True)
class Telnyx:
    client: httpx2.Client
    secret: str  # the API key
    account: str
    application: str  # the TeXML application that calls belong to
    sender: str
    total: float
    spare: str = ""
    name: str = "telnyx"

    def sms(
        self, to: str, body: str, reference: str, told: Told, valid: int = VALID, *, spread: bool = False
    ) -> Answer:
        """It cannot be told how long a text stays valid; the code in it ends with its page."""
        sender = number_of(self, spread=spread)
        said: dict[str, object] = {"from": sender, "to": to, "text": body, "type": "SMS"}
        if told.status is not None:
            said |= {"webhook_url": told.status, "use_profile_webhooks": False}
        reply = self._post("/v2/messages", said, reference)
        return reply if isinstance(reply, Answer) else answer_of(reply)

    def call(self, to: str, twiml: str, reference: str, told: Told) -> Answer:
        said: dict[str, object] = {
            "ApplicationSid": self.application,
            "From": self.sender,
            "To": to,
            "Texml": twiml,
            "Timeout": RING,
            "TimeLimit": LONGEST_CALL,
        }
        if told.fallback is not None:
            said["FallbackUrl"] = told.fallback
        if told.status is not None:
            said |= {"StatusCallback": told.status, "StatusCallbackEvent": "initiated ringing answered completed"}
        if told.answered_by is not None:
            said |= {
                "MachineDetection": "DetectMessageEnd",
                "AsyncAmd": True,
                "AsyncAmdStatusCallback": told.answered_by,
            }
        reply = self._post(f"/v2/texml/Accounts/{self.account}/Calls", said, reference)
        return reply if isinstance(reply, Answer) else answer_of(reply)

    def say(self, call: str, twiml: str) -> Answer:
        return self._change(call, {"Texml": twiml})

    def hang_up(self, call: str) -> Answer:
        """It knows `completed` alone, which ends an answered call too: so only one that we know to ring is ended."""
        return self._change(call, {"Status": "completed"})

    def _change(self, call: str, form: dict[str, str | list[str]]) -> Answer:
        path = f"/v2/texml/Accounts/{self.account}/Calls/{quote(call, safe='')}"
        headers = {"Authorization": f"Bearer {self.secret}"}
        reply = posted(self.client, path, self.total, form=form, headers=headers)
        return reply if isinstance(reply, Answer) else answer_of(reply)

    def found(self, channel: Channel, sid: str) -> Found | None:
        return telnyx_found.one(self.client, self.secret, self.account, channel, sid, total=self.total)

    def listed(self, channel: Channel, to: str) -> list[Found] | None:
        found = telnyx_found.all_to(self.client, self.secret, self.account, channel, to, total=self.total)
        return None if found is None else [each for each in found if each.sender in (self.sender, self.spare)]

    def forget(self, channel: Channel, sid: str) -> bool | None:
        """It deletes no record on request: what it keeps, and how long, is agreed with it (`docs/operations.md`)."""
        return False

    def close(self) -> None:
        self.client.close()

    def _post(self, path: str, said: dict[str, object], reference: str) -> Reply | Answer:
        headers = {"Authorization": f"Bearer {self.secret}", "X-Reference": reference}
        return posted(self.client, path, self.total, said=said, headers=headers)


def answer_of(reply: Reply) -> Answer:
    """A text is accepted with its id, a call with its state; a server error may have done it (F14, F17, F18)."""
    said = reply.json() or {}
    code, words = _fault(said)
    if reply.come_back:
        return refused(Failure.TEMPORARY, code or str(reply.status))
    if reply.status in REFUSES:
        return refused(failure_of(code, words), code or str(reply.status))
    if reply.status in (200, 201) and not code and (_text_taken(said) or _call_taken(said)):
        return accepted(_sid(said))
    return unknown(code or str(reply.status))


def failure_of(code: str, words: str = "") -> Failure:
    """40300 is said for more than STOP: only with that word is it about the number."""
    if code == STOPPED and "STOP" not in words:
        return Failure.CONFIGURATION
    return CODES.get(code, Failure.CONFIGURATION)


def _fault(said: Mapping[str, object]) -> tuple[str, str]:
    data = said.get("data")
    errors = said.get("errors") or (data.get("errors") if isinstance(data, dict) else None)
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return ("?" if errors else ""), ""
    code = str(first.get("code", ""))
    return (code if code.isdecimal() else "?"), f"{first.get('title', '')} {first.get('detail', '')}"


def _text_taken(said: Mapping[str, object]) -> bool:
    data = said.get("data")
    name = data.get("id") if isinstance(data, dict) else None
    return isinstance(name, str) and len(name) == 36


def _call_taken(said: Mapping[str, object]) -> bool:
    return said.get("status") in TAKEN and isinstance(said.get("to"), str)


def _sid(said: Mapping[str, object]) -> str:
    """Of a text, or of a call; where the answer has none, the first callback of the call does."""
    data = said.get("data")
    name = data.get("id") if isinstance(data, dict) else said.get("sid", said.get("call_sid"))
    return name if isinstance(name, str) else ""
