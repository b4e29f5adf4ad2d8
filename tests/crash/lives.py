"""The fast harness: a process that has imported everything forks a child for each life that is to die.

Started by `tests.crash.test_lives`. One order a line: a database, a scenario, how thoroughly; one answer a line. A life
plays the scenario from where the one before it died; the one that comes to the end is audited.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NoReturn

from crisis import clock, failpoints
from crisis.store.engine import open_store
from tests.crash.audit import Story, faults, story_of
from tests.crash.ground import Ground, PostgresGround, SqliteGround
from tests.crash.hamlet import DISTRICT, Built, Fate, Hamlet, Stuck, a_hamlet, built
from tests.crash.planted import PLANTS
from tests.crash.scenarios import ALL, Scenario, Step
from tests.notify.village import a_village

DIED, DOWN = 137, 15.0  # seconds that a restart takes: longer than a lease, shorter than a level
PATIENCE = 30  # real seconds for one life
SAME = frozenset(  # these lie next to a commit, with nothing in between that outlives a process
    {
        "submit.before_commit",
        "submit.after_commit",
        "worker.before_claim",
        "worker.after_claim",
        "worker.after_finish",
        "send.after_report",
        "send.after_reply",  # of the provider's answer, in the same breath as send.before_reply
    }
)


@dataclass(frozen=True, order=True)
class Point:
    """The n-th passing of a failpoint since a step of the scenario began; for a recovery, since that began."""

    step: int
    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}#{self.number} in step {self.step}"


Plan = tuple[Point, ...]


@dataclass
class Result:
    passed: int = 0
    points: int = 0
    pairs: int = 0
    deaths: int = 0
    twice: int = 0
    cpu: float = 0.0
    wrong: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Nursery:
    """Plays one scenario on one ground, again and again.

    `beyond` is how many steps after the one that was struck are played before the audit.
    """

    ground: Ground
    parts: Built
    scenario: Scenario
    fate: Fate
    beyond: int
    saved: list[tuple[float, int, int]] = field(default_factory=list)  # before each step
    stories: list[list[Story]] = field(default_factory=list)  # after each step, as it may have gone
    result: Result = field(default_factory=Result)

    def undisturbed(self) -> list[Point]:
        """Every point that a run passes, and the grounds to come back to."""
        passed = self.ground.ledger.with_name("passed")
        self.stories = [[] for _step in self.scenario.steps]
        for scenario in (*self.scenario.or_else, self.scenario):
            passed.unlink(missing_ok=True)
            self._back_to("empty", (0.0, 0, 0))
            failpoints._PLAN = f"count:{passed}"
            self.parts.wake()
            self._counted(scenario)  # in this process: whoever is forked from it has done everything once before
            failpoints._PLAN = ""
            self.parts.rest()
        gc.collect()
        gc.freeze()
        return list(_points(passed.read_text().splitlines(), self.scenario))

    def _counted(self, scenario: Scenario) -> None:
        hamlet = self._reborn(scenario)
        self.saved = []
        for number, step in enumerate(scenario.steps):
            self.ground.save(str(number))
            self.saved.append(self.fate.read())
            _mark(number)
            self._step(hamlet, number, step)
            self.stories[number].append(story_of(hamlet.store, hamlet.network.ledger.entries, DISTRICT))
            found = [] if step.waits else self._audited(hamlet, 0, number)
            if found:
                raise Stuck(f"without a crash, after step {number}: {found}")

    def _reborn(self, scenario: Scenario) -> Hamlet:
        return a_hamlet(self.parts, self.ground, self.fate, receipts=scenario.receipts)

    def strikes(self, plan: Plan) -> None:
        """A child for each life that is to die; the one that recovers is this process, which knows nothing of them."""
        first = plan[0].step
        self._back_to(str(first), self.saved[first])
        last = self._last(first + self.beyond)
        crashes, found = 0, list[str]()
        for point in plan:
            code = self._dies(f"{point.name}#{point.number}", last)
            if code not in (DIED, 0):
                found.append(f"a life ended with {code}")
            if code == DIED:
                crashes += 1
                now, step, unknowns = self.fate.read()
                self.fate.write(now + DOWN, step, unknowns)
        found += self._recovers(crashes, last)
        if crashes < 1:
            found.append("nobody died")
        self.result.deaths += crashes
        self.result.twice += crashes > 1
        if found:
            self.result.wrong[" and ".join(map(str, plan))] = found

    def _last(self, number: int) -> int:
        """The step before which to stop, so that step `number` is played, and what waits after it."""
        steps = self.scenario.steps
        after = (each for each in range(number + 1, len(steps)) if not steps[each - 1].waits)
        return next(after, len(steps))

    def _back_to(self, name: str, fate: tuple[float, int, int]) -> None:
        self.ground.restore(name)
        self.fate.write(*fate)

    def _dies(self, failpoint: str, last: int) -> int:
        hamlet = self._reborn(self.scenario)
        pid = os.fork()
        if pid == 0:
            self._live(hamlet, failpoint, last)
        _pid, status, usage = os.wait4(pid, 0)
        self.result.cpu += usage.ru_utime + usage.ru_stime
        return os.waitstatus_to_exitcode(status)

    def _live(self, hamlet: Hamlet, failpoint: str, last: int) -> NoReturn:
        signal.alarm(PATIENCE)
        gc.disable()
        failpoints._PLAN = failpoint
        code = 1
        try:
            self.parts.born()
            self._plays(hamlet, last)
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)

    def _recovers(self, crashes: int, last: int) -> list[str]:
        signal.alarm(PATIENCE)
        self.parts.wake()
        hamlet = self._reborn(self.scenario)
        try:
            self._plays(hamlet, last)
            return self._audited(hamlet, crashes, last - 1)
        except Stuck as stuck:
            return [str(stuck), *self._audited(hamlet, crashes, last - 1)]
        finally:
            self.parts.rest()
            signal.alarm(0)

    def _plays(self, hamlet: Hamlet, last: int) -> None:
        for number, step in list(enumerate(self.scenario.steps))[self.fate.read()[1] : last]:
            self._step(hamlet, number, step)

    def _step(self, hamlet: Hamlet, number: int, step: Step) -> None:
        self.fate.until(step.at)
        hamlet.weather(step.outages)
        hamlet.settles()
        step.act(hamlet)
        hamlet.settles()
        self.fate.reached(number + 1)

    def _audited(self, hamlet: Hamlet, crashes: int, number: int) -> list[str]:
        """After step `number`."""
        found = faults(
            hamlet.store,
            hamlet.network.ledger.entries,
            clock.now(),
            crashes=crashes,
            unknowns=self.fate.read()[2],
            undisturbed=self.stories[number][-1],
            or_else=self.stories[number],
            district=DISTRICT,
        )
        return [*found, *self.scenario.proves(hamlet)]


def _mark(number: int) -> None:
    with open(failpoints._PLAN.removeprefix("count:"), "a", encoding="utf-8") as file:
        file.write(f"== {number}\n")


def _points(lines: Sequence[str], scenario: Scenario) -> Iterator[Point]:
    turns: Counter[str] = Counter()
    step = 0
    for line in lines:
        if line.startswith("== "):
            step = int(line.removeprefix("== "))
            turns.clear()
            continue
        turns[line] += 1
        if scenario.steps[step].struck:
            yield Point(step, line, turns[line])


def chosen(points: Sequence[Point], every: int) -> list[Point]:
    """Of each kind of point the first, and every so many after it."""
    kinds: Counter[str] = Counter()
    found = []
    for point in points:
        if kinds[point.name] % every == 0:
            found.append(point)
        kinds[point.name] += 1
    return found


def recoveries(point: Point, most: int) -> Iterator[Plan]:
    """A second crash, at the first things that the next life does."""
    names = ("store.before_commit", "store.after_commit", "send.before_post", "send.before_reply")
    for turn in range(most):
        yield point, Point(point.step, names[turn % len(names)], turn // len(names) + 1)


def played(order: dict[str, str | int]) -> Result:
    """Seeds the hamlet in a database that has only its schema, and strikes as often as it was ordered."""
    folder, keys = Path(str(order["folder"])), Path(str(order["keys"]))
    url = str(order["url"])
    ground: Ground = SqliteGround(folder) if url.startswith("sqlite") else PostgresGround(folder, url)
    fate = Fate()
    clock.now = fate.now
    with closing(open_store(url, keys)) as store:
        hashed = a_village(store)
    ground.save("empty")
    parts = built(ground, keys, hashed)
    parts.rest()
    if order["plant"]:
        PLANTS[str(order["plant"])]()
    nursery = Nursery(ground, parts, ALL[str(order["scenario"])], fate, int(order["beyond"]))
    points = nursery.undisturbed()
    struck = [each for each in points if order.get("same") or each.name not in SAME]
    singles = [(each,) for each in chosen(struck, int(order["every"]))]
    pairs_every = int(order["pairs_every"])
    firsts = chosen([each for each in points if each.name not in SAME], pairs_every) if pairs_every else []
    pairs = [plan for first in firsts for plan in recoveries(first, int(order["pairs"]))]
    for plan in (*singles, *pairs):
        print("strikes", *plan, file=sys.stderr)
        nursery.strikes(plan)
    result = nursery.result
    if ground.strays():
        result.wrong["the harness"] = [f"{table} is not put back" for table in ground.strays()]
    result.passed, result.points, result.pairs = len(points), len(singles), len(pairs)
    return result


def main() -> None:
    """Each order in a process of its own, so that what is planted in one is not in the next."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            began = time.process_time()
            result = played(json.loads(line))
            result.cpu += time.process_time() - began
            print(json.dumps(asdict(result)), flush=True)
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            print("broken", flush=True)


if __name__ == "__main__":
    main()
