"""Whom a drill may reach: the numbers of the district's staff, written down when it is opened and never added to.

A family, an agency or a number that was entered in the meantime is not among them, and the database knows no way to
page it (F75, I-22).
"""

from collections.abc import Collection

from sqlalchemy import Connection, insert, literal, select

from crisis.statemachine.incident import Incident
from crisis.store.people_tables import PERSON, PHONE
from crisis.store.tables import DRILL_PHONE
from crisis.vocabulary import IncidentId


def list_staff(tx: Connection, drill: Incident) -> None:
    numbers = (
        select(literal(drill.id), PHONE.c.number)
        .join_from(PHONE, PERSON, PERSON.c.id == PHONE.c.person)
        .where(PERSON.c.district == drill.district, PERSON.c.staff, PERSON.c.active, PHONE.c.number.is_not(None))
        .distinct()
    )
    tx.execute(insert(DRILL_PHONE).from_select(["incident", "phone"], numbers))


def within(tx: Connection, drill: IncidentId, numbers: Collection[str]) -> set[str]:
    """Those of the numbers that this drill may reach."""
    listed = select(DRILL_PHONE.c.phone).where(DRILL_PHONE.c.incident == drill, DRILL_PHONE.c.phone.in_(numbers))
    return set(tx.execute(listed).scalars())
