"""Providers that hang or refuse: how soon the other one has the page."""

import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import httpx2
from pydantic import SecretStr

from bench.figures import Figure, times
from bench.pages import a_worker, settled
from bench.place import Town, Towns, actor, opening
from crisis import clock
from crisis.notify.gateway import lines
from crisis.settings import Settings
from crisis.submit import open_incident


def figures(towns: Towns, rounds: int) -> Iterator[Figure]:
    for dialect in towns.dialects:
        yield from _by_another_way(towns, dialect, rounds)


def _by_another_way(towns: Towns, dialect: str, rounds: int) -> Iterator[Figure]:
    with ExitStack() as stack:
        answers = stack.enter_context(_answering())
        hangs, refuses = stack.enter_context(_hanging()), _nobody()
        floor = times(_posts(answers.url, max(20, rounds)))
        for name, first, limit in (("is silent", hangs, 6000), ("refuses", refuses, 2000)):
            yield Figure(
                name=f"A page accepted by the second provider when the first {name}",
                dialect=dialect,
                measured=times(_accepted(towns.new(dialect), first, answers, rounds)),
                floor=floor,
                floor_is="one request to the same server",
                limit_ms=limit,
            )


@dataclass(slots=True)
class Answering:
    """A provider that takes everything: the second one's API, as far as a page needs it."""

    url: str
    asked: list[float] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)


@contextmanager
def _answering() -> Iterator[Answering]:
    made = Answering("")

    class Taking(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            text = self.path.endswith("messages")
            said = {"data": {"id": "m" * 36}} if text else {"status": "queued", "to": "+16175550100", "call_sid": "c-1"}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            made.asked.append(time.perf_counter())
            made.heard.set()

        def log_message(self, *_words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _hanging() -> Iterator[str]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _nobody() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def _posts(url: str, count: int) -> list[float]:
    took = []
    with httpx2.Client(trust_env=False) as client:
        for _ in range(count):
            begin = time.perf_counter()
            client.post(f"{url}/v2/messages", json={})
            took.append(time.perf_counter() - begin)
    return took


def _accepted(town: Town, first: str, second: Answering, rounds: int) -> list[float]:
    """From the end of the commit to the first acceptance, each incident alone."""
    settings = Settings(
        provider_url=first,
        provider_account="AC" + "1" * 32,
        provider_secret=SecretStr("s"),
        provider_from="+16175550190",
        second_url=second.url,
        second_account="second",
        second_secret=SecretStr("k"),
        second_application="app",
        second_from="+16175550192",
        second_public_key="A" * 43 + "=",
    )
    took, out = [], lines(settings)
    with town.opened() as store, a_worker(store, out):
        school, teacher, _counselor = settled(store, 1)[0]
        by = actor(store, teacher)
        for _ in range(rounds):
            second.heard.clear()
            second.asked.clear()
            order, words = opening(by, school)
            open_incident(store, order, at=clock.now(), words=words)
            begin = time.perf_counter()
            if not second.heard.wait(20):
                raise RuntimeError("nobody accepted the page")
            took.append(second.asked[0] - begin)
            time.sleep(0.2)
    out.close()
    return took
