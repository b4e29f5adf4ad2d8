"""Backups that were proved before they count, and restores that check before they replace.

A backup is sealed as a whole: whoever finds one can read nothing. The key file, which opens it, is never part of it.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ProgrammingError

from crisis.store import audit, gone, incidents, postgres, schema, sealed, sealed_files, signs, sqlite
from crisis.store.engine import Store, open_store
from crisis.store.sealed import KeyRing

OPENED = "opened again, its chain walked to the end"
READ = "read to the end; grant CREATEDB to have it restored into a scratch database as well"


class BackupFault(Exception):
    """The backup was not made or not taken; the sentence says what to do. Nothing was replaced."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is in a backup, and how that is known."""

    file: Path
    sha256: str
    size: int
    position: int  # of the log
    audit_rows: int
    proof: str
    gone_again: int = 0  # records that were destroyed after it was taken, and were destroyed again


def backup(store: Store, target: Path, at: datetime, *, owner: str | None = None) -> Report:
    """Writes `target` and beside it `target.json`, which is written last: without it a backup does not count.

    `owner` is the address of the role that owns the tables and may make a scratch database to prove it in (PostgreSQL).
    """
    if target.exists() or manifest_of(target).exists():
        raise BackupFault(f"{target} exists; backups are not written over")
    if not target.parent.is_dir():
        raise BackupFault(f"The folder {target.parent} does not exist")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    with _room(store.dialect, store.url) as room:  # what is not sealed yet does not touch the medium of the backup
        plain = room / "backup"
        plain.touch(mode=0o600)
        position, rows, proof = _copy_sqlite(store, plain) if store.dialect == "sqlite" else _dump(store, plain, owner)
        sealed_files.seal(store.keys, plain, partial)
    _to_disk(partial)
    partial.rename(target)
    report = Report(target, _sha256(target), target.stat().st_size, position, rows, proof)
    _write_manifest(report, store.dialect, at)
    return report


def leave_sign(url: str, key_file: Path, at: datetime) -> None:
    """When the last was proved, for the console. On SQLite beside the database, which its server alone changes."""
    if url.startswith("sqlite"):
        _sign_of(url).write_text(at.isoformat(), encoding="utf-8")
        return
    with closing(open_store(url, key_file)) as store, store.write() as tx:
        signs.leave(tx, signs.BACKUP, at, good=True)


def last_sign(store: Store, tx: Connection) -> datetime | None:
    """None: no backup was ever made, or nobody has said so."""
    if store.dialect == "sqlite":
        beside = _sign_of(store.url)
        return datetime.fromisoformat(beside.read_text(encoding="utf-8")) if beside.exists() else None
    left = signs.left(tx).get(signs.BACKUP)
    return None if left is None else left.good_at


def _sign_of(url: str) -> Path:
    path = sqlite.path_of(url)
    return path.with_name(path.name + ".saved")


@contextmanager
def _room(kind: str, url: str) -> Iterator[Path]:
    """A folder for its owner alone: beside a database that is a file, on the disk that holds its content anyway."""
    beside = sqlite.path_of(url).parent if kind == "sqlite" else None
    with tempfile.TemporaryDirectory(prefix=".crisis-backup-", dir=beside) as folder:
        yield Path(folder)


def restore(source: Path, url: str, key_file: Path, at: datetime, *, owner: str | None = None) -> Report:
    """Puts a backup in place of the database at `url`, which nobody may be using; raises before it changes anything.

    Timers are rows: what came due in the meantime is due at once, and the rules look again before anybody is paged.
    """
    keys = KeyRing.from_file(key_file)
    kind, report = read_manifest(source)
    if url.startswith("sqlite") != (kind == "sqlite"):
        raise BackupFault(f"This backup is of {kind}; the database at database_url is another kind")
    with _room(kind, url) as room:
        plain = _opened(source, keys, room)
        if kind == "sqlite":
            _restore_sqlite(plain, sqlite.path_of(url), keys)
        else:
            _restore_postgres(plain, owner or url, keys, url)
    with closing(open_store(url, key_file)) as store, store.write() as tx:
        detail: dict[str, str | int] = {"sha256": report.sha256, "restored_to": report.position}
        audit.record(tx, at=at, actor=None, action="database restored", subject="database", detail=detail)
        gone_again = gone.again(tx, store.keys, at)
    return replace(report, gone_again=gone_again)


