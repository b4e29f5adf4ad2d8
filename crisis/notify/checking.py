"""Walks of protocols, one at a time, in a process of their own: one takes minutes, and pages must not wait."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO

from crisis import clock
from crisis.checker.check import Finding
from crisis.store import protocol_checks
from crisis.store.engine import Store
from crisis.store.protocol_checks import LEASE, Walk

LOOK = timedelta(seconds=2)
TELL = LEASE / 3  # how often it says how far it is: each word of it wakes the readers of all consoles
COMMAND = (sys.executable, "-I", "-m", "crisis.notify.checking_apart")


@dataclass(slots=True)
class _Process:
    """What it writes goes to a file, so that looking never waits."""

    walk: Walk
    child: subprocess.Popen[bytes]
    output: IO[bytes]
    told_at: datetime

    def lines(self) -> list[dict[str, object]]:
        size = os.fstat(self.output.fileno()).st_size
        whole, _, _ = os.pread(self.output.fileno(), size, 0).rpartition(b"\n")
        return [json.loads(line) for line in whole.splitlines()]

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        self.output.close()


@dataclass(slots=True)
class Checking:
    """`turn` is short: it begins a walk, or looks how far one is."""

    store: Store
    now: Callable[[], datetime] = clock.now
    _process: _Process | None = field(default=None, init=False)

    def turn(self) -> bool:
        """Whether there was anything to do."""
        if self._process is None:
            return self._begin()
        self._look(self._process)
        return True

    def close(self) -> None:
        """At an orderly end: somebody else begins it at once."""
        if self._process is not None:
            process, self._process = self._process, None
            process.end()
            with self.store.write() as tx:
                protocol_checks.give_back(tx, process.walk)

    def _begin(self) -> bool:
        with self.store.read() as tx:
            if not protocol_checks.any_waiting(tx, self.now()):
                return False
        with self.store.write() as tx:
            walk = protocol_checks.claim(tx, clock.new_id(), self.now())
        if walk is not None:
            self._process = _started(walk, self.now())
        return walk is not None

    def _look(self, process: _Process) -> None:
        ended = process.child.poll() is not None  # asked first: what it wrote before is there then
        said = process.lines()
        states = _states(said)
        if said and "findings" in said[-1]:
            with self.store.write() as tx:
                protocol_checks.finish(tx, process.walk, states, _findings(said[-1]), self.now())
        elif not ended:
            if self.now() < process.told_at + TELL:
                return
            with self.store.write() as tx:
                mine = protocol_checks.go_on(tx, process.walk, states, self.now())
            process.told_at = self.now()
            if mine:
                return
        process.end()  # done, or fallen over: its lease runs out, and it is begun again
        self._process = None


def _started(walk: Walk, at: datetime) -> _Process:
    """It gets the protocol and nothing else: no key, no database, no setting."""
    output = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the process)
    with tempfile.TemporaryFile() as given:
        given.write(walk.body.encode())
        given.seek(0)
        child = subprocess.Popen(COMMAND, stdin=given, stdout=output, stderr=subprocess.DEVNULL, env={})  # noqa: S603
    return _Process(walk, child, output, at)


def _states(said: list[dict[str, object]]) -> int:
    return int(str(said[-1]["states"])) if said else 0


def _findings(said: dict[str, object]) -> list[Finding]:
    found = said["findings"]
    assert isinstance(found, list)
    return [Finding(rule, text, tuple(story)) for rule, text, story in found]
