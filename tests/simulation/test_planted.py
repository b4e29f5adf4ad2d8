"""Faults planted in the product's own code: the simulation finds each of them, within so many seeds."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from crisis import clock
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.effects import StartTimer
from crisis.notify import escalation, paging, worker
from crisis.statemachine import answering, react, timers
from crisis.statemachine.case import Case, rule
from crisis.statemachine.climbing import ladder_of
from crisis.statemachine.reacting import reaction
from crisis.store.outbox import Job
from crisis.vocabulary import Channel
from tests.simulation import memory_queries
from tests.simulation.checks import Broken
from tests.simulation.fate import Fate, fate
from tests.simulation.replacing import REPLACED
from tests.simulation.universe import Universe

MOST = 60

Plant = Callable[[ExitStack], None]


def patched(owner: object, name: str, instead: object) -> Plant:
    return lambda stack: stack.enter_context(mock.patch.object(owner, name, instead)) and None


def replaced(function: Any, instead: Any) -> Plant:
    """Of those that take the place of the store's."""
    instead.__name__ = function.__name__
    module = next(module for module, known in REPLACED.items() if function in known)
    others = [each for each in REPLACED[module] if each is not function]
    return lambda stack: stack.enter_context(mock.patch.dict(REPLACED, {module: [*others, instead]})) and None


@contextmanager
def registered(dispatch: Any, of: type, instead: Callable[..., Any]) -> Iterator[None]:
    before = dispatch.registry[of]
    dispatch.register(of)(instead)
    try:
        yield
    finally:
        dispatch.register(of)(before)


def dispatched(dispatch: Any, of: type, instead: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Plant:
    return lambda stack: stack.enter_context(registered(dispatch, of, instead(dispatch.registry[of])))


def without_timers(real: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: [effect for effect in real(*given) if not isinstance(effect, StartTimer)]


def claimed_for_good(
    tx: Any, name: str, at: datetime, *, limit: int, lease: timedelta, notices: bool | None = None
) -> list[Job]:
    """At most once, as some do it: a death in between loses what it had."""
    jobs = memory_queries.claim(tx, name, at, limit=limit, lease=lease, notices=notices)
    for job in jobs:
        memory_queries.finish(tx, job, at)
    return jobs


def losing_a_row(tx: Any, incident: Any, effects: Sequence[tuple[int, Any]], at: datetime) -> None:
    """Of many rows the last one is not written."""
    memory_queries.put(tx, incident, effects[:-1] if len(effects) > 8 else effects, at)


def first_come_last_served(command: pcmd.AcceptPage, case: Case) -> list[Any]:
    page = case.incident.pages[command.page]
    return answering._accepted(command, case, page, command.eta_minutes)


def never_over(case: Case, page: Any) -> Any:
    """The last level begins again and again."""
    last = len(ladder_of(page, case.ground).answer_within) - 1
    return pev.PageEscalated(at=case.at, by=None, page=page.id, level=min(page.level + 1, last))


def seen_is_enough(command: Any, case: Case) -> list[Any]:
    """Somebody wrote "ok": so the level waits for them."""
    page = next((each for each in case.incident.pages.values() if command.key.startswith(each.id)), None)
    if command.name == "page_unanswered" and page is not None and page.seen:
        return []
    return real_timer(command, case)


def forgets_reminders(before: Any, after: Any, protocol: Any, ground: Any, at: datetime) -> Iterator[StartTimer]:
    earlier = [] if before is None else timers.live_deadlines(before, protocol, ground)
    known = {(each.key, each.due_at) for each in earlier}
    for live in timers.live_deadlines(after, protocol, ground):
        if (live.key, live.due_at) not in known:
            yield StartTimer(name="deadline", key=live.key, due_at=live.due_at)


real_timer = rule.registry[timers.cmd.TimerDue]

# Where a fault shows only after a certain course of things the dice are loaded for it.
LOADED: dict[str, Callable[[Fate], Fate]] = {
    "a reminder that runs out": lambda drawn: replace(drawn, moves=40.0, incidents=1, outages=(), crashes=()),
    "a clock that is put back": lambda drawn: replace(
        drawn, crashes=(), steps=tuple((at + 40, -1800.0 * n) for n, at in enumerate(sorted(drawn.times), start=1))
    ),
}

FAULTS: dict[str, Plant] = {
    "a claim that loses what it had": replaced(memory_queries.claim, claimed_for_good),
    "a row that is not written": replaced(memory_queries.put, losing_a_row),
    "a level without its timer": dispatched(reaction, pev.PageEscalated, without_timers),
    "an alarm that is not repeated": dispatched(reaction, pev.PageExhausted, without_timers),
    "an arrival that nobody watches": dispatched(reaction, pev.PageAccepted, without_timers),
    "a hand-over without an end": dispatched(reaction, pev.PageOffered, without_timers),
    "a reminder that runs out": patched(react, "_new_timers", forgets_reminders),
    "a lease without an end": patched(worker, "LEASE", timedelta(days=30)),
    "a page that goes on after it was taken": patched(
        paging, "wanted", lambda incident, effect: incident.pages.get(effect.page)
    ),
    "two owners": dispatched(rule, pcmd.AcceptPage, lambda _real: first_come_last_served),
    "a ladder without an end": patched(timers, "level_over", never_over),
    "a sign of life that stops the ladder": dispatched(rule, timers.cmd.TimerDue, lambda _real: seen_is_enough),
    "texts and no calls": patched(escalation, "_planned", lambda cadence, **_how: {Channel.TEXT: cadence.texts}),
    "a clock that is put back": patched(clock.Steady, "__call__", lambda steady: steady._wall()),
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def found_by(seed: int, loaded: Callable[[Fate], Fate] = lambda drawn: drawn) -> str | None:
    try:
        Universe(loaded(fate(seed))).play()
    except (Broken, RuntimeError) as error:
        return f"{type(error).__name__} {error}"
    return None


SELDOM = ("a reminder that runs out", "a clock that is put back", "two owners")  # half a minute each; with --full


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        full = metafunc.config.getoption("full")
        metafunc.parametrize("fault", [each for each in FAULTS if full or each not in SELDOM])


@pytest.mark.slow
def test_a_planted_fault_is_found(fault: str) -> None:
    with ExitStack() as stack:
        FAULTS[fault](stack)
        loaded = LOADED.get(fault, lambda drawn: drawn)
        seed = next((seed for seed in range(MOST) if found_by(seed, loaded) is not None), None)

    assert seed is not None
