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
from crisis.effects import PageLevel, StartTimer
from crisis.notify import escalation, inbound, paging, worker
from crisis.statemachine import answering, react, react_page, timers
from crisis.statemachine.case import Case, rule
from crisis.statemachine.reacting import reaction
from crisis.store import outbox
from crisis.vocabulary import AttemptOutcome, PageState
from tests.simulation.fate import fate
from tests.simulation.universe import Universe

MOST = 60

Plant = Callable[[ExitStack], None]


def patched(owner: object, name: str, instead: object) -> Plant:
    return lambda stack: stack.enter_context(mock.patch.object(owner, name, instead)) and None


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


def claimed_for_good(tx: Any, name: str, at: datetime, *, limit: int, lease: timedelta) -> list[outbox.Job]:
    """At most once, as some do it: a death in between loses what it had."""
    jobs = outbox_claim(tx, name, at, limit=limit, lease=lease)
    for job in jobs:
        outbox_finish(tx, job, at)
    return jobs


def losing_a_row(tx: Any, incident: Any, effects: Sequence[tuple[int, Any]], at: datetime) -> None:
    """Of many rows the last one is not written."""
    outbox_put(tx, incident, effects[:-1] if len(effects) > 8 else effects, at)


def first_come_last_served(command: pcmd.AcceptPage, case: Case) -> list[Any]:
    page = case.incident.pages[command.page]
    return answering._accepted(command, case, page, command.eta_minutes)


def never_over(case: Case, page: Any, by: Any) -> Any:
    """The last level begins again and again."""
    levels = len(case.ground.ladder(page.role, page.urgency).answer_within)
    return pev.PageEscalated(at=case.at, by=by, page=page.id, level=min(page.level + 1, levels - 1))


def seen_is_enough(command: Any, case: Case) -> list[Any]:
    """Somebody wrote "ok": so the level waits for them."""
    page = next((each for each in case.incident.pages.values() if command.key.startswith(each.id)), None)
    if command.name == "page_unanswered" and page is not None and page.seen:
        return []
    return real_timer(command, case)


def takes_delivery_for_an_answer(command: pcmd.RecordPageAttempt, case: Case) -> list[Any]:
    """A receipt says that it was delivered: so nobody escalates."""
    events: list[Any] = real_attempt(command, case)
    if command.level is None and command.outcome is AttemptOutcome.ACCEPTED:
        page = case.incident.pages[command.page]
        if page.state is PageState.PAGING:
            events.append(pev.PageAccepted(at=case.at, by=None, page=page.id, person=command.person, eta_minutes=None))
            events.append(pev.PageLetGo(at=case.at, by=None, page=page.id, person=command.person, reason="other"))  # type: ignore[arg-type]
    return events


def forgets_reminders(before: Any, after: Any, protocol: Any, ground: Any, at: datetime) -> Iterator[StartTimer]:
    known = (
        set()
        if before is None
        else {(each.key, each.due_at) for each in timers.live_deadlines(before, protocol, ground)}
    )
    for live in timers.live_deadlines(after, protocol, ground):
        if (live.key, live.due_at) not in known:
            yield StartTimer(name="deadline", key=live.key, due_at=live.due_at)


outbox_claim, outbox_finish, outbox_put = outbox.claim, outbox.finish, outbox.put
real_timer = rule.registry[timers.cmd.TimerDue]
real_attempt = rule.registry[pcmd.RecordPageAttempt]

FAULTS: dict[str, Plant] = {
    "a level without its timer": dispatched(reaction, pev.PageEscalated, without_timers),
    "an alarm that is not repeated": dispatched(reaction, pev.PageExhausted, without_timers),
    "an arrival that nobody watches": dispatched(reaction, pev.PageAccepted, without_timers),
    "a hand-over without an end": dispatched(reaction, pev.PageOffered, without_timers),
    "a reminder that runs out": patched(react, "_new_timers", forgets_reminders),
    "a lease without an end": patched(worker, "LEASE", timedelta(days=30)),
    "a page that goes on after it was taken": patched(
        paging, "_wanted", lambda incident, effect: incident.pages.get(effect.page)
    ),
    "two owners": dispatched(rule, pcmd.AcceptPage, lambda _real: first_come_last_served),
    "a ladder without an end": patched(timers, "next_level", never_over),
    "a sign of life that stops the ladder": dispatched(rule, timers.cmd.TimerDue, lambda _real: seen_is_enough),
    "no second try": patched(escalation, "AGAIN", (10**7,)),
    "a clock that is put back": patched(clock.Steady, "__call__", lambda steady: steady._wall()),
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def found_by(seed: int) -> str | None:
    try:
        Universe(fate(seed)).play()
    except Exception as error:  # noqa: BLE001  # a fault may show as anything
        return f"{type(error).__name__} {error}"
    return None


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    with ExitStack() as stack:
        FAULTS[fault](stack)
        seed = next((seed for seed in range(MOST) if found_by(seed) is not None), None)

    assert seed is not None


USED = (PageLevel, inbound, replace, react_page)
