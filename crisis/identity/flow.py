"""One sign-in at a provider: all that belongs to it is made of one secret that lies in the browser's cookie.

What the provider and the address bar see (state, nonce, challenge) tells nothing of the secret, and our database has
its digest alone. Whoever has a code but not the cookie has nothing (RFC 7636, ASVS 10.1.2, 10.2.1).
"""

import base64
import hashlib
import hmac


def state(secret: str) -> str:
    return _of(secret, b"state")


def nonce(secret: str) -> str:
    return _of(secret, b"nonce")


def verifier(secret: str) -> str:
    return _of(secret, b"verifier")


def challenge(secret: str) -> str:
    """S256 of the verifier."""
    return _text(hashlib.sha256(verifier(secret).encode()).digest())


def fits(secret: str, said: str) -> bool:
    return hmac.compare_digest(state(secret).encode(), said.encode())


def _of(secret: str, what: bytes) -> str:
    return _text(hmac.digest(secret.encode(), b"sign-in|" + what, "sha256"))


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
