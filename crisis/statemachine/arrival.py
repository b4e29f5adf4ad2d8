"""Whether whoever took a page comes: asked at the time they gave, given up on a little later (`paging.md` 6.5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crisis import events as ev
from crisis import page_events as pev
from crisis.statemachine.case import Case
from crisis.statemachine.climbing import next_level
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.lifecycle import PAGE
from crisis.statemachine.paging import in_other_hands
from crisis.vocabulary import PageState, Role, Urgency


@dataclass(frozen=True, slots=True)
class Watch:
    """`usual` counts where nobody said how long it takes; the rest from the time when they should be here."""

    usual: timedelta
    ask: tuple[timedelta, ...]
    give_up: timedelta
    put_off_most: timedelta

    def after(self, turn: int) -> timedelta:
        """How long after that time turn 1, 2 … comes; the last one gives up."""
        return (*self.ask, self.give_up)[turn - 1]

    @property
    def turns(self) -> int:
        return len(self.ask) + 1


def _minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


WATCHES = {
    Urgency.U1: Watch(_minutes(15), (_minutes(0), _minutes(3)), _minutes(6), _minutes(15)),
    Urgency.U2: Watch(_minutes(30), (_minutes(0), _minutes(10)), _minutes(20), _minutes(30)),
}


COME = frozenset({Role.ONCALL_CLINICIAN, Role.NURSE, Role.ASSESSOR, Role.SRO})  # the others may act from where they are


def due_here(page: Page, minutes: int | None, at: datetime) -> datetime | None:
    """None: nobody watches, because within the day is soon enough, or who took it need not come and did not say so."""
    watch = WATCHES.get(page.urgency)
    if watch is None or (minutes is None and page.role not in COME):
        return None
    return at + (watch.usual if minutes is None else timedelta(minutes=minutes))


def put_off(page: Page, minutes: int, at: datetime) -> datetime | None:
    """The time from which they are asked again: theirs, but in sum no later than the rule allows."""
    watch = WATCHES.get(page.urgency)
    if watch is None or page.accepted_at is None:
        return None
    usual = watch.usual if page.first_eta is None else timedelta(minutes=page.first_eta)
    return min(at + timedelta(minutes=minutes), page.accepted_at + usual + watch.put_off_most)


def watched(incident: Incident, page: Page) -> bool:
    """Nobody is waited for at the door once the student is in other hands."""
    waits = page.state is PageState.ACCEPTED and page.arrived_at is None and page.due_here_at is not None
    return waits and not in_other_hands(incident)


def arrival_due(page: Page, who: str, turn: int, case: Case) -> list[ev.Event]:
    """Timers are never cancelled: one that belongs to a time which was put off, or to somebody else, finds nothing."""
    if not watched(case.incident, page) or page.accepted_by != who or turn <= page.asked_if_here:
        return []
    assert page.due_here_at is not None
    watch = WATCHES[page.urgency]
    if case.at < page.due_here_at + watch.after(turn):
        return []
    if turn < watch.turns:
        return [pev.ArrivalAsked(at=case.at, by=None, page=page.id, turn=turn)]
    PAGE.move(page.state, "reopen")
    lapsed = pev.PageLapsed(at=case.at, by=None, page=page.id, person=page.accepted_by)
    return [lapsed, next_level(case, replace(page, state=PageState.PAGING), None)]
