"""Words, encrypted with the key of their incident or student; destroying that key erases them for ever.

AES-256-GCM; each subject's key is wrapped by a key-encryption key in a file that is kept, and backed up, apart.
"""

import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Connection, exists, insert, select, update

from crisis.store.tables import SEAL, WORDS
from crisis.vocabulary import WordsId

NONCE, TAG = 12, 16  # bytes around what is sealed
KEY_BITS = 256


class KeyFault(Exception):
    """The key file cannot be used; the sentence says what to do."""


Mark = tuple[int, int]


class KeyRing:
    """The key-encryption keys by name; the first seals, all unseal, so that a new one can be put in front.

    It follows its file: a process that runs seals by whatever key stands in front now, and opens what another process
    has sealed by a key that was added a moment ago. A file that cannot be read meanwhile changes nothing.
    """

    def __init__(self, keys: Mapping[str, bytes], path: Path | None = None, mark: Mark | None = None) -> None:
        self._keys, self.path = dict(keys), path
        self._mark = mark

    @classmethod
    def create(cls, path: Path) -> "KeyRing":
        """A new file that only its owner can read; never over an old one, which would lose all words."""
        key = new_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise KeyFault(f"{path} exists; it is not written over, because old words need it") from None
        with os.fdopen(handle, "w") as file:
            json.dump({f"k{secrets.token_hex(4)}": key.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        return cls.from_file(path)

    @classmethod
    def from_file(cls, path: Path) -> "KeyRing":
        try:
            found = path.stat()
            text = path.read_text()
        except FileNotFoundError:
            raise KeyFault(
                f"There is no key file at {path}; `crisis init` makes one, a backup has the old one"
            ) from None
        if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFault(f"Others can read the key file {path}; run: chmod 600 {path}")
        try:
            keys = {name: bytes.fromhex(value) for name, value in json.loads(text).items()}
        except (ValueError, AttributeError):
            raise KeyFault(f"The key file {path} is damaged; put the backup of it back") from None
        if not keys or any(len(key) * 8 != KEY_BITS for key in keys.values()):
            raise KeyFault(f"The key file {path} holds no usable key; put the backup of it back")
        return cls(keys, path, _mark_of(found))

    @property
    def names(self) -> tuple[str, ...]:
        """The first one seals."""
        self._follow()
        return tuple(self._keys)

    def wrap(self, subject: str, key: bytes) -> bytes:
        self._follow()
        name, sealing = next(iter(self._keys.items()))
        return marked(name) + encrypt(sealing, key, f"seal|{subject}")

    def unwrap(self, subject: str, wrapped: bytes) -> bytes:
        length = wrapped[0]
        name = wrapped[1 : 1 + length].decode()
        if name not in self._keys:
            self._follow()
        if name not in self._keys:
            text = "put the backup of it back, or: crisis keys take-back, where it was retired"
            raise KeyFault(f"The key file lacks the key {name}; {text}")
        return decrypt(self._keys[name], wrapped[1 + length :], f"seal|{subject}")

    def _follow(self) -> None:
        """Keys that were there stay known to this process: what they sealed may come back by a restore."""
        if self.path is None or self._mark is None:
            return
        try:
            if _mark_of(self.path.stat()) == self._mark:
                return
            now = KeyRing.from_file(self.path)
        except (OSError, KeyFault):
            return
        self._keys, self._mark = {**now._keys, **self._keys_not_in(now)}, now._mark

    def _keys_not_in(self, other: "KeyRing") -> dict[str, bytes]:
        return {name: key for name, key in self._keys.items() if name not in other._keys}

    def derived(self, place: str) -> bytes:
        """A key for one use elsewhere, always the same while the first key stands: what it opens is short-lived."""
        self._follow()
        return hmac.digest(next(iter(self._keys.values())), f"derived|{place}".encode(), "sha256")

    def seal(self, place: str, value: bytes) -> bytes:
        """For what belongs to no incident yet, such as a text that just came in."""
        return self.wrap(place, value)

    def unseal(self, place: str, sealed: bytes) -> bytes:
        return self.unwrap(place, sealed)


def _mark_of(found: os.stat_result) -> Mark:
    """A file that is put in the place of another has a number of its own."""
    return found.st_ino, found.st_mtime_ns


def marked(name: str) -> bytes:
    """What begins whatever the key of this name has sealed."""
    return bytes([len(name)]) + name.encode()


def new_key() -> bytes:
    return AESGCM.generate_key(KEY_BITS)


def encrypt(key: bytes, value: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, value, place.encode())


def decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    """`place` is bound in: text that was moved to another row does not open."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):  # the second for what is too short to be anything
        raise KeyFault(f"Sealed text at {place} does not open: wrong key file, or it was tampered with") from None


def put(tx: Connection, keys: KeyRing, subject: str, words: Mapping[WordsId, str]) -> None:
    """Seals what was written about an incident or a student."""
    if not words:
        return
    key = _key_of(tx, keys, subject)
    rows = [
        {"id": words_id, "subject": subject, "sealed": encrypt(key, text.encode(), f"words|{words_id}|{subject}")}
        for words_id, text in words.items()
    ]
    tx.execute(insert(WORDS), rows)


def _key_of(tx: Connection, keys: KeyRing, subject: str) -> bytes:
    wrapped = tx.execute(select(SEAL.c.wrapped, SEAL.c.destroyed_at).where(SEAL.c.subject == subject)).one_or_none()
    if wrapped is not None and wrapped.destroyed_at is not None:
        raise KeyFault("The words of this record were destroyed by law; nothing more can be written to it")
    if wrapped is not None:
        return keys.unwrap(subject, wrapped.wrapped)
    key = new_key()
    tx.execute(insert(SEAL).values(subject=subject, wrapped=keys.wrap(subject, key)))
    return key


def read(tx: Connection, keys: KeyRing, ids: Iterable[WordsId]) -> dict[WordsId, str]:
    """The words that still exist; those whose key was destroyed are left out."""
    wanted = list(set(ids))
    found: dict[WordsId, str] = {}
    opened: dict[str, bytes] = {}
    for start in range(0, len(wanted), 500):
        query = (
            select(WORDS.c.id, WORDS.c.subject, WORDS.c.sealed, SEAL.c.wrapped)
            .join(SEAL, SEAL.c.subject == WORDS.c.subject)
            .where(WORDS.c.id.in_(wanted[start : start + 500]), SEAL.c.wrapped.is_not(None))
        )
        for row in tx.execute(query):
            if row.subject not in opened:
                opened[row.subject] = keys.unwrap(row.subject, row.wrapped)
            place = f"words|{row.id}|{row.subject}"
            found[WordsId(row.id)] = decrypt(opened[row.subject], row.sealed, place).decode()
    return found


def must_open(tx: Connection, keys: KeyRing) -> None:
    """Raises `KeyFault` when these are not the keys under which the words of this database were sealed."""
    newest = select(SEAL.c.subject, SEAL.c.wrapped).where(SEAL.c.wrapped.is_not(None)).order_by(SEAL.c.subject.desc())
    row = tx.execute(newest.limit(1)).one_or_none()
    if row is not None:
        keys.unwrap(row.subject, row.wrapped)


def destroy_key(tx: Connection, subject: str, at: datetime) -> bool:
    """Erases all words of a record for ever; False if it had none. The log and its chain stay whole."""
    done = tx.execute(
        update(SEAL).where(SEAL.c.subject == subject, SEAL.c.wrapped.is_not(None)).values(wrapped=None, destroyed_at=at)
    )
    return done.rowcount == 1


def destroy(tx: Connection, subject: str, at: datetime) -> int:
    """The key, and what was sealed with it; also of a record in which nobody has written. How many keys there were."""
    known = destroy_key(tx, subject, at)
    if not known:
        tx.execute(insert(SEAL).values(subject=subject, wrapped=None, destroyed_at=at))
    tx.execute(update(WORDS).where(WORDS.c.subject == subject).values(sealed=b""))
    return int(known)


def destroyed(subject: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Whether a record was destroyed, of one subject or of those that a query reads: then it is nobody's to see."""
    gone = select(SEAL.c.subject).where(SEAL.c.subject == subject, SEAL.c.destroyed_at.is_not(None))
    return exists(gone if isinstance(subject, str) else gone.correlate_except(SEAL))
