"""Drills as they are planned: by the district crisis lead, and by a principal for their own school.

A drill has no student. What is written for it is sealed under its own key, which goes with it.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, update

from crisis import clock
from crisis.drill_words import DrillDuty, DrillId, DrillState, DrillType
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.drilling import Plan, Ready, lacking, malformed
from crisis.statemachine.lifecycle import DRILL as LIFECYCLE
from crisis.store import audit, people, protocols, sealed
from crisis.store.drill_tables import DRILL, MEMBER, OBJECTIVE
from crisis.store.kept_drills import Drill, one
from crisis.store.sealed import KeyRing
from crisis.vocabulary import DistrictId, PersonId, WordsId


def plan(tx: Connection, keys: KeyRing, district: DistrictId, wanted: Plan, *, by: PersonId, at: datetime) -> DrillId:
    """Raises `Refused` with everything that is wrong with it; what is missing may come later."""
    _must_fit(tx, district, wanted, at)
    new = DrillId(clock.new_id())
    values = {"id": new, "district": district, "state": DrillState.PLANNED, "ahead": 0, "planned_by": by}
    tx.execute(insert(DRILL).values(**values, planned_at=at, **_columns(tx, keys, new, wanted)))
    _put_members(tx, district, new, wanted, {})
    audit.record(tx, at=at, actor=by, action="drill planned", subject=new)
    return new


def change(tx: Connection, keys: KeyRing, known: Drill, wanted: Plan, *, by: PersonId, at: datetime) -> None:
    """As long as it has not begun. Whoever opted out stays out."""
    _must_fit(tx, known.district, wanted, at)
    found = one(tx, known.district, known.id, lock=True)
    if found.state is not DrillState.PLANNED:
        raise Refused(Reason("DRILL", "This drill has begun or was called off; its plan stays as it was"))
    tx.execute(update(DRILL).where(DRILL.c.id == found.id).values(**_columns(tx, keys, found.id, wanted)))
    for table in (OBJECTIVE, MEMBER):
        tx.execute(delete(table).where(table.c.drill == found.id))
    _put_members(tx, found.district, found.id, wanted, found.opted_out)
    audit.record(tx, at=at, actor=by, action="drill changed", subject=found.id)


def call_off(tx: Connection, known: Drill, *, by: PersonId, at: datetime) -> None:
    found = one(tx, known.district, known.id, lock=True)
    state = LIFECYCLE.move(found.state, "call_off")
    tx.execute(update(DRILL).where(DRILL.c.id == found.id).values(state=state, ended_at=at))
    audit.record(tx, at=at, actor=by, action="drill called off", subject=found.id)


def opt_out(tx: Connection, known: Drill, person: PersonId, *, out: bool, at: datetime) -> None:
    """By whoever takes part, for themselves, without a reason; back in as long as it has not begun."""
    found = one(tx, known.district, known.id, lock=True)
    if person not in found.members:
        raise NotFound
    if found.state is not DrillState.PLANNED and not out:
        raise Refused(Reason("DRILL", "This drill has begun; you are asked for the next one again"))
    mine = (MEMBER.c.drill == found.id, MEMBER.c.person == person)
    tx.execute(update(MEMBER).where(*mine).values(opted_out_at=at if out else None))
    audit.record(tx, at=at, actor=person, action="drill opted out" if out else "drill opted in", subject=found.id)


def missing(tx: Connection, drill: Drill, at: datetime) -> list[Reason]:
    """What it still lacks before it may begin today."""
    zone = ZoneInfo(people.school(tx, drill.school).zone)
    works_as = None if drill.support is None else people.actor(tx, drill.support).posts
    ready = Ready(
        type=drill.type,
        taking_part=len(drill.takes_part),
        objectives=len(drill.objectives),
        scenario=drill.scenario is not None,
        announced=drill.announced,
        parents_told_on=drill.parents_told_on,
        supports=works_as,
        day=at.astimezone(zone).date(),
    )
    return lacking(ready)


def _must_fit(tx: Connection, district: DistrictId, wanted: Plan, at: datetime) -> None:
    if people.school(tx, wanted.school).district != district:
        raise NotFound
    staff = {each.id for each in people.staff(tx, district)}
    named = wanted.takes_part | wanted.observes | ({wanted.support} - {None})
    kinds = protocols.kinds(tx, district, at)
    refuse_if(
        *malformed(wanted),
        Reason("I-22", "Only staff of this district take part in a drill") if named - staff else None,
        Reason("DRILL", "Nobody takes part and observes at once") if wanted.takes_part & wanted.observes else None,
        Reason("DRILL", "There is no protocol for this here; choose another kind")
        if wanted.crisis_type is not None and wanted.crisis_type not in kinds
        else None,
    )


def seal(tx: Connection, keys: KeyRing, drill: DrillId, text: str | None) -> WordsId | None:
    """What somebody wrote for a drill, under the drill's own key."""
    if text is None:
        return None
    new = WordsId(clock.new_id())
    sealed.put(tx, keys, drill, {new: text})
    return new


def _columns(tx: Connection, keys: KeyRing, drill: DrillId, wanted: Plan) -> dict[str, object]:
    return {
        "school": wanted.school,
        "type": wanted.type,
        "starts_at": wanted.starts_at,
        "crisis_type": None if wanted.type is DrillType.REACH_TEST else wanted.crisis_type,
        "scenario": seal(tx, keys, drill, wanted.scenario),
        "accommodations": seal(tx, keys, drill, wanted.accommodations),
        "announced": wanted.announced,
        "parents_told_on": wanted.parents_told_on,
        "support": wanted.support,
    }


def _put_members(
    tx: Connection, district: DistrictId, drill: DrillId, wanted: Plan, out: Mapping[PersonId, datetime]
) -> None:
    base: dict[str, object] = {"drill": drill, "district": district}
    aims = [
        base
        | {"id": clock.new_id(), "position": turn, "text": each.text, "capability": each.capability, "item": each.item}
        for turn, each in enumerate(wanted.objectives, start=1)
    ]
    duties = dict.fromkeys(wanted.observes, DrillDuty.OBSERVES) | dict.fromkeys(wanted.takes_part, DrillDuty.TAKES_PART)
    members = [
        base | {"person": person, "duty": duty, "opted_out_at": out.get(person)}
        for person, duty in sorted(duties.items())
    ]
    for table, rows in ((OBJECTIVE, aims), (MEMBER, members)):
        if rows:
            tx.execute(insert(table), rows)