def _opened(source: Path, keys: KeyRing, room: Path) -> Path:
    """The content of a backup; those of before it was sealed as a whole are read as they are."""
    if not sealed_files.is_sealed(source):
        return source
    plain = room / "backup"
    sealed_files.unseal(keys, source, plain)
    return plain


def manifest_of(file: Path) -> Path:
    return file.with_name(file.name + ".json")


def read_manifest(file: Path) -> tuple[str, Report]:
    """The kind of database and the report; raises when the file is not, bit for bit, what was proved."""
    try:
        found = orjson.loads(manifest_of(file).read_bytes())
        digest = _sha256(file)
    except FileNotFoundError as error:
        raise BackupFault(f"{Path(error.filename).name} is missing: a backup is two files") from error
    if digest != found["sha256"]:
        raise BackupFault("The backup is not what was written: its SHA-256 differs; take another one")
    names = ("sha256", "size", "position", "audit_rows", "proof")
    return found["kind"], Report(file, **{name: found[name] for name in names})


def _write_manifest(report: Report, kind: str, at: datetime) -> None:
    values = {
        "kind": kind,
        "schema": schema.newest(),
        "taken_at": at,
        "sha256": report.sha256,
        "size": report.size,
        "position": report.position,
        "audit_rows": report.audit_rows,
        "proof": report.proof,
        "keys": "not in this backup, which nobody can read without them: keep the key file apart from it",
    }
    path = manifest_of(report.file)
    path.write_bytes(orjson.dumps(values, option=orjson.OPT_INDENT_2))
    path.chmod(0o600)
    _to_disk(path)


def _proved(tx: Connection, keys: KeyRing) -> tuple[int, int]:
    """Position of the log and number of audit rows; raises when the chain is broken or the keys do not fit."""
    report = audit.verify(tx)
    if not report.ok:
        raise BackupFault(f"The audit chain does not hold at row {report.first_bad}: {report.reason}")
    sealed.must_open(tx, keys)
    return incidents.head(tx), report.rows


# SQLite: the online backup, which is one moment and lets others write.


def _copy_sqlite(store: Store, target: Path) -> tuple[int, int, str]:
    with (
        closing(sqlite.driver.connect(str(sqlite.path_of(store.url)))) as source,
        closing(sqlite.driver.connect(str(target))) as copy,
    ):
        source.execute("PRAGMA wal_autocheckpoint = 0")  # the writer is the only one that checkpoints
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, not three
    return *_prove_file(target, store.keys), OPENED


def _prove_file(file: Path, keys: KeyRing) -> tuple[int, int]:
    engine = sqlite.migrating(file)
    try:
        with engine.connect() as tx:
            found = tx.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            if found != "ok":
                raise BackupFault(f"SQLite finds the file damaged: {found}")
            return _proved(tx, keys)
    finally:
        engine.dispose()


def _restore_sqlite(source: Path, path: Path, keys: KeyRing) -> None:
    """The database that was there is kept beside, as `….replaced-N`."""
    fresh = path.with_name(path.name + ".restoring")
    shutil.copyfile(source, fresh)
    fresh.chmod(0o600)
    _refuse_newer(sqlite_problem(fresh))
    schema.upgrade_sqlite(fresh)
    _prove_file(fresh, keys)
    _to_disk(fresh)
    lock = sqlite.FileLock(path)
    if not lock.take():
        fresh.unlink()
        raise BackupFault("The database is in use; stop Crisis before you restore")
    try:
        _put_aside(path)
        fresh.rename(path)
        _to_disk(path)
    finally:
        lock.release()


