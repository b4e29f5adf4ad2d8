"""The same universe on the real store, with all its rows: slow, and the proof that the memory tells the truth."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from unittest import mock

from sqlalchemy import Connection, insert, select, update

from crisis.statemachine.incident import Incident
from crisis.store import calendars, codec, incidents, outbox, outgoing, protocols, roster, skills, wake
from crisis.store.engine import Store
from crisis.store.people_tables import PERSON, PHONE, SHIFT
from crisis.store.rotation_tables import ABSENCE, HANDOVER, MEMBER, OVERRIDE, ROTATION
from crisis.store.tables import OUTBOX
from crisis.vocabulary import IncidentId, PhoneKind
from tests.simulation.district import DISTRICT, DISTRICT_POSTS, District


@dataclass
class Real:
    """What a universe asks of a store, answered by the real one."""

    district: District
    store: Store
    ring: Callable[[bool], None]
    changed: Callable[[list[IncidentId]], None]
    looked: Callable[[datetime], None]
    open: object | None = None
    incidents: dict[IncidentId, Incident] = field(default_factory=dict)
    _touched: dict[IncidentId, None] = field(default_factory=dict)
    _wanted: bool = False
    _durable: bool = False

    def __post_init__(self) -> None:
        self.keys, self.dialect = self.store.keys, self.store.dialect
        with self.store.write() as tx:
            settle(tx, self.district)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """What the memory notes by itself is noted by those who write."""

        def noting(real: Callable[..., Any], which: Callable[..., IncidentId | None]) -> Callable[..., Any]:
            def noted(*given: Any, **named: Any) -> Any:
                answer = real(*given, **named)
                incident = which(answer, *given)
                if incident is not None:
                    self._touched[incident] = None
                return answer

            return noted

        def looking(real: Callable[..., Any], when: Callable[..., datetime | None]) -> Callable[..., Any]:
            def noted(*given: Any, **named: Any) -> Any:
                answer = real(*given, **named)
                at = when(*given, **named)
                if at is not None:
                    self.looked(at)
                return answer

            return noted

        def wanted(tx: Connection) -> None:
            self._wanted = True

        with ExitStack() as stack:
            for owner, name, which in (
                (incidents, "append", lambda _answer, _tx, _before, after, *_rest: after.id),
                (outbox, "put", lambda _answer, _tx, incident, effects, *_rest: incident.id if effects else None),
                (outbox, "put_again", lambda _answer, _tx, incident, *_rest: incident.id),
                (outbox, "finish", lambda answer, _tx, job, *_rest: job.incident if answer else None),
            ):
                stack.enter_context(mock.patch.object(owner, name, noting(getattr(owner, name), which)))
            for name, when in (
                ("answered", lambda *_given, look_at: look_at),
                ("look_again", lambda _tx, _reference, at: at),
                ("to_look_at", lambda _tx, at, *, limit, lease: at + lease),
            ):
                stack.enter_context(mock.patch.object(outgoing, name, looking(getattr(outgoing, name), when)))
            stack.enter_context(mock.patch.object(wake, "wanted", wanted))
            yield

    def read(self) -> Any:
        assert self.open is None
        return self.store.read()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        assert self.open is None
        self.open, self._touched, self._wanted = self, {}, False
        self._durable = told = False
        try:
            with self.store.write() as tx:
                yield tx
            told = True
        finally:
            self.open = None
            if self._wanted and self._durable:
                self.ring(told)

    write_unhurried = write

    def durable(self) -> None:
        """Called at the failpoint behind the commit."""
        touched, self._durable, self.open = list(self._touched), True, None
        with self.store.read() as tx:
            self.incidents |= {each: incidents.load(tx, each) for each in touched}
        if touched:
            self.changed(touched)

    def next_claim(self, at: datetime) -> datetime | None:
        with self.store.read() as tx:
            rows = tx.execute(select(OUTBOX.c.due_at, OUTBOX.c.claimed_until).where(OUTBOX.c.done_at.is_(None))).all()
        free = [max(row.due_at, row.claimed_until or row.due_at) for row in rows]
        return max(at, min(free)) if free else None


def settle(tx: Connection, made: District) -> None:
    """The made-up district as rows."""
    roster.add_district(tx, DISTRICT, "A district")
    for school in made.schools.values():
        calendar = made.grounds[school.id].calendar
        roster.add_school(
            tx, DISTRICT, school.id, school.name, zone=school.zone, opens=calendar.opens, closes=calendar.closes
        )
    for view in made.staff.values():
        name = (view.name.split()[0], view.name.split()[1])
        roster.add_person(tx, DISTRICT, view.id, name, staff=True, language=made.languages[view.id])
        for post in view.posts:
            for place in [None] if post in DISTRICT_POSTS or not view.schools else sorted(view.schools):
                roster.give_post(tx, DISTRICT, view.id, post, place)
        for number in view.phones:
            whose = {"id": f"ph-{view.id}", "district": DISTRICT, "person": view.id}
            values = {**whose, "position": 0, "valid": True, "imported": False}
            tx.execute(insert(PHONE).values(**values, number=number, raw=number, kind=PhoneKind.MOBILE))
    gone = PERSON.c.id.in_(made.book.gone)
    tx.execute(update(PERSON).where(gone).values(active=False))
    for (role, urgency), ladder in made.ladders.items():
        calendars.set_ladder(tx, DISTRICT, role, urgency, ladder)
    for protocol in made.protocols.values():
        protocols.publish(tx, protocol, made.starts)
    for person, codes in made.skills.items():
        skills.set_skills(tx, DISTRICT, person, codes, at=made.starts, by=None)
    _schedules(tx, made)


def _schedules(tx: Connection, made: District) -> None:
    for slot, plan in made.book.plans.items():
        where = {"district": DISTRICT, "school": slot.school, "role": slot.role, "level": slot.level}
        for each in plan.rotations:
            shape = {
                "zone": each.zone,
                "covers": each.covers,
                "starts_on": each.starts_on,
                "cycle_days": each.cycle_days,
            }
            tx.execute(insert(ROTATION).values(id=each.id, **where, **shape, ends_on=each.ends_on))
            mine = {"rotation": each.id, "district": DISTRICT}
            for place, person in enumerate(each.people):
                tx.execute(insert(MEMBER).values(**mine, position=place, person=person))
            for handover in each.handovers:
                tx.execute(insert(HANDOVER).values(**mine, day=handover.day, at=handover.at))
        for turn in plan.shifts:
            span = {"starts_at": turn.starts_at, "ends_at": turn.ends_at}
            tx.execute(insert(SHIFT).values(id=turn.id, person=turn.person, **where, **span))
        for override in plan.overrides:
            span = {"starts_at": override.starts_at, "ends_at": override.ends_at}
            who = {"kind": override.kind, "incoming": override.incoming, "outgoing": override.outgoing}
            made_by = {"swap": None, "made_by": "p-00", "made_at": made.starts}
            tx.execute(insert(OVERRIDE).values(id=override.id, **where, **span, **who, **made_by))
    for number, absence in enumerate(made.book.absences):
        span = {"starts_at": absence.starts_at, "ends_at": absence.ends_at}
        told = {"source_id": None, "told_by": absence.person, "told_at": made.starts}
        tx.execute(insert(ABSENCE).values(id=f"a-{number}", district=DISTRICT, person=absence.person, **span, **told))


def written(store: Store) -> dict[str, object]:
    """All that must be the same: the log, the state, what waits, the codes."""
    with store.read() as tx:
        found = tx.execute(select(OUTBOX).where(OUTBOX.c.done_at.is_(None)).order_by(OUTBOX.c.id)).all()
        known = {row.incident for row in tx.execute(select(OUTBOX.c.incident).distinct())}
        logs = {each: [stored.event for stored in incidents.events_of(tx, each)] for each in sorted(known)}
        states = {each: incidents.load(tx, each) for each in sorted(known)}
    waiting = [
        (
            row.incident,
            row.seq,
            row.turn,
            codec.effect_from_text(row.kind, row.body),
            row.due_at,
            row.attempts,
            row.claimed_until,
        )
        for row in found
    ]
    return {"logs": logs, "states": states, "waiting": waiting}
