"""What time obliges: live deadlines, and what a timer that came due finds. A miss tells people, nothing more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis import commands as cmd
from crisis import events as ev
from crisis import page_events as pev
from crisis.protocols.schema import Deadline, Protocol, Step
from crisis.statemachine import notice, watching
from crisis.statemachine.answering import offer_due
from crisis.statemachine.arrival import arrival_due
from crisis.statemachine.case import Case, rule
from crisis.statemachine.climbing import level_over
from crisis.statemachine.conditions import holds
from crisis.statemachine.deadlines import due_at
from crisis.statemachine.ground import Ground
from crisis.statemachine.handoff import timed_out, unanswered
from crisis.statemachine.incident import Incident, StepRecord
from crisis.statemachine.next_attempt import about_next_attempt, family_to_reach
from crisis.statemachine.referral import due_again
from crisis.statemachine.steps import SETTLED, opened_at, standing
from crisis.vocabulary import Anchor, Custody, DeadlineKind, PageState, StepState

REMIND_FIRST = timedelta(minutes=15)
REMIND_MOST = timedelta(hours=24)  # nothing that is open falls silent for longer than a day
REPORT = "report:"  # begins the name of a missed deadline that is a mandated report's


@dataclass(frozen=True, slots=True)
class LiveDeadline:
    """A deadline of an unsettled step whose anchor is known. `key` names the timer; `due_at` is UTC."""

    step: Step
    deadline: Deadline
    turn: int  # which of a series, 0 is the first
    due_at: datetime

    @property
    def key(self) -> str:
        return f"{self.step.id}:{self.deadline.id}:{self.turn}"

    @property
    def name(self) -> str:
        """As it stands in the log when it was missed."""
        return f"{self.deadline.id}:{self.turn}"


def live_deadlines(incident: Incident, protocol: Protocol, ground: Ground) -> list[LiveDeadline]:
    """All that count now, soonest first."""
    if incident.closed_at is not None:
        return []
    now = standing(incident, protocol)
    found = [
        live
        for step in protocol.steps
        if now[step.id] not in SETTLED
        for live in _of_step(step, now[step.id], incident, ground)
    ]
    return sorted(found, key=lambda live: live.due_at)


def _of_step(step: Step, state: StepState, incident: Incident, ground: Ground) -> Iterator[LiveDeadline]:
    turn = len(incident.steps.get(step.id, StepRecord()).times)
    for deadline in step.deadlines:
        if deadline.when is not None and holds(deadline.when, incident, lambda _step: False) is not True:
            continue
        anchor_at = _anchored(deadline, step, state, incident)
        if anchor_at is not None:
            yield LiveDeadline(step, deadline, turn, due_at(deadline, anchor_at, ground.calendar))


def _anchored(deadline: Deadline, step: Step, state: StepState, incident: Incident) -> datetime | None:
    match deadline.anchor:
        case Anchor.OPENED:
            return incident.opened_at
        case Anchor.STEP_OPENED:
            return opened_at(incident, step) if state is StepState.OPEN else None
        case Anchor.ACUTE:
            return incident.acute_at
        case Anchor.TIER:
            return incident.tier_at
        case Anchor.RELEASED:
            return incident.released_at
        case Anchor.RETURNED:
            return incident.returned_at
        case Anchor.PREVIOUS:
            times = incident.steps.get(step.id, StepRecord()).times
            first = incident.released_at or incident.tier_at
            return times[-1] if times else first or (opened_at(incident, step) if state is StepState.OPEN else None)


@rule.register
def _(command: cmd.TimerDue, case: Case) -> list[ev.Event]:
    """Timers are never cancelled: when one is due the rules look again, and often there is nothing left to do."""
    if case.incident.closed_at is not None:
        return []
    if command.name in ABOUT_PAGES:
        return _page(command, case)
    look = _LOOKS.get(command.name)
    return [] if look is None else look(command.key, case)


def _live(key: str, case: Case) -> LiveDeadline | None:
    found = live_deadlines(case.incident, case.protocol, case.ground)
    return next((live for live in found if live.key == key), None)


def _deadline(key: str, case: Case) -> list[ev.Event]:
    live = _live(key, case)
    if live is None or live.due_at > case.at:
        return []
    name = live.name
    known = [(missed.step, missed.deadline, missed.due_at) for missed in case.incident.missed]
    if (live.step.id, name, live.due_at) in known:
        return []
    return [
        ev.DeadlineMissed(
            at=case.at, by=None, step=live.step.id, deadline=name, kind=live.deadline.kind, due_at=live.due_at
        )
    ]


def _overdue(key: str, case: Case) -> list[ev.Event]:
    """`key` is about#turn. As long as the thing is open its people are told again, more and more rarely."""
    about, _, turn = key.rpartition("#")
    if not outstanding(about, case):
        return []
    return [ev.Reminded(at=case.at, by=None, about=about, turn=int(turn))]


