"""Backups are proved when they are made, and restores change nothing until they are sure."""

import hashlib
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from crisis.store import audit, incidents, sealed, sealed_files
from crisis.store.backup import OPENED, BackupFault, backup, manifest_of, restore
from crisis.store.engine import Store, open_store
from crisis.store.sealed import KeyFault, KeyRing
from crisis.store.sealed_files import PIECE
from crisis.vocabulary import IncidentId, WordsId
from tests.cluster import Cluster, as_owner
from tests.store.a_log import AT, noted, opened

LATER = AT + timedelta(hours=3)


@pytest.fixture
def another_url(request: pytest.FixtureRequest, store: Store, tmp_path: Path) -> str:
    """A database of the same kind that is not there yet, or empty."""
    if store.dialect == "sqlite":
        return f"sqlite:///{tmp_path / 'another.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return as_owner(cluster.create_from("template1"))


def test_a_backup_taken_while_others_write_is_restored_whole_f92(
    store: Store, tmp_path: Path, key_file: Path, another_url: str
) -> None:
    incident = noted(store, opened(store), "w-1")

    report = backup(store, tmp_path / "backup", AT, owner=as_owner(store.url))
    noted(store, incident, "w-2")
    restore(tmp_path / "backup", another_url, key_file, LATER)

    assert (report.position, report.audit_rows, report.proof) == (2, 2, OPENED)
    with closing(open_store(another_url, key_file)) as restored, restored.read() as tx:
        assert incidents.load(tx, IncidentId("i-1")) == incident
        assert sealed.read(tx, restored.keys, [WordsId("w-1"), WordsId("w-2")]) == {WordsId("w-1"): "text of w-1"}
        assert audit.verify(tx) == audit.AuditReport(True, 3)


def test_the_keys_are_not_in_the_backup(store: Store, tmp_path: Path, key_file: Path) -> None:
    noted(store, opened(store), "w-1")

    backup(store, tmp_path / "backup", AT)

    content = (tmp_path / "backup").read_bytes() + manifest_of(tmp_path / "backup").read_bytes()
    (key,) = KeyRing.from_file(key_file)._keys.values()
    assert key not in content
    assert key.hex().encode() not in content
    assert b"text of w-1" not in content


def test_a_backup_that_is_found_is_noise_f132(store: Store, tmp_path: Path) -> None:
    noted(store, opened(store), "w-1")

    backup(store, tmp_path / "backup", AT)

    content = (tmp_path / "backup").read_bytes()
    often = Counter(content[100:]).most_common(1)[0][1] / len(content)
    assert not [word for word in (b"incident", b"suicide_risk", b"CREATE TABLE", b"SQLite") if word in content]
    assert often < 0.006  # of 256 bytes each is as frequent as another
    assert [each.name for each in tmp_path.rglob(".crisis-backup-*")] == []


@pytest.mark.parametrize("pieces", [0, 1, PIECE - 1, PIECE, 3 * PIECE + 7])
def test_a_sealed_file_opens_to_what_it_was_and_not_when_anything_is_changed(
    pieces: int, tmp_path: Path, key_file: Path
) -> None:
    keys, plain, closed, again = (
        KeyRing.from_file(key_file),
        *(tmp_path / name for name in ("plain", "closed", "again")),
    )
    plain.write_bytes(Random(pieces).randbytes(pieces))
    closed.touch()

    sealed_files.seal(keys, plain, closed)

    sealed_files.unseal(keys, closed, again)
    assert again.read_bytes() == plain.read_bytes()
    whole = closed.read_bytes()
    piece, begin = PIECE + 28, len(whole) - pieces - 28 * max(1, -(-pieces // PIECE))
    spoiled = [whole[:-1], whole + b"x", whole[: begin + piece], whole[:begin] + whole[begin + piece :]]
    spoiled.append(whole[:begin] + whole[begin + piece : begin + 2 * piece] + whole[begin : begin + piece])
    spoiled += [whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :] for place in (begin, len(whole) - 1)]
    for content in (each for each in spoiled if each != whole):
        closed.write_bytes(content)
        with pytest.raises(KeyFault, match="does not open"):
            sealed_files.unseal(keys, closed, again)


def test_a_backup_of_before_it_was_sealed_as_a_whole_is_restored(
    store: Store, tmp_path: Path, key_file: Path, another_url: str
) -> None:
    noted(store, opened(store), "w-1")
    backup(store, tmp_path / "backup", AT)
    unsealed, manifest = tmp_path / "plain", manifest_of(tmp_path / "backup").read_text()
    sealed_files.unseal(store.keys, tmp_path / "backup", unsealed)
    of_sealed, of_plain = (hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("backup", "plain"))
    manifest_of(unsealed).write_text(manifest.replace(of_sealed, of_plain))

    restore(unsealed, another_url, key_file, LATER)

    with closing(open_store(another_url, key_file)) as restored, restored.read() as tx:
        assert incidents.head(tx) == 2


def test_a_backup_is_not_written_over(store: Store, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup", AT)

    with pytest.raises(BackupFault, match="not written over"):
        backup(store, tmp_path / "backup", AT)


def test_a_backup_that_was_changed_or_has_lost_its_manifest_is_refused(
    store: Store, tmp_path: Path, key_file: Path, another_url: str
) -> None:
    backup(store, tmp_path / "whole", AT)
    backup(store, tmp_path / "bare", AT)
    content = bytearray((tmp_path / "whole").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "whole").write_bytes(content)
    manifest_of(tmp_path / "bare").unlink()

    with pytest.raises(BackupFault, match="SHA-256 differs"):
        restore(tmp_path / "whole", another_url, key_file, LATER)
    with pytest.raises(BackupFault, match="two files"):
        restore(tmp_path / "bare", another_url, key_file, LATER)


def test_other_keys_than_those_of_the_backup_are_refused(store: Store, tmp_path: Path, another_url: str) -> None:
    noted(store, opened(store), "w-1")
    backup(store, tmp_path / "backup", AT)
    KeyRing.create(tmp_path / "other.json")

    with pytest.raises(KeyFault, match="lacks the key"):
        restore(tmp_path / "backup", another_url, tmp_path / "other.json", LATER)


def test_a_database_in_use_is_not_replaced(store: Store, database_url: str, tmp_path: Path, key_file: Path) -> None:
    backup(store, tmp_path / "backup", AT)
    opened(store)

    with pytest.raises(BackupFault, match=r"in use|not empty"):
        restore(tmp_path / "backup", database_url, key_file, LATER)

    with store.read() as tx:
        assert incidents.head(tx) == 1


def test_the_database_that_is_replaced_is_kept_aside(sqlite_url: str, key_file: Path, tmp_path: Path) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        backup(store, tmp_path / "backup", AT)
        opened(store)

    restore(tmp_path / "backup", sqlite_url, key_file, LATER)

    with closing(open_store(sqlite_url, key_file)) as store, store.read() as tx:
        assert incidents.head(tx) == 0
    with closing(open_store(f"{sqlite_url}.replaced-1", key_file)) as old, old.read() as tx:
        assert incidents.head(tx) == 1


def test_a_backup_of_one_kind_is_not_restored_into_another(sqlite_url: str, key_file: Path, tmp_path: Path) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        backup(store, tmp_path / "backup", AT)

    with pytest.raises(BackupFault, match="another kind"):
        restore(tmp_path / "backup", "postgresql://nowhere/nothing", key_file, LATER)
