"""Rotations as those who plan see and change them: which there are, and what one would do before it is saved."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, update

from crisis.errors import Reason, Refused
from crisis.readiness_words import Lack
from crisis.schedules.ahead import LOOKED_AHEAD, gaps, stretches
from crisis.schedules.clock_changes import ClockChange, clock_changes
from crisis.schedules.rota import Plan, Rotation, Slot, Stretch
from crisis.schedules.turns import turns_in
from crisis.schedules.wall import begins
from crisis.store import audit, calendars, people, rotations, standing
from crisis.store.rotation_tables import ROTATION
from crisis.store.rotations import Book
from crisis.vocabulary import DistrictId, PersonId, SchoolId

CLOCKS_AHEAD = timedelta(days=400)  # every zone that changes its clocks does so within a year


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    slot: Slot
    rotation: Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a rotation would do in the 14 days from now, or from its beginning; nothing of it is stored.

    `clocks` is the next change of clocks, `not_ready` says what people in it lack to be paged.
    """

    since: datetime
    ahead: tuple[Stretch, ...]
    gaps: tuple[tuple[SchoolId, Stretch], ...]
    clocks: ClockChange | None
    not_ready: dict[PersonId, tuple[Lack, ...]]


def all_of(tx: Connection, district: DistrictId, at: datetime) -> list[Planned]:
    """Those that are not over; the district's own first, then school by school."""
    book = rotations.read(tx, district, at, at + timedelta(minutes=1))
    found = [
        Planned(slot=slot, rotation=each)
        for slot, plan in book.plans.items()
        for each in plan.rotations
        if each.ends_on is None or begins(datetime.combine(each.ends_on, each.handovers[-1].at), each.zone) > at
    ]
    return sorted(found, key=lambda each: (each.slot.school or "", each.slot.role, each.slot.level, each.rotation.id))


def one_of(tx: Connection, district: DistrictId, rotation: str, at: datetime) -> Planned:
    """Raises `NotFound`."""
    slot = rotations.rotation_slot(tx, district, rotation)
    book = rotations.read(tx, district, at, at + timedelta(minutes=1))
    return Planned(slot=slot, rotation=next(each for each in book.plans[slot].rotations if each.id == rotation))


def trial(tx: Connection, district: DistrictId, slot: Slot, rotation: Rotation, at: datetime) -> Trial:
    """In the place of the one with the same id, if there is one. Raises `Refused` for what could not be saved."""
    rotations.must_be_possible(tx, district, slot, rotation)
    first = begins(datetime.combine(rotation.starts_on, rotation.handovers[0].at), rotation.zone)
    since = max(at, first)
    until = since + LOOKED_AHEAD
    book = _with(tx, rotations.read(tx, district, since, until), district, slot, rotation)
    return Trial(
        since=since,
        ahead=tuple(stretches(replace(book.schedule(slot), district=Plan()), since, until)),
        gaps=tuple(_gaps(tx, district, book, slot, since)),
        clocks=next(clock_changes(rotation.zone, since, since + CLOCKS_AHEAD), None),
        not_ready=standing.not_ready(tx, rotation.people, at),
    )


def _with(tx: Connection, book: Book, district: DistrictId, slot: Slot, rotation: Rotation) -> Book:
    plans = {
        each: replace(plan, rotations=tuple(one for one in plan.rotations if one.id != rotation.id))
        for each, plan in book.plans.items()
    }
    plan = plans.get(slot, Plan())
    plans[slot] = replace(plan, rotations=(*plan.rotations, rotation))
    known = book.calendars or {each.id: calendars.layers(tx, each.id) for each in people.schools(tx, district)}
    return replace(book, plans=plans, calendars=known)


def _gaps(
    tx: Connection, district: DistrictId, book: Book, slot: Slot, since: datetime
) -> Iterable[tuple[SchoolId, Stretch]]:
    """Of this role and level, at the schools that it is for."""
    for school in people.schools(tx, district):
        if slot.school in (None, school.id):
            here = Slot(school=school.id, role=slot.role, level=slot.level)
            yield from ((school.id, gap) for gap in gaps(book.schedule(here), since, since + LOOKED_AHEAD))


def put(
    tx: Connection, district: DistrictId, slot: Slot, rotation: Rotation, *, at: datetime, by: PersonId | None
) -> None:
    """Adds it, or puts it in the place of the one with the same id."""
    if rotations.is_known(tx, district, rotation.id):
        rotations.drop_rotation(tx, district, rotation.id, at=at, by=by)
    rotations.add_rotation(tx, district, slot, rotation, at=at, by=by)


def end_on(tx: Connection, district: DistrictId, rotation: str, day: date, *, at: datetime, by: PersonId) -> None:
    """From that day on nobody takes over any more; one that has not begun by then is dropped."""
    known = one_of(tx, district, rotation, at).rotation
    if day <= known.starts_on:
        rotations.drop_rotation(tx, district, rotation, at=at, by=by)
        return
    if begins(datetime.combine(day, known.handovers[0].at), known.zone) < at - timedelta(days=1):
        raise Refused(Reason("ROTATION", "A rotation ends today or later; what was stays on record"))
    tx.execute(update(ROTATION).where(ROTATION.c.id == rotation).values(ends_on=day))
    audit.record(tx, at=at, actor=by, action="rotation ends", subject=rotation)


def next_turns(rotation: Rotation, at: datetime, most: int = 4) -> list[tuple[PersonId, datetime]]:
    """Who takes over next, and when."""
    span = timedelta(days=rotation.cycle_days * most + 1)
    found = [turn for turn in turns_in(rotation, at, at + span) if turn.starts_at > at]
    return [(turn.person, turn.starts_at) for turn in sorted(found, key=lambda turn: turn.starts_at)[:most]]


def weekly_or_daily(rotation: Rotation) -> str:
    """`daily`, `weekly` or `custom`."""
    if len(rotation.handovers) == 1 and rotation.handovers[0].day == 0:
        return {1: "daily", 7: "weekly"}.get(rotation.cycle_days, "custom")
    return "custom"
