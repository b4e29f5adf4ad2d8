"""Rows of when somebody asked not to be contacted, and of the ways to reach an adult in their order."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import InstructionSource
from crisis.store.columns import UtcTime, enum_text


class AvoidedTimeRow(SQLModel, table=True):
    """By the school's clock. Never changed, only confirmed and ended. `person` None: about the student.

    `days` are weekdays from 0 (Monday) with blanks between; empty: every day.
    """

    __tablename__ = "avoided_time"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("starts <> ends", name="some_time"),
        Index("ix_avoided_time_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    person: str | None = Field(foreign_key="person.id")
    starts: time
    ends: time
    days: str
    first_day: date | None
    last_day: date | None
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str = Field(foreign_key="person.id")
    confirmed_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class ContactWaysRow(SQLModel, table=True):
    """The ways to reach one adult, in their order, with blanks between; the last word counts."""

    __tablename__ = "contact_ways"

    student: str = Field(foreign_key="student.id", primary_key=True)
    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    ways: str
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


AVOIDED_TIME = SQLModel.metadata.tables["avoided_time"]
CONTACT_WAYS = SQLModel.metadata.tables["contact_ways"]
