"""Makes and reads the reports of whole school years (`crisis.policy.published`); one that was made stays as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, select

from crisis.access_words import IncidentMark
from crisis.policy import published
from crisis.policy.published import Need, Student
from crisis.policy.small_cells import ReportKind
from crisis.store import audit, marks, people
from crisis.store.figure_tables import INCIDENT_FIGURE, PUBLISHED, REFERRAL_FIGURE
from crisis.store.people_tables import DISTRICT, STUDENT
from crisis.store.tables import INCIDENT
from crisis.vocabulary import DistrictId, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """By attribute and measure: of each group, or of several together where it is None, how many of each outcome."""

    attribute: str
    measure: str
    rows: tuple[tuple[str | None, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Of the months `since` to `until`, both inclusive, as in 2026-07."""

    since: str
    until: str
    made_at: datetime
    sums: tuple[Sums, ...]


def owed(tx: Connection, district: DistrictId, at: datetime) -> bool:
    """For a look without a write: whether a year may have to be told. One with too little is asked about again."""
    return any(_unpublished(tx, district, kind, at) for kind in ReportKind)


def publish(tx: Connection, district: DistrictId, at: datetime) -> int:
    """Makes what is due, one process at a time; how many that were."""
    tx.execute(select(DISTRICT.c.id).where(DISTRICT.c.id == district).with_for_update())
    return sum(_publish(tx, district, kind, at) for kind in ReportKind)


def _publish(tx: Connection, district: DistrictId, kind: ReportKind, at: datetime) -> int:
    done = 0
    since: str | None = None
    for begins, until in _unpublished(tx, district, kind, at):
        since = since or begins
        found = _sums(tx, district, kind, since, until)
        if not found:
            continue  # too little: it is told with the next year
        row = {"district": district, "kind": kind, "since": since, "until": until, "made_at": at}
        tx.execute(insert(PUBLISHED).values(**row, body=orjson.dumps(found).decode()))
        audit.record(tx, at=at, actor=None, action="report published", subject=district, detail={"kind": kind.value})
        since, done = None, done + 1
    return done


def _unpublished(tx: Connection, district: DistrictId, kind: ReportKind, at: datetime) -> list[tuple[str, str]]:
    table = _of(kind)
    first = tx.execute(select(func.min(table.c.month)).where(_counts(table, district))).scalar_one_or_none()
    if first is None:
        return []
    mine = (PUBLISHED.c.district == district, PUBLISHED.c.kind == kind)
    told = tx.execute(select(func.max(PUBLISHED.c.until)).where(*mine)).scalar_one_or_none() or ""
    zone = next((each.zone for each in people.schools(tx, district)), "UTC")
    found = published.years(first, at.astimezone(ZoneInfo(zone)).date())
    return [(since, until) for since, until in found if since > told]


def _of(kind: ReportKind) -> Table:
    return {ReportKind.EQUITY: INCIDENT_FIGURE, ReportKind.COMMUNITY: REFERRAL_FIGURE}[kind]


def _counts(table: Table, district: DistrictId) -> ColumnElement[bool]:
    """Of incidents of a student: what is real, and was not entered in error."""
    wrong = marks.standing(table.c.incident, {IncidentMark.IN_ERROR})
    return and_(table.c.district == district, table.c.mode == Mode.LIVE, ~wrong)


def _sums(tx: Connection, district: DistrictId, kind: ReportKind, since: str, until: str) -> list[dict[str, object]]:
    match kind:
        case ReportKind.EQUITY:
            return published.lines(published.equity(_students(tx, district, since, until)))
        case ReportKind.COMMUNITY:
            return published.lines(published.community(_needs(tx, district, since, until)))


def _students(tx: Connection, district: DistrictId, since: str, until: str) -> list[Student]:
    """By the language and the grade that the record has on this day, and the school of the first incident."""
    f = INCIDENT_FIGURE.c
    columns = (f.school, f.police, f.sent_home, f.wishes_met, f.wishes_unmet)
    query = (
        select(STUDENT.c.id, STUDENT.c.language, STUDENT.c.grade, *columns)
        .join(INCIDENT, INCIDENT.c.id == f.incident)
        .join(STUDENT, STUDENT.c.id == INCIDENT.c.student)
        .where(_counts(INCIDENT_FIGURE, district), f.month.between(since, until))
        .order_by(INCIDENT.c.opened_at, INCIDENT.c.id)
    )
    theirs: dict[str, list[Mapping[str, object]]] = {}
    for row in tx.execute(query):
        theirs.setdefault(row.id, []).append(row._asdict())
    return [_student(each) for each in theirs.values()]


def _student(rows: Sequence[Mapping[str, object]]) -> Student:
    first, language = rows[0], rows[0]["language"]
    unmet, wished = (any(row[name] for row in rows) for name in ("wishes_unmet", "wishes_met"))
    return Student(
        language=None if language is None else str(language).split("-")[0].lower(),
        grade=None if first["grade"] is None else str(first["grade"]),
        school=str(first["school"]),
        home=any(row["sent_home"] for row in rows),
        police=any(row["police"] for row in rows),
        unmet=unmet if unmet or wished else None,
    )


def _needs(tx: Connection, district: DistrictId, since: str, until: str) -> list[Need]:
    """Of several referrals of a student for the same, whichever was accepted soonest; else the last reason."""
    r = REFERRAL_FIGURE.c
    query = (
        select(INCIDENT.c.student, r.care, r.days, r.reason)
        .join(INCIDENT, INCIDENT.c.id == r.incident)
        .where(_counts(REFERRAL_FIGURE, district), r.month.between(since, until), INCIDENT.c.student.is_not(None))
        .order_by(r.month, r.incident, r.referral)
    )
    found: dict[tuple[str, str], Need] = {}
    for row in tx.execute(query):
        known = found.get((row.student, row.care))
        days = [each for each in (row.days, known.days if known is not None else None) if each is not None]
        reason = None if row.reason is None else row.reason.value
        found[row.student, row.care] = Need(care=row.care.value, days=min(days, default=None), reason=reason)
    return list(found.values())


def reports(tx: Connection, district: DistrictId, kind: ReportKind) -> list[Report]:
    """The newest first."""
    mine = (PUBLISHED.c.district == district, PUBLISHED.c.kind == kind)
    return [
        Report(since=row.since, until=row.until, made_at=row.made_at, sums=tuple(map(_read, orjson.loads(row.body))))
        for row in tx.execute(select(PUBLISHED).where(*mine).order_by(PUBLISHED.c.since.desc()))
    ]


def _read(said: Mapping[str, list[list[object]]]) -> Sums:
    rows = tuple(
        (None if group is None else str(group), tuple(int(str(each)) for each in counts))
        for group, *counts in said["rows"]
    )
    return Sums(attribute=str(said["attribute"]), measure=str(said["measure"]), rows=rows)
