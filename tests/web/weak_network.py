"""A console at the end of a bad line, in networks of its own: run by `tests/web/test_weak_network.py`, as root.

`unshare --net python -m tests.web.weak_network DATABASE KEYS` says as JSON what became of it, with times in seconds.
The browser is alone in a second network. Between the two go 64 kbit/s, 30 of 100 packets are thrown away in each
direction, and each byte waits 400 ms at a proxy on its way to the server.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Page

from crisis.events import NoteAdded
from crisis.store import incidents
from crisis.vocabulary import IncidentId
from tests.browser import CHROMIUM, a_chromium
from tests.factories import DISTRICT
from tests.web.consoles import LIVE, Site, a_console, a_site
from tests.web.district import COUNSELOR

BOARDS = 15
PATIENCE = 300_000  # ms
LATENCY = 0.4  # seconds
HERE, THERE = "10.9.8.1", "10.9.8.2"
PATHS = (
    "ip link set lo up",
    "ip link add near type veth peer name far netns {browser}",
    f"ip addr add {HERE}/24 dev near",
    "ip link set near addrgenmode none up",  # an address that comes later is a change of network to the browser
)
AT_THE_BROWSER = ("ip link set lo up", f"ip addr add {THERE}/24 dev far", "ip link set far addrgenmode none up")
BAD = (
    "tc qdisc add dev {device} root tbf rate 64kbit burst 3000 limit 60000",
    "nft add table inet weak",
    "nft add chain inet weak arrives {{ type filter hook input priority 0 ; }}",
    "nft add rule inet weak arrives iif {device} meta l4proto tcp numgen random mod 100 < 30 drop",
)
PAINTED = """() => new Promise((said) => {
  const look = () => {
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    if (paint) said(paint.startTime / 1000); else setTimeout(look, 50);
  };
  look();
})"""
TOLD = "(text) => document.querySelector('#tl')?.textContent.includes(text)"
SAID = "Typed at the end of a bad line"


def main(database: str, keys: str) -> dict[str, object]:
    with another_network() as browser, tempfile.TemporaryDirectory() as folder:
        port = 18_080
        url = f"http://localhost:{port}"
        # A page of "localhost" may do what one over TLS may: the name stays, the address is that of the other end.
        program = Path(folder, "chromium")
        program.write_text(f'#!/bin/sh\nexec nsenter --net=/proc/{browser}/ns/net {CHROMIUM} "$@"\n')
        program.chmod(0o755)
        with (
            a_site(database, Path(keys), public_url=url) as near,
            delayed(port, near.url),
            a_chromium(program, f"--host-resolver-rules=MAP localhost {HERE}") as chromium,
        ):
            far = Site(url, near.district)
            with a_console(chromium, far, COUNSELOR) as page:
                page.set_default_timeout(PATIENCE)
                return played(page, far)


def played(page: Page, site: Site) -> dict[str, object]:
    """From nothing kept in the browser: raise an incident, say something, hear of something, look at the board."""
    began = time.monotonic()
    page.goto(f"{site.url}/incidents/new")
    form = page.evaluate(PAINTED)
    page.check("input[value=suicide_ideation]", force=True)
    page.fill("#place", "Library")
    page.check("input[value=me]", force=True)
    page.click(".submitbar button")
    page.wait_for_url("**/incidents/0*", wait_until="commit")
    raised = time.monotonic() - began
    page.wait_for_selector("#noteform")
    page.wait_for_function(LIVE)
    incident = page.url.rpartition("/")[2]
    with timed() as said:
        page.fill("#note", SAID)
        page.click("#noteform button[type=submit]")
        page.wait_for_function(TOLD, arg=SAID)
    with timed() as heard:
        site.note(incident, "Said by somebody else")
        page.wait_for_function(
            "(text) => document.querySelector('#tl')?.textContent.includes(text)", arg="somebody else"
        )
    boards = []
    for _ in range(BOARDS):
        page.goto(f"{site.url}/", wait_until="commit")
        boards.append(page.evaluate(PAINTED))
    with site.district.store.read() as tx:
        log = [each.event for each in incidents.events_of(tx, IncidentId(incident))]
        raisings = len(incidents.current(tx, DISTRICT))
    return {
        "form": form,
        "raised": raised,
        "said": said[0],
        "heard": heard[0],
        "boards": sorted(boards),
        "incidents": raisings,
        "notes": sum(isinstance(each, NoteAdded) for each in log),
    }


@contextmanager
def timed() -> Iterator[list[float]]:
    began, took = time.monotonic(), list[float]()
    yield took
    took.append(time.monotonic() - began)


@contextmanager
def another_network() -> Iterator[int]:
    """The process that holds it; the line to it is bad already."""
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as holder:
        try:
            while Path(f"/proc/{holder.pid}/ns/net").readlink() == Path("/proc/self/ns/net").readlink():
                time.sleep(0.01)
            inside = ["nsenter", f"--net=/proc/{holder.pid}/ns/net"]
            _run(PATHS, browser=holder.pid)
            _run(AT_THE_BROWSER, before=inside)
            _run(BAD, device="near")
            _run(BAD, before=inside, device="far")
            yield holder.pid
        finally:
            holder.kill()


def _run(lines: Sequence[str], *, before: Sequence[str] = (), **filled: object) -> None:
    for each in lines:
        subprocess.run([*before, *each.format(**filled).split()], check=True)


@contextmanager
def delayed(port: int, url: str) -> Iterator[None]:
    """A proxy at `port` in front of `url`."""
    to = int(url.rpartition(":")[2])
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with await asyncio.start_server(lambda reader, writer: _through(reader, writer, to), HERE, port):
            await asyncio.Event().wait()

    def run() -> None:
        with suppress(RuntimeError):
            loop.run_until_complete(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.set_exception_handler(lambda _loop, _said: None)


async def _through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: int) -> None:
    there, back = await asyncio.open_connection("127.0.0.1", to)
    await asyncio.gather(_passed(reader, back, LATENCY), _passed(there, writer, 0), return_exceptions=True)


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
    """In order; several may be on their way at the same time."""
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def deliver() -> None:
        while True:
            due, some = await queue.get()
            await asyncio.sleep(due - loop.time())
            writer.write(some)
            await writer.drain()
            if not some:
                return

    delivering = asyncio.ensure_future(deliver())
    with suppress(ConnectionError):
        while some := await reader.read(65536):
            queue.put_nowait((loop.time() + wait, some))
    queue.put_nowait((loop.time() + wait, b""))
    with suppress(ConnectionError):
        await delivering
    writer.close()


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:3])), flush=True)
