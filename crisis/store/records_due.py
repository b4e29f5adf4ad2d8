"""Who is told that a request to see a record presses: at half of its time, at eight tenths, and each day when late.

`privacy-and-culture.md` 1.1, Inspection. What was told before is known from the errands themselves.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from crisis.disclosure_words import RequestStage
from crisis.policy.inspection import stage
from crisis.store import planners
from crisis.store.errands import Subject
from crisis.store.people_tables import DISTRICT, SCHOOL, STUDENT, Found
from crisis.store.readiness_tables import ERRAND
from crisis.store.record_tables import RECORDS_REQUEST
from crisis.store.second_look import officers
from crisis.vocabulary import DistrictId

AGAIN = timedelta(days=1)
MOST = 999


def owed(tx: Connection, district: DistrictId, at: datetime) -> int:
    """How many requests press; none where no other one does than was told before."""
    row = RECORDS_REQUEST.c
    query = select(row.asked_on, row.due_on, row.recorded_at, SCHOOL.c.zone).where(
        row.district == district, row.ended_at.is_(None), row.student == STUDENT.c.id, STUDENT.c.school == SCHOOL.c.id
    )
    pressing = [each for each in tx.execute(query) if _stage(each, at) is not RequestStage.BEGUN]
    told = _told(tx, district) if pressing else None
    return len(pressing) if any(_is_news(each, told, at) for each in pressing) else 0


def _is_news(request: Found, told: datetime | None, at: datetime) -> bool:
    if told is None or request.recorded_at > told:
        return True
    now = _stage(request, at)
    return now is not _stage(request, told) or (now is RequestStage.LATE and at - told >= AGAIN)


def _stage(request: Found, at: datetime) -> RequestStage:
    """By the calendar of the student's school."""
    today: date = at.astimezone(ZoneInfo(request.zone)).date()
    return stage(request.asked_on, request.due_on, today)


def _told(tx: Connection, district: DistrictId) -> datetime | None:
    same = (ERRAND.c.district == district, ERRAND.c.subject == Subject.RECORDS_DUE)
    found: datetime | None = tx.execute(select(func.max(ERRAND.c.made_at)).where(*same)).scalar_one()
    return found


def tell(tx: Connection, district: DistrictId, at: datetime) -> int:
    """One text to each privacy officer and district crisis lead; how many that are."""
    tx.execute(select(DISTRICT.c.id).where(DISTRICT.c.id == district).with_for_update())  # another worker may as well
    pressing = owed(tx, district, at)
    if pressing == 0:
        return 0
    amount = min(MOST, pressing)
    return planners.tell(tx, district, Subject.RECORDS_DUE, at=at, amount=amount, also=officers(tx, district))
