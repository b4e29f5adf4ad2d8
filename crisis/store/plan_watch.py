"""Tells those who plan when something is missing that they were not told of (F55)."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.schedules.news import Next, Point, Told, next_told
from crisis.store import planners, readiness
from crisis.store.errands import Subject
from crisis.store.readiness import Report
from crisis.store.readiness_tables import PLAN_WATCH
from crisis.vocabulary import DistrictId

MOST = 999


def look(tx: Connection, district: DistrictId, at: datetime) -> Report | None:
    """Reads everything anew, so that it does not matter who changed what: a person, an import, or the time.

    None where nothing is to be put down: that is nearly always, and then nobody waits for the writer's lock.
    """
    found, before = readiness.report(tx, district, at), told(tx, district)
    after = _next(found, before, at)
    return found if after.tell or after.told != before else None


def tell(tx: Connection, district: DistrictId, found: Report, at: datetime) -> bool:
    """Puts down what is news, and tells it when it is time."""
    before = told(tx, district)
    after = _next(found, before, at)
    if after.told != before:
        _keep(tx, district, after.told)
    if after.tell:
        planners.tell(tx, district, Subject.PLAN, at=at, amount=min(MOST, len(found.levels) + len(found.red)))
    return after.tell


def _next(found: Report, before: Told, at: datetime) -> Next:
    zone = next((each.zone for each in found.schools), "UTC")
    return next_told(points(found), before, at, zone)


def points(found: Report) -> Iterator[Point]:
    """A gap is the same as long as its level and schools are: its times move with the days."""
    first: dict[str, datetime] = {}
    for each in found.levels:
        key = f"{each.lack}|{each.role}|{each.level}|{','.join(sorted(each.schools))}"
        first[key] = min(each.stretch.starts_at, first.get(key, each.stretch.starts_at))
    yield from (Point(key, starts_at) for key, starts_at in first.items())
    for person in found.red:
        yield from (Point(f"{lack}|{person.person}") for lack in person.lacks)


def told(tx: Connection, district: DistrictId) -> Told:
    row = tx.execute(select(PLAN_WATCH).where(PLAN_WATCH.c.district == district)).one_or_none()
    if row is None:
        return Told()
    return Told(keys=frozenset(filter(None, row.told.split("\n"))), told_at=row.told_at, news_since=row.news_since)


def _keep(tx: Connection, district: DistrictId, now: Told) -> None:
    tx.execute(delete(PLAN_WATCH).where(PLAN_WATCH.c.district == district))
    row = {"told": "\n".join(sorted(now.keys)), "told_at": now.told_at, "news_since": now.news_since}
    tx.execute(insert(PLAN_WATCH).values(district=district, **row))
