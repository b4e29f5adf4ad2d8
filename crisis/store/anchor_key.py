"""The key that signs where the audit chain stood; it lies outside the database, like that of sealed words (PR-59)."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from crisis.store.sealed import KeyFault

NOBODY_ELSE = 0o600


@dataclass(frozen=True, slots=True)
class Seal:
    """A public key of Ed25519: proves who signed, and signs nothing itself."""

    key: Ed25519PublicKey

    @property
    def pem(self) -> bytes:
        return self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """Of the raw key, SHA-256; what people compare."""
        return hashlib.sha256(self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()

    def fits(self, signature: bytes, text: bytes) -> bool:
        try:
            self.key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    key: Ed25519PrivateKey

    @property
    def seal(self) -> Seal:
        return Seal(self.key.public_key())

    def sign(self, text: bytes) -> bytes:
        return self.key.sign(text)


def signer(path: Path) -> Signer:
    """The key in this file; where there is none yet, a new one. Raises `KeyFault` for a file that holds no such key."""
    if not path.exists():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise KeyFault(f"{path} holds no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path} holds no key of Ed25519")
    return Signer(key)


def seal(path: Path) -> Seal:
    """The public half, from a file of its own or from the private key's. Raises `KeyFault`."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise KeyFault(f"{path} cannot be read") from error
    if b"PRIVATE" in text:
        return signer(path).seal
    try:
        key = load_pem_public_key(text)
    except ValueError as error:
        raise KeyFault(f"{path} holds no public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFault(f"{path} holds no key of Ed25519")
    return Seal(key)


def _make(path: Path) -> None:
    """Never over another one: with it what was signed before could not be told from a forgery."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NOBODY_ELSE), "wb") as file:
            file.write(text)
    except FileExistsError:
        return  # another process was faster
