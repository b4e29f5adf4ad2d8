"""Tokens as a provider makes them, and as forgers do: by hand, not by the library that is tested."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

Claims = Mapping[str, object]


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def number(value: int, length: int | None = None) -> str:
    return b64(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


@dataclass(frozen=True)
class Signer:
    """One key pair of a provider."""

    kid: str
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def alg(self) -> str:
        return "RS256" if isinstance(self.key, rsa.RSAPrivateKey) else "ES256"

    @property
    def jwk(self) -> dict[str, object]:
        public = self.key.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            own = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        else:
            point = public.public_numbers()
            own = {"kty": "EC", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)}
        return {"kid": self.kid, "use": "sig", "alg": self.alg, **own}

    @property
    def pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def token(self, claims: Claims | bytes, **header: object) -> str:
        head: dict[str, object] = {"alg": self.alg, "kid": self.kid, "typ": "JWT", **header}
        return self.signed(as_json(head), claims if isinstance(claims, bytes) else as_json(claims))

    def signed(self, header: bytes, payload: bytes) -> str:
        what = f"{b64(header)}.{b64(payload)}"
        if isinstance(self.key, rsa.RSAPrivateKey):
            signature = self.key.sign(what.encode(), padding.PKCS1v15(), hashes.SHA256())
        else:
            r, s = decode_dss_signature(self.key.sign(what.encode(), ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return f"{what}.{b64(signature)}"


def as_json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def unsigned(claims: Claims, header: Mapping[str, object], signature: str = "") -> str:
    return f"{b64(as_json(header))}.{b64(as_json(claims))}.{signature}"


def by_secret(claims: Claims, header: Mapping[str, object], secret: bytes) -> str:
    what = f"{b64(as_json(header))}.{b64(as_json(claims))}"
    return f"{what}.{b64(hmac.digest(secret, what.encode(), hashlib.sha256))}"


@cache
def rsa_signer(kid: str, bits: int = 2048) -> Signer:
    """Made once: a key of this kind takes a tenth of a second."""
    return Signer(kid, rsa.generate_private_key(65537, bits))


@cache
def ec_signer(kid: str) -> Signer:
    return Signer(kid, ec.generate_private_key(ec.SECP256R1()))