def sqlite_problem(file: Path) -> str | None:
    engine = sqlite.migrating(file)
    problem = schema.mismatch(engine)
    engine.dispose()
    return problem


def _refuse_newer(problem: str | None) -> None:
    if problem in (schema.NEWER, schema.EMPTY):
        raise BackupFault(f"This backup cannot be used by this version. {problem}")


def _put_aside(path: Path) -> None:
    if not path.exists():
        return
    with closing(sqlite.driver.connect(str(path))) as old:
        old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    number = 1
    while (aside := path.with_name(f"{path.name}.replaced-{number}")).exists():
        number += 1
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))


# PostgreSQL: its own tools, which must be of the server's version or newer.


def _dump(store: Store, target: Path, owner: str | None) -> tuple[int, int, str]:
    address = owner or store.url
    whole = ("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security")  # its policy shows all rows
    _run("pg_dump", address, *whole, f"--file={target}")
    with store.read() as tx:
        head, rows = _proved(tx, store.keys)
    scratch = f"{make_url(address).database}_check"
    engine = postgres.migrating(address).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as tx:
            tx.execute(text(f'DROP DATABASE IF EXISTS "{scratch}"'))
            tx.execute(text(f'CREATE DATABASE "{scratch}"'))
            try:
                url = make_url(address).set(database=scratch)
                return *_load(target, url, store.keys), OPENED
            finally:
                tx.execute(text(f'DROP DATABASE "{scratch}" WITH (FORCE)'))
    except ProgrammingError as error:
        if "permission denied" not in str(error.orig):
            raise
        _run("pg_restore", None, "--file=/dev/null", str(target))
        return head, rows, READ
    finally:
        engine.dispose()


def _restore_postgres(source: Path, url: str, keys: KeyRing, runtime: str) -> None:
    engine = postgres.migrating(url)
    tables = inspect(engine).get_table_names()
    engine.dispose()
    if tables:
        raise BackupFault("The database is not empty; make a new one and set database_url to it")
    _load(source, make_url(url), keys, runtime)


def _load(source: Path, url: URL, keys: KeyRing, runtime: str | None = None) -> tuple[int, int]:
    """Into an empty database, in one transaction. Walls are not restored but put up anew: they name roles of here."""
    plain = url.render_as_string(hide_password=False)
    with tempfile.NamedTemporaryFile("w", suffix=".list") as wanted:
        wanted.writelines(line for line in _listed(source) if " POLICY " not in line and " ROW SECURITY " not in line)
        wanted.flush()
        as_here = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        _run("pg_restore", plain, *as_here, f"--use-list={wanted.name}", str(source))
    engine = postgres.migrating(plain)
    try:
        _refuse_newer(schema.mismatch(engine))
        schema.upgrade_postgres(plain, runtime)
        with engine.connect() as tx:
            return _proved(tx, keys)
    finally:
        engine.dispose()


def _listed(source: Path) -> list[str]:
    return _run("pg_restore", None, "--list", str(source)).splitlines(keepends=True)


def _run(program: str, url: str | None, *arguments: str) -> str:
    """The password goes by the environment of the child: a command line is seen by everybody on the machine."""
    found = shutil.which(program)
    if found is None:
        raise BackupFault(f"{program} is not installed; install the PostgreSQL client tools of the server's version")
    command, environment = [found, *arguments], dict(os.environ)
    if url is not None:
        address = make_url(url).set(drivername="postgresql")
        environment |= {"PGPASSWORD": address.password} if address.password else {}
        command.append(f"--dbname={_without_password(address)}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        first = done.stderr.strip().splitlines() or ["no reason given"]
        raise BackupFault(f"{program} failed: {first[0]}")
    return done.stdout


def _without_password(url: URL) -> str:
    return URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _to_disk(file: Path) -> None:
    """The content and the folder's entry for it."""
    for path in (file, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
