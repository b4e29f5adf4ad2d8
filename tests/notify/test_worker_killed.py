"""The worker is killed where it matters; after a restart each page has arrived, at most once too often.

`tests/crash` tries every point.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crisis import page_events as pev
from crisis.notify.gateway import Lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.store import incidents
from crisis.store.engine import open_store
from crisis.vocabulary import IncidentId, Urgency
from tests.notify.village import ANA, PHONES, a_network, served, village, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
SENT_BEFORE = {  # where it dies, and how many texts the telephone had by then
    "send.before_post": 0,  # F04
    "send.after_reply": 1,  # F05, F06: nothing was written of it, so it is said again
    "submit.after_commit": 1,
    "worker.before_finish": 1,
}
UNWRITTEN = frozenset({"send.after_reply"})


@contextmanager
def a_worker(url: str, key_file: Path, provider: str, failpoint: str = "") -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.notify.worker_main", url, str(key_file), provider, failpoint or "again"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "CRISIS_FAILPOINT": failpoint})
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def a_page_waits(url: str, key_file: Path, network: Exchange) -> IncidentId:
    """Committed, and nobody has begun with it."""
    store = open_store(url, key_file)
    incident, _page = village(store, network, Lines(None, None)).paged(Urgency.U3)
    store.close()
    return incident


def texts(network: Exchange) -> list[str]:
    """By the attempt that the worker said it was."""
    return [each.reference for each in network.ledger.of_phone(PHONES[ANA]) if each.kind == "text"]


def recorded(url: str, key_file: Path, incident: IncidentId) -> list[str]:
    store = open_store(url, key_file, readonly=True)
    with store.read() as tx:
        events = [stored.event for stored in incidents.events_of(tx, incident)]
    store.close()
    return [each.attempt for each in events if isinstance(each, pev.PageAttempted)]


@pytest.mark.slow
@pytest.mark.parametrize("point", SENT_BEFORE)
def test_a_page_arrives_and_at_most_twice_wherever_the_worker_is_killed_f03_to_f06(
    point: str, database_url: str, key_file: Path, tmp_path: Path
) -> None:
    network = a_network(tmp_path)
    incident = a_page_waits(database_url, key_file, network)
    with served(build_handsets(network)) as provider:
        with a_worker(database_url, key_file, provider, f"{point}#1") as killed:
            assert killed.wait(60) == 137
        before = len(texts(network))

        with a_worker(database_url, key_file, provider):
            wait_until(lambda: len(recorded(database_url, key_file, incident)) == 1, within=30)
            wait_until(lambda: len(texts(network)) == (2 if point in UNWRITTEN else 1), within=30)

    assert before == SENT_BEFORE[point]
    assert set(texts(network)) == set(recorded(database_url, key_file, incident))  # one attempt, perhaps said twice
