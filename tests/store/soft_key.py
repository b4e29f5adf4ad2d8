"""A passkey in software, as a device makes it: CBOR, flags, counter and signatures by the standard."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
P256 = 32  # bytes of a coordinate


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass
class SoftKey:
    """What differs from an honest device is said at the call."""

    host: str
    origin: str
    id: bytes = b"soft-key-1"
    uses: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, offer: str, flags: int = PRESENT | VERIFIED, **client: str) -> str:
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(P256, "big"), -3: numbers.y.to_bytes(P256, "big")}
        of_key = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._state(flags | WITH_KEY) + of_key})
        said = self._client("webauthn.create", offer, client)
        return self._answer({"clientDataJSON": text(said), "attestationObject": text(told)})

    def signed(self, offer: str, flags: int = PRESENT | VERIFIED, **client: str) -> str:
        self.uses += 1
        said, state = self._client("webauthn.get", offer, client), self._state(flags)
        signature = self.key.sign(state + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": said, "authenticatorData": state, "signature": signature}
        return self._answer({name: text(each) for name, each in parts.items()})

    def _state(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.uses)

    def _client(self, kind: str, offer: str, changed: dict[str, str]) -> bytes:
        said = {"type": kind, "challenge": json.loads(offer)["challenge"], "origin": self.origin}
        return json.dumps(said | changed).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
