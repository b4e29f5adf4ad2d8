"""What a database must be before anything is written to it, and what a transaction promises."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from crisis.effects import NotifyRole
from crisis.statemachine.evolve import begin
from crisis.store import idempotency, incidents, outbox, sqlite
from crisis.store.engine import OutcomeUnknown, Store, WrongDatabase, is_transient, open_store
from crisis.store.sealed import KeyFault, KeyRing
from crisis.vocabulary import IncidentId, Mode, Role
from tests.cluster import Cluster
from tests.store.a_log import AT, an_opening, noted, opened

FIRST = an_opening()


def settings(tx: Connection, contract: sqlite.Pragmas) -> dict[str, str | int]:
    driver = tx.connection.driver_connection
    assert driver is not None
    return sqlite.settings_of(driver, contract)


def test_each_of_fifty_sqlite_connections_keeps_the_contract(sqlite_url: str) -> None:
    path = sqlite.path_of(sqlite_url)
    engines = [sqlite.reader(path) for _ in range(49)]
    writer = sqlite.writer(path)

    with ExitStack() as stack:
        found = [settings(stack.enter_context(engine.connect()), sqlite.READER) for engine in engines]
        written = settings(stack.enter_context(writer.connect()), sqlite.WRITER)

    assert found == [dict(sqlite.READER)] * 49
    assert written == dict(sqlite.WRITER)
    assert written["synchronous"] == 2  # F85: FULL
    for engine in (*engines, writer):
        engine.dispose()


def test_a_connection_that_does_not_take_its_settings_is_not_used(sqlite_url: str) -> None:
    with (
        closing(sqlite.driver.connect(str(sqlite.path_of(sqlite_url)))) as connection,
        pytest.raises(RuntimeError, match="did not take"),
    ):
        sqlite.keep(connection, {"synchronous": 7})


def test_an_sqlite_that_can_corrupt_is_refused_f87(
    sqlite_url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LEAST_VERSION", (99, 0, 0))

    with pytest.raises(WrongDatabase, match=r"can corrupt .* install 99.0.0"):
        open_store(sqlite_url, key_file)


def test_a_second_process_on_the_same_file_is_refused_f90(sqlite_url: str, key_file: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from crisis.store.engine import open_store\n"
        "store = open_store(sys.argv[1], Path(sys.argv[2])); print('open', flush=True); sys.stdin.read(); store.close()"
    )
    command = [sys.executable, "-c", script, sqlite_url, str(key_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"

        with pytest.raises(WrongDatabase, match="Another Crisis process"):
            open_store(sqlite_url, key_file)
        with closing(open_store(sqlite_url, key_file, readonly=True)) as reading, reading.read() as tx:
            assert incidents.head(tx) == 0
        other.kill()

    open_store(sqlite_url, key_file).close()  # the lock died with the process


def test_what_is_opened_to_be_read_cannot_be_written(database_url: str, key_file: Path) -> None:
    with (
        closing(open_store(database_url, key_file, readonly=True)) as store,
        pytest.raises(DBAPIError, match=r"readonly|read-only"),
        store.write() as tx,
    ):
        tx.execute(text("UPDATE head SET position = 7"))


@pytest.mark.parametrize(
    ("mounts", "problem"),
    [
        ("/dev/sda / ext4 rw 0 0\nserver:/x /srv nfs4 rw 0 0", "nfs4"),
        ("/dev/sda / ext4 rw 0 0\n//server/x /srv cifs rw 0 0", "cifs"),
        ("/dev/sda / ext4 rw 0 0\noverlay /srv overlay rw 0 0", "overlay"),
        ("/dev/sda / ext4 rw 0 0\n/dev/sdb /srv xfs rw 0 0\nserver:/x /srv nfs rw 0 0", "nfs"),
        ("/dev/sda / ext4 rw 0 0\nserver:/x /srv\\040data nfs rw 0 0", None),
        ("server:/x / nfs rw 0 0\n/dev/sdb /srv ext4 rw 0 0", None),
        ("overlay / overlay rw 0 0", None),  # a container's own root; it goes with the container
        ("", None),
    ],
)
def test_a_shared_file_system_is_refused_f90(mounts: str, problem: str | None, tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text(mounts)

    found = sqlite.unfit_place(Path("/srv/crisis"), tmp_path / "mounts")

    assert (found is None) if problem is None else (found is not None and f"({problem})" in found)


def test_a_folder_with_a_blank_is_found_among_the_mounts(tmp_path: Path) -> None:
    (tmp_path / "mounts").write_text("/dev/sda / ext4 rw 0 0\nserver:/x /srv\\040data nfs rw 0 0")

    assert sqlite.file_system(Path("/srv data/crisis"), tmp_path / "mounts") == ("/srv data", "nfs")


def test_what_is_not_there_is_not_made_by_looking(tmp_path: Path, key_file: Path) -> None:
    with pytest.raises(WrongDatabase, match="run: crisis init"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}", key_file)
    with pytest.raises(WrongDatabase, match="does not exist"):
        open_store(f"sqlite:///{tmp_path / 'no' / 'none.db'}", key_file, migrate=True)
    with pytest.raises(WrongDatabase, match="begins with sqlite"):
        open_store("mysql://somewhere", key_file)

    assert list(tmp_path.iterdir()) == []


def test_the_database_is_for_its_owner_alone(tmp_path: Path, key_file: Path) -> None:
    path = tmp_path / "new.db"

    open_store(f"sqlite:///{path}", key_file, migrate=True).close()

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_postgresql_that_is_too_old_is_refused(
    postgres_url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crisis.store.postgres.LEAST_VERSION", 990000)

    with pytest.raises(WrongDatabase, match="15 or newer"):
        open_store(postgres_url, key_file)


def test_postgresql_connections_have_limits(postgres_url: str, key_file: Path) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "synchronous_commit")
    with closing(open_store(postgres_url, key_file)) as store, store.write() as tx:
        found = [tx.execute(text(f"SHOW {name}")).scalar_one() for name in names]

    assert found == ["5s", "2s", "10s", "on"]


def test_on_postgresql_only_what_is_unhurried_does_not_wait_for_the_disk(postgres_url: str, key_file: Path) -> None:
    with closing(open_store(postgres_url, key_file)) as store:
        with store.write_unhurried() as tx:
            unhurried = tx.execute(text("SHOW synchronous_commit")).scalar_one()
        with store.write() as tx:
            afterwards = tx.execute(text("SHOW synchronous_commit")).scalar_one()

    assert (unhurried, afterwards) == ("off", "on")


def test_on_sqlite_only_what_is_unhurried_does_not_wait_for_the_disk(sqlite_url: str, key_file: Path) -> None:
    asked, found = text("PRAGMA synchronous"), list[int]()
    with closing(open_store(sqlite_url, key_file)) as store:
        with suppress(ZeroDivisionError), store.write_unhurried() as tx:
            found.append(tx.execute(asked).scalar_one())
            raise ZeroDivisionError
        with store.write() as tx:
            found.append(tx.execute(asked).scalar_one())

    assert found == [1, 2]


def test_who_may_only_read_cannot_write_unhurried_either(database_url: str, key_file: Path) -> None:
    with (
        closing(open_store(database_url, key_file, readonly=True)) as store,
        store.write_unhurried() as tx,
        pytest.raises(DBAPIError),
    ):
        tx.execute(text("DELETE FROM outbox"))


@pytest.mark.postgres
def test_a_connection_in_use_while_the_store_closes_ends_when_it_is_given_back(
    postgres_url: str, key_file: Path
) -> None:
    store = open_store(postgres_url, key_file)
    with store.read() as tx:
        store.close()
        used = tx.connection.driver_connection
        assert isinstance(used, psycopg.Connection)
        assert not used.closed
    assert used.closed


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)

    with pytest.raises(KeyFault, match="chmod 600"):
        open_store(sqlite_url, path)


@pytest.mark.parametrize(("content", "problem"), [("", "damaged"), ("{}", "no usable"), ('{"k": "00"}', "no usable")])
def test_a_damaged_key_file_is_refused(content: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(content)

    with pytest.raises(KeyFault, match=problem):
        KeyRing.from_file(path)


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    KeyRing.create(tmp_path / "keys.json")
    before = (tmp_path / "keys.json").read_text()

    with pytest.raises(KeyFault, match="not written over"):
        KeyRing.create(tmp_path / "keys.json")

    assert (tmp_path / "keys.json").read_text() == before


def test_nothing_is_left_of_a_transaction_that_fails(store: Store) -> None:
    rung: list[bool] = []
    end = store.on_commit_wake(lambda: rung.append(True))
    rung.clear()

    with pytest.raises(ZeroDivisionError), store.write() as tx:
        _ = 1 // (incidents.append(tx, None, begin(FIRST), [FIRST], at=AT) - 1)

    end()
    assert rung == []
    with store.read() as tx:
        assert incidents.head(tx) == 0


def test_only_events_and_new_work_wake_others(store: Store) -> None:
    incident = opened(store)
    rung = threading.Event()
    end = store.on_commit_wake(rung.set)

    rung.clear()
    with store.write() as tx:
        outbox.put(tx, incident, [(1, NotifyRole(role=Role.ADMIN, subject="x", mode=Mode.LIVE))], AT)
    assert rung.wait(5)

    while rung.wait(0.3):  # on PostgreSQL it is told twice: at once, and by the server
        rung.clear()
    with store.write() as tx:  # a worker that woke itself by its own claims would never rest
        (job,) = outbox.claim(tx, "w", AT, limit=1, lease=timedelta(seconds=10))
    with store.write() as tx:
        outbox.finish(tx, job, AT)
    assert not rung.wait(0.3)
    end()


def test_a_commit_of_another_process_wakes_on_postgresql(postgres_url: str, key_file: Path) -> None:
    rung = threading.Event()
    with closing(open_store(postgres_url, key_file)) as here, closing(open_store(postgres_url, key_file)) as there:
        here.on_commit_wake(rung.set)
        rung.clear()

        opened(there)

        assert rung.wait(5)


def test_numbers_are_dense_and_in_the_order_of_commits_under_many_writers(store: Store) -> None:
    seen: list[int] = []
    stop = threading.Event()

    def follow() -> None:
        position = 0
        while not stop.is_set() or position < 40:
            with store.read() as tx:
                ticks = incidents.since(tx, position, limit=7)
            seen.extend(tick.position for tick in ticks)
            position = ticks[-1].position if ticks else position

    reader = threading.Thread(target=follow)
    reader.start()
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda number: noted(store, opened(store, f"i-{number}"), f"w-{number}"), range(20)))
    stop.set()
    reader.join(10)

    assert seen == list(range(1, 41))


def test_the_same_key_at_the_same_moment_is_worth_a_retry(postgres_url: str, key_file: Path) -> None:
    """Two requests with one key, both before the other committed: the second finds the first when it tries again."""
    with closing(open_store(postgres_url, key_file)) as store:
        with store.write() as tx:
            idempotency.remember(tx, "k", "p-1", "d", IncidentId("i-1"), position=1)
        with pytest.raises(DBAPIError) as caught, store.write() as tx:
            idempotency.remember(tx, "k", "p-1", "d", IncidentId("i-1"), position=1)

    assert is_transient(caught.value)


def test_a_deadlock_and_a_wait_that_is_too_long_are_worth_a_retry_f99(postgres_url: str, key_file: Path) -> None:
    lock = text("SELECT pg_advisory_xact_lock(7)")
    with closing(open_store(postgres_url, key_file)) as store, store.write() as first:
        first.execute(lock)
        with pytest.raises(DBAPIError) as caught, store.write() as second:
            second.execute(lock)

    assert is_transient(caught.value)


def test_a_wrong_statement_is_not_worth_a_retry(store: Store) -> None:
    with pytest.raises(DBAPIError) as caught, store.write() as tx:
        tx.execute(text("SELECT nonsense FROM head"))

    assert not is_transient(caught.value)


def test_a_connection_that_is_lost_before_the_commit_is_worth_a_retry_f95(postgres_url: str, key_file: Path) -> None:
    with closing(open_store(postgres_url, key_file)) as store:
        with pytest.raises(DBAPIError) as caught, store.write() as tx:
            incidents.head(cut(postgres_url, tx))
        opened(store)

    assert is_transient(caught.value)


def test_a_connection_that_is_lost_in_the_commit_leaves_the_outcome_unknown_f95(
    postgres_url: str, key_file: Path
) -> None:
    with closing(open_store(postgres_url, key_file)) as store:
        with pytest.raises(OutcomeUnknown), store.write() as tx:
            cut(postgres_url, tx)
        opened(store)


def cut(url: str, tx: Connection) -> Connection:
    """Ends the server's side of a connection."""
    backend = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    return tx


