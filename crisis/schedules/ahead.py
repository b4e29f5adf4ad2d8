"""A schedule over a span of time: stretches with one answer each, and the gaps among them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from crisis.schedules import school_time
from crisis.schedules.answering import who
from crisis.schedules.rota import Plan, Schedule, Stretch
from crisis.schedules.turns import turns_in
from crisis.vocabulary import Covers, PersonId

LOOKED_AHEAD = timedelta(days=14)  # F55: soon enough to find somebody


def stretches(schedule: Schedule, since: datetime, until: datetime) -> list[Stretch]:
    """From edge to edge; between two edges nothing can change, so one look each is enough."""
    edges = sorted({since, until, *(edge for edge in _edges(schedule, since, until) if since < edge < until)})
    found: list[Stretch] = []
    for starts_at, ends_at in pairwise(edges):
        answer = who(schedule, starts_at)
        if found and found[-1].answer == answer:
            found[-1] = Stretch(starts_at=found[-1].starts_at, ends_at=ends_at, answer=answer)
        else:
            found.append(Stretch(starts_at=starts_at, ends_at=ends_at, answer=answer))
    return found


def gaps(schedule: Schedule, since: datetime, until: datetime) -> list[Stretch]:
    return [each for each in stretches(schedule, since, until) if each.answer.is_gap]


def turns_of(person: PersonId, found: Iterable[Stretch]) -> list[tuple[datetime, datetime]]:
    """When a person is on call, each time whole, however often those beside them change."""
    spans: list[tuple[datetime, datetime]] = []
    for each in found:
        if person not in each.answer.people:
            continue
        if spans and spans[-1][1] == each.starts_at:
            spans[-1] = (spans[-1][0], each.ends_at)
        else:
            spans.append((each.starts_at, each.ends_at))
    return spans


def _edges(schedule: Schedule, since: datetime, until: datetime) -> Iterator[datetime]:
    for absence in schedule.absences:
        yield from (absence.starts_at, absence.ends_at)
    for plan in (schedule.own, schedule.district):
        yield from _edges_of(plan, since, until)
    rotations = (*schedule.own.rotations, *schedule.district.rotations)
    if any(each.covers is not Covers.ALWAYS for each in rotations):
        yield from school_time.edges(since, until, schedule.calendar)


def _edges_of(plan: Plan, since: datetime, until: datetime) -> Iterator[datetime]:
    for shift in plan.shifts:
        yield from (shift.starts_at, shift.ends_at)
    for override in plan.overrides:
        yield from (override.starts_at, override.ends_at)
    for rotation in plan.rotations:
        for turn in turns_in(rotation, since, until):
            yield from (turn.starts_at, turn.ends_at)
