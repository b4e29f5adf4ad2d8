"""The server is killed at every boundary of a high-risk journey; afterwards nothing is lost, half-done or silent.

Whole processes over HTTP, so that what the fast harness of `test_lives.py` leaves out is seen too. By default a few
points of each kind, always the same ones; with `--full` all of them, and a second crash during the recovery.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from os import environ
from pathlib import Path
from queue import SimpleQueue
from shutil import which
from time import monotonic

import pytest

from crisis.store.engine import Store, open_store
from tests.cluster import Cluster
from tests.crash.audit import Story, faults, story_of
from tests.crash.district import Prepared, prepared
from tests.crash.journey import Journey
from tests.crash.lane import Call, Death, Lane, Point, Stuck, a_lane

LANES = 1 if "PYTEST_XDIST_WORKER" in environ else 2
EVERY = {"sqlite": 800, "postgresql": 4000}  # of each kind of point the first and every so many after it
PAIRS_EVERY = 12
SAME = frozenset(  # these lie next to a commit, with nothing in between that outlives a process
    {
        "submit.before_commit",
        "submit.after_commit",
        "worker.before_claim",
        "worker.after_claim",
        "worker.after_finish",
        "send.after_report",
    }
)
Plan = tuple[Death, ...]
WRITES = {"sqlite": ("pwrite64", "fdatasync", "sendto"), "postgresql": ("sendto",)}  # it writes to disk itself
TURNS = (1, 2, 3, 5, 8, 13, 21, 34)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def district(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Prepared:
    cluster: Cluster | None = request.getfixturevalue("cluster") if request.param == "postgresql" else None
    return prepared(tmp_path_factory.mktemp("prepared"), key_file, cluster)


@pytest.fixture(scope="module")
def lanes(district: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Lane]]:
    with ExitStack() as opened:
        folders = [tmp_path_factory.mktemp("lane") / "lane" for _ in range(LANES)]
        yield [opened.enter_context(a_lane(folder, district)) for folder in folders]


def at_rest(lane: Lane) -> Store:
    return open_store(lane.url, lane.prepared.key_file, readonly=True)


def undisturbed(lane: Lane) -> tuple[Story, list[Point]]:
    lane.begin(counting=True)
    Journey(lane).run()
    lane.end()
    store = at_rest(lane)
    story = story_of(store, lane.heard())
    found = faults(store, lane.heard(), lane.now(), crashes=0, undisturbed=story)
    store.close()
    lane.forget()
    assert found == []
    return story, lane.passed()


def crashed(lane: Lane, plan: Plan, story: Story) -> tuple[int, list[str]]:
    """How many crashes there were, and what was found after them."""
    try:
        lane.begin(*plan)
        Journey(lane).run()
        lane.end()
        store = at_rest(lane)
        found = faults(store, lane.heard(), lane.now(), crashes=len(lane.crashes), undisturbed=story)
        store.close()
    except Stuck as stuck:
        found = [str(stuck)]
    lane.forget()
    return len(lane.crashes), found


def side_by_side(lanes: Sequence[Lane], plans: Sequence[Plan], run: Callable[[Lane, Plan], None]) -> None:
    free: SimpleQueue[Lane] = SimpleQueue()
    for lane in lanes:
        free.put(lane)

    def one(plan: Plan) -> None:
        lane = free.get()
        try:
            run(lane, plan)
        finally:
            free.put(lane)

    with ThreadPoolExecutor(len(lanes)) as pool:
        list(pool.map(one, plans))


def ran(lanes: Sequence[Lane], plans: Sequence[Plan], story: Story) -> tuple[Counter[int], dict[Plan, list[str]]]:
    """How many runs had how many crashes, and the faults by plan."""
    crashes: Counter[int] = Counter()
    wrong: dict[Plan, list[str]] = {}

    def run(lane: Lane, plan: Plan) -> None:
        number, found = crashed(lane, plan, story)
        crashes[number] += 1
        if found:
            wrong[plan] = found

    side_by_side(lanes, plans, run)
    return crashes, wrong


def chosen(points: Sequence[Point], every: int) -> list[Point]:
    """Of each kind of point the first, and every so many after it."""
    kinds: Counter[tuple[str, str]] = Counter()
    found = []
    for point in points:
        if kinds[point.part, point.name] % every == 0:
            found.append(point)
        kinds[point.part, point.name] += 1
    return found


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_nothing_is_lost_wherever_the_server_dies(
    lanes: list[Lane], district: Prepared, request: pytest.FixtureRequest
) -> None:
    """F01 to F06: before and after every commit, every call to the provider, every request and every answer."""
    full = request.config.getoption("--full")
    story, passed = undisturbed(lanes[0])
    points = chosen([each for each in passed if full or each.name not in SAME], 1 if full else EVERY[district.dialect])
    points = points if full or district.dialect == "sqlite" else points[::2]
    began = monotonic()

    crashes, wrong = ran(lanes, [(point,) for point in points], story)

    print(
        f"{district.dialect}: {len(points)} of {len(passed)} points, {crashes[1]} crashes, {monotonic() - began:.0f} s"
    )
    assert wrong == {}
    assert crashes[1] >= 0.95 * len(points)  # threads take turns: the last passings of a kind may not come


@pytest.mark.slow
@pytest.mark.page  # of one database: where the server dies for the first time is asked of both
@pytest.mark.timeout(7200)
def test_nothing_is_lost_when_the_recovery_dies_too(
    lanes: list[Lane], district: Prepared, request: pytest.FixtureRequest
) -> None:
    full = request.config.getoption("--full")
    first, second = (PAIRS_EVERY, 6) if full else (1000, 1)
    story, passed = undisturbed(lanes[0])
    points = chosen([each for each in passed if each.name not in SAME], first)
    points = points if full or district.dialect == "sqlite" else points[::3]  # there each takes three times as long
    plans = [(point, Point(point.part, name, turn)) for point in points for name, turn in recovery(point, second)]
    began = monotonic()

    crashes, wrong = ran(lanes, plans, story)

    print(f"{district.dialect}: {len(plans)} pairs, {crashes[2]} died twice, {monotonic() - began:.0f} s")
    assert wrong == {}
    assert crashes[2] > 0


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.skipif(which("strace") is None, reason="strace is not installed")
@pytest.mark.timeout(7200)
def test_nothing_is_lost_where_the_kernel_was_asked_to_write_f07(lanes: list[Lane], district: Prepared) -> None:
    """Between our own boundaries: before bytes are written, before they are made lasting, before they are sent."""
    story, _ = undisturbed(lanes[0])
    calls = WRITES[district.dialect]
    plans: list[Plan] = [(Call(part, each, turn),) for part in lanes[0].parts for each in calls for turn in TURNS]

    crashes, wrong = ran(lanes, plans, story)

    print(f"{district.dialect}: {len(plans)} plans, {crashes[1]} crashes")
    assert wrong == {}
    assert crashes[1] >= len(plans) // 3  # turns are counted by thread, and not every one gets as far


def recovery(point: Point, turns: int) -> Iterator[tuple[str, int]]:
    """The first things that a restarted process commits."""
    for turn in range(1, turns + 1):
        yield ("store.before_commit" if turn % 2 else "store.after_commit"), (turn + 1) // 2
