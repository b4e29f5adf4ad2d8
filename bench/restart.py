"""From the start of a process to the first overdue page handed over, with thousands of timers that wait."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, times
from bench.handover import Counting
from bench.place import Town, Towns, actor, holder, opening
from crisis import clock
from crisis.effects import StartTimer
from crisis.notify.gateway import Lines
from crisis.notify.worker import Worker
from crisis.store import outbox
from crisis.store.engine import open_store
from crisis.submit import open_incident
from crisis.vocabulary import StaffRole
from web import serve

AN_INCIDENT = 50  # timers: far more than any protocol has
FIRST_SEQ = 1000  # beyond the events of the incident


def figures(towns: Towns, rounds: int, timers: int) -> Iterator[Figure]:
    for dialect in towns.dialects:
        took, floor = [], []
        town = towns.new(dialect)
        _filled(town, timers)
        for _ in range(rounds):
            _page_owed(town)
            took.append(_started([sys.executable, "-m", "bench.restart", town.url, str(town.key_file)]))
            floor.append(_started([sys.executable, "-c", "import bench.restart; print()"]))
        yield Figure(
            name=f"Restart with {timers:,} timers to the first overdue page handed over",
            dialect=dialect,
            measured=times(took),
            floor=times(floor),
            floor_is="importing the program",
            limit_ms=5000,
        )


def _started(command: list[str]) -> float:
    """Seconds until the process says its first line."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - begin
    if not line or process.returncode:
        raise RuntimeError("the process ended before it did anything")
    return took


def _filled(town: Town, timers: int) -> None:
    later = clock.now() + timedelta(days=1)
    with town.opened() as store:
        teacher = actor(store, holder(StaffRole.TEACHER))
        for number in range(timers // AN_INCIDENT):
            order, words = opening(teacher)
            at = clock.now() - timedelta(hours=1)
            incident = open_incident(store, order, at=at, words=words).incident
            waits = [
                (FIRST_SEQ + turn, StartTimer(name="deadline", key=f"none:{number}:{turn}", due_at=later))
                for turn in range(AN_INCIDENT)
            ]
            with store.write() as tx:
                for job in outbox.claim(tx, "bench", clock.now(), limit=100, lease=timedelta(seconds=10)):
                    outbox.finish(tx, job, clock.now())
                outbox.put(tx, incident, waits, at)


def _page_owed(town: Town) -> None:
    with town.opened() as store:
        order, words = opening(actor(store, holder(StaffRole.TEACHER)))
        open_incident(store, order, at=clock.now() - timedelta(seconds=30), words=words)


def main(url: str, key_file: str) -> None:
    """As a process begins that serves and works: everything is imported, then the database opened, then work done."""
    assert serve.serve
    line, stop, store = Counting(), threading.Event(), open_store(url, Path(key_file))
    thread = threading.Thread(target=Worker(store, Lines(line, line), "restarted").run, args=[stop])  # type: ignore[arg-type]
    thread.start()
    line.first.wait(30)
    sys.stdout.write("handed over\n" if line.taken else "")
    sys.stdout.flush()
    stop.set()
    thread.join()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
