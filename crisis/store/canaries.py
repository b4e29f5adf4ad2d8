"""Canary pages: what each provider did with its test texts to a machine number of ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.schedules.school_time import school_time
from crisis.store import calendars
from crisis.store.channel_tables import CANARY
from crisis.store.people_tables import SCHOOL
from crisis.vocabulary import SchoolId

KEPT = timedelta(days=30)
LATEST = 200  # of all providers: more than a day in school hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One test text. `fault` is the provider's own code for why it did not take it."""

    id: str
    provider: str
    slot_at: datetime
    period: timedelta
    sent_at: datetime
    accepted_at: datetime | None = None
    delivered_at: datetime | None = None
    back_at: datetime | None = None
    fault: str | None = None

    @property
    def round_trip(self) -> timedelta | None:
        return None if self.back_at is None else self.back_at - self.sent_at


def begin(tx: Connection, canary: Canary) -> bool:
    """False where another worker sends the one of this period."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    row = insert(CANARY).values(
        id=canary.id,
        provider=canary.provider,
        slot_at=canary.slot_at,
        period=round(canary.period.total_seconds()),
        sent_at=canary.sent_at,
    )
    return tx.execute(row.on_conflict_do_nothing().returning(CANARY.c.id)).first() is not None


def taken(tx: Connection, canary: str, at: datetime, fault: str | None) -> None:
    values = {"accepted_at": at} if fault is None else {"fault": fault}
    tx.execute(update(CANARY).where(CANARY.c.id == canary).values(**values))


def delivered(tx: Connection, canary: str, at: datetime) -> None:
    same = (CANARY.c.id == canary, CANARY.c.delivered_at.is_(None))
    tx.execute(update(CANARY).where(*same).values(delivered_at=at))


def came_back(tx: Connection, canary: str, at: datetime) -> bool:
    """Whether there is such a canary; a text that says so twice counts once."""
    tx.execute(update(CANARY).where(CANARY.c.id == canary, CANARY.c.back_at.is_(None)).values(back_at=at))
    return tx.execute(select(CANARY.c.id).where(CANARY.c.id == canary)).first() is not None


def latest(tx: Connection, since: datetime | None = None) -> dict[str, list[Canary]]:
    """By provider, the newest last."""
    query = select(CANARY).order_by(CANARY.c.sent_at.desc()).limit(LATEST)
    found: dict[str, list[Canary]] = {}
    for row in reversed(tx.execute(query if since is None else query.where(CANARY.c.sent_at > since)).all()):
        found.setdefault(row.provider, []).append(_read(row))
    return found


def forget(tx: Connection, at: datetime) -> None:
    tx.execute(delete(CANARY).where(CANARY.c.sent_at < at - KEPT))


def in_school_hours(tx: Connection, at: datetime) -> bool:
    """Whether any school is open now."""
    schools = tx.execute(select(SCHOOL.c.id).where(SCHOOL.c.missing_since.is_(None))).scalars()
    return any(school_time(at, calendars.layers(tx, SchoolId(each)))[0] for each in schools.all())


def _read(row: Row[tuple[object, ...]]) -> Canary:
    return Canary(
        id=row.id,
        provider=row.provider,
        slot_at=row.slot_at,
        period=timedelta(seconds=row.period),
        sent_at=row.sent_at,
        accepted_at=row.accepted_at,
        delivered_at=row.delivered_at,
        back_at=row.back_at,
        fault=row.fault,
    )
