"""SQLite, with the contract under which it keeps what it confirmed; `docs/decisions` says what was measured."""

import fcntl
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TextIO

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool, QueuePool

Pragmas = Mapping[str, str | int]

LEAST_VERSION = (3, 51, 3)  # before it, two connections could corrupt a database in WAL mode (F87)
SHARED_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs"}
)
WAIT = 30  # seconds for a connection of the pool
IN_USE = "Another Crisis process uses this database. SQLite serves one; stop it, or use PostgreSQL"
MOUNTS = Path("/proc/mounts")
WRITER: Pragmas = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL lost acknowledged commits in most simulated power cuts
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
    "recursive_triggers": 1,  # else INSERT OR REPLACE would go round the guards of the log
    "secure_delete": 1,  # a destroyed key leaves no copy in free pages
}
READER: Pragmas = {**WRITER, "query_only": 1, "wal_autocheckpoint": 0}
SCRUBBING = 200  # ms to wait for readers; whoever writes waits as long
UNHURRIED = 1  # NORMAL: as consistent as FULL after a power cut, but older
MIGRATING: Pragmas = {"synchronous": 2, "foreign_keys": 0, "busy_timeout": 5000}  # tables are copied and renamed

driver: ModuleType = pysqlite3.dbapi2
log = logging.getLogger(__name__)


class FileLock:
    """One server process to a database file, held as long as the process lives."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: TextIO | None = None

    def take(self) -> bool:
        file = self._path.open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def path_of(url: str) -> Path:
    """The file of a `sqlite:///relative` or `sqlite:////absolute` address."""
    return Path(url.split("///", 1)[-1])


def unfit(path: Path, *, new: bool = False) -> str | None:
    """Why this file cannot be the database, or None. `new`: it is made if it is not there."""
    if driver.sqlite_version_info < LEAST_VERSION:
        wanted = ".".join(map(str, LEAST_VERSION))
        return f"SQLite {driver.sqlite_version} can corrupt a database in WAL mode; install {wanted} or newer"
    if not path.parent.is_dir():
        return f"The folder {path.parent} does not exist; make it, or change database_url"
    if not new and not path.exists():
        return f"There is no database at {path}; run: crisis init"
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return f"{path} cannot be written by this user; change its owner"
    return unfit_place(path.parent.resolve(), MOUNTS)


def unfit_place(folder: Path, mounts: Path) -> str | None:
    """Why a database cannot lie in this folder (F90), or None.

    An overlay is a container's own layers. As the root it is sound for the locks of the processes inside, but gone with
    the container; elsewhere nobody can tell what lies under it.
    """
    point, kind = file_system(folder, mounts)
    if kind in SHARED_FILE_SYSTEMS or (kind == "overlay" and point != "/"):
        return f"The database lies on a shared file system ({kind}), where locks cannot be trusted; use a local disk"
    if kind == "overlay":
        log.warning("the database lies in the container itself and goes with it; mount a volume")
    return None


def file_system(folder: Path, mounts: Path) -> tuple[str, str]:
    """Mount point and type of the file system that holds the folder; empty where it cannot be told."""
    found = ("", "")
    lines = mounts.read_text().splitlines() if mounts.exists() else []
    for line in lines:
        _device, escaped, kind, *_rest = line.split(" ")
        point = escaped.encode().decode("unicode_escape")  # a blank is written \040
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= len(found[0]):  # a later mount hides an earlier one on the same point
            found = (point, kind)
    return found


def writer(path: Path) -> Engine:
    """One connection, which is also the only one that checkpoints."""
    return _engine(path, WRITER, begin="BEGIN IMMEDIATE", size=1)  # a deferred one failed under contention (F88)


def reader(path: Path) -> Engine:
    return _engine(path, READER, begin="BEGIN", size=8, overflow=8)


def migrating(path: Path) -> Engine:
    """One connection at a time, in transactions of its own."""
    return _engine(path, MIGRATING, begin="BEGIN IMMEDIATE", size=0)


def _engine(path: Path, contract: Pragmas, *, begin: str, size: int, overflow: int = 0) -> Engine:
    pool: type[Pool] = QueuePool if size else NullPool
    limits = {"pool_size": size, "max_overflow": overflow, "pool_timeout": WAIT} if size else {}
    made = create_engine(
        f"sqlite+pysqlite:///{path}",
        module=driver,
        poolclass=pool,
        connect_args={"isolation_level": None},  # SQLAlchemy begins transactions, not the driver
        hide_parameters=True,  # they hold names: no log at any level, no error and no crash report shows them (F130)
        **limits,
    )

    @event.listens_for(made, "connect")
    def _(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        keep(connection, contract)

    @event.listens_for(made, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return made


@contextmanager
def unhurried(tx: Connection) -> Iterator[None]:
    """The transaction that is begun on this connection meanwhile is not flushed to the disk by itself."""
    cursor = tx.connection.cursor()  # beside SQLAlchemy, which would begin a transaction, and then it is too late
    cursor.execute(f"PRAGMA synchronous = {UNHURRIED}")
    try:
        yield
    finally:
        cursor.execute(f"PRAGMA synchronous = {WRITER['synchronous']}")
        cursor.close()


def scrub(tx: Connection) -> bool:
    """Takes out of the journal beside the file what was deleted from it; False while somebody still reads that."""
    cursor = tx.connection.cursor()  # beside SQLAlchemy: in a transaction it is refused
    cursor.execute(f"PRAGMA busy_timeout = {SCRUBBING}")
    busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    cursor.execute(f"PRAGMA busy_timeout = {WRITER['busy_timeout']}")
    cursor.close()
    return not busy


def keep(connection: DBAPIConnection, contract: Pragmas) -> None:
    """Settings belong to a connection, not to the file: each one takes them, and shows that it did."""
    cursor = connection.cursor()
    for name, value in contract.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.close()
    kept = settings_of(connection, contract)
    if kept != contract:
        raise RuntimeError(f"SQLite did not take its settings: {kept}")


def settings_of(connection: DBAPIConnection, contract: Pragmas) -> dict[str, str | int]:
    """What a connection says of the settings of a contract."""
    cursor = connection.cursor()
    found: dict[str, str | int] = {}
    for name in contract:
        cursor.execute(f"PRAGMA {name}")
        row = cursor.fetchone()
        found[name] = row[0] if row is not None else "?"
    cursor.close()
    return found
