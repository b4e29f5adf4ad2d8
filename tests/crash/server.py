"""The real server and the telephones, forked from a process that has imported everything.

Started with the file of a clock that can be moved; reads one order a line, writes one answer a line. A child dies at
its failpoint like after a power cut, and takes nothing with it but itself.
"""

import asyncio
import json
import mmap
import os
import signal
import ssl
import struct
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import sleep

import httpx2
import uvicorn
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crisis import clock, failpoints
from crisis.notify import worker
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_main import config_from, exchange_from
from crisis.settings import Settings
from crisis.store import inbox, incidents, outbox
from crisis.store.engine import Store, WrongDatabase, open_store
from crisis.vocabulary import DistrictId
from web.serve import a_wish_to_end, server

SIZE = struct.calcsize("d")
HERE = "127.0.0.1"


def moved(path: Path) -> Callable[[], datetime]:
    """The time of the machine and as many seconds more as stand in the file."""
    real = clock.now
    with path.open("rb") as file:
        ahead = mmap.mmap(file.fileno(), SIZE, prot=mmap.PROT_READ)
    return lambda: real() + timedelta(seconds=struct.unpack("d", ahead[:SIZE])[0])


worker.POLL, worker.LEFT_OVER = 0.03, timedelta(seconds=0.3)  # real seconds: the harness has no time to lose


class Edges:
    """Around the whole application: a failpoint before a request is read and one before its answer leaves."""

    def __init__(self, app: ASGIApp, store: Store, district: DistrictId) -> None:
        self.app, self.store, self.district = app, store, district

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith("/harness/"):
            await JSONResponse(await self.settled())(scope, receive, send)
            return

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                failpoints.hit("http.before_answer")
            await send(message)

        failpoints.hit("http.before_request")
        await self.app(scope, receive, answering)

    async def settled(self) -> dict[str, object]:
        """Waits a while for all that is due to be done, and says what is then. Looking leaves no trace."""
        for _turn in range(100):
            with self.store.read() as tx:
                left = outbox.waiting(tx, clock.now()) + len(inbox.unanswered(tx, self.store.keys, 100))
            if not left:
                break
            await asyncio.sleep(0.01)
        with self.store.read() as tx:
            known = incidents.current(tx, self.district)
        return {
            "left": left,
            "pages": [[page.state, page.level] for each in known for page in each.pages.values()],
            "handoffs": [handoff for each in known for handoff in each.handoffs],
        }


def opened(settings: Settings) -> Store:
    """The former process may hold the lock for a moment longer."""
    for _turn in range(200):
        try:
            return open_store(settings.database_url, settings.key_file)
        except WrongDatabase:
            sleep(0.01)
    return open_store(settings.database_url, settings.key_file)


def run_crisis(settings: Settings, parts: str, district: str) -> None:
    store, stop = opened(settings), threading.Event()
    working = threading.Thread(target=worker.Worker(store, lines(settings), parts, clock.now).run, args=(stop,))
    if "worker" in parts:
        working.start()
    if "web" in parts:
        serving = server(store, settings, HERE, settings.port)
        serving.config.app = Edges(serving.config.app, store, DistrictId(district))  # type: ignore[arg-type]
        serving.run()
    else:
        with a_wish_to_end() as wishes:
            wishes.wait()
    stop.set()
    if "worker" in parts:
        working.join()
    store.close()


class Counted(ThreadPoolExecutor):
    """Knows whether callbacks are still on their way."""

    under_way = 0
    _lock = threading.Lock()

    def submit(self, call, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        self._add(1)
        future: Future[object] = super().submit(call, *args, **kwargs)
        future.add_done_callback(lambda _: self._add(-1))
        return future

    def idle(self) -> int:
        for _turn in range(100):
            if not self.under_way:
                break
            sleep(0.005)
        return self.under_way

    def _add(self, number: int) -> None:
        with self._lock:
            self.under_way += number


def run_handsets(config: str) -> None:
    callbacks = Counted(4)
    exchange = replace(exchange_from(config_from(config)), _callbacks=callbacks)
    app = build_handsets(exchange)
    app.add_api_route("/harness/under-way", callbacks.idle, methods=["GET"])
    uvicorn.run(app, host=HERE, port=config_from(config).port, log_level="warning", access_log=False)


def certificates_read_once() -> None:
    """Every client reads them all, though nothing here speaks TLS: it was most of the work of the telephones."""
    httpx2.Client = partial(httpx2.Client, verify=ssl.create_default_context())  # type: ignore[assignment,misc]


def child(order: dict[str, str]) -> None:
    nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    failpoints._PLAN = order.get("failpoint", "")
    if "handsets" in order:
        run_handsets(order["handsets"])
    else:
        run_crisis(Settings(**json.loads(order["settings"])), order["parts"], order["district"])


def started(order: dict[str, str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        child(order)
        code = 0
    finally:
        os._exit(code)


def exit_code(pid: int, options: int = 0) -> int | None:
    ended, status = os.waitpid(pid, options)
    return os.waitstatus_to_exitcode(status) if ended else None


def main() -> None:
    clock.now = moved(Path(sys.argv[1]))
    certificates_read_once()
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        match order.pop("do"):
            case "start":
                said: int | None = started(order)
                children.add(said or 0)
            case "look":
                said = exit_code(order["pid"], os.WNOHANG)
                children -= {order["pid"]} if said is not None else set()
            case _:
                os.kill(order["pid"], signal.SIGTERM)
                said = exit_code(order["pid"])
                children.discard(order["pid"])
        print(json.dumps(said), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
