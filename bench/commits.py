"""Opening an incident, from the order to the end of the commit, at a steady pace whatever the database does."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg

from bench.figures import Figure, times
from bench.place import Town, Towns, actor, holder, opening
from crisis import clock
from crisis.store import postgres, sqlite
from crisis.store.engine import Store
from crisis.submit import open_incident
from crisis.vocabulary import StaffRole

A_SECOND = 20  # a district-wide drill is tens of incidents a minute
WARM_UP = 20
TABLES = ("incident", "seal", "words", "event", "outbox", "audit", "idempotency")  # parents first
OF_TABLE = {"incident": "id", "seal": "subject", "words": "subject", "audit": "subject"}

Row = tuple[Any, ...]
Write = Callable[[int], None]


def figures(towns: Towns, seconds: int) -> Iterator[Figure]:
    for dialect in towns.dialects:
        source, target = towns.new(dialect), towns.new(dialect)
        count = WARM_UP + seconds * A_SECOND
        with source.opened() as store:
            ids: list[str] = [""] * count
            measured = paced(count, _opening(store, ids))
        with raw(dialect, source) as reading:
            kept = [_rows_of(reading, incident) for incident in ids]
        with raw(dialect, target) as writing:
            floor = paced(count, _raw_writing(dialect, writing, kept), clients=1)
        yield Figure(
            name=f"Open an incident, commit, at {A_SECOND} a second",
            dialect=dialect,
            measured=times(measured[WARM_UP:]),
            floor=times(floor[WARM_UP:]),
            floor_is="the same rows through the bare driver, as durable",
            limit_ms=50,
        )


def paced(count: int, write: Write, *, clients: int = 8) -> list[float]:
    """Seconds from when each was due, so that a stall is paid for by all that had to wait behind it."""
    took = [0.0] * count

    def one(number: int, due: float) -> None:
        write(number)
        took[number] = time.perf_counter() - due

    with ThreadPoolExecutor(clients) as pool:
        begin, futures = time.perf_counter() + 0.1, []
        for number in range(count):
            due = begin + number / A_SECOND
            time.sleep(max(0.0, due - time.perf_counter()))
            futures.append(pool.submit(one, number, due))
        for future in futures:
            future.result()
    return took


def _opening(store: Store, ids: list[str]) -> Write:
    teacher = actor(store, holder(StaffRole.TEACHER))

    def write(number: int) -> None:
        order, words = opening(teacher)
        ids[number] = open_incident(store, order, at=clock.now(), words=words, key=clock.new_id()).incident.id

    return write


@contextmanager
def raw(dialect: str, town: Town) -> Iterator[Any]:
    """A bare connection with the same promises of durability as the store's own."""
    if dialect == "sqlite":
        path = sqlite.path_of(town.url)
        with closing(sqlite.driver.connect(path, isolation_level=None, check_same_thread=False)) as connection:
            sqlite.keep(connection, sqlite.WRITER)
            yield connection
        return
    with psycopg.connect(town.url, options=postgres.OPTIONS) as connection:
        yield connection
        connection.rollback()


def _rows_of(connection: Any, incident: str) -> dict[str, list[Row]]:
    cursor, mark = connection.cursor(), "?" if not isinstance(connection, psycopg.Connection) else "%s"
    found = {}
    for table in TABLES:
        cursor.execute(f"SELECT * FROM {table} WHERE {OF_TABLE.get(table, 'incident')} = {mark}", (incident,))
        found[table] = [tuple(row) for row in cursor.fetchall()]
    return found


def _raw_writing(dialect: str, connection: Any, kept: Sequence[dict[str, list[Row]]]) -> Write:
    mark = "?" if dialect == "sqlite" else "%s"
    begin = "BEGIN IMMEDIATE" if dialect == "sqlite" else "SELECT position FROM head FOR UPDATE"
    statements = {
        table: f"INSERT INTO {table} VALUES ({', '.join([mark] * len(kept[0][table][0]))})"
        for table in TABLES
        if kept[0][table]
    }

    def write(number: int) -> None:
        cursor = connection.cursor()
        cursor.execute(begin)
        for table, statement in statements.items():
            cursor.executemany(statement, kept[number][table])
        cursor.execute(f"UPDATE head SET position = {mark}, audit_number = {mark}", (number, number))
        connection.commit() if dialect == "postgresql" else cursor.execute("COMMIT")

    return write
