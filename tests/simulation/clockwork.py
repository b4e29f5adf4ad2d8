"""Virtual time: what is to happen stands in a heap, and what waits is a fiber that is resumed when its time has come.

The product's code is not changed for it. Where it would wait (for a provider, for a place, for its own threads) it is
given the things below, which look like those of `threading` and `queue` and move the clock instead of the world.
Everything runs in one thread, in an order that the seed alone decides.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from queue import Empty
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

Act = Callable[[], object]
ENDLESS = 3_000  # steps at the same moment


class Died(BaseException):
    """The process ends here, like a machine without power; nothing in it may catch that."""


class Process:
    """What dies together. `born` counts the starts."""

    def __init__(self, name: str) -> None:
        self.name, self.alive, self.born = name, False, 0
        self.fibers: dict[int, Fiber] = {}

    def start(self) -> None:
        self.alive, self.born = True, self.born + 1

    def end(self) -> None:
        """From the hub: everything that waits in it is gone."""
        self.alive = False
        for fiber in list(self.fibers.values()):
            fiber.throw(GreenletExit)
        self.fibers.clear()


class Fiber(greenlet):
    """Something of a process that can wait. An error in it stops the universe; only a death is its own affair."""

    def __init__(self, clockwork: "Clockwork", process: Process, act: Act) -> None:
        super().__init__(self._play, clockwork.hub)
        self.clockwork, self.process, self._act = clockwork, process, act
        self.number = next(clockwork.numbers)
        process.fibers[self.number] = self

    def _play(self) -> None:
        try:
            self._act()
        except Died:
            pass
        finally:
            self.process.fibers.pop(self.number, None)

    def resume(self) -> None:
        if self.process.alive and not self.dead:
            self.switch()


class Clockwork:
    """`now` is true time in seconds since the universe began."""

    def __init__(self) -> None:
        self.now, self.hub, self.numbers = 0.0, getcurrent(), count()
        self.steps = 0
        self.may_wait: Callable[[], bool] = lambda: True
        self._due: list[tuple[float, int, Act]] = []

    def at(self, when: float, act: Act) -> None:
        heappush(self._due, (max(when, self.now), next(self.numbers), act))

    def after(self, seconds: float, act: Act) -> None:
        self.at(self.now + seconds, act)

    def run(self, until: float) -> None:
        stood = 0
        while self._due and self._due[0][0] <= until:
            when, _number, act = heappop(self._due)
            stood = stood + 1 if when == self.now else 0
            if stood > ENDLESS:
                raise RuntimeError(f"at {when:.1f} s: it goes round and round, and no time passes")
            self.now, self.steps = when, self.steps + 1
            act()
        self.now = until

    def spawn(self, process: Process, act: Act) -> None:
        self.after(0, Fiber(self, process, act).resume)

    def here(self) -> Fiber:
        found = getcurrent()
        assert isinstance(found, Fiber), "only what runs in a process can wait"
        return found

    def wait(self) -> None:
        """Until somebody resumes this fiber. Nobody waits with the database open (reliability 4.3, 10)."""
        assert self.may_wait(), "something waits inside a transaction"
        self.here()
        self.hub.switch()

    def sleep(self, seconds: float) -> None:
        self.after(seconds, self.here().resume)
        self.wait()

    def monotonic(self) -> float:
        return self.now


class Waiting:
    """One fiber that waits for a word or for its patience to end, whichever is first."""

    def __init__(self, clockwork: Clockwork, seconds: float | None) -> None:
        self.fiber, self.clockwork, self.told, self.over = clockwork.here(), clockwork, False, False
        if seconds is not None:
            clockwork.after(max(seconds, 0.0), self._give_up)

    def _give_up(self) -> None:
        if not self.over:
            self.over = True
            self.fiber.resume()

    def tell(self) -> bool:
        """False where it does not wait any more."""
        if self.over:
            return False
        self.over = self.told = True
        self.clockwork.after(0, self.fiber.resume)
        return True

    def until_told(self) -> bool:
        self.clockwork.wait()
        return self.told


class Threads:
    """In the place of `threading`, `SimpleQueue`, `Condition` and `side_by_side` of the modules that wait."""

    def __init__(self, clockwork: Clockwork) -> None:
        self.clockwork = clockwork
        self._idle: deque[Waiting] = deque()

    def Thread(self, *, target: Act, daemon: bool, name: str) -> "_Thread":  # noqa: N802
        return _Thread(self.clockwork, target)

    def queue(self) -> "_Queue":
        return _Queue(self.clockwork)

    def condition(self) -> "_Condition":
        return _Condition(self.clockwork)

    def side_by_side(self, do: Callable[[Any], Any], over: Sequence[Any], at_most: int) -> list[Any]:
        return list(_Pool(self.clockwork, at_most).map(do, over))


class _Thread:
    def __init__(self, clockwork: Clockwork, target: Act) -> None:
        self.clockwork, self.target = clockwork, target

    def start(self) -> None:
        self.clockwork.spawn(self.clockwork.here().process, self.target)


class _Queue:
    def __init__(self, clockwork: Clockwork) -> None:
        self.clockwork, self.found = clockwork, deque[Any]()
        self.waiting: Waiting | None = None

    def put(self, thing: object) -> None:
        self.found.append(thing)
        if self.waiting is not None:
            self.waiting.tell()

    def get(self, timeout: float) -> Any:
        if not self.found:
            self.waiting = Waiting(self.clockwork, timeout)
            self.waiting.until_told()
            self.waiting = None
        if not self.found:
            raise Empty
        return self.found.popleft()


class _Condition:
    """Nobody is interrupted, so entering takes no lock."""

    def __init__(self, clockwork: Clockwork) -> None:
        self.clockwork, self.waiting = clockwork, deque[Waiting]()

    def __enter__(self) -> "_Condition":
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def wait(self, timeout: float) -> bool:
        if timeout <= 0:
            return False
        waiting = Waiting(self.clockwork, timeout)
        self.waiting.append(waiting)
        return waiting.until_told()

    def notify_all(self) -> None:
        while self.waiting:
            self.waiting.popleft().tell()


class _Pool:
    """So many at the same time; ending it waits for all."""

    def __init__(self, clockwork: Clockwork, size: int) -> None:
        self.clockwork, self.size = clockwork, size

    def map(self, act: Callable[[Any], Any], things: Iterable[Any]) -> Iterator[Any]:
        left = deque(enumerate(things))
        if len(left) == 1:
            return iter([act(left[0][1])])  # nobody else to take turns with
        answers: dict[int, Any] = {}
        wanted, over = len(left), _Queue(self.clockwork)

        def work() -> None:
            while left:
                number, thing = left.popleft()
                try:
                    answers[number] = act(thing)
                except Exception as error:  # noqa: BLE001  # raised again where the answer is asked for
                    answers[number] = error
            over.put(None)

        workers = min(self.size, wanted)
        for _each in range(workers):
            self.clockwork.spawn(self.clockwork.here().process, work)
        for _each in range(workers):
            over.get(timeout=10_000)
        for number in range(wanted):
            if isinstance(answers[number], Exception):
                raise answers[number]
        return iter([answers[number] for number in range(wanted)])
