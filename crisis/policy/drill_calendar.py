"""When each school owes its next drill, and what a state asks for the record; what no source says is asked by nobody.

The sources are those of `protocols.md` 3 and `products-and-standards.md` (drill note). None of them gives a number of
drills of a behavioral-health protocol, so how often is a design default (D).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from crisis.drill_words import DrillState, Standing, StateAsks

EVERY = timedelta(days=366)  # D: each school once a year


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRule:
    """`source` None: none was found, and counsel says what holds. `post_within`: from the day of the drill."""

    source: str | None
    asks: tuple[StateAsks, ...] = ()
    post_within: timedelta | None = None


NOBODY_KNOWS = StateRule(source=None)
STATES: Mapping[str, StateRule] = MappingProxyType(
    {
        "us-wa": StateRule(
            source="SHB 1941; S50a", asks=(StateAsks.AT_THE_OFFICE, StateAsks.TRAUMA_INFORMED, StateAsks.FORM)
        ),
        "us-md": StateRule(source="S50b", asks=(StateAsks.FORM,)),
        "us-tx": StateRule(source="19 TAC 103.1209 (S48b)", asks=(StateAsks.ONE_FUNCTION, StateAsks.NO_AGGRESSOR)),
        "us-mi": StateRule(
            source="S50e", asks=(StateAsks.POSTED, StateAsks.THREE_YEARS), post_within=timedelta(days=30)
        ),
        **dict.fromkeys(("us-ct", "us-ma", "us-me", "us-nh", "us-ri", "us-vt"), NOBODY_KNOWS),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One drill of a school, by the calendar there. `held_on` is when it began."""

    state: DrillState
    planned_on: date
    held_on: date | None
    posted_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`due_on`: the last day for the next drill; None: none was ever held. `post_by`: of the oldest not posted."""

    standing: Standing
    last_on: date | None
    next_on: date | None
    due_on: date | None
    post_by: date | None


def place(drills: Iterable[Held], rule: StateRule, today: date) -> Place:
    """How one school stands. One that was stood down was not held, and one whose day passed is owed."""
    known = list(drills)
    done = [each for each in known if each.state is DrillState.OVER and each.held_on is not None]
    last = max((each.held_on for each in done if each.held_on is not None), default=None)
    plans = sorted(each.planned_on for each in known if each.state is DrillState.PLANNED)
    passed, coming = any(day < today for day in plans), [day for day in plans if day >= today]
    due = None if last is None else last + EVERY
    late = passed or (due is not None and due < today)
    if late:
        standing = Standing.OVERDUE
    elif due is not None:
        standing = Standing.DONE
    else:
        standing = Standing.SCHEDULED if coming else Standing.NOT_SCHEDULED
    return Place(
        standing=standing,
        last_on=last,
        next_on=coming[0] if coming else None,
        due_on=due,
        post_by=_post_by(done, rule),
    )


def _post_by(done: Iterable[Held], rule: StateRule) -> date | None:
    if rule.post_within is None:
        return None
    waiting = [each.held_on for each in done if each.posted_on is None and each.held_on is not None]
    return min(waiting) + rule.post_within if waiting else None
