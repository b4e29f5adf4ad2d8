"""What of drills and reviews waits for somebody, how much it presses, and when they are told of it again.

How long before is a design default, but the notice to parents: that is owed 5 days before (S49d).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from crisis.drill_words import DrillState
from crisis.policy.drill_calendar import NOBODY_KNOWS, Held, place
from crisis.vocabulary import SchoolId


class Nudge(StrEnum):
    """What waits."""

    DRILL = "drill"  # that somebody runs, takes part in or observes
    PARENTS = "parents"  # have not been told in writing of a drill
    SCHOOL = "school"  # owes its next drill, and none is planned
    WRITE = "write"  # a review that is owed, or half written
    SIGN = "sign"  # a review that a second person reads


class Stage(StrEnum):
    NONE = "none"
    SOON = "soon"
    NEXT = "next"  # a day before, and on the day
    LATE = "late"


SOON = {
    Nudge.DRILL: 7,
    Nudge.PARENTS: 5,
    Nudge.SCHOOL: 30,
}  # days before; a review presses at once
AGAIN = {Nudge.PARENTS: timedelta(days=1), Nudge.SCHOOL: timedelta(days=7)}  # when late
USUALLY_AGAIN = timedelta(days=3)
FROM, UNTIL = 8, 18  # hours at the school: nobody is texted of it at night


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """`of` is the drill, school or review; `day` is by when, at the school; `since` when it began to wait, UTC."""

    kind: Nudge
    of: str
    school: SchoolId
    zone: str
    day: date
    since: datetime

    def stage(self, at: datetime) -> Stage:
        left = (self.day - at.astimezone(ZoneInfo(self.zone)).date()).days
        if left < 0:
            return Stage.NONE if self.kind is Nudge.DRILL else Stage.LATE
        if self.kind is Nudge.DRILL and left <= 1:
            return Stage.NEXT
        return Stage.SOON if left <= SOON.get(self.kind, left) else Stage.NONE


def pressing(found: Collection[Waits], at: datetime) -> int:
    return sum(each.stage(at) is not Stage.NONE for each in found)


def is_news(found: Collection[Waits], told_at: datetime | None, at: datetime) -> bool:
    """Whether they are told now, by day: when one begins to press, when it presses more, and while it is late."""
    return any(_news(each, told_at, at) for each in found if _by_day(each, at))


def _by_day(each: Waits, at: datetime) -> bool:
    return FROM <= at.astimezone(ZoneInfo(each.zone)).hour < UNTIL


def _news(each: Waits, told_at: datetime | None, at: datetime) -> bool:
    now = each.stage(at)
    if now is Stage.NONE:
        return False
    if told_at is None or each.since > told_at or now is not each.stage(told_at):
        return True
    return now is Stage.LATE and at - told_at >= AGAIN.get(each.kind, USUALLY_AGAIN)


def school_owes(drills: Collection[Held], today: date) -> date | None:
    """By when a school has to hold its next drill; None: one is planned, or none was ever held or planned there."""
    found = place(drills, NOBODY_KNOWS, today)
    if found.next_on is not None:
        return None
    passed = [each.planned_on for each in drills if each.state is DrillState.PLANNED]
    return min([*([] if found.due_on is None else [found.due_on]), *passed], default=None)
