"""SQLite, with the contract under which it keeps what it confirmed (reliability reference, sections 0 and 3.6)."""

import fcntl
from pathlib import Path
from types import ModuleType
from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

LEAST_VERSION = (3, 51, 3)  # before it, two connections could corrupt a database in WAL mode
SHARED_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs"}
)
WRITER: dict[str, str | int] = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: NORMAL lost acknowledged commits in most simulated power cuts
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "mmap_size": 0,
}
READER: dict[str, str | int] = {**WRITER, "query_only": 1, "wal_autocheckpoint": 0}

driver: ModuleType = pysqlite3.dbapi2


class FileLock:
    """One server process to a database file, held as long as the process lives."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: Any = None

    def take(self) -> bool:
        self._file = self._path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            self._file = None
            return False
        return True

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def path_of(url: str) -> Path:
    """The file of a `sqlite:///relative` or `sqlite:////absolute` address."""
    return Path(url.split("///", 1)[-1])


def unfit(path: Path) -> str | None:
    """Why this file cannot be the database, or None."""
    if driver.sqlite_version_info < LEAST_VERSION:
        wanted = ".".join(map(str, LEAST_VERSION))
        return f"SQLite {driver.sqlite_version} can corrupt a database in WAL mode; install {wanted} or newer"
    if not path.parent.is_dir():
        return f"The folder {path.parent} does not exist; make it, or change database_url"
    kind = file_system(path.parent.resolve(), Path("/proc/mounts"))
    if kind in SHARED_FILE_SYSTEMS:
        return f"The database lies on a shared file system ({kind}), where locks cannot be trusted; use a local disk"
    return None


def file_system(folder: Path, mounts: Path) -> str | None:
    """The type of the file system that holds the folder, by the longest mount point; None where it cannot be told."""
    if not mounts.exists():
        return None
    found: tuple[str, str | None] = ("", None)
    for line in mounts.read_text().splitlines():
        _device, point, kind, *_rest = line.split(" ")
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) > len(found[0]):
            found = (point, kind)
    return found[1]


def writer(path: Path) -> Engine:
    """One connection, which is also the only one that checkpoints."""
    made = create_engine(
        f"sqlite+pysqlite:///{path}", module=driver, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=30
    )
    _keep_contract(made, WRITER)

    @event.listens_for(made, "begin")
    def _(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a deferred one failed 736 of 800 times under contention

    return made


def reader(path: Path) -> Engine:
    made = create_engine(
        f"sqlite+pysqlite:///{path}", module=driver, poolclass=QueuePool, pool_size=8, max_overflow=8, pool_timeout=30
    )
    _keep_contract(made, READER)

    @event.listens_for(made, "begin")
    def _(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return made


def plain(path: Path) -> Engine:
    """For migrations: one connection at a time, transactions of its own."""
    made = create_engine(f"sqlite+pysqlite:///{path}", module=driver, poolclass=NullPool)

    @event.listens_for(made, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def _keep_contract(made: Engine, contract: dict[str, str | int]) -> None:
    @event.listens_for(made, "connect")
    def _(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
        for name, value in contract.items():
            connection.execute(f"PRAGMA {name} = {value}")
        kept = settings_of(connection, contract)
        if kept != contract:
            raise RuntimeError(f"SQLite did not take its settings: {kept}")


def settings_of(connection: Any, contract: dict[str, str | int]) -> dict[str, str | int]:
    """What a driver connection says of the settings of a contract."""
    found = {}
    for name in contract:
        row = connection.execute(f"PRAGMA {name}").fetchone()
        found[name] = row[0] if row is not None else contract[name]
    return found
