"""What the second provider sends about texts, told in the words of the first: so there is one way in for both.

Calls need no telling: its forms have the names of the first already.
"""

import json
from collections.abc import Mapping

STATUS = {
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "delivery_unconfirmed": "sent",
    "sending_failed": "failed",
    "delivery_failed": "undelivered",
    "gw_timeout": "failed",
    "dlr_timeout": "sent",
}


def told(body: bytes) -> dict[str, str] | None:
    """None for what is not an event of a text."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    event = _inside(said, "data")
    payload = _inside(event, "payload")
    name = payload.get("id")
    if not isinstance(name, str):
        return None
    if event.get("event_type") == "message.received":
        return _received(name, payload)
    if event.get("event_type") in ("message.sent", "message.finalized"):
        return _became(name, payload)
    return None


def _received(name: str, payload: Mapping[str, object]) -> dict[str, str]:
    return {
        "MessageSid": name,
        "From": _text(_inside(payload, "from"), "phone_number"),
        "To": _text(_first(payload.get("to")), "phone_number"),
        "Body": _text(payload, "text"),
    }


def _became(name: str, payload: Mapping[str, object]) -> dict[str, str]:
    fault = _text(_first(payload.get("errors")), "code")
    status = STATUS.get(_text(_first(payload.get("to")), "status"), "unknown")
    return {"MessageSid": name, "MessageStatus": status, "ErrorCode": fault}


def _inside(said: object, name: str) -> Mapping[str, object]:
    found = said.get(name) if isinstance(said, dict) else None
    return found if isinstance(found, dict) else {}


def _first(said: object) -> Mapping[str, object]:
    found = said[0] if isinstance(said, list) and said else None
    return found if isinstance(found, dict) else {}


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name)
    return found if isinstance(found, str) else ""
