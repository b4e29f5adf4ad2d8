"""How providers sign what they send, and how an address of ours is bound to its path where they do not sign it.

The first: HMAC-SHA1 over the public address and the sorted form, base64. The second: Ed25519 over the time and the body
as it came; the address is not in it, so a signed body could be sent on to another of our addresses.
"""

import base64
import hashlib
import hmac
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FRESH = timedelta(minutes=5)  # either way: a signature that is older, or of the future, is a replay
SEAL = 32  # hex digits


def signed(secret: str, url: str, form: Mapping[str, str]) -> str:
    """`url` is the public address that the provider was given, with its query, without a fragment."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def genuine(secrets: Iterable[str], url: str, form: Mapping[str, str], signature: str) -> bool:
    """By any of the secrets. An empty one proves nothing: nobody is trusted because nothing was configured."""
    given = signature.encode()
    return any(hmac.compare_digest(signed(each, url, form).encode(), given) for each in secrets if each)


def signed_by_key(private: bytes, timestamp: str, body: bytes) -> str:
    key = Ed25519PrivateKey.from_private_bytes(private)
    return base64.b64encode(key.sign(timestamp.encode() + b"|" + body)).decode()


def public_of(private: bytes) -> str:
    """The key as the provider shows it to its customer."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()).decode()


def genuine_by_key(public: str, timestamp: str, body: bytes, signature: str, at: datetime) -> bool:
    """By the provider's public key, and signed just now."""
    if not public or not timestamp.isdecimal() or abs(at.timestamp() - int(timestamp[:12])) > FRESH.total_seconds():
        return False
    try:
        key, given = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)), _whole(signature)
        key.verify(given, timestamp.encode() + b"|" + body)
    except (NotBase64, ValueError, InvalidSignature):
        return False
    return True


def _whole(signature: str) -> bytes:
    """The last letters of base64 have bits to spare; one signature has one form all the same."""
    given = base64.b64decode(signature, validate=True)
    if base64.b64encode(given).decode() != signature:
        raise ValueError
    return given


def bound(secret: str, path: str) -> str:
    """What only we can put behind a path: a signed body that is sent to another path says nothing there."""
    return hmac.new(secret.encode(), b"callback|" + path.encode(), hashlib.sha256).hexdigest()[:SEAL]


def address(origin: str, path: str, secret: str) -> str:
    """The whole address of a path of ours, as a provider is given it; without a secret nothing binds it."""
    return origin + path + (f"?seal={bound(secret, path)}" if secret else "")


def is_bound(secrets: Iterable[str], path: str, seal: str) -> bool:
    return any(hmac.compare_digest(bound(each, path).encode(), seal.encode()) for each in secrets if each)
