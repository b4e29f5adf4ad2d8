"""An e-mail to a family that came back: what the mail server says of it goes on the step, as loud as a refusal.

The server hands each report of delivery (RFC 3464) to `crisis mail-returned`. It names the mail by our own reference;
of the rest nothing is kept.
"""

import re
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.family_commands import RecordTextOutcome
from crisis.message_words import GuardianTextId, MessageWay, SendState
from crisis.notify.family_texts import say, system
from crisis.statemachine.incident import Incident
from crisis.store import incidents
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId

LARGEST = 1_000_000  # bytes that are looked at
_REFERENCE = re.compile(r"<((?P<incident>[A-Za-z0-9-]{1,60})-t[0-9]{1,9})@[^<>\s]{1,254}>")
_STATUS = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")


def take(store: Store, raw: bytes, at: datetime) -> bool:
    """Whether it is about an e-mail of ours that did not arrive; said twice it is on the step once."""
    report = message_from_bytes(raw[:LARGEST])
    status, found = _failed(report), _reference(report)
    if status is None or found is None:
        return False
    text = GuardianTextId(found[1])
    with store.read() as tx:
        incident = _incident(tx, IncidentId(found["incident"]))
    known = None if incident is None else incident.texts.get(text)
    if incident is None or known is None or known.way is not MessageWay.EMAIL:
        return False
    moved = RecordTextOutcome(by=system(incident), text=text, state=SendState.FAILED, code=status[:6])
    say(store, incident, moved, at)
    return True


def _incident(tx: Connection, incident: IncidentId) -> Incident | None:
    try:
        return incidents.load(tx, incident)
    except NotFound:
        return None


def _failed(report: Message) -> str | None:
    """The class of the failure; None where it is late and may still arrive, or is no report at all."""
    for part in _parts(report, "message/delivery-status"):
        for fields in part.get_payload() if part.is_multipart() else ():
            if isinstance(fields, Message) and str(fields.get("Action", "")).strip().lower() == "failed":
                known = _STATUS.search(str(fields.get("Status", "")))
                return "" if known is None else known[0]
    return None


def _reference(report: Message) -> re.Match[str] | None:
    """Of the mail that is sent back, whole or as its headers alone."""
    for kind in ("text/rfc822-headers", "message/rfc822"):
        for part in _parts(report, kind):
            found = _REFERENCE.search(part.as_string()[:LARGEST])
            if found is not None:
                return found
    return None


def _parts(report: Message, kind: str) -> list[Message]:
    return [part for part in report.walk() if part.get_content_type() == kind]
