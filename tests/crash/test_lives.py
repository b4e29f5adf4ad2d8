"""A page is lost at no point of its way, whoever dies there: the fast harness, on both databases.

By default some of the points, always the same ones, and the audit one step after the crash; with `--full` all of them,
many more second crashes, and each run to its end.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.scenarios import ALL

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")  # processes are killed here, not the machine: what a file system keeps is enough
SAMPLE = {"every": 2, "same": 0, "pairs_every": 52, "pairs": 2, "beyond": 1}
RARE = {"every": 100, "same": 0, "pairs_every": 400, "pairs": 1, "beyond": 1}  # on PostgreSQL each takes longer
EVERYTHING = {"every": 1, "same": 1, "pairs_every": 3, "pairs": 4, "beyond": 99}
LEAST = {  # crashes that each scenario has by default on SQLite
    "open": 195,
    "accept": 56,
    "key": 62,
    "race": 98,
    "declines": 112,
    "outage": 96,
    "drill": 72,
    "closed": 78,
    "reopened": 88,
    "lapsed": 170,
}


@dataclass
class Nursery:
    process: "subprocess.Popen[str]"
    folder: Path
    log: Path
    keys: Path

    def plays(self, scenario: str, url: str, folder: Path, how: dict[str, int], plant: str = "") -> dict[str, object]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order = {"scenario": scenario, "url": url, "folder": str(folder), "keys": str(self.keys), "plant": plant, **how}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        assert said.startswith("{"), self.log.read_text()[-5000:]
        result: dict[str, object] = json.loads(said)
        return result


@pytest.fixture(scope="module")
def nursery(key_file: Path) -> Iterator[Nursery]:
    folder = Path(tempfile.mkdtemp(prefix="crisis-lives-", dir=MEMORY if MEMORY.is_dir() else None))
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "tests.crash.lives"]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
        )
    yield Nursery(process, folder, folder / "log", key_file)
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    process.wait(20)
    process.stdout.close()
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ground(request: pytest.FixtureRequest, nursery: Nursery) -> Iterator[tuple[str, Path]]:
    """A database with a schema and nobody in it, and a folder beside it."""
    folder = Path(tempfile.mkdtemp(dir=nursery.folder))
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_url"), folder
        return
    shutil.copy(request.getfixturevalue("sqlite_template"), folder / "crisis.db")
    yield f"sqlite:///{folder / 'crisis.db'}", folder


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scenario", ALL)
def test_no_page_is_lost_stalled_or_made_too_often_n1_n4(
    nursery: Nursery, ground: tuple[str, Path], scenario: str, request: pytest.FixtureRequest
) -> None:
    """F01 to F06, and a crash in the recovery: whoever is owed a call gets it, once more for each crash at most."""
    full = request.config.getoption("--full")

    rare = ground[0].startswith("postgresql")

    result = nursery.plays(scenario, *ground, EVERYTHING if full else RARE if rare else SAMPLE)

    print(scenario, ground[0].split(":")[0], {name: said for name, said in result.items() if name != "wrong"})
    assert result["wrong"] == {}
    assert result["points"] + result["pairs"] >= (4 if rare else LEAST[scenario])  # type: ignore[operator]
    assert result["deaths"] >= result["points"] + result["pairs"]  # type: ignore[operator]
    assert result["twice"] >= result["pairs"] / 2  # type: ignore[operator]  # a recovery may have less to do


def test_a_thousand_crashes_are_asked_for_by_default() -> None:
    assert LEAST.keys() == ALL.keys()
    assert sum(LEAST.values()) >= 1000


@pytest.mark.parametrize(
    ("plant", "sentence"),
    [
        ("done_before_it_is_sent", "nobody was texted for level 0 of oncall_clinician"),
        ("effects_after_the_commit", "the timer page_unanswered is missing"),
    ],
)
def test_what_would_lose_a_page_is_found(nursery: Nursery, sqlite_template: Path, plant: str, sentence: str) -> None:
    """Without a crash nobody would notice: the undisturbed run comes first and has no faults."""
    folder = Path(tempfile.mkdtemp(dir=nursery.folder))
    shutil.copy(sqlite_template, folder / "crisis.db")
    planted = {"every": 2, "same": 0, "pairs_every": 0, "pairs": 0, "beyond": 1}

    result = nursery.plays("accept", f"sqlite:///{folder / 'crisis.db'}", folder, planted, plant)

    found = [fault for faults in result["wrong"].values() for fault in faults]  # type: ignore[attr-defined]
    assert any("told [] for" in fault for fault in found)
    assert any(sentence in fault for fault in found)
