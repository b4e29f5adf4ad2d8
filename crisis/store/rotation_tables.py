"""Rows of the schedules: rotations, overrides, swaps, absences, calendar feeds, and the layers of the calendars."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Covers, OverrideKind, Role, SwapState


class RotationRow(SQLModel, table=True):
    """`school` None is the whole district. Times are of the wall in `zone`: new rules of clocks count (F63)."""

    __tablename__ = "rotation"
    __table_args__ = (
        CheckConstraint("level >= 0", name="level"),
        CheckConstraint("cycle_days BETWEEN 1 AND 366", name="cycle"),
        CheckConstraint("ends_on IS NULL OR starts_on < ends_on", name="order"),
        Index("ix_rotation_asked", "district", "role", "level"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str | None = Field(foreign_key="school.id")
    role: Role = Field(sa_type=enum_text(Role))
    level: int
    zone: str
    covers: Covers = Field(sa_type=enum_text(Covers))
    starts_on: date
    ends_on: date | None
    cycle_days: int


class RotationMemberRow(SQLModel, table=True):
    __tablename__ = "rotation_member"

    rotation: str = Field(foreign_key="rotation.id", primary_key=True)
    position: int = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)


class RotationHandoverRow(SQLModel, table=True):
    """`day` of the cycle, 0 is its first."""

    __tablename__ = "rotation_handover"
    __table_args__ = (CheckConstraint("day >= 0", name="day"),)

    rotation: str = Field(foreign_key="rotation.id", primary_key=True)
    day: int = Field(primary_key=True)
    at: time = Field(primary_key=True)
    district: str


class OverrideRow(SQLModel, table=True):
    """Later ones count last. `swap` is the accepted one that it comes from."""

    __tablename__ = "on_call_override"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("(kind = 'remove') = (incoming IS NULL)", name="incoming"),
        CheckConstraint("kind = 'replace' OR (kind = 'remove') = (outgoing IS NOT NULL)", name="outgoing"),
        Index("ix_on_call_override_asked", "district", "role", "level", "ends_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str | None = Field(foreign_key="school.id")
    role: Role = Field(sa_type=enum_text(Role))
    level: int
    kind: OverrideKind = Field(sa_type=enum_text(OverrideKind))
    incoming: str | None = Field(foreign_key="person.id")
    outgoing: str | None = Field(foreign_key="person.id")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    swap: str | None = Field(foreign_key="swap.id")
    made_by: str
    made_at: datetime = Field(sa_type=UtcTime)


class SwapRow(SQLModel, table=True):
    """`giver` has the turn until `taker` accepts; `back_…` is the taker's turn that is wanted in return."""

    __tablename__ = "swap"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("(back_starts_at IS NULL) = (back_ends_at IS NULL)", name="back"),
        CheckConstraint("back_starts_at < back_ends_at", name="back_order"),
        CheckConstraint("giver <> taker", name="two_people"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    school: str | None = Field(foreign_key="school.id")
    role: Role = Field(sa_type=enum_text(Role))
    level: int
    giver: str = Field(foreign_key="person.id")
    taker: str = Field(foreign_key="person.id")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    back_starts_at: datetime | None = Field(sa_type=UtcTime)
    back_ends_at: datetime | None = Field(sa_type=UtcTime)
    state: SwapState = Field(sa_type=enum_text(SwapState))
    offered_at: datetime = Field(sa_type=UtcTime)
    answered_at: datetime | None = Field(sa_type=UtcTime)


class AbsenceRow(SQLModel, table=True):
    """That somebody is away, never why. `source_id` is the entry's id in a calendar that was brought in."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_absence_asked", "district", "person", "ends_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    person: str = Field(foreign_key="person.id")
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    source_id: str | None
    told_by: str
    told_at: datetime = Field(sa_type=UtcTime)


class FeedRow(SQLModel, table=True):
    """A secret address at which a calendar program finds one person's turns; `digest` is of the secret."""

    __tablename__ = "feed"

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(sa_type=UtcTime)


class HolidayRow(SQLModel, table=True):
    __tablename__ = "district_holiday"

    district: str = Field(foreign_key="district.id", primary_key=True)
    day: date = Field(primary_key=True)


class MakeUpDayRow(SQLModel, table=True):
    """School, whatever holiday, weekday and term say."""

    __tablename__ = "school_make_up_day"

    school: str = Field(foreign_key="school.id", primary_key=True)
    day: date = Field(primary_key=True)
    district: str


class ClosureRow(SQLModel, table=True):
    """A day on which the school is closed for the weather or another cause: from `closes` on, None for all of it."""

    __tablename__ = "school_closure"

    school: str = Field(foreign_key="school.id", primary_key=True)
    day: date = Field(primary_key=True)
    district: str
    closes: time | None


_TABLES = SQLModel.metadata.tables
ROTATION, MEMBER, HANDOVER = (_TABLES[name] for name in ("rotation", "rotation_member", "rotation_handover"))
OVERRIDE, SWAP, ABSENCE, FEED = (_TABLES[name] for name in ("on_call_override", "swap", "absence", "feed"))
HOLIDAY, MAKE_UP_DAY, CLOSURE = (_TABLES[name] for name in ("district_holiday", "school_make_up_day", "school_closure"))
