"""Changing the key file: a new key, another in front, one taken out. The file is whole at every moment.

A key is added before it seals anything, so that it can be copied first: to where the copy of the key file is kept, and
to every other machine of the installation.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crisis.errors import Reason, Refused
from crisis.store.sealed import KeyFault, KeyRing, new_key

SETTLED = timedelta(minutes=10)  # by then every transaction is over in which another key was still in front
Keys = Mapping[str, str]


def add(path: Path) -> str:
    """The name of a new key, which opens and does not seal yet."""
    keys, name = _keys(path), f"k{secrets.token_hex(4)}"
    _write(path, {**keys, name: new_key().hex()})
    return name


def put_in_front(path: Path, name: str) -> None:
    keys = _keys(path)
    _write(path, {name: _one(keys, name), **keys})


def take_out(path: Path, name: str, to: Path, at: datetime) -> None:
    """Into a file of its own, which older backups need. Raises `Refused` for the one that seals, and too early.

    Whether anything is left under it, is for the database to say: `crisis.store.sealing_anew`.
    """
    keys, changed = _keys(path), path.stat()
    if next(iter(keys)) == name:
        raise Refused(Reason("KEYS", f"{name} seals now; put another in front first: crisis keys use"))
    settled_at = datetime.fromtimestamp(changed.st_mtime, UTC) + SETTLED
    if at < settled_at:
        text = f"The key file was changed a moment ago; what is under way may still use {name}. "
        raise Refused(Reason("KEYS", f"{text}Try again after {settled_at:%H:%M:%S} UTC"))
    if to.exists():
        raise Refused(Reason("KEYS", f"{to} exists; it is not written over"))
    _write(to, {name: _one(keys, name)})
    _write(path, {each: key for each, key in keys.items() if each != name})
    os.utime(path, ns=(changed.st_atime_ns, changed.st_mtime_ns))  # what seals has not changed


def take_back(path: Path, source: Path) -> list[str]:
    """Keys that were taken out, for a backup that they open: they open, and do not seal. Those that were missing."""
    keys, known = _keys(source), _keys(path)
    missing = [name for name in keys if name not in known]
    _write(path, {**known, **{name: keys[name] for name in missing}})
    return missing


def _one(keys: Keys, name: str) -> str:
    if name not in keys:
        raise Refused(Reason("KEYS", f"There is no key {name} in the key file; crisis keys list shows them"))
    return keys[name]


def _keys(path: Path) -> dict[str, str]:
    """Raises `KeyFault` for what is no key file, or can be read by others."""
    KeyRing.from_file(path)
    return dict(json.loads(path.read_text()))


def _write(path: Path, keys: Keys) -> None:
    """Beside it, to the disk, and then in its place, for the same owner: a program of another user must read on."""
    path = path.resolve()
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # 0600
    except OSError as error:
        raise KeyFault(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w") as file:
        json.dump(dict(keys), file)
        file.flush()
        os.fsync(file.fileno())
    if path.exists() and os.geteuid() == 0:
        before = path.stat()
        os.chown(beside, before.st_uid, before.st_gid)
    Path(beside).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
