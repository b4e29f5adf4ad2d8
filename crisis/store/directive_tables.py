"""Rows of what a student or a family said may be told to whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import InstructionSource
from crisis.record_words import InfoAction, InfoAudience
from crisis.referral_words import DataPoint
from crisis.store.columns import UtcTime, enum_text


class InfoDirectiveRow(SQLModel, table=True):
    """Never changed, only confirmed and ended."""

    __tablename__ = "info_directive"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("audience <> 'guardian' OR action <> 'do_not_volunteer'", name="lawful"),
        Index("ix_info_directive_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    audience: InfoAudience = Field(sa_type=enum_text(InfoAudience))
    category: DataPoint = Field(sa_type=enum_text(DataPoint))
    action: InfoAction = Field(sa_type=enum_text(InfoAction))
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str = Field(foreign_key="person.id")
    confirmed_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


INFO_DIRECTIVE = SQLModel.metadata.tables["info_directive"]
