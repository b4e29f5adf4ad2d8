"""What waits for a second person in the records of a district, and who is told when it waits too long (PR-6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from crisis.store import people, planners, restrictions
from crisis.store.errands import Subject
from crisis.store.people_tables import DISTRICT
from crisis.store.readiness_tables import ERRAND
from crisis.store.restrictions import Kept
from crisis.vocabulary import DistrictId, PersonId, StaffRole

AGAIN = timedelta(days=1)
MOST = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One restriction that a second person has to look at, and the student's name, for those who may know it."""

    kept: Kept
    student: str


def waiting(tx: Connection, district: DistrictId) -> list[Waits]:
    """The oldest first: what nobody else has checked, and what somebody wants lifted."""
    found = [each for each in restrictions.of_district(tx, district) if each.checked_by is None or each.lift_asked_by]
    return [Waits(kept=each, student=people.student(tx, each.entry.student).name) for each in found]


def owed(tx: Connection, district: DistrictId, at: datetime) -> int:
    """How many have waited for a day; none where that was told within the last one."""
    lately = select(ERRAND.c.id).where(
        ERRAND.c.district == district, ERRAND.c.subject == Subject.SECOND_LOOK, ERRAND.c.made_at > at - AGAIN
    )
    if tx.execute(lately.limit(1)).first() is not None:
        return 0
    return sum(each.to_check(at) for each in restrictions.of_district(tx, district))


def tell(tx: Connection, district: DistrictId, at: datetime) -> int:
    """One text to each privacy officer and district crisis lead; how many that are. They stay in force meanwhile."""
    tx.execute(select(DISTRICT.c.id).where(DISTRICT.c.id == district).with_for_update())  # another worker may as well
    late = owed(tx, district, at)
    if late == 0:
        return 0
    amount = min(MOST, late)
    return planners.tell(tx, district, Subject.SECOND_LOOK, at=at, amount=amount, also=officers(tx, district))


def officers(tx: Connection, district: DistrictId) -> Iterator[PersonId]:
    return (each.id for each in people.staff(tx, district) if StaffRole.PRIVACY_OFFICER in each.posts)
