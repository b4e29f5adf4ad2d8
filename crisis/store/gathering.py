"""How many students' records one person opens in an hour: whoever goes through them one by one is slowed, and the
privacy officer is told (ASVS 2.4.1).

A student with an open incident is never counted: whoever works in one is not stopped by what they did before. Thirty
others an hour is one every two minutes, more than anybody reads with care; the thirty-first opens after a minute, and
so does each one behind it. Looks at the same one again cost nothing. Counted by digests (`allowances`).
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from crisis.commands import Actor
from crisis.policy import access
from crisis.store import allowances, audit, people, planners
from crisis.store.errands import Subject
from crisis.store.people_tables import STUDENT
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, IncidentId, PersonId, StaffRole, StudentId

AN_HOUR = 30
THEN_EACH = timedelta(minutes=1)
SEEN, HOUR, SLOWLY, TOLD = "record seen", "records an hour", "records slowly", "gathering told"


def is_counted(tx: Connection, actor: Actor, student: StudentId, at: datetime) -> bool:
    """Whether a look at it is one more: not of a student in an open incident, nor seen in this hour already.

    Nor by whoever may not see it: to them it looks as what is not there, however many they ask for (PR-52).
    """
    if allowances.used(tx, SEEN, f"{actor.id}|{student}", since=allowances.this_hour(at)):
        return False
    query = select(STUDENT.c.district, STUDENT.c.school).where(STUDENT.c.id == student)
    row = tx.execute(query).one_or_none()
    if row is None or not access.may_keep_record(actor, row.district, row.school):
        return False
    open_one = (INCIDENT.c.student == student, INCIDENT.c.closed_at.is_(None))
    return tx.execute(select(INCIDENT.c.id).where(*open_one).limit(1)).first() is None


def student_of_closed(tx: Connection, incident: IncidentId) -> StudentId | None:
    """Whose record opens with an incident that is over; None for one that is not, and for nobody's."""
    query = select(INCIDENT.c.student).where(INCIDENT.c.id == incident, INCIDENT.c.closed_at.is_not(None))
    return tx.execute(query).scalar_one_or_none()


def look(tx: Connection, person: PersonId, student: StudentId, district: DistrictId, at: datetime) -> bool:
    """One more, where `is_counted`. False: not yet, and the privacy officers are told, once an hour.

    Commit whatever the answer.
    """
    hour = allowances.this_hour(at)
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    may = allowances.take(tx, HOUR, person, AN_HOUR, since=hour)
    if not may:
        may = allowances.take(tx, SLOWLY, person, 1, since=minute)
        if allowances.take(tx, TOLD, person, 1, since=hour):
            officers = [each.id for each in people.staff(tx, district) if StaffRole.PRIVACY_OFFICER in each.posts]
            planners.tell(tx, district, Subject.GATHERING, at=at, also=officers, but=person)
            audit.record(tx, at=at, actor=person, action="many records opened", subject=person)
    if may:
        allowances.take(tx, SEEN, f"{person}|{student}", 1, since=hour)
    return may
