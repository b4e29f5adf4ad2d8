"""The real server as a process of its own, told by its input what to do: `note`, then an end of the input."""

import asyncio
import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.responses import HTMLResponse
from uvicorn import Server

from bench.place import Town, actor, free_port, holder, note, opening
from crisis import clock
from crisis.settings import Settings
from crisis.start import settle
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident, submit
from crisis.vocabulary import StaffRole
from web.deps import Anyone
from web.serve import server

EMPTY = "/bench-empty"
FILES = 16_384


class Process:
    """A process that answers each line with one line of JSON."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def told(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of the bench ended early")
        found: dict[str, object] = json.loads(line)
        return found

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def end(self) -> None:
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


def say(**content: object) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def allow_files() -> None:
    """As many sockets as this process may have."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def console_server(town: Town) -> Iterator[tuple[Process, int]]:
    port = free_port()
    process = Process("bench.console", town.url, str(town.key_file), str(port))
    try:
        process.told()
        yield process, port
    finally:
        process.end()


def empty() -> HTMLResponse:
    return HTMLResponse("")


def main(url: str, key_file: str, port: str) -> None:
    allow_files()
    settle()
    store = open_store(url, Path(key_file))
    committed: list[float] = []
    store.on_commit_wake(lambda: committed.append(time.perf_counter()))  # before the hub's: the moment of the commit
    made = server(store, Settings(public_url=f"http://127.0.0.1:{port}"), "127.0.0.1", int(port))
    made.config.app.add_api_route(EMPTY, empty, methods=["GET"], dependencies=[Anyone])  # type: ignore[union-attr]
    threading.Thread(target=_obey, args=[store, committed, made], daemon=True).start()
    asyncio.run(made.serve())
    store.close()


def _obey(store: Store, committed: list[float], made: Server) -> None:
    while not made.started:
        time.sleep(0.01)
    counselor = actor(store, holder(StaffRole.COUNSELOR))
    order, words = opening(counselor)
    incident = open_incident(store, order, at=clock.now(), words=words).incident.id
    say(started=True)
    for _line in sys.stdin:
        written, words = note(counselor)
        committed.clear()
        submit(store, incident, written, at=clock.now(), words=words)
        say(at=committed[0])
    made.should_exit = True


if __name__ == "__main__":
    main(*sys.argv[1:4])
