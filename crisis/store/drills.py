"""Whom a drill may reach: numbers of the district's staff, written down when it is opened and never added to.

Of one that was planned, the numbers of those who take part, and nobody else is asked in it, by whatever way. A family,
an agency or a number that was entered in the meantime is not among them, and the database knows no way to page it
(F75, I-22).
"""

from collections.abc import Collection

from sqlalchemy import Connection, insert, literal, select

from crisis.commands import Actor
from crisis.drill_words import DrillDuty, DrillId, DrillType
from crisis.policy.access import called_in, may_run_drills
from crisis.statemachine.incident import Incident
from crisis.store.drill_tables import DRILL, MEMBER, RUN
from crisis.store.people_tables import PERSON, PHONE
from crisis.store.tables import DRILL_PHONE
from crisis.vocabulary import IncidentId, Mode, PersonId


def list_staff(tx: Connection, drill: Incident) -> None:
    numbers = (
        select(literal(drill.id), PHONE.c.number)
        .join_from(PHONE, PERSON, PERSON.c.id == PHONE.c.person)
        .where(PERSON.c.district == drill.district, PERSON.c.staff, PERSON.c.active, PHONE.c.number.is_not(None))
        .distinct()
    )
    tx.execute(insert(DRILL_PHONE).from_select(["incident", "phone"], numbers))


def list_members(tx: Connection, incident: IncidentId, plan: DrillId) -> None:
    """Of those who take part and have not opted out; of a tabletop nobody, since nothing is sent."""
    numbers = (
        select(literal(incident), PHONE.c.number)
        .join_from(PHONE, MEMBER, MEMBER.c.person == PHONE.c.person)
        .join(PERSON, PERSON.c.id == PHONE.c.person)
        .join(DRILL, DRILL.c.id == MEMBER.c.drill)
        .where(DRILL.c.id == plan, DRILL.c.type != DrillType.TABLETOP, PERSON.c.staff, PERSON.c.active)
        .where(MEMBER.c.duty == DrillDuty.TAKES_PART, MEMBER.c.opted_out_at.is_(None), PHONE.c.number.is_not(None))
        .distinct()
    )
    tx.execute(insert(DRILL_PHONE).from_select(["incident", "phone"], numbers))


def enrolled(tx: Connection, drill: IncidentId) -> frozenset[PersonId] | None:
    """Who takes part; None: it was not planned, and all of the staff do."""
    if tx.execute(select(RUN.c.drill).where(RUN.c.incident == drill)).first() is None:
        return None
    theirs = select(MEMBER.c.person).join(RUN, RUN.c.drill == MEMBER.c.drill).where(RUN.c.incident == drill)
    taking_part = (MEMBER.c.duty == DrillDuty.TAKES_PART, MEMBER.c.opted_out_at.is_(None))
    return frozenset(PersonId(each) for each in tx.execute(theirs.where(*taking_part)).scalars())


def apart(tx: Connection, actor: Actor, drills: Collection[Incident]) -> set[IncidentId]:
    """Those that are no business of this person: they neither have a part in it nor run drills there."""
    others = [
        each.id
        for each in drills
        if each.mode is Mode.DRILL and not may_run_drills(actor, each.school) and actor.id not in called_in(each)
    ]
    if not others:
        return set()
    planned = select(RUN.c.incident).where(RUN.c.incident.in_(others))
    mine = planned.join(MEMBER, MEMBER.c.drill == RUN.c.drill).where(MEMBER.c.person == actor.id)
    return {IncidentId(each) for each in tx.execute(planned.except_(mine)).scalars()}


def within(tx: Connection, drill: IncidentId, numbers: Collection[str]) -> set[str]:
    """Those of the numbers that this drill may reach."""
    listed = select(DRILL_PHONE.c.phone).where(DRILL_PHONE.c.incident == drill, DRILL_PHONE.c.phone.in_(numbers))
    return set(tx.execute(listed).scalars())
