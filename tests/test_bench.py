"""The bench still measures: every figure is printed beside its floor. How fast this machine is, is not asked here."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import binaries

ROOT = Path(__file__).resolve().parent.parent
NUMBER = r"\d+(?:\.\d+)?"
LINE = re.compile(
    rf"(?P<name>.+) \[(?P<dialect>\w+)\]: (?P<median>{NUMBER}) / (?P<p99>{NUMBER}) ms \(n=\d+\);"
    rf" floor (?P<floor>{NUMBER}) / {NUMBER} ms \(.+\); ratio {NUMBER}, p99 {NUMBER}; target .+"
)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.full
def test_every_figure_is_printed_beside_its_floor() -> None:
    command = [sys.executable, "-m", "bench", "--quick"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)

    assert done.returncode == 0, done.stderr[-2000:]
    machine, *lines = done.stdout.splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    dialects = ("sqlite", "postgresql") if binaries() is not None else ("sqlite",)
    everywhere = (
        "Open an incident, commit, at 20 a second",
        "Commit of an opening to its page handed over",
        "The board: 10 open of 100 incidents",
        "Restart with 500 timers to the first overdue page handed over",
        "Commit of an opening to its page handed over, at 5 incidents a second for 1 s",
        "How late the calls of 3 pages at once are",
        "A page accepted by the second provider when the first is silent",
        "A page accepted by the second provider when the first refuses",
        "A list of 6 students to the last incident",
        "Commit of an opening to its page handed over, beside a list of 6 students",
        "The board with the incidents of 6 students of one list",
    )
    wanted = {(name, dialect) for name in everywhere for dialect in dialects}
    assert " cores (" in machine
    assert {(each["name"], each["dialect"]) for each in found if each is not None} == {
        *wanted,
        ("One change told to 100 sockets", "sqlite"),
    }
    assert None not in found
    assert all(0 < float(each["median"]) <= float(each["p99"]) for each in found if each is not None)
