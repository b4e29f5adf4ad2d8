"""Whose improvement items press: their owner is told by one text a week before, when one is late, and each week then.

The text says how many and nothing of them. What was told before is known from the errands themselves.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from crisis.review.improving import Running, is_news, pressing
from crisis.store import planners
from crisis.store.errands import Subject
from crisis.store.improvements import RUNNING
from crisis.store.people_tables import DISTRICT, SCHOOL
from crisis.store.readiness_tables import ERRAND
from crisis.store.review_tables import ITEM
from crisis.vocabulary import DistrictId, PersonId

MOST = 999


def owed(tx: Connection, district: DistrictId, at: datetime) -> dict[PersonId, int]:
    """Who is to be told now, of how many."""
    of_owner: dict[PersonId, tuple[ZoneInfo, list[Running]]] = {}
    query = select(ITEM.c.owner, ITEM.c.made_at, ITEM.c.due_on, SCHOOL.c.zone)
    query = query.join(SCHOOL, SCHOOL.c.id == ITEM.c.school)
    for row in tx.execute(query.where(ITEM.c.district == district, ITEM.c.state.in_(RUNNING))):
        zone, items = of_owner.setdefault(PersonId(row.owner), (ZoneInfo(row.zone), []))
        items.append(Running(made_on=row.made_at.astimezone(zone).date(), due_on=row.due_on))
    told = _told(tx, district) if of_owner else {}
    return {
        owner: min(MOST, pressing(items, _day(at, zone)))
        for owner, (zone, items) in of_owner.items()
        if is_news(items, _day(told[owner], zone) if owner in told else None, _day(at, zone))
    }


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _told(tx: Connection, district: DistrictId) -> dict[PersonId, datetime]:
    same = (ERRAND.c.district == district, ERRAND.c.subject == Subject.IMPROVEMENT_DUE)
    rows = tx.execute(select(ERRAND.c.person, func.max(ERRAND.c.made_at)).where(*same).group_by(ERRAND.c.person))
    return {PersonId(person): at for person, at in rows}


def tell(tx: Connection, district: DistrictId, at: datetime) -> int:
    """How many texts that are."""
    tx.execute(select(DISTRICT.c.id).where(DISTRICT.c.id == district).with_for_update())  # another worker may as well
    due = owed(tx, district, at)
    return sum(
        planners.text(tx, district, Subject.IMPROVEMENT_DUE, [owner], at=at, amount=amount)
        for owner, amount in due.items()
    )
