"""Rows of the names by which a student wants to be called, and where each may stand."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import InstructionSource
from crisis.record_words import NameCaution, NameContext
from crisis.store.columns import UtcTime, enum_text


class StudentNameRow(SQLModel, table=True):
    """`words` are name and pronouns, sealed under the student. `pack` is the law that was asked, with its version.

    Never changed, only confirmed and ended.
    """

    __tablename__ = "student_name"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_student_name_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    words: str = Field(foreign_key="words.id")
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    pack: str
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str = Field(foreign_key="person.id")
    confirmed_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class NamePlaceRow(SQLModel, table=True):
    """Where a name may stand: nowhere that has no row."""

    __tablename__ = "name_place"
    __table_args__ = (CheckConstraint("(context = 'guardian') = (guardian IS NOT NULL)", name="whose"),)

    name: str = Field(foreign_key="student_name.id", primary_key=True)
    turn: int = Field(primary_key=True)
    context: NameContext = Field(sa_type=enum_text(NameContext))
    guardian: str | None = Field(foreign_key="person.id")


class NameCautionRow(SQLModel, table=True):
    """The last word counts. `pack` is the law that was asked when it was recorded."""

    __tablename__ = "name_caution"

    student: str = Field(foreign_key="student.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    caution: NameCaution = Field(sa_type=enum_text(NameCaution))
    pack: str
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
STUDENT_NAME, NAME_PLACE = _TABLES["student_name"], _TABLES["name_place"]
NAME_CAUTION = _TABLES["name_caution"]
