"""The schema's version: upgrades in one transaction, so that a kill midway leaves the old one whole."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from crisis.store import postgres, sqlite, walls

FOLDER = Path(__file__).parent / "migrations"
EMPTY = "The database is empty; run: crisis init"
OLDER = "The database has an older schema; make a backup, then run: crisis migrate"
NEWER = "The database was upgraded by a newer Crisis; install that version again, or restore the backup before it"
log = logging.getLogger(__name__)

MIGRATION_LOCK = 4_201_978  # two processes that start at once do not upgrade at once


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


@cache
def newest() -> str:
    """The revision that this program was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def mismatch(engine: Engine) -> str | None:
    """What to do if the database has another schema than this program, or None."""
    with engine.connect() as tx:
        return _mismatch(tx)


def _mismatch(tx: Connection) -> str | None:
    found = MigrationContext.configure(tx).get_current_revision()
    if found == newest():
        return None
    if found is None:
        return EMPTY
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return OLDER if found in known else NEWER


def upgrade(tx: Connection) -> None:
    """Brings the schema to the newest revision inside the transaction of the caller; leaves a newer one alone."""
    if _mismatch(tx) in (None, NEWER):
        return
    config = _config()
    config.attributes["connection"] = tx
    command.upgrade(config, "head")


def upgrade_sqlite(path: Path) -> None:
    """Makes the file if it is not there, for its owner alone."""
    path.touch(mode=0o600)
    with _once(sqlite.migrating(path)) as tx:
        upgrade(tx)
        broken = tx.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the upgrade would break {len(broken)} references; nothing was changed")


def upgrade_postgres(url: str, runtime: str | None = None) -> None:
    """And puts the walls up anew, also around tables that were there; `runtime` is what the program will connect as."""
    with _once(postgres.migrating(url)) as tx:
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        ours = walls.is_owner(tx)
        if ours:
            upgrade(tx)
        problem = walls.build(tx, runtime) if ours and _mismatch(tx) is None else None
    if not ours:
        log.warning("only the role that owns the tables can change them or put walls up: set CRISIS_OWNER_URL")
    if problem is not None:
        log.warning("%s", problem)


@contextmanager
def _once(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.begin() as tx:
            yield tx
    finally:
        engine.dispose()
