"""A file sealed as a whole, in pieces, so that a large one needs no memory: a stolen backup is noise (F132).

Each piece is bound to its number and to whether it is the last: none can be taken out, moved, or cut off unnoticed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from crisis.store.sealed import NONCE, TAG, KeyRing, decrypt, encrypt, new_key

MAGIC = b"crisis sealed file 1\n"
PIECE = 1 << 20  # bytes
SUBJECT = "file"


def seal(keys: KeyRing, plain: Path, sealed: Path) -> None:
    """Under a key of its own, which the key file wraps. `sealed` must be there already, empty, for its owner alone."""
    key = new_key()
    wrapped = keys.wrap(SUBJECT, key)
    with plain.open("rb") as source, sealed.open("r+b") as target:
        target.write(MAGIC + len(wrapped).to_bytes(2, "big") + wrapped)
        for number, (piece, last) in enumerate(_pieces(source, PIECE)):
            target.write(encrypt(key, piece, _place(number, last=last)))


def is_sealed(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(len(MAGIC)) == MAGIC


def unseal(keys: KeyRing, sealed: Path, plain: Path) -> None:
    """Raises `KeyFault` for other keys, and for a file of which anything was changed."""
    plain.touch(mode=0o600)
    with sealed.open("rb") as source, plain.open("r+b") as target:
        source.seek(len(MAGIC))
        wrapped = source.read(int.from_bytes(source.read(2), "big"))
        key = keys.unwrap(SUBJECT, wrapped)
        for number, (piece, last) in enumerate(_pieces(source, NONCE + PIECE + TAG)):
            target.write(decrypt(key, piece, _place(number, last=last)))


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Each with whether it is the last; an empty file has one, which is empty."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following


def _place(number: int, *, last: bool) -> str:
    return f"piece|{number}|{'last' if last else 'more'}"
