"""Twilio: texts and calls over its REST API of 2010, and what its error codes mean to us."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import httpx2

from crisis.call_words import Failure
from crisis.notify import twilio_found
from crisis.notify.failures import Answer, accepted, refused, unknown
from crisis.notify.provider import LONGEST_CALL, RING, VALID, Reply, Told, deleted, number_of, posted
from crisis.notify.standing import Found
from crisis.vocabulary import Channel

Form = dict[str, str | list[str]]

REFUSES = frozenset({400, 401, 403, 404, 405, 422})
RETRIES = (
    "#rc=5&rp=all&ct=2000&rt=3000"  # without it the provider repeats a callback once, and only if it cannot connect
)
PRIVACY: Form = {"ContentRetention": "discard"}  # the text is not kept once it has gone out
CALL_EVENTS = ["initiated", "ringing", "answered", "completed"]
CODES: Mapping[int, Failure] = {
    13223: Failure.ADDRESS,  # invalid number format
    13224: Failure.ADDRESS,  # invalid number
    21211: Failure.ADDRESS,  # invalid 'To'
    21214: Failure.ADDRESS,  # 'To' cannot be reached
    21217: Failure.ADDRESS,  # number not valid
    21220: Failure.ADDRESS,  # the call is over already
    21610: Failure.ADDRESS,  # they wrote STOP
    21614: Failure.ADDRESS,  # not a mobile number
    30004: Failure.ADDRESS,  # the number takes no messages
    30005: Failure.ADDRESS,  # unknown handset
    30006: Failure.ADDRESS,  # landline or unreachable carrier
    20429: Failure.TEMPORARY,  # too many requests
    20500: Failure.TEMPORARY,  # internal error
    20503: Failure.TEMPORARY,  # unavailable
    21611: Failure.TEMPORARY,  # queue of the sender is full
    22005: Failure.TEMPORARY,  # call was queued too long
    30001: Failure.TEMPORARY,  # queue overflow
    30003: Failure.TEMPORARY,  # handset off or out of reach
    30008: Failure.TEMPORARY,  # the carrier does not say why
    30022: Failure.TEMPORARY,  # rate limit of the carrier
    30410: Failure.TEMPORARY,  # the carrier did not answer
    30500: Failure.TEMPORARY,  # internal failure
    21612: Failure.BLOCKED,  # no way from this sender to that number
    30007: Failure.BLOCKED,  # filtered as unwanted
    30034: Failure.BLOCKED,  # sender is not registered with the carriers
    30036: Failure.BLOCKED,  # its validity ran out in the queue
    30450: Failure.BLOCKED,  # taken for fraud
    20003: Failure.CONFIGURATION,  # wrong account or secret
    20005: Failure.CONFIGURATION,  # account not active
    21205: Failure.CONFIGURATION,  # invalid address for the call
    21212: Failure.CONFIGURATION,  # invalid 'From'
    21215: Failure.CONFIGURATION,  # no permission for calls to that country
    21216: Failure.CONFIGURATION,  # account may not call that number
    21219: Failure.CONFIGURATION,  # a trial account calls verified numbers only
    21408: Failure.CONFIGURATION,  # no permission for texts to that country
    21602: Failure.CONFIGURATION,  # no body
    21603: Failure.CONFIGURATION,  # no 'From'
    21604: Failure.CONFIGURATION,  # no 'To'
    21606: Failure.CONFIGURATION,  # 'From' is not ours, or cannot send texts
    21609: Failure.CONFIGURATION,  # invalid address for callbacks
    21617: Failure.CONFIGURATION,  # text too long
    21659: Failure.CONFIGURATION,  # 'From' is not a number of theirs
    30002: Failure.CONFIGURATION,  # account suspended
    30029: Failure.CONFIGURATION,  # the account has no say about how long content is kept
}
NO_SAY_ABOUT_CONTENT = "30029"


@dataclass(frozen=True, slots=True)
class Twilio:
    client: httpx2.Client
    account: str
    sender: str
    total: float
    spare: str = ""
    name: str = "twilio"

    def sms(
        self, to: str, body: str, reference: str, told: Told, valid: int = VALID, *, spread: bool = False
    ) -> Answer:
        sender = number_of(self, spread=spread)
        form: Form = {"To": to, "Body": body, "ValidityPeriod": str(valid), "RiskCheck": "disable", "From": sender}
        answer = self._post("Messages.json", form | PRIVACY, reference, told)
        if answer.code == NO_SAY_ABOUT_CONTENT:  # a page goes out even where the account cannot have its text discarded
            return self._post("Messages.json", form, reference, told)
        return answer

    def call(self, to: str, twiml: str, reference: str, told: Told) -> Answer:
        form: Form = {"To": to, "Twiml": twiml, "Timeout": str(RING), "TimeLimit": str(LONGEST_CALL)}
        if told.fallback is not None:
            form |= {"FallbackUrl": told.fallback, "FallbackMethod": "GET"}
        if told.status is not None:
            form["StatusCallbackEvent"] = CALL_EVENTS
        if told.answered_by is not None:
            form |= {"MachineDetection": "DetectMessageEnd", "AsyncAmd": "true"}
            form["AsyncAmdStatusCallback"] = told.answered_by + RETRIES
        return self._post("Calls.json", form, reference, told)

    def say(self, call: str, twiml: str) -> Answer:
        return self._change(call, {"Twiml": twiml})

    def hang_up(self, call: str) -> Answer:
        """`canceled` leaves a call alone that was answered; `completed` would cut it off."""
        return self._change(call, {"Status": "canceled"})

    def _change(self, call: str, form: Form) -> Answer:
        path = f"/2010-04-01/Accounts/{self.account}/Calls/{quote(call, safe='')}.json"
        reply = posted(self.client, path, self.total, form=form, headers={})
        return reply if isinstance(reply, Answer) else answer_of(reply)

    def found(self, channel: Channel, sid: str) -> Found | None:
        return twilio_found.one(self.client, self.account, channel, sid, self.total)

    def listed(self, channel: Channel, to: str) -> list[Found] | None:
        senders = (self.sender, self.spare)
        return twilio_found.all_to(self.client, self.account, channel, to, senders=senders, total=self.total)

    def forget(self, channel: Channel, sid: str) -> bool | None:
        return deleted(self.client, twilio_found.address(self.account, channel, sid), self.total)

    def close(self) -> None:
        self.client.close()

    def _post(self, what: str, form: Form, reference: str, told: Told) -> Answer:
        form = {"From": self.sender, **form}
        if told.status is not None:
            form["StatusCallback"] = told.status + RETRIES
        path = f"/2010-04-01/Accounts/{self.account}/{what}"
        reply = posted(self.client, path, self.total, form=form, headers={"X-Reference": reference})
        return reply if isinstance(reply, Answer) else answer_of(reply)


def answer_of(reply: Reply) -> Answer:
    """Accepted only with a proper message id; a server error may have sent it, so it is unknown (F14, F17, F18)."""
    said = reply.json() or {}
    code = _number(said.get("code"))
    if reply.come_back:
        return refused(Failure.TEMPORARY, str(code or reply.status))
    if reply.status in REFUSES:
        return refused(CODES.get(code, Failure.CONFIGURATION), str(code or reply.status))
    if reply.status in (200, 201) and not said.get("error_code") and _proper(said.get("sid")):
        return accepted(_sid(said))
    return unknown(str(_number(said.get("error_code")) or code or reply.status))


def _number(code: object) -> int:
    return code if isinstance(code, int) else 0


def _proper(sid: object) -> bool:
    return isinstance(sid, str) and len(sid) == 34 and sid[:2] in ("SM", "MM", "CA")


def _sid(said: Mapping[str, object]) -> str:
    return str(said.get("sid", ""))
