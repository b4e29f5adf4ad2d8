"""Real databases for tests: SQLite files and a temporary PostgreSQL cluster, both with the schema of the migrations."""

import gc
import os
import shutil
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from crisis import clock
from crisis.store.engine import Store, open_store
from crisis.store.sealed import KeyRing
from tests import every_page, pressed
from tests.cluster import Cluster, binaries, in_memory
from tests.watch import Watch

if in_memory() is not None:  # what a test keeps must outlive its processes, not the machine
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory()))

_compiled: defaultdict[str, LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(2000))


def statements_are_compiled_once() -> None:
    """Every test opens a store of its own; to compile each statement anew for it would be a fifth of all the time.

    What is compiled depends on the kind of database alone: all of a kind are of one version here.
    """
    one_for_all = property(lambda engine: _compiled[engine.dialect.name], lambda engine, cache: None)
    Engine._compiled_cache = one_for_all  # type: ignore[assignment]
    for kind in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        kind.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        kind.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign]


statements_are_compiled_once()
every_page.installed()
gc.set_threshold(50_000, 20, 50)  # the checker and the simulation make millions of small values and no circles

NEVER_TRIED = pytest.StashKey[list[str]]()
IN_CI = os.environ.get("CRISIS_CI") == "1"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The photographer checks nothing, so it only comes when called."""
    uncalled = config.getoption("pictures") is None
    return True if uncalled and collection_path.name == "test_pictures.py" else None


def pytest_configure(config: pytest.Config) -> None:
    """Processes that this one starts share a folder, so that each kind of form is sent again once in a run."""
    if pressed.TRIED not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="crisis-forms-")
        os.environ[pressed.TRIED] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a quarter of the time a test waits for a process, a server or a clock."""
    return (os.cpu_count() or 1) + 1


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="every crash point instead of every few; takes an hour")
    parser.addoption("--seed", action="append", type=int, default=[], help="play this universe of the simulation only")
    parser.addoption("--pictures", type=Path, metavar="FOLDER", help="photograph every page; renews docs/pictures")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing that belongs there may be skipped; a district's roster is not ours to bring along."""
    report = yield
    brought_along = item.get_closest_marker("roster") is not None
    if IN_CI and report.skipped and not brought_along and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """After the fixtures, so that a server of the test has answered for the last time."""
    yield
    every_page.watched.must_have_found_nothing()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run of everything fails when a form on its pages was sent by no test twice, or never stale."""
    config = session.config
    chosen = config.option.keyword or config.option.markexpr or config.option.deselect or config.option.pictures
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not chosen
    if whole and not hasattr(config, "workerinput") and session.testsfailed == 0:
        config.stash[NEVER_TRIED] = pressed.never_tried()
        if config.stash[NEVER_TRIED]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in sorted(config.stash.get(NEVER_TRIED, None) or ()):
        terminalreporter.write_line(line)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The clock of everything in this process, which moves only when a test moves it."""
    made = Watch()
    monkeypatch.setattr(clock, "_steady", made)
    return made


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    KeyRing.create(path)
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the whole run, without fsync: tests of durability start their own."""
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed")
    with Cluster().running() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(cluster: Cluster, key_file: Path) -> str:
    url = cluster.create("crisis_template")
    open_store(cluster.as_program(url), key_file, migrate=True, owner=url).close()
    return "crisis_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    open_store(f"sqlite:///{path}", key_file, migrate=True).close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "crisis.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(cluster: Cluster, postgres_template: str) -> Iterator[str]:
    url = cluster.create_from(postgres_template)
    yield url
    cluster.drop(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def store(database_url: str, key_file: Path) -> Iterator[Store]:
    """The same tests on both databases."""
    opened = open_store(database_url, key_file)
    yield opened
    opened.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes is left out, not skipped, unless it is asked for."""
    if config.getoption("--full"):
        return
    left_out = [item for item in items if item.get_closest_marker("full") or _asked_of_the_other_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _asked_of_the_other_database(item: pytest.Item) -> bool:
    """Of what is marked `page` each test is asked of one database, half of them of each, always of the same one.

    A page asks the store, whose own tests are asked of both; PostgreSQL alone has walls between districts, so all of
    them on SQLite would not do.
    """
    if item.get_closest_marker("page") is None or not isinstance(item, pytest.Function) or "[" not in item.name:
        return False
    name, _, values = item.name.partition("[")
    rest = values.replace("sqlite", "").replace("postgresql", "")
    own = "postgresql" if zlib.crc32(f"{name}{rest}".encode()) % 2 else "sqlite"
    return any(each in values and each != own for each in ("sqlite", "postgresql"))
