"""A heartbeat that only the sentinel can make and that counts once: a time and its HMAC under a shared secret."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

SIGNATURE = "X-Crisis-Signature"
APART = timedelta(seconds=60)  # how far the clocks of the two machines may differ


def beat(sent_at: datetime) -> bytes:
    return json.dumps({"sent_at": sent_at.astimezone(UTC).isoformat()}).encode()


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def refusal(secret: str, body: bytes, given: str, *, last: datetime | None, at: datetime) -> str | None:
    """Why a beat does not count, or None. One that was heard before, or comes after a later one, is a replay."""
    if not hmac.compare_digest(signature(secret, body).encode(), given.encode()):
        return "the signature is not right"
    sent_at = sent(body)
    if sent_at is None:
        return "it says no time"
    if abs(at - sent_at) > APART:
        return "it was not sent just now; compare the clocks of the two machines"
    return "it was heard before" if last is not None and sent_at <= last else None


def sent(body: bytes) -> datetime | None:
    try:
        said = datetime.fromisoformat(json.loads(body)["sent_at"])
    except (ValueError, KeyError, TypeError):
        return None
    return said if said.tzinfo is not None else None