def outstanding(about: str, case: Case) -> bool:
    """Whether what a reminder is about is still open."""
    incident = case.incident
    kind, _, key = about.partition(":")
    match kind:
        case "step":
            now = standing(incident, case.protocol)
            return any(step.id == key and not now.settled(step.id) for step in case.protocol.steps)
        case "obligation":
            return any(known.id == key and known.filed_at is None for known in incident.obligations.values())
        case "attempt":
            return about == about_next_attempt(incident) and family_to_reach(incident, case.protocol) is not None
        case "handoff":
            return any(known.id == key and unanswered(incident, known) for known in incident.handoffs.values())
        case "referral":
            return due_again(key, incident, case.at)
        case watching.ABOUT:
            return watching.is_to_keep(key, incident)
        case _:
            return _REGION_OPEN[kind](incident)


_REGION_OPEN: dict[str, Callable[[Incident], bool]] = {
    "custody": lambda incident: incident.custody is Custody.LOST,
    "offer": lambda incident: incident.custody is Custody.OFFERED,
    "signature": lambda incident: incident.tier_awaiting is not None,
}


def remind_after(turn: int) -> timedelta:
    """How long until reminder number `turn`: 15 minutes, doubling, at most a day."""
    return min(REMIND_FIRST * (1 << min(turn - 1, 10)), REMIND_MOST)


def _page(command: cmd.TimerDue, case: Case) -> list[ev.Event]:
    page_id, _, rest = command.key.partition(":")
    page = next((page for page in case.incident.pages.values() if page.id == page_id), None)
    if page is None:
        return []
    match command.name:
        case "page_arrival":
            who, _, turn = rest.rpartition(":")
            return arrival_due(page, who, int(turn), case)
        case "page_offer":
            return offer_due(page, rest, case.at)
        case "page_alarm":  # I-15: loud again until a person disposes of it
            loud = page.state is PageState.EXHAUSTED
            return [pev.PageExhausted(at=case.at, by=None, page=page.id)] if loud else []
        case _:
            silent = page.state is PageState.PAGING and str(page.level) == rest
            return [level_over(case, page)] if silent else []


def _exception(key: str, case: Case) -> list[ev.Event]:
    active = case.incident.exceptions.get(key)
    if active is None or active.expires_at is None or active.expires_at > case.at:
        return []
    return [ev.ExceptionExpired(at=case.at, by=None, exception=key)]


def _obligation(key: str, case: Case) -> list[ev.Event]:
    """I-11: a report that is late is loud; nobody but its owner, or their delegate, can end it."""
    report = next((known for known in case.incident.obligations.values() if known.id == key), None)
    if report is None or report.filed_at is not None or report.due_at > case.at:
        return []
    blocking = [step.id for step in case.protocol.steps for rule_of in step.exceptions if rule_of.obligation]
    late = ev.DeadlineMissed(
        at=case.at,
        by=None,
        step=blocking[0],
        deadline=f"{REPORT}{key}",
        kind=DeadlineKind.HARD,
        due_at=report.due_at,
    )
    return [late]


ABOUT_PAGES = frozenset({"page_unanswered", "page_alarm", "page_arrival", "page_offer"})
_LOOKS: dict[str, Callable[[str, Case], list[ev.Event]]] = {
    "deadline": _deadline,
    "overdue": _overdue,
    "handoff_unanswered": timed_out,
    "exception_expires": _exception,
    "obligation": _obligation,
    notice.EXPIRES: lambda _key, case: notice.over(case),
}
