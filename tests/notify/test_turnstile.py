"""Few jobs are worked on at a time, and those that wait for a provider are not among them (F16)."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from crisis import clock
from crisis.effects import PageLevel
from crisis.notify.gateway import Lines
from crisis.notify.together import side_by_side
from crisis.notify.turnstile import Turnstile, taken_along, waiting
from crisis.notify.worker import AT_WORK, SLOTS, Worker
from crisis.store.engine import Store
from crisis.store.outbox import Job
from crisis.vocabulary import IncidentId, Mode, PageId, Role, Urgency
from tests.notify.village import Village, wait_until

LONG = 10.0  # seconds: as good as for ever


def test_only_so_many_enter() -> None:
    turnstile = Turnstile(2)

    assert [turnstile.enter() for _ in range(3)] == [True, True, False]
    turnstile.leave()
    assert turnstile.enter(within=LONG)
    assert not turnstile.enter(within=0.01)


def test_who_waits_lets_another_in_and_takes_a_place_again() -> None:
    turnstile = Turnstile(1)
    turnstile.enter()

    with turnstile.inside():
        assert not turnstile.enter()
        with waiting():
            assert turnstile.enter()
            turnstile.leave()
        assert not turnstile.enter()

    assert turnstile.enter()


def test_a_place_is_given_up_by_who_fails() -> None:
    turnstile = Turnstile(1)
    turnstile.enter()

    with pytest.raises(ZeroDivisionError), turnstile.inside(), waiting():
        raise ZeroDivisionError

    assert turnstile.enter()
    assert not turnstile.enter()


def test_outside_of_any_turnstile_nothing_is_held_up() -> None:
    with waiting():
        pass

    assert taken_along(len) is len


def test_what_runs_side_by_side_takes_turns_and_does_not_wait_for_itself() -> None:
    """One place for three: each has it once, and the first one holds it for nobody while it waits for the others."""
    turnstile, at_once, most, lock = Turnstile(1), [0], [0], threading.Lock()

    def work(number: int) -> int:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        with lock:
            at_once[0] -= 1
        return number * 2

    turnstile.enter()
    with turnstile.inside():
        assert side_by_side(work, [1, 2, 3], 8) == [2, 4, 6]

    assert most == [1]
    assert turnstile.enter()


def test_side_by_side_ends_all_of_it_and_then_tells_of_the_failure() -> None:
    done = []

    def work(number: int) -> None:
        if number == 1:
            raise ZeroDivisionError
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        side_by_side(work, [1, 2, 3], 8)

    assert sorted(done) == [2, 3]


def test_who_has_failed_gives_up_the_place_that_the_others_need() -> None:
    """Else, where the database fails for all at once, each would wait for what waits for them."""
    turnstile, done = Turnstile(1), list[int]()

    def work(number: int) -> None:
        if number == 1:
            raise ZeroDivisionError
        done.append(number)

    def inside() -> None:
        turnstile.enter(within=LONG)
        with turnstile.inside(), suppress(ZeroDivisionError):
            side_by_side(work, [1, 2, 3], 8)

    thread = threading.Thread(target=inside, daemon=True)
    thread.start()
    thread.join(LONG)

    assert not thread.is_alive()
    assert sorted(done) == [2, 3]
    assert turnstile.enter()


def test_a_slow_provider_is_waited_for_by_all_jobs_at_the_same_time_f16(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SLOTS > AT_WORK
    together = threading.Barrier(SLOTS)
    worker, done = quiet(village.store, monkeypatch, SLOTS), []

    def perform(_job: Job) -> bool:
        with waiting():
            together.wait(LONG)
        done.append(1)
        return True

    monkeypatch.setattr(Worker, "perform", lambda _worker, job: perform(job))
    with running(worker):
        wait_until(lambda: len(done) == SLOTS)


def test_no_more_is_claimed_than_is_begun(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is more urgent and comes in meanwhile goes before what was there first."""
    go_on, begun = threading.Event(), []
    worker = quiet(village.store, monkeypatch, SLOTS)

    def perform(_job: Job) -> bool:
        begun.append(1)
        return go_on.wait(LONG)

    monkeypatch.setattr(Worker, "perform", lambda _worker, job: perform(job))
    with running(worker):
        wait_until(lambda: len(begun) == AT_WORK)
        left = len(worker.waiting)
        go_on.set()
        wait_until(lambda: len(begun) == SLOTS)

    assert left == SLOTS - AT_WORK


class Quiet(Worker):
    """Claims what it is given instead of what the database has."""

    waiting: list[Job]

    def _claim(self, limit: int) -> list[Job]:
        claimed, self.waiting[:limit] = self.waiting[:limit], []
        return claimed


def quiet(store: Store, monkeypatch: pytest.MonkeyPatch, jobs: int) -> Quiet:
    monkeypatch.setattr(Worker, "follow", lambda _worker: 0)
    monkeypatch.setattr(Worker, "look_after_providers", lambda _worker: None)
    worker = Quiet(store, Lines(None, None), "w")
    worker.waiting = [a_job(number) for number in range(jobs)]
    return worker


def a_job(number: int) -> Job:
    effect = PageLevel(page=PageId("p"), role=Role.ONCALL_CLINICIAN, level=0, urgency=Urgency.U1, mode=Mode.LIVE)
    return Job(id=number, incident=IncidentId("i"), seq=1, effect=effect, due_at=clock.now(), attempts=1, fence=1)


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(LONG)
