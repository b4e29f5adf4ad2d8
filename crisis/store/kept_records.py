"""What there is of each record that has an end: whose it is, which classes it falls under, and what keeps it.

A record is a student's with all incidents about them, or one incident whose student nobody has named.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select, update

from crisis.errors import NotFound, Reason, Refused
from crisis.policy import retention
from crisis.policy.packs import Pack
from crisis.policy.retention import Record
from crisis.record_words import RecordTask
from crisis.retention_words import RetentionClass
from crisis.store import audit, policy_packs, sealed
from crisis.store.compartment_tables import COMPARTMENT
from crisis.store.people_tables import SCHOOL, STUDENT, Found
from crisis.store.record_tables import RECORDS_REQUEST
from crisis.store.retention_tables import LEGAL_HOLD, STUDENT_LEFT
from crisis.store.review_tables import REVIEW
from crisis.store.tables import EVENT, INCIDENT, SEAL
from crisis.vocabulary import DistrictId, IncidentId, Mode, PersonId, SchoolId, StudentId

NOTICE = "handle_with_care"  # no record of anybody (protocols.md 1 h)
SEXUAL = "sexual"  # how the kinds of crisis begin that Title IX is about
_TOLD = f'"{RecordTask.TELL_TITLE_IX}"'  # as the event's body has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`subject` is the student's id, or that of the incident."""

    subject: str
    district: DistrictId
    school: SchoolId
    student: StudentId | None
    incidents: tuple[IncidentId, ...]
    record: Record
    pack: Pack
    today: date

    @property
    def due_on(self) -> date | None:
        return retention.due_on(self.record, self.pack)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it may not be destroyed today; none: it may."""
        return retention.reasons_against(self.record, self.pack, self.today)


def of_subject(tx: Connection, district: DistrictId, subject: str, at: datetime) -> Kept:
    """Raises `NotFound` also for another district's, for what was destroyed, and for an incident of a known student."""
    whose = (STUDENT.c.id == subject, INCIDENT.c.id == subject)
    found = [*_of_students(tx, district, at, whose[0]), *_of_nobody(tx, district, at, whose[1])]
    if len(found) != 1:
        raise NotFound
    return found[0]


def of_district(tx: Connection, district: DistrictId, at: datetime) -> list[Kept]:
    """All that will have an end: of those who have left or are missed, and of nobody; what is due first, first."""
    theirs = exists(select(INCIDENT.c.id).where(INCIDENT.c.student == STUDENT.c.id).correlate(STUDENT))
    written = exists(select(SEAL.c.subject).where(SEAL.c.subject == STUDENT.c.id).correlate(STUDENT))
    away = or_(~STUDENT.c.active, STUDENT.c.missing_since.is_not(None))
    live = (INCIDENT.c.mode == Mode.LIVE) & INCIDENT.c.closed_at.is_not(None)
    found = [*_of_students(tx, district, at, away & or_(theirs, written)), *_of_nobody(tx, district, at, live)]
    return sorted(found, key=lambda each: (each.due_on or date.max, each.subject))


def drills(tx: Connection, district: DistrictId, at: datetime) -> list[Kept]:
    """Those that have ended, and notices that ran out; no student is in any of them."""
    which = or_(INCIDENT.c.mode == Mode.DRILL, INCIDENT.c.crisis_type == NOTICE)
    return _of_nobody(tx, district, at, which & INCIDENT.c.closed_at.is_not(None))


def student_left(tx: Connection, kept: Kept, left_on: date, *, by: PersonId, at: datetime) -> None:
    """The last day on which they were at school here, as somebody has found out."""
    if kept.student is None:
        raise NotFound
    if kept.record.enrolled:
        raise Refused(Reason("PR-66", "The roster says that the student is still at school here"))
    if left_on > kept.today:
        raise Refused(Reason("PR-66", "The day on which they left cannot be in the future"))
    values = {"left_on": left_on, "recorded_by": by, "recorded_at": at}
    same = STUDENT_LEFT.c.student == kept.student
    if tx.execute(update(STUDENT_LEFT).where(same).values(**values)).rowcount == 0:
        tx.execute(insert(STUDENT_LEFT).values(student=kept.student, district=kept.district, **values))
    audit.record(tx, at=at, actor=by, action="day of leaving recorded", subject=kept.student)


def _of_students(tx: Connection, district: DistrictId, at: datetime, which: ColumnElement[bool]) -> list[Kept]:
    query = (
        select(STUDENT.c.id, STUDENT.c.school, STUDENT.c.active, STUDENT.c.missing_since, STUDENT_LEFT.c.left_on)
        .outerjoin(STUDENT_LEFT, STUDENT_LEFT.c.student == STUDENT.c.id)
        .where(STUDENT.c.district == district, which, ~sealed.destroyed(STUDENT.c.id))
    )
    rows = tx.execute(query).all()
    theirs: Mapping[str | None, list[Found]] = _incidents(tx, INCIDENT.c.student.in_([row.id for row in rows]))
    context = _Context(tx, district, at)
    return [context.kept(row, theirs.get(row.id, [])) for row in rows]


