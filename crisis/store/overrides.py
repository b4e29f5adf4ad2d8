"""Changes of a schedule by hand: overrides, swaps with acceptance, absences. Each is on record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from crisis import clock
from crisis.errors import NotFound
from crisis.schedules import swapping
from crisis.schedules.rota import Override, Slot, Swap
from crisis.store import audit, rotations, standing
from crisis.store.people_tables import PERSON, Found
from crisis.store.rotation_tables import ABSENCE, OVERRIDE, SWAP
from crisis.vocabulary import DistrictId, OverrideKind, PersonId, SwapState


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """One absence; `told_by` may be another person, who heard of it."""

    id: str
    person: PersonId
    starts_at: datetime
    ends_at: datetime
    told_by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One override, with the slot that it is for."""

    slot: Slot
    override: Override


def add_override(
    tx: Connection, district: DistrictId, slot: Slot, override: Override, *, at: datetime, by: PersonId | None
) -> None:
    """An id that is known was sent twice, and counts once."""
    if tx.execute(select(OVERRIDE.c.id).where(OVERRIDE.c.id == override.id)).first() is not None:
        return
    rotations.must_be_ours(tx, district, slot)
    away = rotations.absences(tx, district, override.starts_at, override.ends_at)
    swapping.must_fit(override, away, at)
    if override.incoming is not None:
        rotations.must_be_fit(tx, district, override.incoming, slot.role)
    if override.outgoing is not None:
        _must_be_here(tx, district, override.outgoing)
    _insert(tx, district, slot, override, at=at, by=by)
    audit.record(
        tx, at=at, actor=by, action="override added", subject=override.id, detail={"kind": override.kind.value}
    )
    if override.incoming is not None:
        standing.put_on_rota(tx, [override.incoming], at=at, by=by)


def _insert(
    tx: Connection,
    district: DistrictId,
    slot: Slot,
    override: Override,
    *,
    at: datetime,
    by: PersonId | None,
    swap: str | None = None,
) -> None:
    place = {"district": district, "school": slot.school, "role": slot.role, "level": slot.level}
    people = {"kind": override.kind, "incoming": override.incoming, "outgoing": override.outgoing}
    span = {"starts_at": override.starts_at, "ends_at": override.ends_at}
    tx.execute(
        insert(OVERRIDE).values(
            id=override.id, **place, **people, **span, swap=swap, made_by=by or "operator", made_at=at
        )
    )


def drop_override(tx: Connection, district: DistrictId, override: str, *, at: datetime, by: PersonId) -> None:
    """One that has begun is ended, so that what was stays on record; one that comes from a swap as well."""
    mine = (OVERRIDE.c.id == override, OVERRIDE.c.district == district, OVERRIDE.c.ends_at > at)
    row = tx.execute(select(OVERRIDE).where(*mine)).one_or_none()
    if row is None:
        raise NotFound
    if row.starts_at < at:
        tx.execute(update(OVERRIDE).where(OVERRIDE.c.id == override).values(ends_at=at))
    else:
        tx.execute(delete(OVERRIDE).where(OVERRIDE.c.id == override))
    audit.record(tx, at=at, actor=by, action="override ended", subject=override)


def override_slot(tx: Connection, district: DistrictId, override: str) -> Slot:
    query = select(OVERRIDE).where(OVERRIDE.c.id == override, OVERRIDE.c.district == district)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _slot(row)


def coming_overrides(tx: Connection, district: DistrictId, at: datetime) -> list[Change]:
    query = select(OVERRIDE).where(OVERRIDE.c.district == district, OVERRIDE.c.ends_at > at)
    rows = tx.execute(query.order_by(OVERRIDE.c.starts_at, OVERRIDE.c.made_at, OVERRIDE.c.id))
    return [Change(slot=_slot(row), override=rotations.override_of(row)) for row in rows]


def _slot(row: Found) -> Slot:
    return Slot(school=row.school, role=row.role, level=row.level)


def _must_be_here(tx: Connection, district: DistrictId, person: PersonId) -> None:
    """Switched off or not: who has left is who must be replaced."""
    if tx.execute(select(PERSON.c.id).where(PERSON.c.id == person, PERSON.c.district == district)).first() is None:
        raise NotFound


def offer_swap(tx: Connection, district: DistrictId, swap: Swap, *, at: datetime) -> None:
    """The giver has the turn until the other accepts. An id that is known was sent twice, and counts once."""
    if tx.execute(select(SWAP.c.id).where(SWAP.c.id == swap.id)).first() is not None:
        return
    _must_be_possible(tx, district, swap, at)
    place = {"school": swap.slot.school, "role": swap.slot.role, "level": swap.slot.level}
    back_starts_at, back_ends_at = swap.back or (None, None)
    tx.execute(
        insert(SWAP).values(
            id=swap.id,
            district=district,
            **place,
            giver=swap.giver,
            taker=swap.taker,
            starts_at=swap.starts_at,
            ends_at=swap.ends_at,
            back_starts_at=back_starts_at,
            back_ends_at=back_ends_at,
            state=SwapState.OFFERED,
            offered_at=at,
        )
    )
    audit.record(tx, at=at, actor=swap.giver, action="swap offered", subject=swap.id)


