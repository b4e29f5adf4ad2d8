"""How a page climbs its ladder: level by level, late ones together, and at the end an alarm (`paging.md` 6.5, 6.10)."""

from datetime import datetime, timedelta

from crisis import events as ev
from crisis import page_events as pev
from crisis.ladders import Ladder
from crisis.statemachine.case import Case
from crisis.statemachine.deadlines import next_school_time
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Page
from crisis.statemachine.lifecycle import PAGE
from crisis.vocabulary import PersonId, Urgency

LATE = timedelta(seconds=30)  # a worker is never so late by itself: nothing worked meanwhile
LONG = timedelta(minutes=5)  # after this nobody waits for levels any more where a life may depend on it


def ladder_of(page: Page, ground: Ground) -> Ladder:
    """The page's own; the district's present one for a page of before ladders were kept."""
    return page.ladder or ground.ladder(page.role, page.urgency)


def level_ends(page: Page, ground: Ground) -> datetime:
    return page.level_since + ladder_of(page, ground).within(page.level)


def begins(urgency: Urgency, case: Case) -> datetime | None:
    """None is now. Within the day is soon enough for U3: outside of school it waits for the next opening bell."""
    if urgency is not Urgency.U3:
        return None
    opens = next_school_time(case.at, case.ground.calendar)
    return opens if opens > case.at else None


def next_level(case: Case, page: Page, by: PersonId | None) -> ev.Event:
    """One level up, or exhausted when there is none."""
    if page.level + 1 >= len(ladder_of(page, case.ground).answer_within):
        PAGE.move(page.state, "exhaust")
        return pev.PageExhausted(at=case.at, by=by, page=page.id)
    PAGE.move(page.state, "escalate")
    waits = begins(page.urgency, case)
    return pev.PageEscalated(at=case.at, by=by, page=page.id, level=page.level + 1, begins_at=waits)


def level_over(case: Case, page: Page) -> ev.Event:
    """After a time in which nothing worked no level is played back: all that should have begun begin together."""
    ends, last = level_ends(page, case.ground), len(ladder_of(page, case.ground).answer_within) - 1
    if case.at - ends <= LATE or page.urgency is Urgency.U3:
        return next_level(case, page, None)
    if page.level >= last:
        PAGE.move(page.state, "exhaust")
        return pev.PageExhausted(at=case.at, by=None, page=page.id, due_at=ends)
    PAGE.move(page.state, "escalate")
    level = last if _at_once(page, ends, case) else _should_be(page, ends, case)
    together = level - page.level
    return pev.PageEscalated(at=case.at, by=None, page=page.id, level=level, together=together, due_at=ends)


def _at_once(page: Page, ends: datetime, case: Case) -> bool:
    return page.urgency is Urgency.U1 and case.at - ends > LONG


def _should_be(page: Page, ends: datetime, case: Case) -> int:
    """The level whose time it is; the last one, where even that is over: its people get their chance."""
    ladder = ladder_of(page, case.ground)
    level, over = page.level + 1, ends + ladder.within(page.level + 1)
    while level + 1 < len(ladder.answer_within) and over <= case.at:
        level += 1
        over += ladder.within(level)
    return level
