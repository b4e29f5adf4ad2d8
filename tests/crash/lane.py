"""One lane of runs: a fork server, telephones, ports and a clock; it notices a death and starts the dead again."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import httpx2

from crisis import clock
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_main import LEDGER, Config
from crisis.notify.ledger import Entry
from crisis.store import sample
from tests.crash.district import TUESDAY, Prepared

ROOT = Path(__file__).resolve().parents[2]
DIED = 137
DOWN = timedelta(seconds=15)  # what a restart takes in the time of the town: longer than a lease, shorter than a level
PATIENCE = 30.0  # real seconds for anything that must happen
LIVE = Account(sid="AC" + "1" * 32, secret="a secret of the harness", number="+16175550190")


class Stuck(Exception):
    """Something that must happen did not."""


@dataclass(frozen=True)
class Point:
    """The n-th passing of a failpoint in one of the processes."""

    part: str  # "web+worker" is one process
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.part} {self.name}#{self.number}"


@dataclass(frozen=True)
class Call:
    """The n-th time that a thread of one of the processes asks the kernel for this: it dies before it is done."""

    part: str
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.part} asks for {self.name}#{self.number}"


Death = Point | Call


@dataclass
class Lane:
    folder: Path
    prepared: Prepared
    port: int
    phones: int
    forks: "subprocess.Popen[str]"
    web: httpx2.Client
    handsets: httpx2.Client
    plan: list[Death] = field(default_factory=list)
    counting: bool = False
    url: str = ""
    ahead: float = 0.0
    crashes: list[Death] = field(default_factory=list)
    _running: dict[str, tuple[int, Death | None]] = field(default_factory=dict)
    _heard: int = 0
    _watching: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def parts(self) -> tuple[str, ...]:
        """PostgreSQL serves several processes, so there they are two."""
        return ("web+worker",) if self.prepared.dialect == "sqlite" else ("web", "worker")

    def now(self) -> datetime:
        return clock.now() + timedelta(seconds=self.ahead)

    def passes(self, seconds: float) -> None:
        self._set_ahead(self.ahead + seconds)

    def _set_ahead(self, seconds: float) -> None:
        self.ahead = seconds
        with (self.folder / "clock").open("r+b") as file:
            file.write(struct.pack("d", seconds))

    def begin(self, *plan: Death, counting: bool = False) -> None:
        """A fresh district on its Tuesday, and a server that will die where the plan says."""
        self.plan, self.counting, self.crashes = list(plan), counting, []
        self._set_ahead((TUESDAY - clock.now()).total_seconds())
        self._heard = self._ledger.stat().st_size if self._ledger.exists() else 0
        self.url = self.prepared.copy(self.folder)
        for part in self.parts:
            self._start(part)

    def end(self) -> None:
        for part in list(self._running):
            self._ask(do="stop", pid=self._running.pop(part)[0])

    def forget(self) -> None:
        self.end()
        while self._watching:
            self._watching.pop().wait(PATIENCE)
        self.prepared.drop(self.url)

    def _start(self, part: str) -> None:
        """With the first point of the plan that is this part's; the next one is for the process after it."""
        point = next((each for each in self.plan if each.part == part), None)
        if point is not None:
            self.plan.remove(point)
        failpoint = f"{point.name}#{point.number}" if isinstance(point, Point) else ""
        if self.counting:
            failpoint = f"count:{self._count_file(part)}"
            self._count_file(part).unlink(missing_ok=True)
        settings = {
            "database_url": self.url,
            "key_file": str(self.prepared.key_file),
            "public_url": f"http://127.0.0.1:{self.port}",
            "port": self.port,
            "provider_url": f"http://127.0.0.1:{self.phones}",
            "provider_account": LIVE.sid,
            "provider_secret": LIVE.secret,
            "provider_from": LIVE.number,
        }
        pid = self._ask(
            do="start",
            settings=json.dumps(settings),
            parts=part,
            district=sample.DISTRICT,
            failpoint=failpoint,
            log=str(self.folder / "log"),
        )
        assert pid is not None
        self._running[part] = (pid, point)
        if isinstance(point, Call):
            self._watching.append(dies_at(point, pid))

    def _count_file(self, part: str) -> Path:
        return self.folder / f"passed-{part}"

    def passed(self) -> list[Point]:
        """Every point of the counting run."""
        found = []
        for part in self.parts:
            turns: dict[str, int] = {}
            for name in self._count_file(part).read_text().splitlines():
                turns[name] = turns.get(name, 0) + 1
                found.append(Point(part, name, turns[name]))
        return found

    def mend(self) -> None:
        """Starts again what has died, where it was meant to die; any other death is a fault."""
        for part, (pid, point) in list(self._running.items()):
            code = self._ask(do="look", pid=pid)
            if code is None:
                continue
            del self._running[part]
            if code not in (DIED, -signal.SIGKILL) or point is None:
                raise Stuck(f"{part} ended with {code} at {point}: {(self.folder / 'log').read_text()[-2000:]}")
            self.crashes.append(point)
            self.passes(DOWN.total_seconds())
            self._start(part)

    def post(self, path: str, body: dict[str, object], headers: dict[str, str]) -> httpx2.Response:
        """As a program does it that has an idempotency key: again and again until there is an answer."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            try:
                return self.web.post(path, json=body, headers=headers)
            except httpx2.TransportError:
                self.mend()
                sleep(0.005)
        raise Stuck(f"no answer to {path}: {self.log()}")

    def state(self) -> dict[str, object] | None:
        try:
            answer = self.web.get("/harness/state")
        except httpx2.TransportError:
            return None
        found: dict[str, object] = answer.json()
        return found

    def settles(self) -> dict[str, object]:
        """Waits until all that is due is done, on both sides of the line."""
        until = monotonic() + PATIENCE
        state: dict[str, object] | None = None
        while monotonic() < until:
            self.mend()
            quiet = self._quiet() and self.handsets.get("/harness/under-way").json() == 0
            state = self.state() if quiet else None
            if state is not None and state["left"] == 0:
                return state
            sleep(0.002)
        raise Stuck(f"it does not come to rest: {state} {self.log()}")

    def _quiet(self) -> bool:
        state = self.state()
        return state is not None and state["left"] == 0

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text()[-3000:] if path.exists() else ""

    def replies(self, phone: str, body: str) -> None:
        self.handsets.post("/reply", data={"phone": phone, "body": body})

    def heard(self) -> list[Entry]:
        """What the telephones got in this run."""
        if not self._ledger.exists():
            return []
        with self._ledger.open("rb") as file:
            file.seek(self._heard)
            return [Entry(**json.loads(line)) for line in file]

    @property
    def _ledger(self) -> Path:
        return self.folder / "handsets" / LEDGER

    def _ask(self, **order: object) -> int | None:
        assert self.forks.stdin is not None
        assert self.forks.stdout is not None
        self.forks.stdin.write(json.dumps(order) + "\n")
        self.forks.stdin.flush()
        said: int | None = json.loads(self.forks.stdout.readline())
        return said


def dies_at(call: Call, pid: int) -> "subprocess.Popen[bytes]":
    """What watches the process; it ends with it."""
    inject = f"inject={call.name}:signal=KILL:when={call.number}"
    asks = ("-e", f"trace={call.name}", "-e", inject)
    watching = subprocess.Popen(["strace", "-f", "-qq", "-o", os.devnull, *asks, "-p", str(pid)])
    until = monotonic() + PATIENCE
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        if monotonic() > until or watching.poll() is not None:
            raise Stuck("nothing watches what it asks the kernel for")
        sleep(0.005)
    return watching


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def a_lane(folder: Path, prepared: Prepared) -> Iterator[Lane]:
    (folder / "handsets").mkdir(parents=True)
    (folder / "clock").write_bytes(struct.pack("d", 0.0))
    command = [sys.executable, "-m", "tests.crash.server", str(folder / "clock")]
    forks = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    port, phones = free_port(), free_port()
    with (
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as web,
        httpx2.Client(base_url=f"http://127.0.0.1:{phones}", timeout=20, trust_env=False) as handsets,
    ):
        lane = Lane(folder, prepared, port, phones, forks, web, handsets)
        here = f"http://127.0.0.1:{port}"
        config = Config(folder=folder / "handsets", port=phones, accounts=(LIVE,), target=here, public_url=here)
        lane._ask(do="start", handsets=config.text(), log=str(folder / "log"))
        for _turn in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", phones)) == 0:
                    break
            sleep(0.02)
        try:
            yield lane
        finally:
            assert forks.stdin is not None
            assert forks.stdout is not None
            forks.stdin.close()
            forks.wait(20)
            forks.stdout.close()
