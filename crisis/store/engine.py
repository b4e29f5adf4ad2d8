"""One database: SQLite with one writer, or PostgreSQL. What each must be is asserted when it is opened."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from copy import copy
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, Transaction
from sqlalchemy.exc import DBAPIError, OperationalError

from crisis import failpoints
from crisis.store import postgres, schema, sqlite, wake, walls
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId


class WrongDatabase(Exception):
    """The database cannot be used as it is; the sentence says what to do."""


class OutcomeUnknown(Exception):
    """The connection broke while committing (F95): it may have happened. Only the same key, sent again, can tell."""


class Store:
    """`write` is one transaction with the write lock, `read` sees one moment and cannot change anything."""

    def __init__(
        self, dialect: str, writer: Engine, reader: Engine, keys: KeyRing, lock: sqlite.FileLock | None
    ) -> None:
        self.dialect, self.keys = dialect, keys
        self._writer, self._reader, self._file_lock = writer, reader, lock
        apart = dialect == "postgresql" and writer is not reader
        self._unhurried = postgres.unhurried(self.url) if apart else writer
        self._one_writer = threading.RLock() if dialect == "sqlite" else nullcontext()
        self._wake = wake.WakeUps()
        self._said = wake.Sayings()
        self._bell = postgres.Bell(writer.url, self._wake.ring, self._said.ring) if dialect == "postgresql" else None
        self._whole = self
        self._desks = _desks(self.url) if apart and _walled(reader) else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Commits at the end; then whoever listens is told of new events and new work."""
        with self._writing() as tx:
            yield tx

    @contextmanager
    def write_unhurried(self) -> Iterator[Connection]:
        """As `write`, but the commit does not wait for the disk; the next commit of a `write` does, for both.

        It may be lost when the power fails or PostgreSQL crashes, not when this process does. Only for what is then
        found undone and done again: who holds a job, and that it is done. On PostgreSQL each statement is committed by
        itself.
        """
        with self._writing(unhurried=True) as tx:
            yield tx

    @contextmanager
    def _writing(self, *, unhurried: bool = False) -> Iterator[Connection]:
        pace = sqlite.unhurried if unhurried and self.dialect == "sqlite" else nullcontext
        engine = self._unhurried if unhurried else self._writer
        with self._one_writer, engine.connect() as tx, pace(tx):
            wake.taken(tx)  # of a transaction before, on the same connection, that was rolled back
            with tx.begin() as transaction:
                yield tx
                ring, tell = wake.taken(tx)
                if tell and self.dialect == "postgresql":
                    postgres.notify(tx)
                failpoints.hit("store.before_commit")
                _commit(transaction)
                failpoints.hit("store.after_commit")
        if ring:
            self._wake.ring()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._reader.begin() as tx:
            yield tx

    def scrub(self) -> bool:
        """After a destruction: nothing of it in the journal either. False: somebody reads; it is tried again later.

        On PostgreSQL that is its own VACUUM's to do.
        """
        if self.dialect != "sqlite":
            return True
        with self._one_writer, self._writer.connect() as tx:
            return sqlite.scrub(tx)

    def on_commit_wake(self, listener: Callable[[], None]) -> Callable[[], None]:
        """`listener` is called, in any thread, after some process wrote, or for nothing. Returns what ends it."""
        if self._bell is not None:
            self._bell.start()
        return self._wake.add(listener)

    def say(self, words: str) -> None:
        """To all processes on this database, which write it down nowhere; it may be lost. At most 7,999 bytes."""
        if self._bell is None:
            self._said.ring(words)
            return
        with self._unhurried.begin() as tx:
            postgres.say(tx, words)

    def on_said(self, hearer: Callable[[str], None]) -> Callable[[], None]:
        """`hearer` is called, in any thread, with what some process said, this one too. Returns what ends it."""
        if self._bell is not None:
            self._bell.start()
        return self._said.add(hearer)

    def of(self, district: DistrictId) -> "Store":
        """The same database, as whoever acts for a person of this district may see it. SQLite has no such wall."""
        if self._desks is None:
            return self
        walled = copy(self)
        walled._writer, walled._reader = (each.execution_options(district=district) for each in self._desks)
        return walled

    def weakness(self) -> str | None:
        """What is wrong with the second wall, in one sentence that says what to do."""
        if self.dialect == "sqlite":
            return None
        with self._reader.connect() as tx:
            return walls.weakness(tx)

    @property
    def across(self) -> "Store":
        """The whole of it again, for what a desk must ask of all districts: each such place says why."""
        return self._whole

    @property
    def url(self) -> str:
        return self._writer.url.render_as_string(hide_password=False)

    def close(self) -> None:
        if self._bell is not None:
            self._bell.stop()
        if self._file_lock is not None:
            with self._one_writer, suppress(OperationalError), self._writer.connect() as tx:
                tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        end = postgres.close if self.dialect == "postgresql" else Engine.dispose
        for engine in (self._writer, self._unhurried, self._reader, *(self._desks or ())):
            end(engine)
        if self._file_lock is not None:
            self._file_lock.release()


