"""Changes of the schedules, for the page and the API alike: who may make them is asked here, once for both."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crisis import clock
from crisis.commands import Actor
from crisis.errors import NotFound
from crisis.policy import access
from crisis.readiness_words import Lack
from crisis.schedules.rota import Override, Rotation, Slot, Swap
from crisis.store import feeds, overrides, people, rotation_plans, rotations, standing
from crisis.store.overrides import Away
from crisis.vocabulary import OverrideKind, PersonId, SwapState
from web import ical
from web.deps import ID, Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """`starts_at` is in, `ends_at` is out."""

    starts_at: datetime
    ends_at: datetime


def id_from(key: str | None) -> str:
    """The key of a form becomes the id of what it makes: sent twice, it is made once."""
    return key if key is not None and re.fullmatch(ID, key) else clock.new_id()


def override(
    desk: Desk,
    slot: Slot,
    kind: OverrideKind,
    people_named: tuple[PersonId | None, PersonId | None],
    span: Span,
    *,
    key: str | None = None,
) -> str:
    """`people_named` are who comes in and who goes out."""
    access.must_see_schedules(desk.actor)
    access.must_plan(desk.actor, slot.school)
    incoming, outgoing = people_named
    change = Override(
        id=id_from(key),
        kind=kind,
        incoming=incoming,
        outgoing=outgoing,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )
    with desk.store.write() as tx:
        overrides.add_override(tx, desk.actor.district, slot, change, at=desk.at, by=desk.person)
    return change.id


def end_override(desk: Desk, override_id: str) -> None:
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        slot = overrides.override_slot(tx, desk.actor.district, override_id)
        access.must_plan(desk.actor, slot.school)
        overrides.drop_override(tx, desk.actor.district, override_id, at=desk.at, by=desk.person)


def rotation(desk: Desk, slot: Slot, turns: Rotation) -> dict[PersonId, tuple[Lack, ...]]:
    """What those in it lack who are not ready to be paged."""
    access.must_see_schedules(desk.actor)
    access.must_plan(desk.actor, slot.school)
    with desk.store.write() as tx:
        rotations.add_rotation(tx, desk.actor.district, slot, turns, at=desk.at, by=desk.person)
        return standing.not_ready(tx, turns.people, desk.at)


def put_rotation(desk: Desk, slot: Slot, turns: Rotation) -> None:
    """Adds it, or puts it in the place of the one with the same id; both places must be this person's to plan."""
    access.must_see_schedules(desk.actor)
    access.must_plan(desk.actor, slot.school)
    with desk.store.write() as tx:
        if rotations.is_known(tx, desk.actor.district, turns.id):
            before = rotations.rotation_slot(tx, desk.actor.district, turns.id)
            access.must_plan(desk.actor, before.school)
        rotation_plans.put(tx, desk.actor.district, slot, turns, at=desk.at, by=desk.person)


def end_rotation_on(desk: Desk, rotation_id: str, last: date) -> None:
    """`last` is the last day on which somebody takes over."""
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        slot = rotations.rotation_slot(tx, desk.actor.district, rotation_id)
        access.must_plan(desk.actor, slot.school)
        day = last + timedelta(days=1)
        rotation_plans.end_on(tx, desk.actor.district, rotation_id, day, at=desk.at, by=desk.person)


def end_rotation(desk: Desk, rotation_id: str) -> None:
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        slot = rotations.rotation_slot(tx, desk.actor.district, rotation_id)
        access.must_plan(desk.actor, slot.school)
        rotations.drop_rotation(tx, desk.actor.district, rotation_id, at=desk.at, by=desk.person)


def absence(desk: Desk, person: PersonId, span: Span, *, key: str | None = None) -> str:
    """One's own; of others only where one may plan as well."""
    access.must_see_schedules(desk.actor)
    away = Away(id=id_from(key), person=person, starts_at=span.starts_at, ends_at=span.ends_at, told_by=desk.person)
    with desk.store.write() as tx:
        _must_be_theirs(desk, people.actors(tx, [person]).get(person), person)
        overrides.add_absence(tx, desk.actor.district, away, at=desk.at)
    return away.id


def end_absence(desk: Desk, absence_id: str) -> None:
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        person = overrides.absence_of(tx, desk.actor.district, absence_id).person
        _must_be_theirs(desk, people.actors(tx, [person]).get(person), person)
        overrides.drop_absence(tx, desk.actor.district, absence_id, at=desk.at, by=desk.person)


def _must_be_theirs(desk: Desk, known: Actor | None, person: PersonId) -> None:
    if person == desk.person:
        return
    if known is None or known.district != desk.actor.district:
        raise NotFound
    if not any(access.may_plan(desk.actor, school) for school in known.schools):
        access.must_plan(desk.actor, None)


def offer_swap(
    desk: Desk, slot: Slot, taker: PersonId, span: Span, *, back: Span | None = None, key: str | None = None
) -> str:
    """One's own turn; nobody gives away another person's."""
    access.must_see_schedules(desk.actor)
    swap = Swap(
        id=id_from(key),
        slot=slot,
        giver=desk.person,
        taker=taker,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        back=(back.starts_at, back.ends_at) if back is not None else None,
        state=SwapState.OFFERED,
    )
    with desk.store.write() as tx:
        overrides.offer_swap(tx, desk.actor.district, swap, at=desk.at)
    return swap.id


def answer_swap(desk: Desk, swap_id: str, to: SwapState) -> None:
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        overrides.answer_swap(tx, desk.actor.district, swap_id, to, at=desk.at, by=desk.person)


def new_feed(desk: Desk) -> str:
    """The address of a calendar of one's own turns; it is the secret, so it is told this once."""
    access.must_see_schedules(desk.actor)
    with desk.store.write() as tx:
        secret = feeds.create(tx, desk.actor.district, desk.person, desk.at)
    return f"{desk.settings.public_url}/feeds/{secret}.ics"


def end_feed(desk: Desk) -> None:
    with desk.store.write() as tx:
        feeds.revoke(tx, desk.person, desk.at)


def bring_in(desk: Desk, calendar: str, zone: str) -> int:
    """One's own absences from a calendar; those that came from one before, and are still to come, are replaced."""
    access.must_see_schedules(desk.actor)
    coming = [each for each in ical.absences_in(calendar, zone) if each.ends_at > desk.at]
    with desk.store.write() as tx:
        overrides.forget_imported(tx, desk.actor.district, desk.person, at=desk.at)
        for entry in coming:
            away = Away(
                id=clock.new_id(),
                person=desk.person,
                starts_at=entry.starts_at,
                ends_at=entry.ends_at,
                told_by=desk.person,
            )
            overrides.add_absence(tx, desk.actor.district, away, at=desk.at, source_id=entry.uid)
    return len(coming)