def answer_swap(
    tx: Connection, district: DistrictId, swap_id: str, to: SwapState, *, at: datetime, by: PersonId
) -> None:
    """Accepts, refuses or withdraws; only an accepted one changes who is on call, in the same transaction (F59)."""
    query = select(SWAP).where(SWAP.c.id == swap_id, SWAP.c.district == district)
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None or by not in (row.giver, row.taker):
        raise NotFound
    swap = _swap(row)
    swapping.must_be_answerable(swap, by, to)
    if to is SwapState.ACCEPTED:
        _must_be_possible(tx, district, swap, at)
        _carry_out(tx, district, swap, at=at, by=by)
        standing.put_on_rota(tx, [swap.taker, *([swap.giver] if swap.back is not None else [])], at=at, by=by)
    tx.execute(update(SWAP).where(SWAP.c.id == swap_id).values(state=to, answered_at=at))
    audit.record(tx, at=at, actor=by, action=f"swap {to.value}", subject=swap_id)


def _must_be_possible(tx: Connection, district: DistrictId, swap: Swap, at: datetime) -> None:
    rotations.must_be_ours(tx, district, swap.slot)
    edges = (swap.starts_at, swap.ends_at, *(swap.back or ()))
    book = rotations.read(tx, district, min(edges), max(edges), only=swap.slot)
    swapping.must_be_offerable(swap, book.schedule(swap.slot), at)
    for person in (swap.taker, *((swap.giver,) if swap.back is not None else ())):
        rotations.must_be_fit(tx, district, person, swap.slot.role)


def _carry_out(tx: Connection, district: DistrictId, swap: Swap, *, at: datetime, by: PersonId) -> None:
    for incoming, outgoing, starts_at, ends_at in swapping.replacements(swap):
        change = Override(
            id=clock.new_id(),
            kind=OverrideKind.REPLACE,
            incoming=incoming,
            outgoing=outgoing,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        _insert(tx, district, swap.slot, change, at=at, by=by, swap=swap.id)


def _swap(row: Found) -> Swap:
    return Swap(
        id=row.id,
        slot=_slot(row),
        giver=row.giver,
        taker=row.taker,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        back=(row.back_starts_at, row.back_ends_at) if row.back_starts_at is not None else None,
        state=row.state,
    )


def open_swaps(tx: Connection, district: DistrictId, person: PersonId, at: datetime) -> list[Swap]:
    """Offers that wait for this person's answer, or that this person waits for; the earliest turn first."""
    waiting = (SWAP.c.district == district, SWAP.c.state == SwapState.OFFERED, SWAP.c.ends_at > at)
    theirs = or_(SWAP.c.giver == person, SWAP.c.taker == person)
    query = select(SWAP).where(*waiting, theirs).order_by(SWAP.c.starts_at, SWAP.c.id)
    return [_swap(row) for row in tx.execute(query)]


def add_absence(
    tx: Connection,
    district: DistrictId,
    away: Away,
    *,
    at: datetime,
    source_id: str | None = None,
) -> None:
    """Takes the person out of every layer; nobody slides into their turn: the gap is shown until it is filled."""
    if tx.execute(select(ABSENCE.c.id).where(ABSENCE.c.id == away.id)).first() is not None:
        return  # sent twice
    swapping.must_be_a_span(away.starts_at, away.ends_at, at)
    _must_be_here(tx, district, away.person)
    values = {"id": away.id, "district": district, "person": away.person, "source_id": source_id}
    span = {"starts_at": away.starts_at, "ends_at": away.ends_at}
    tx.execute(insert(ABSENCE).values(**values, **span, told_by=away.told_by, told_at=at))
    audit.record(tx, at=at, actor=away.told_by, action="absence added", subject=away.person)


def drop_absence(tx: Connection, district: DistrictId, absence: str, *, at: datetime, by: PersonId) -> None:
    """One that has begun is ended, so that what was stays on record."""
    found = absence_of(tx, district, absence)
    if found.starts_at < at < found.ends_at:
        tx.execute(update(ABSENCE).where(ABSENCE.c.id == absence).values(ends_at=at))
    else:
        tx.execute(delete(ABSENCE).where(ABSENCE.c.id == absence))
    audit.record(tx, at=at, actor=by, action="absence ended", subject=found.person)


def forget_imported(tx: Connection, district: DistrictId, person: PersonId, *, at: datetime) -> None:
    """What a calendar had said of times that are still to come; it is about to say them anew."""
    theirs = (ABSENCE.c.district == district, ABSENCE.c.person == person, ABSENCE.c.source_id.is_not(None))
    tx.execute(delete(ABSENCE).where(*theirs, ABSENCE.c.starts_at >= at))
    tx.execute(update(ABSENCE).where(*theirs, ABSENCE.c.starts_at < at, ABSENCE.c.ends_at > at).values(ends_at=at))


def absence_of(tx: Connection, district: DistrictId, absence: str) -> Away:
    query = select(ABSENCE).where(ABSENCE.c.id == absence, ABSENCE.c.district == district)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return _away(row)


def coming_absences(tx: Connection, district: DistrictId, at: datetime) -> list[Away]:
    query = select(ABSENCE).where(ABSENCE.c.district == district, ABSENCE.c.ends_at > at)
    return [_away(row) for row in tx.execute(query.order_by(ABSENCE.c.starts_at, ABSENCE.c.id))]


def _away(row: Found) -> Away:
    return Away(id=row.id, person=row.person, starts_at=row.starts_at, ends_at=row.ends_at, told_by=row.told_by)
