"""One database: SQLite with one writer, or PostgreSQL. What each must be is asserted when it is opened."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError

from crisis.store import postgres, schema, sqlite
from crisis.store.sealed import KeyRing

Listener = Callable[[], None]


class WrongDatabase(Exception):
    """The database cannot be used as it is; the sentence says what to do."""


class Store:
    """`write` is one transaction with the write lock, `read` sees one moment and cannot change anything."""

    def __init__(
        self, dialect: str, writer: Engine, reader: Engine, keys: KeyRing, lock: sqlite.FileLock | None
    ) -> None:
        self.dialect, self.keys = dialect, keys
        self._writer, self._reader, self._file_lock = writer, reader, lock
        self._one_writer = threading.RLock() if dialect == "sqlite" else None
        self._wake = WakeUps()
        self._bell = postgres.Bell(writer.url, self._wake.ring) if dialect == "postgresql" else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Commits at the end; whoever listens is told that something was written."""
        with self._locked(), self._writer.begin() as tx:
            yield tx
            if self.dialect == "postgresql":
                postgres.notify(tx)
        self._wake.ring()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._reader.begin() as tx:
            yield tx

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self._one_writer is None:
            yield
            return
        with self._one_writer:
            yield

    def on_commit_wake(self, listener: Listener) -> Listener:
        """`listener` is called, in any thread, after some process wrote, or for nothing. Returns what ends it."""
        if self._bell is not None:
            self._bell.start()
        return self._wake.add(listener)

    @property
    def url(self) -> str:
        return self._writer.url.render_as_string(hide_password=False)

    def close(self) -> None:
        if self._bell is not None:
            self._bell.stop()
        if self.dialect == "sqlite" and self._writer is not self._reader:
            with suppress(OperationalError), self._writer.connect() as tx:
                tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self._writer.dispose()
        self._reader.dispose()
        if self._file_lock is not None:
            self._file_lock.release()


class WakeUps:
    """Who wants to know; a listener that fails is a bug and travels up to the writer's thread."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def add(self, listener: Listener) -> Listener:
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def ring(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


def open_store(url: str, key_file: Path, *, migrate: bool = False, readonly: bool = False) -> Store:
    """Raises `WrongDatabase` with what to do: no keys, wrong version, wrong schema, wrong place, already in use."""
    keys = KeyRing.from_file(key_file)
    if url.startswith("sqlite"):
        return _open_sqlite(url, keys, migrate=migrate, readonly=readonly)
    if urlsplit(url).scheme.split("+")[0] in ("postgresql", "postgres"):
        return _open_postgres(url, keys, migrate=migrate)
    raise WrongDatabase("database_url begins with sqlite:/// or postgresql://")


def _open_sqlite(url: str, keys: KeyRing, *, migrate: bool, readonly: bool) -> Store:
    path = sqlite.path_of(url)
    _refuse(sqlite.unfit(path))
    lock = None if readonly else sqlite.FileLock(path)
    if lock is not None and not lock.take():
        raise WrongDatabase("Another Crisis process uses this database. SQLite serves one; stop it, or use PostgreSQL")
    try:
        if migrate:
            schema.upgrade_sqlite(path)
        reader = sqlite.reader(path)
        _refuse(schema.mismatch(reader))
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    writer = reader if readonly else sqlite.writer(path)
    return Store("sqlite", writer, reader, keys, lock)


def _open_postgres(url: str, keys: KeyRing, *, migrate: bool) -> Store:
    if migrate:
        schema.upgrade_postgres(url)
    engine = postgres.engine(url)
    _refuse(postgres.unfit(engine))
    _refuse(schema.mismatch(engine))
    return Store("postgresql", engine, postgres.reader(url), keys, None)


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise WrongDatabase(problem)


def is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction, tried again whole, can succeed: lost a race, or lost the connection."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in postgres.TRANSIENT or "database is locked" in str(error.orig)