def _desks(url: str) -> tuple[Engine, Engine]:
    """To write and to read. Their first message says whose a transaction is: that costs no question more."""

    def begins(tx: Connection) -> str:
        return walls.begin(tx.get_execution_options()["district"])

    def begins_to_read(tx: Connection) -> str:
        return walls.begin(tx.get_execution_options()["district"], one_moment=True)

    return postgres.desk(url, begins, only_reads=False), postgres.desk(url, begins_to_read, only_reads=True)


def _walled(reader: Engine) -> bool:
    with reader.connect() as tx:
        return walls.is_up(tx)


def _commit(transaction: Transaction) -> None:
    try:
        transaction.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown("The connection to the database broke while it was being written") from error
        raise


def open_store(
    url: str, key_file: Path, *, migrate: bool = False, readonly: bool = False, owner: str | None = None
) -> Store:
    """Raises `WrongDatabase` with what to do: no keys, wrong version, wrong schema, wrong place, already in use.

    `owner` is the address under which a migration is made, where the tables are another role's.
    """
    keys = KeyRing.from_file(key_file)
    if url.startswith("sqlite"):
        return _open_sqlite(url, keys, migrate=migrate, readonly=readonly)
    if urlsplit(url).scheme.split("+")[0] in ("postgresql", "postgres"):
        if migrate and not readonly:
            schema.upgrade_postgres(owner or url, url)
        return _open_postgres(url, keys, readonly=readonly)
    raise WrongDatabase("database_url begins with sqlite:/// or postgresql://")


def _open_sqlite(url: str, keys: KeyRing, *, migrate: bool, readonly: bool) -> Store:
    path = sqlite.path_of(url)
    _refuse(sqlite.unfit(path, new=migrate and not readonly))
    with ExitStack() as undo:
        lock = None if readonly else sqlite.FileLock(path)
        if lock is not None:
            _refuse(None if lock.take() else sqlite.IN_USE)
            undo.callback(lock.release)
            if migrate:
                schema.upgrade_sqlite(path)
        reader = sqlite.reader(path)
        undo.callback(reader.dispose)
        _refuse(schema.mismatch(reader))
        undo.pop_all()
    return Store("sqlite", reader if readonly else sqlite.writer(path), reader, keys, lock)


def _open_postgres(url: str, keys: KeyRing, *, readonly: bool) -> Store:
    with ExitStack() as undo:
        reader = postgres.reader(url)
        undo.callback(reader.dispose)
        _refuse(postgres.unfit(reader))
        _refuse(schema.mismatch(reader))
        undo.pop_all()
    return Store("postgresql", reader if readonly else postgres.engine(url), reader, keys, None)


def _refuse(problem: str | None) -> None:
    if problem is not None:
        raise WrongDatabase(problem)


def is_transient(error: DBAPIError) -> bool:
    """Whether the same transaction, tried again whole, can succeed: lost a race, or lost the connection before."""
    if error.connection_invalidated:
        return True
    if "database is locked" in str(error.orig):
        return True
    return postgres.lost_a_race(error.orig)
