"""`crisis sentinel` as an installation starts it: it repairs, is heard outside, and may be killed and started again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from crisis import clock
from crisis.notify.gateway import Lines
from crisis.notify.worker import Worker
from crisis.sentinel.receiver import Receiver
from crisis.sentinel.receiver_app import build_receiver
from crisis.sentinel.watching import on_watch
from crisis.settings import Settings
from crisis.store import signs
from crisis.store.engine import Store, open_store
from tests.notify.village import a_network, served, village, wait_until

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of two machines"
COMMAND = [sys.executable, "-c", "from crisis.start import main; main()", "sentinel"]
PATIENCE = 60
pytestmark = pytest.mark.slow


def environment(url: str, key_file: Path, heartbeat: str = "") -> dict[str, str]:
    return {
        **os.environ,
        "CRISIS_DATABASE_URL": url,
        "CRISIS_KEY_FILE": str(key_file),
        "CRISIS_HEARTBEAT_URL": heartbeat,
        "CRISIS_HEARTBEAT_SECRET": SECRET,
    }


@contextmanager
def a_sentinel(url: str, key_file: Path, heartbeat: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(COMMAND, cwd=ROOT, env=environment(url, key_file, heartbeat), stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def a_paged_village(store: Store, folder: Path) -> None:
    made = village(store, a_network(folder), Lines(None, None))
    made.paged()
    made.worker.until_quiet()
    with store.write() as tx:
        for name in (signs.WORKER, signs.WEB):
            signs.leave(tx, name, datetime(2100, 1, 1, tzinfo=UTC), good=True)


def timers_taken(store: Store) -> None:
    with store.write() as tx:
        tx.execute(text("DELETE FROM outbox WHERE kind = 'StartTimer'"))


def timers(store: Store) -> int:
    with store.read() as tx:
        return int(tx.execute(text("SELECT count(*) FROM outbox WHERE kind = 'StartTimer'")).scalar_one())


@pytest.mark.postgres
def test_it_beats_is_killed_and_started_again_it_repairs(postgres_url: str, key_file: Path, tmp_path: Path) -> None:
    store = open_store(postgres_url, key_file)
    a_paged_village(store, tmp_path)
    receiver = Receiver(SECRET, tmp_path / "state.json", lambda silent: True, clock.now)
    with served(build_receiver(receiver)) as outside:
        with a_sentinel(postgres_url, key_file, f"{outside}/beat") as first:
            wait_until(lambda: receiver.state.heard_at is not None, PATIENCE)
            first.send_signal(signal.SIGKILL)
        before, last = timers(store), receiver.state.heard_at
        timers_taken(store)

        with a_sentinel(postgres_url, key_file, f"{outside}/beat"):
            wait_until(lambda: timers(store) == before, PATIENCE)
        assert receiver.state.heard_at == last  # what it repaired was not clean, so it kept still
    store.close()


def test_within_the_one_process_of_sqlite_it_is_a_thread(sqlite_url: str, key_file: Path, tmp_path: Path) -> None:
    store = open_store(sqlite_url, key_file)
    a_paged_village(store, tmp_path)
    timers_taken(store)

    with on_watch(store, Settings(heartbeat_url=None)):
        wait_until(lambda: timers(store) > 0)
    store.close()


def test_a_start_is_no_false_alarm(sqlite_url: str, key_file: Path) -> None:
    store, stop = open_store(sqlite_url, key_file), threading.Event()
    working = threading.Thread(target=Worker(store, Lines(None, None), "first").run, args=(stop,))

    def audited() -> signs.Sign | None:
        with store.read() as tx:
            return signs.left(tx).get(signs.AUDIT)

    with on_watch(store, Settings(heartbeat_url=None)):
        working.start()
        wait_until(lambda: audited() is not None)
        first = audited()
    stop.set()
    working.join()
    store.close()

    assert first is not None
    assert (first.good_at, first.detail["found"]) == (first.at, {})


def test_a_process_of_its_own_is_refused_on_sqlite_and_told_what_to_do(sqlite_url: str, key_file: Path) -> None:
    done = subprocess.run(COMMAND, cwd=ROOT, env=environment(sqlite_url, key_file), capture_output=True, check=False)

    said = " ".join(done.stderr.decode().split())
    assert done.returncode == 1
    assert "the sentinel runs inside `crisis serve`" in said
    assert "sentinel_account" in said
