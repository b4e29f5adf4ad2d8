"""PostgreSQL: the engine beyond one machine. Wake-ups carry nothing; whoever wakes reads the rows."""

import logging
import select
import socket
import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from crisis.store import walls
from crisis.store.wake import CHANNEL

LEAST_VERSION = 150000
SAID = "crisis_said"
CONNECT_WITHIN = 5  # seconds
AGAIN_AFTER = 0.5
TRANSIENT = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08000", "08003", "08006"})
FIRST_WINS = frozenset({"pk_idempotency", "pk_seal"})  # the second one finds the row when it tries again
OPTIONS = (
    "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s -c synchronous_commit=on"
)
# Where it is asked what is due: a plan for any time at all would read every row that waits, to find the few. Orders
# look for rows by their keys, and to plan each of them anew took a third of the server's time.
PLANNED = f"{OPTIONS} -c plan_cache_mode=force_custom_plan"

log = logging.getLogger(__name__)


def _url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def _made(url: str, **limits: object) -> Engine:
    """Parameters hold names: no log at any level, no error and no crash report shows them (F130)."""
    return create_engine(_url(url), hide_parameters=True, **limits)


def engine(url: str) -> Engine:
    made = _made(url, pool_size=8, max_overflow=8, pool_timeout=10, connect_args={"options": OPTIONS})
    return _looked_at(made)


def unhurried(url: str) -> Engine:
    """Its commits do not wait for the disk; in a pool of its own, since to say so each time is one more question.

    Each statement is a transaction: to begin and to commit would be two questions more, for every claim and its end.
    """
    options = {"options": f"{PLANNED} -c synchronous_commit=off"}
    limits = {"pool_size": 4, "max_overflow": 8, "pool_timeout": 10, "connect_args": options}
    return _looked_at(_made(url, isolation_level="AUTOCOMMIT", **limits))


def reader(url: str) -> Engine:
    """Its own pool, so that pages never wait for the readers; every transaction sees one moment and writes nothing."""
    made = _made(
        url,
        pool_size=8,
        max_overflow=8,
        pool_timeout=10,
        isolation_level="REPEATABLE READ",
        connect_args={"options": f"{PLANNED} -c default_transaction_read_only=on"},
    )
    return _looked_at(made)


def _looked_at(made: Engine) -> Engine:
    """A connection that its server has ended, by a crash or a restart, is not used again (F95).

    The end of a connection can be read from its socket, which costs nothing; a question to the server before each
    transaction took a tenth of the worker's time. What can be read may be a notice as well: only then is one asked.
    """

    @event.listens_for(made, "checkout")
    def _(connection: DBAPIConnection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        socket_of = select.poll()
        socket_of.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
        if socket_of.poll(0) and not _answers(made, connection):
            raise DisconnectionError

    return made


def _answers(made: Engine, connection: DBAPIConnection) -> bool:
    try:
        return made.dialect.do_ping(connection)
    except psycopg.Error:
        return False


def desk(url: str, begins: Callable[[Connection], str], *, only_reads: bool) -> Engine:
    """For what is done for one person: as the role that sees one district. `begins` is its first message."""
    base = f"{PLANNED} -c default_transaction_read_only=on" if only_reads else OPTIONS
    options = f"{base} -c role={walls.DESK}"
    limits = {"pool_size": 8, "max_overflow": 8, "pool_timeout": 10, "connect_args": {"options": options}}
    made = _made(url, isolation_level="AUTOCOMMIT", **limits)  # the driver begins nothing: the next lines do

    @event.listens_for(made, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begins(connection))

    return _looked_at(made)


def migrating(url: str) -> Engine:
    """Without limits of time: a migration of a large table may take minutes."""
    return _made(url, pool_size=1)


def close(made: Engine) -> None:
    """Ends every connection: those that another thread still uses, as soon as it gives them back."""
    event.listen(made.pool, "checkin", lambda _connection, record: record.invalidate())
    made.dispose()


def unfit(made: Engine) -> str | None:
    with made.connect() as tx:
        version = int(tx.execute(text("SHOW server_version_num")).scalar_one())
    return None if version >= LEAST_VERSION else "PostgreSQL 15 or newer is needed"


def lost_a_race(error: BaseException | None) -> bool:
    """Whether another transaction was faster; also where both made the row that only the first one makes (F99)."""
    if not isinstance(error, psycopg.Error):
        return False
    return error.sqlstate in TRANSIENT or error.diag.constraint_name in FIRST_WINS


def notify(tx: Connection) -> None:
    tx.exec_driver_sql(f"NOTIFY {CHANNEL}")


def say(tx: Connection, words: str) -> None:
    tx.execute(text("SELECT pg_notify(:channel, :words)"), {"channel": SAID, "words": words})


class Bell:
    """Listens on a connection of its own and rings; a lost connection is made again, and a poll elsewhere covers it.

    What is said on the other channel goes to `hear`; what is said while there is no connection is lost.
    """

    def __init__(self, url: URL, ring: Callable[[], None], hear: Callable[[str], None]) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._ring, self._hear = ring, hear
        self._ended = threading.Event()
        self._end, self._ending = socket.socketpair()  # ends a wait at once
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Returns once it listens, or could not connect: what commits after that rings."""
        with self._lock:
            if self._thread is not None:
                return
            ready = threading.Event()
            self._thread = threading.Thread(target=self._listen, args=[ready], name="postgres-bell", daemon=True)
            self._thread.start()
        ready.wait(CONNECT_WITHIN)

    def stop(self) -> None:
        self._ended.set()
        self._end.close()
        if self._thread is not None:
            self._thread.join(CONNECT_WITHIN)
        self._ending.close()

    def _listen(self, ready: threading.Event) -> None:
        while not self._ended.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True, connect_timeout=CONNECT_WITHIN) as connection:
                    connection.execute(f"LISTEN {CHANNEL}; LISTEN {SAID}")
                    ready.set()
                    self._ring()  # whatever was missed while there was no connection
                    self._wait(connection)
            except psycopg.OperationalError:
                log.warning("wake-up connection lost")
                self._ended.wait(AGAIN_AFTER)

    def _wait(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        watched = [connection.fileno(), self._ending.fileno()]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if self._ending.fileno() in ready:
                return
            said = list(connection.notifies(timeout=0))
            for each in said:
                if each.channel == SAID:
                    self._hear(each.payload)
            if any(each.channel == CHANNEL for each in said):
                self._ring()