def _of_nobody(tx: Connection, district: DistrictId, at: datetime, which: ColumnElement[bool]) -> list[Kept]:
    """Drills as well, which are about no student."""
    mine = (INCIDENT.c.district == district) & INCIDENT.c.student.is_(None) & ~sealed.destroyed(INCIDENT.c.id)
    rows = _incidents(tx, mine & which).get(None, [])
    context = _Context(tx, district, at)
    return [context.kept(None, [row]) for row in rows]


def _incidents(tx: Connection, which: ColumnElement[bool]) -> Mapping[str | None, list[Found]]:
    """By student, each with the time of the newest thing in it."""
    columns = [INCIDENT.c[name] for name in ("id", "school", "mode", "student", "crisis_type", "closed_at")]
    newest = select(func.max(EVENT.c.at)).where(EVENT.c.incident == INCIDENT.c.id).correlate(INCIDENT)
    task = (EVENT.c.incident == INCIDENT.c.id, EVENT.c.name == "TaskOpened", EVENT.c.body.contains(_TOLD))
    apart = select(COMPARTMENT.c.id).where(COMPARTMENT.c.incident == INCIDENT.c.id)  # also where that has ended
    title_ix = or_(exists(select(EVENT.c.position).where(*task)), exists(apart)).label("title_ix")
    begun = (REVIEW.c.incident == INCIDENT.c.id, REVIEW.c.begun_at.is_not(None))
    reviewed = exists(select(REVIEW.c.id).where(*begun)).label("reviewed")
    query = select(*columns, newest.scalar_subquery().label("newest_at"), title_ix, reviewed).where(which)
    query = query.order_by(INCIDENT.c.id)
    found: dict[str | None, list[Found]] = defaultdict(list)
    for row in tx.execute(query):
        found[row.student].append(row)
    return found


class _Context:
    """What is asked of the whole district once: what keeps a record, the law, and which day it is at which school."""

    def __init__(self, tx: Connection, district: DistrictId, at: datetime) -> None:
        self._tx, self._district, self._at = tx, district, at
        holds = select(LEGAL_HOLD.c.student, LEGAL_HOLD.c.incident).where(LEGAL_HOLD.c.released_at.is_(None))
        rows = tx.execute(holds.where(LEGAL_HOLD.c.district == district))
        self._held = {each for row in rows for each in (row.student, row.incident) if each is not None}
        asked = select(RECORDS_REQUEST.c.student).where(RECORDS_REQUEST.c.ended_at.is_(None))
        self._asked = set(tx.execute(asked.where(RECORDS_REQUEST.c.district == district)).scalars())
        self._zones = {
            row.id: ZoneInfo(row.zone)
            for row in tx.execute(select(SCHOOL.c.id, SCHOOL.c.zone).where(SCHOOL.c.district == district))
        }
        self._packs: dict[date, Pack] = {}

    def kept(self, student: Found | None, incidents: list[Found]) -> Kept:
        school = incidents[0].school if student is None else student.school
        subjects = [row.id for row in incidents] + ([] if student is None else [student.id])
        today = self._day(self._at, school)
        written = [self._day(row.newest_at, row.school) for row in incidents]
        left_on = None if student is None else student.left_on
        record = Record(
            classes=_classes(student, incidents),
            last_on=max(written, default=left_on or today),
            named=student is not None,
            enrolled=student is not None and student.active and student.missing_since is None,
            left_on=left_on,
            held=not self._held.isdisjoint(subjects),
            asked_for=student is not None and student.id in self._asked,
            open=any(row.closed_at is None for row in incidents),
        )
        return Kept(
            subject=incidents[0].id if student is None else student.id,
            district=self._district,
            school=school,
            student=None if student is None else student.id,
            incidents=tuple(row.id for row in incidents),
            record=record,
            pack=self._law(today),
            today=today,
        )

    def _day(self, at: datetime, school: str) -> date:
        return at.astimezone(self._zones[school]).date()

    def _law(self, day: date) -> Pack:
        if day not in self._packs:
            self._packs[day] = policy_packs.in_force(self._tx, self._district, day).pack
        return self._packs[day]


def _classes(student: Found | None, incidents: Iterable[Found]) -> frozenset[RetentionClass]:
    found = set() if student is None else {RetentionClass.PREFERENCES, RetentionClass.DISCLOSURE}
    for row in incidents:
        found.add(_class_of(row))
        if row.mode is Mode.LIVE and (row.title_ix or row.crisis_type.startswith(SEXUAL)):
            found.add(RetentionClass.TITLE_IX)
        if row.mode is Mode.DRILL and row.reviewed:
            found.add(RetentionClass.DRILL_REVIEW)
    return frozenset(found)


def _class_of(row: Found) -> RetentionClass:
    if row.crisis_type == NOTICE and row.student is None and row.mode is Mode.LIVE:
        return RetentionClass.TRANSIENT
    return RetentionClass.DRILL if row.mode is Mode.DRILL else RetentionClass.INCIDENT
