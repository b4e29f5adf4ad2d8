"""Web Push by its standards: who we are (VAPID, RFC 8292), and words that one browser alone can read (RFC 8291)."""

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT, AUTH, SALT = 65, 16, 16  # bytes
RECORD = 4096
LENGTH = 256  # of every message of ours, filled up: its size says nothing
LAST = b"\x02"
TOKEN_LASTS = timedelta(hours=12)  # at most a day, says the standard


class NotAKey(Exception):
    """What a browser gave as its keys is none."""


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True)
class PushKeys:
    """Our key pair, by which the servers of browsers know that a message comes from whom people subscribed to."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def new(cls) -> Self:
        return cls(ec.generate_private_key(CURVE))

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(ec.derive_private_key(int(text, 16), CURVE))

    @property
    def text(self) -> str:
        return f"{self.private.private_numbers().private_value:064x}"

    @property
    def public(self) -> str:
        """As a browser is given it."""
        return b64(point_of(self.private.public_key()))

    def authorization(self, endpoint: str, contact: str, at: datetime) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((at + TOKEN_LASTS).timestamp()),
            "sub": contact,
        }
        head = b64(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
        said = f"{head}.{b64(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self.private.sign(said.encode(), ec.ECDSA(SHA256())))
        return f"vapid t={said}.{b64(r.to_bytes(32) + s.to_bytes(32))}, k={self.public}"


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def browser_keys(key: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """Raises `NotAKey`."""
    try:
        point, secret = unb64(key), unb64(auth)
        public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except ValueError as error:
        raise NotAKey from error
    if len(point) != POINT or len(secret) != AUTH:
        raise NotAKey
    return public, secret


def sealed_for(
    plain: bytes,
    key: str,
    auth: str,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    length: int = LENGTH,
) -> bytes:
    """One record of aes128gcm; `ours` and `salt` are fresh for each message but in a test."""
    theirs, secret = browser_keys(key, auth)
    ours, salt = ours or ec.generate_private_key(CURVE), salt or os.urandom(SALT)
    mine = point_of(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    material = _derived(shared, secret, b"WebPush: info\x00" + point_of(theirs) + mine, 32)
    content_key = _derived(material, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(material, salt, b"Content-Encoding: nonce\x00", 12)
    record = plain + LAST + b"\x00" * max(0, length - len(plain))
    header = salt + RECORD.to_bytes(4) + bytes([POINT]) + mine
    return header + AESGCM(content_key).encrypt(nonce, record, None)


def _derived(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)