@pytest.fixture
def own_cluster(cluster: Cluster) -> Iterator[Cluster]:
    with Cluster(durable=True).running() as running:
        yield running


def test_what_was_confirmed_survives_a_crash_of_the_server_f95(own_cluster: Cluster, key_file: Path) -> None:
    url = own_cluster.create("crisis")
    with closing(open_store(url, key_file, migrate=True)) as store:
        rung = threading.Event()
        store.on_commit_wake(rung.set)
        opened(store, "i-1")

        own_cluster.stop("immediate")
        own_cluster.start()
        rung.clear()
        open_again(store, "i-2")

        with store.read() as tx:
            assert [tick.incident for tick in incidents.since(tx, 0)] == ["i-1", "i-2"]
        assert rung.wait(5)  # the listening connection was made again


def open_again(store: Store, incident: str) -> None:
    """As submit does it."""
    for _ in range(5):
        try:
            opened(store, incident)
        except DBAPIError as error:
            if not is_transient(error):
                raise
        else:
            return


def test_writers_on_sqlite_wait_for_each_other_and_readers_do_not_f88(sqlite_url: str, key_file: Path) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        with store.write() as tx, store.read() as looking:
            tx.execute(text("UPDATE head SET position = 7"))
            assert incidents.head(looking) == 0
        with ThreadPoolExecutor(16) as writers:
            done = list(writers.map(lambda _: bump(store), range(200)))

        with store.read() as tx:
            assert incidents.head(tx) == 207
        assert sorted(done) == list(range(8, 208))


def bump(store: Store) -> int:
    with store.write() as tx:
        found = incidents.head(tx)
        tx.execute(text("UPDATE head SET position = :next"), {"next": found + 1})
        return found + 1


def test_a_write_inside_a_write_is_a_bug_and_says_so(
    sqlite_url: str, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT", 0.1)
    with closing(open_store(sqlite_url, key_file)) as store, store.write(), pytest.raises(NoConnection), store.write():
        pass
