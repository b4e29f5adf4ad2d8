"""What each provider tells the application, in its own words: receipts, who took a call, texts, keys."""

from dataclasses import dataclass
from datetime import datetime

from crisis.notify.handsets_calling import Account, Note
from crisis.notify.handsets_plans import Delivery, What

ALL_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
ONLY_THE_END = frozenset({"completed"})
EVENT_OF = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
BEFORE = {"messages": ("sent",), "calls": ("initiated", "ringing")}
SECOND_STATUS = {"sent": "sent", "delivered": "delivered", "undelivered": "delivery_failed", "failed": "sending_failed"}
SECOND_CODES = {30005: "40001", 30007: "40002", 30036: "40014"}
RECEIVED = "received"


@dataclass(slots=True, kw_only=True)
class Sent:
    """A text or a call as its provider knows it."""

    sid: str
    what: What
    account: Account
    phone: str
    body: str
    sender: str  # the number that it came from
    callback: str
    made_at: datetime
    status: str = "queued"
    code: int = 0
    answered_by: str = ""
    fallback: str = ""  # where what a call says next comes from, when the application does not answer
    told: tuple[Note, ...] = ()  # what is said of its end once it ends

    def end(self, fate: Delivery) -> None:
        """What is lost in silence, its provider has not heard of either."""
        done = "completed" if self.what == "calls" else "delivered"
        lost = "initiated" if self.what == "calls" else "sent"
        self.status = {"delivered": done, "completed": done, "pretended": done, "silent": lost}.get(fate.end, fate.end)
        self.code = fate.code
        self.answered_by = fate.answered_by if self.what == "calls" and self.status == done else ""


def came_in(sid: str, account: Account, ends: tuple[str, str], body: str, at: datetime) -> Sent:
    """A text to the application, as its provider keeps it; `ends` are who wrote, and to which number."""
    phone, line = ends
    kept = Sent(sid=sid, what="messages", account=account, phone=line, body=body, sender=phone, callback="", made_at=at)
    kept.status = RECEIVED
    return kept


def cancelled(made: Sent) -> Note:
    form = _call(made.account, made.sid, made.sender, made.phone)
    return Note(url=made.callback, form=form | {"CallStatus": "canceled"})


def at_the_end(note: Note) -> bool:
    return note.form.get("CallStatus") == "completed"


def of(made: Sent, status: str, answered_by: str, fate: Delivery, events: frozenset[str]) -> list[Note]:
    """The receipts of one text or call, in order; a provider that loses it silently says nothing."""
    if fate.end == "silent":
        return []
    notes = [_receipt(made, status, step) for step in _steps(made, events)] if status else []
    if answered_by and made.status == "completed":
        form = _call(made.account, made.sid, made.sender, made.phone) | {"AnsweredBy": fate.answered_by}
        notes.append(Note(url=answered_by, form=form | {"MachineDetectionDuration": "2400"}))
    return notes


def _steps(made: Sent, events: frozenset[str]) -> list[str]:
    if made.what == "messages":
        return ["sent", made.status]
    before = ("initiated",) if made.status == "failed" else ("initiated", "ringing")
    steps = [*before, *(("in-progress",) if made.status == "completed" else ()), made.status]
    return [step for step in steps if EVENT_OF.get(step, "completed") in events]


def _receipt(made: Sent, url: str, step: str) -> Note:
    fault = str(made.code) if made.code and step == made.status else ""
    if made.what == "calls":
        form = _call(made.account, made.sid, made.sender, made.phone) | {"CallStatus": step}
        return Note(url=url, form=form | ({"ErrorCode": fault} if fault else {}))
    if made.account.second:
        return Note(url=url, event=_second_receipt(made, step, fault))
    form = {"MessageSid": made.sid, "AccountSid": made.account.sid, "From": made.sender, "To": made.phone}
    form |= {"MessageStatus": step}
    return Note(url=url, form=form | ({"ErrorCode": fault} if fault else {}))


def _call(account: Account, sid: str, line: str, phone: str) -> dict[str, str]:
    return {"CallSid": sid, "AccountSid": account.sid, "From": line, "To": phone}


def _second_receipt(made: Sent, step: str, fault: str) -> dict[str, object]:
    errors = [{"code": SECOND_CODES.get(made.code, "40008"), "title": "Undelivered"}] if fault else []
    payload: dict[str, object] = {
        "id": made.sid,
        "direction": "outbound",
        "from": {"phone_number": made.sender},
        "to": [{"phone_number": made.phone, "status": SECOND_STATUS[step]}],
        "errors": errors,
    }
    return _event("message.finalized" if step == made.status else "message.sent", made.sid + step, payload)


def _event(kind: str, name: str, payload: dict[str, object]) -> dict[str, object]:
    return {
        "data": {"event_type": kind, "id": name, "record_type": "event", "payload": payload},
        "meta": {"attempt": 1},
    }


def of_reply(url: str, account: Account, sid: str, ends: tuple[str, str], body: str) -> Note:
    """`ends` are who writes and the number that they write to."""
    phone, line = ends
    if account.second:
        payload: dict[str, object] = {
            "id": sid,
            "direction": "inbound",
            "from": {"phone_number": phone},
            "to": [{"phone_number": line, "status": "webhook_delivered"}],
            "text": body,
            "errors": [],
        }
        return Note(url=url, event=_event("message.received", sid, payload))
    form = {"MessageSid": sid, "AccountSid": account.sid, "From": phone, "To": line, "Body": body}
    return Note(url=url, form=form)


def of_ring(url: str, account: Account, call: str, phone: str) -> Note:
    form = _call(account, call, phone, account.number)
    return Note(url=url, form=form | {"Direction": "inbound", "CallStatus": "ringing"})


def of_key(url: str, account: Account, call: str, phone: str, key: str | None) -> Note:
    """Without a key: the call goes on by itself to another address."""
    form = _call(account, call, account.number, phone) | {"Direction": "outbound-api", "CallStatus": "in-progress"}
    return Note(url=url, form=form if key is None else form | {"Digits": key})
