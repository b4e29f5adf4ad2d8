"""Universes of 24 hours by seed: no incident stalls, no page is lost, whatever dies or fails (N4, N11).

A seed that fails says how to play it again; once it is mended it goes to `seeds.txt`, which is always played. A change
of the rules or of `tests/simulation/fate.py` makes other universes of the same seeds.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from pprint import pformat

import pytest

from crisis.store.engine import Store, open_store
from tests.simulation.fate import Kind, fate
from tests.simulation.real import Real, written
from tests.simulation.replacing import differing
from tests.simulation.universe import Universe

KEPT = Path(__file__).with_name("seeds.txt")
ROOT = Path(__file__).resolve().parent.parent.parent
IN_CI, FULL, AT_A_TIME = 500, 20_000, 25
HAND_PICKED = (15, 30)  # small, with crashes and outages; nothing leaves, since memory draws no ids for the ledger


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What the product logs about made-up faults is no news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" not in metafunc.fixturenames:
        return
    asked: list[int] = metafunc.config.getoption("seed")
    if asked:
        metafunc.parametrize("seeds", [[seed] for seed in asked], ids=str)
        return
    count = FULL if metafunc.config.getoption("full") else IN_CI
    starts = range(0, count, AT_A_TIME)
    metafunc.parametrize("seeds", [range(start, start + AT_A_TIME) for start in starts], ids=lambda some: str(some[0]))


def broken(seed: int) -> str | None:
    """What does not hold in this universe, with the way back to it; None where all is well."""
    try:
        Universe(fate(seed)).play()
    except Exception as error:  # noqa: BLE001  # whatever it is, the seed has to be told
        return f"{type(error).__name__} {error}\nplay it again: pytest tests/simulation --seed {seed}"
    return None


@pytest.mark.slow
def test_nothing_stalls_and_no_page_is_lost(seeds: list[int]) -> None:
    found = [told for told in map(broken, seeds) if told is not None]

    assert not found, "\n".join(found)


def test_seeds_that_once_failed_do_not_fail_again() -> None:
    kept = [int(line.split()[0]) for line in KEPT.read_text().splitlines() if line and not line.startswith("#")]

    found = [told for told in map(broken, kept) if told is not None]

    assert kept
    assert not found, "\n".join(found)


def test_what_takes_the_place_of_the_store_is_asked_in_the_same_way() -> None:
    assert differing() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", HAND_PICKED)
def test_the_real_store_writes_the_same(sqlite_url: str, key_file: Path, seed: int) -> None:
    with closing(open_store(sqlite_url, key_file)) as store:
        assert differences(on(store, seed), in_memory(seed)) == []


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_writes_the_same(postgres_url: str, key_file: Path) -> None:
    with closing(open_store(postgres_url, key_file)) as store:
        assert differences(on(store, HAND_PICKED[0]), in_memory(HAND_PICKED[0])) == []


Told = tuple[Sequence[object], dict[str, object]]


def differences(real: Told, memory: Told) -> list[str]:
    """By their first few lines: whole universes would fill the report."""
    (given, rows), (given_there, rows_there) = real, memory
    if given == given_there and rows == rows_there:
        return []
    apart = [name for name in rows if rows[name] != rows_there[name]]
    sides = [pformat((given, [rows[name] for name in apart])) for given, rows in (real, memory)]
    lines = unified_diff(*(side.splitlines() for side in sides), "real", "memory", n=0, lineterm="")
    return [f"{len(given)} and {len(given_there)} calls; apart: {apart}", *islice(lines, 30)]


def in_memory(seed: int) -> Told:
    """What every telephone got, and what was written."""
    played = Universe(fate(seed))
    played.play()
    return played.network.given, played.store.written()


def on(store: Store, seed: int) -> Told:
    played = Universe(
        fate(seed),
        make_store=lambda district, **hooks: Real(district, store, **hooks),
        checked=False,
    )
    played.play()
    return played.network.given, written(store)


DIGEST = """
import logging
from tests.simulation.fate import fate
from tests.simulation.universe import Universe
logging.disable(logging.CRITICAL)
played = Universe(fate({seed}))
played.play()
print([(each.at, each.phone, each.reference) for each in played.network.given])
print([[(type(event).__name__, event.at) for event in log] for log in played.store.events.values()])
"""


def test_a_seed_is_the_same_universe_in_every_process() -> None:
    """Otherwise a failure could not be played again."""
    told = {
        subprocess.run(
            [sys.executable, "-c", DIGEST.format(seed=9)],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hashed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashed in ("1", "2")
    }

    assert len(told) == 1
    assert len(told.pop()) > 1000


def test_the_seeds_together_meet_every_kind_of_fault() -> None:
    fates = [fate(seed) for seed in range(200)]

    met = {kind for each in fates for kind in Kind if each.has(kind)}

    assert met == set(Kind)
    assert max(each.incidents for each in fates) > 20
    assert {each.processes for each in fates} == {1, 2, 3}
    assert any(crash.back_after > 300 for each in fates for crash in each.crashes)
    assert any(step < 0 for each in fates for _when, step in each.steps)
