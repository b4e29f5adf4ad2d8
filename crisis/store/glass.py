"""Who has broken the glass of which incident, as access reads it (`crisis/store/break_glass.py` does it)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Select, or_, select

from crisis.statemachine.incident import Incident
from crisis.store.access_tables import BREAK_GLASS
from crisis.vocabulary import IncidentId, PersonId


def broken_of(tx: Connection, incidents: Collection[Incident]) -> dict[IncidentId, dict[PersonId, datetime]]:
    """Until when, for each who has not ended it."""
    found: dict[IncidentId, dict[PersonId, datetime]] = {each.id: {} for each in incidents}
    query = select(BREAK_GLASS.c.incident, BREAK_GLASS.c.person, BREAK_GLASS.c.ends_at)
    open_ = (BREAK_GLASS.c.incident.in_(list(found)), BREAK_GLASS.c.over_at.is_(None))
    for row in tx.execute(query.where(*open_).order_by(BREAK_GLASS.c.ends_at)):
        found[row.incident][PersonId(row.person)] = row.ends_at
    return found


def over(people: Collection[PersonId], since: datetime, until: datetime) -> Select[tuple[str, str]]:
    """Whose ended between the two times, and of which incident."""
    query = select(BREAK_GLASS.c.person, BREAK_GLASS.c.incident).where(BREAK_GLASS.c.person.in_(people))
    by_itself = (BREAK_GLASS.c.ends_at > since) & (BREAK_GLASS.c.ends_at <= until)
    by_hand = (BREAK_GLASS.c.over_at > since) & (BREAK_GLASS.c.over_at <= until)
    return query.where(or_(by_itself, by_hand))
