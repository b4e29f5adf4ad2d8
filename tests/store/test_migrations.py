"""The migrations make what the tables say, in one piece or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlmodel import SQLModel

from crisis.store import (
    answer_tables,
    channel_tables,
    people_tables,
    postgres,
    readiness_tables,
    rotation_tables,
    schema,
    sqlite,
    tables,
)
from crisis.store.engine import WrongDatabase, open_store
from tests.cluster import Cluster, as_owner

ROWS = (answer_tables, channel_tables, people_tables, readiness_tables, rotation_tables, tables)
GUARDS = {
    "sqlite": {
        "audit_no_delete",
        "audit_no_update",
        "disclosure_no_delete",
        "disclosure_no_update",
        "event_no_delete",
        "event_no_update",
        "incident_mode_fixed",
    },
    "postgresql": {"audit_append_only", "disclosure_append_only", "event_append_only", "incident_mode_fixed"},
}


def engine_of(url: str) -> Engine:
    return sqlite.migrating(sqlite.path_of(url)) if url.startswith("sqlite") else postgres.migrating(url)


@pytest.fixture
def database_url(database_url: str) -> str:
    return as_owner(database_url)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'empty.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return as_owner(cluster.create_from("template1"))


def shape(tx: Connection) -> dict[str, Any]:
    """Columns, keys, checks, indexes and references of every table, as the database says them."""
    seen = inspect(tx)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"]) for column in seen.get_columns(table)
            },
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": {unique["name"] for unique in seen.get_unique_constraints(table)},
            "checks": {check["name"]: check["sqltext"] for check in seen.get_check_constraints(table)},
            "indexes": {
                index["name"]: (tuple(index["column_names"]), bool(index["unique"]), where(index))
                for index in seen.get_indexes(table)
            },
            "references": {
                (tuple(key["constrained_columns"]), key["referred_table"], tuple(key["referred_columns"]))
                for key in seen.get_foreign_keys(table)
            },
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def where(index: Any) -> str:
    options = index.get("dialect_options", {})
    return str(next((options[name] for name in ("sqlite_where", "postgresql_where") if name in options), ""))


def test_the_sum_of_the_migrations_is_what_the_tables_say(database_url: str, empty_url: str) -> None:
    migrated, created = engine_of(database_url), engine_of(empty_url)
    with created.begin() as tx:
        SQLModel.metadata.create_all(tx)

    with migrated.begin() as left, created.begin() as right:
        found, wanted = shape(left), shape(right)
        drift = compare_metadata(MigrationContext.configure(left, opts={"compare_type": True}), SQLModel.metadata)

    assert found == wanted
    assert drift == []
    migrated.dispose()
    created.dispose()


def test_both_databases_have_the_same_constraints(sqlite_url: str, postgres_url: str) -> None:
    def names(url: str) -> dict[str, set[str]]:
        engine = engine_of(url)
        with engine.begin() as tx:
            found = {table: {*each["checks"], *each["unique"], *each["indexes"]} for table, each in shape(tx).items()}
        engine.dispose()
        return found

    on_sqlite, on_postgres = names(sqlite_url), names(postgres_url)

    assert on_sqlite == on_postgres


def test_the_guards_stand(database_url: str) -> None:
    engine = engine_of(database_url)
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database_url.startswith("sqlite")
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )

    with engine.begin() as tx:
        found = set(tx.execute(text(query)).scalars())

    assert found == GUARDS[engine.dialect.name]
    engine.dispose()


def test_migrating_twice_changes_nothing(database_url: str, key_file: Path) -> None:
    open_store(database_url, key_file, migrate=True).close()

    with closing(open_store(database_url, key_file)) as store, store.read() as tx:
        assert tx.execute(text("SELECT position FROM head")).scalar_one() == 0


def stamped(url: str, revision: str) -> None:
    engine = engine_of(url)
    with engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()


def test_a_program_refuses_a_newer_or_older_schema_and_says_what_to_do_f91(database_url: str, key_file: Path) -> None:
    stamped(database_url, "9999")
    with pytest.raises(WrongDatabase, match="newer Crisis"):
        open_store(database_url, key_file)
    with pytest.raises(WrongDatabase, match="newer Crisis"):
        open_store(database_url, key_file, migrate=True)

    stamped(database_url, "0001")
    with pytest.raises(WrongDatabase, match="crisis migrate"):
        open_store(database_url, key_file)


def test_an_empty_database_is_refused_f91(empty_url: str, key_file: Path) -> None:
    if empty_url.startswith("sqlite"):
        sqlite.path_of(empty_url).touch()

    with pytest.raises(WrongDatabase, match="crisis init"):
        open_store(empty_url, key_file)


@contextmanager
def watched(url: str, before_each: Callable[[], None]) -> Iterator[Connection]:
    """A transaction for a migration; `before_each` is called before each of its statements."""
    engine = engine_of(url)
    event.listen(engine, "before_cursor_execute", lambda *_arguments: before_each())
    try:
        with engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()


def killed_at(url: str, statement: int) -> None:
    """Migrates in a child that dies, as by a power cut, before one statement."""
    child = os.fork()
    if child == 0:
        numbers = count(1)
        with watched(url, lambda: os._exit(9) if next(numbers) == statement else None) as tx:
            schema.upgrade(tx)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_migration_killed_at_any_statement_leaves_nothing_and_can_be_done_again_f91(
    empty_url: str, key_file: Path, request: pytest.FixtureRequest
) -> None:
    """Every statement with `--full`, else some ten: each dies in a process that has to come there from nothing."""
    statements = count_of(empty_url)
    every = 1 if request.config.getoption("--full") else statements // 8
    for statement in range(1, statements + 1, every):
        killed_at(empty_url, statement)

        engine = engine_of(empty_url)
        with engine.begin() as tx:
            assert inspect(tx).get_table_names() == [], f"after statement {statement}"
        engine.dispose()

    open_store(empty_url, key_file, migrate=True).close()


def count_of(url: str) -> int:
    """How many statements a migration from nothing has; leaves nothing."""
    passed: list[None] = []
    with watched(url, lambda: passed.append(None)) as tx:
        schema.upgrade(tx)
        tx.rollback()
    return len(passed)
