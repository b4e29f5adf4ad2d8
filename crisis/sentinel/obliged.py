"""Which timers the state of an incident obliges: worked out anew from what is true, not from what was once written.

Only what the rules would act on counts: a timer that would find nothing to do is missed by nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisis.commands import Actor, ActorKind, TimerDue
from crisis.effects import StartTimer
from crisis.errors import Refused
from crisis.protocols.schema import Protocol
from crisis.statemachine import decide, notice
from crisis.statemachine.answering import OFFER_WAITS
from crisis.statemachine.arrival import WATCHES, watched
from crisis.statemachine.case import Case, rule
from crisis.statemachine.climbing import level_ends
from crisis.statemachine.ground import Ground
from crisis.statemachine.handoff import answer_by, unanswered
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.next_attempt import about_next_attempt
from crisis.statemachine.referral import about, open_ones
from crisis.statemachine.steps import SETTLED, standing
from crisis.statemachine.timers import REPORT, live_deadlines
from crisis.vocabulary import Custody, HandoffState, PageState

NEAR = timedelta(seconds=1)
PUT_OFF = timedelta(minutes=1)  # what failed is tried again within this
CONCERNS = decide.CONCERNS  # importing it registers the rules that are asked here


@dataclass(frozen=True, slots=True)
class Obliged:
    """When a row counts as this timer.

    `exact`: it comes at that time. `whenever`: at any time, since a ladder may have been changed meanwhile. `series`:
    any number of it. Otherwise: not too early, since it would find nothing.
    """

    timer: StartTimer
    exact: bool = False
    whenever: bool = False
    series: bool = False

    @property
    def found_by(self) -> str:
        """The key, or its beginning, of every row that could serve it."""
        return _about(self.timer.key) if self.series else self.timer.key

    def served_by(self, row: StartTimer, due_at: datetime, at: datetime) -> bool:
        """`row` has the same name; `due_at` is its own: what failed was put off."""
        if self.series:
            return _about(row.key) == _about(self.timer.key)
        if row.key != self.timer.key:
            return False
        if self.whenever:
            return True
        late = self.exact and due_at > max(self.timer.due_at, at) + PUT_OFF
        return not late and due_at >= self.timer.due_at - NEAR


def _about(key: str) -> str:
    return key.rpartition("#")[0]


def obliged(incident: Incident, protocol: Protocol, ground: Ground, at: datetime) -> list[Obliged]:
    """All that an open incident must still hear from the clock."""
    return [
        *_deadlines(incident, protocol, ground, at),
        *_regions(incident, at),
        *_outside(incident, protocol, at),
        *_reports(incident, at),
        *_exceptions(incident),
        *_ending(incident, protocol),
        *(found for page in incident.pages.values() for found in _page(page, incident, ground, at)),
    ]


def _deadlines(incident: Incident, protocol: Protocol, ground: Ground, at: datetime) -> Iterator[Obliged]:
    """Each deadline once; what was missed is spoken of again and again."""
    known = {(missed.step, missed.deadline, missed.due_at) for missed in incident.missed}
    late = set()
    for live in live_deadlines(incident, protocol, ground):
        if (live.step.id, f"{live.deadline.id}:{live.turn}", live.due_at) in known:
            late.add(live.step.id)
        else:
            yield Obliged(StartTimer(name="deadline", key=live.key, due_at=live.due_at), exact=True)
    yield from (_reminder(f"step:{step}", at) for step in sorted(late))


def _regions(incident: Incident, at: datetime) -> Iterator[Obliged]:
    if incident.custody in (Custody.LOST, Custody.OFFERED):
        yield _reminder("custody" if incident.custody is Custody.LOST else "offer", at)
    if incident.tier_awaiting is not None:
        yield _reminder("signature", at)
    if incident.contact_attempts:
        yield _reminder(about_next_attempt(incident), at)


def _outside(incident: Incident, protocol: Protocol, at: datetime) -> Iterator[Obliged]:
    """What somebody outside the school has not answered."""
    for handoff in incident.handoffs.values():
        if handoff.state is HandoffState.OFFERED:
            due_at = answer_by(handoff, protocol)
            yield Obliged(StartTimer(name="handoff_unanswered", key=handoff.id, due_at=due_at))
        elif unanswered(incident, handoff):
            yield _reminder(f"handoff:{handoff.id}", at)
    for known in open_ones(incident):
        if known.check_at is not None:
            yield Obliged(StartTimer(name="overdue", key=f"{about(known)}#1", due_at=known.check_at), series=True)


def _reports(incident: Incident, at: datetime) -> Iterator[Obliged]:
    late = {missed.deadline for missed in incident.missed}
    for report in incident.obligations.values():
        if report.filed_at is not None:
            continue
        if f"{REPORT}{report.id}" in late:
            yield _reminder(f"obligation:{report.id}", at)
        else:
            yield Obliged(StartTimer(name="obligation", key=report.id, due_at=report.due_at))


def _ending(incident: Incident, protocol: Protocol) -> Iterator[Obliged]:
    yield from (Obliged(timer) for timer in notice.expiry(incident, protocol))


def _exceptions(incident: Incident) -> Iterator[Obliged]:
    for name, active in incident.exceptions.items():
        if active.expires_at is not None:
            yield Obliged(StartTimer(name="exception_expires", key=name, due_at=active.expires_at))


def _reminder(about: str, at: datetime) -> Obliged:
    return Obliged(StartTimer(name="overdue", key=f"{about}#1", due_at=at), series=True)


def _page(page: Page, incident: Incident, ground: Ground, at: datetime) -> Iterator[Obliged]:
    if page.state is PageState.PAGING:
        over = StartTimer(name="page_unanswered", key=f"{page.id}:{page.level}", due_at=level_ends(page, ground))
        yield Obliged(over, whenever=True)
    if page.state is PageState.EXHAUSTED:
        yield Obliged(StartTimer(name="page_alarm", key=f"{page.id}:", due_at=at), whenever=True)
    if page.offered_to is not None and page.offered_at is not None:
        ends = page.offered_at + OFFER_WAITS[page.urgency]
        yield Obliged(StartTimer(name="page_offer", key=f"{page.id}:{page.offered_to}", due_at=ends))
    if watched(incident, page) and page.due_here_at is not None:
        watch = WATCHES[page.urgency]
        for turn in range(page.asked_if_here + 1, watch.turns + 1):
            key = f"{page.id}:{page.accepted_by}:{turn}"
            yield Obliged(StartTimer(name="page_arrival", key=key, due_at=page.due_here_at + watch.after(turn)))


def missing(
    incident: Incident, protocol: Protocol, ground: Ground, rows: Sequence[tuple[StartTimer, datetime]], at: datetime
) -> list[StartTimer]:
    """The timers that are owed and that no row stands for; `rows` are those not done, with when they are due."""
    named: dict[tuple[str, str], list[tuple[StartTimer, datetime]]] = {}
    for row, due_at in rows:
        for key in {row.key, _about(row.key)}:
            named.setdefault((row.name, key), []).append((row, due_at))
    return [
        owed.timer
        for owed in obliged(incident, protocol, ground, at)
        if not any(owed.served_by(row, due_at, at) for row, due_at in named.get((owed.timer.name, owed.found_by), ()))
        if _acts(owed.timer, Case(incident, protocol, ground, max(at, owed.timer.due_at)))
    ]


def reminder_of_next(incident: Incident, protocol: Protocol, at: datetime) -> StartTimer | None:
    """What wakes an incident that fell silent; None where all that is left is to close it."""
    now = standing(incident, protocol)
    step = next((step for step in protocol.steps if now[step.id] not in SETTLED), None)
    return None if step is None else StartTimer(name="overdue", key=f"step:{step.id}#1", due_at=at)


def _acts(timer: StartTimer, case: Case) -> bool:
    by = Actor(kind=ActorKind.SYSTEM, id=None, district=case.incident.district)
    try:
        return bool(rule(TimerDue(by=by, name=timer.name, key=timer.key), case))
    except Refused:
        return False
