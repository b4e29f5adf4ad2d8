"""Who is on call at a moment, from all layers, and which of them decided.

Overrides, over shifts, over rotations that count in some hours only, over those that always count. Within a schedule
the layer that decides is not made up for by a weaker one, and nobody slides up for an absent person: that is a gap, for
people to see and to fill by an override. Behind a school's own schedule stands the district's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar, assert_never

from crisis.schedules.rota import Absence, Answer, Calendar, Override, Plan, Schedule, Turn
from crisis.schedules.school_time import school_time
from crisis.schedules.turns import turns_at
from crisis.vocabulary import Covers, Layer, OverrideKind, PersonId

Span = TypeVar("Span", Absence, Turn, Override)


@dataclass(frozen=True, slots=True)
class _Named:
    people: tuple[PersonId, ...]
    layer: Layer | None = None
    source: str | None = None


NOBODY = _Named(())


def who(schedule: Schedule, at: datetime) -> Answer:
    away = _away(schedule, at)
    own = _present(_named(schedule.own, schedule.calendar, at), away)
    if own.people:
        return own
    behind = _present(_named(schedule.district, schedule.calendar, at), away)
    out = tuple(dict.fromkeys((*own.out, *behind.out)))
    if not behind.people and own.layer is not None:
        return replace(own, out=out)
    return replace(behind, out=out, stand_in=bool(own.out and behind.people))


def _away(schedule: Schedule, at: datetime) -> frozenset[PersonId]:
    return schedule.gone | {each.person for each in _running(schedule.absences, at)}


def _present(named: _Named, away: frozenset[PersonId]) -> Answer:
    return Answer(
        people=tuple(person for person in named.people if person not in away),
        layer=named.layer,
        source=named.source,
        out=tuple(person for person in named.people if person in away),
    )


def _named(plan: Plan, calendar: Calendar, at: datetime) -> _Named:
    """Whom a plan names, whether or not they are there."""
    found = _by_shift(plan, at) or _by_rotation(plan, calendar, at) or NOBODY
    for override in _running(plan.overrides, at):
        found = _overridden(found, override)
    return found


def _by_shift(plan: Plan, at: datetime) -> _Named | None:
    return _of(list(_running(plan.shifts, at)), Layer.SHIFT)


def _by_rotation(plan: Plan, calendar: Calendar, at: datetime) -> _Named | None:
    """A rotation for these hours takes the place of one that always counts."""
    if any(each.covers is not Covers.ALWAYS for each in plan.rotations):
        open_now, layer = school_time(at, calendar)
        hours = Covers.SCHOOL_HOURS if open_now else Covers.OUT_OF_HOURS
        found = _of([turn for each in plan.rotations if each.covers is hours for turn in turns_at(each, at)], layer)
        if found is not None:
            return found
    always = [turn for each in plan.rotations if each.covers is Covers.ALWAYS for turn in turns_at(each, at)]
    return _of(always, Layer.ROTATION)


def _of(turns: Sequence[Turn], layer: Layer) -> _Named | None:
    """All of them: two people may share a level, and where clocks go back two have the same turn for a while."""
    if not turns:
        return None
    return _Named(tuple(dict.fromkeys(turn.person for turn in turns)), layer, turns[0].id)


def _overridden(found: _Named, override: Override) -> _Named:
    """As it was where the override has nothing to change: it is for a person who has no turn then."""
    people = found.people
    incoming = (override.incoming,) if override.incoming is not None else ()
    match override.kind:
        case OverrideKind.ADD:
            after = (*people, *incoming)
        case OverrideKind.REMOVE:
            after = tuple(person for person in people if person != override.outgoing)
        case OverrideKind.REPLACE if override.outgoing is None:
            after = incoming
        case OverrideKind.REPLACE:
            after = tuple(new for each in people for new in (incoming if each == override.outgoing else (each,)))
        case _:
            assert_never(override.kind)
    after = tuple(dict.fromkeys(after))
    return found if after == people else _Named(after, Layer.OVERRIDE, override.id)


def _running(spans: Iterable[Span], at: datetime) -> Iterable[Span]:
    return (each for each in spans if each.starts_at <= at < each.ends_at)
