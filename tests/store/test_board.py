"""The board as it is read from a database: the right rows, and no more work for a hundred incidents than for one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from crisis import clock
from crisis.commands import Actor
from crisis.statemachine.incident import Incident
from crisis.store import incidents, people, queries
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident
from crisis.vocabulary import Custody, IncidentId, Phase, WordsId
from tests.factories import DISTRICT, opening
from tests.web.district import COUNSELOR, a_district


def counselor(store: Store) -> Actor:
    with store.read() as tx:
        return people.actor(tx, COUNSELOR)


def opened(store: Store, by: Actor) -> Incident:
    words = WordsId(clock.new_id())
    return open_incident(store, opening(by=by, place=words), at=clock.now(), words={words: "room 12"}).incident


def closed(store: Store, like: Incident, days: int) -> IncidentId:
    """Another one that was closed so many days ago."""
    at = clock.now() - timedelta(days=days)
    one = replace(like, id=IncidentId(clock.new_id()), closed_at=at, phase=Phase.CLOSED, custody=Custody.RELEASED)
    with store.read() as tx:
        events = [stored.event for stored in incidents.events_of(tx, like.id)]
    with store.write() as tx:
        incidents.append(tx, None, replace(one, adult=None), events, at=at)
    return one.id


def statements(store: Store, by: Actor) -> int:
    """How many statements one look at the board takes."""
    found: list[str] = []

    def note(*arguments: Any) -> None:
        found.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with store.read() as tx:
            queries.board(tx, by, clock.now())
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(found)


def test_the_board_shows_what_is_open_and_what_was_closed_today_with_names(store: Store) -> None:
    a_district(store)
    by = counselor(store)
    first, second = opened(store, by), opened(store, by)
    today = closed(store, first, days=0)
    closed(store, first, days=2)

    with store.read() as tx:
        board = queries.board(tx, by, clock.now())

    assert [row.incident for row in board.open] == [first, second]
    assert [row.incident.id for row in board.closed] == [today]
    assert {row.school.name for row in (*board.open, *board.closed)} == {"School s-1"}
    assert [row.names for row in board.open] == [{COUNSELOR: "Given P-Counselor"}] * 2


def test_a_fuller_board_takes_no_more_statements(store: Store) -> None:
    a_district(store)
    by = counselor(store)
    first = opened(store, by)
    alone = statements(store, by)

    for _ in range(4):
        opened(store, by)
        closed(store, first, days=0)

    assert statements(store, by) == alone


def test_old_incidents_are_not_walked_through_for_the_board(sqlite_url: str, key_file: Path) -> None:
    """SQLite alone: with OR it read every incident that the district ever had. PostgreSQL joins two index scans."""
    found: list[tuple[str, Any]] = []
    store = open_store(sqlite_url, key_file)

    def note(*arguments: Any) -> None:
        found.append(arguments[2:4])

    event.listen(Engine, "before_cursor_execute", note)
    with store.read() as tx:
        incidents.current(tx, DISTRICT, closed_since=clock.now())
    event.remove(Engine, "before_cursor_execute", note)
    [(statement, values)] = [each for each in found if each[0].startswith("SELECT")]
    with store.read() as tx:
        plan = [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    store.close()

    searches = [line for line in plan if line.startswith(("SEARCH", "SCAN"))]
    assert [line.partition("(")[2] for line in searches] == [
        "district=? AND closed_at=?)",
        "district=? AND closed_at>?)",
    ]
