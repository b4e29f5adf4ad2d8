"""Rows of what a student and a family asked for: closed words, never who somebody is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import InstructionSource
from crisis.record_words import Preference
from crisis.store.columns import UtcTime, enum_text


class PreferenceRow(SQLModel, table=True):
    """`person` is of the staff, for the wishes about one of them. Never changed, only confirmed and ended."""

    __tablename__ = "preference"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint(
            "(preference IN ('named_clinician', 'not_this_clinician', 'trusted_adult', 'trusted_adult_at_once',"
            " 'own_community')) = (person IS NOT NULL)",
            name="about_whom",
        ),
        Index("ix_preference_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    preference: Preference = Field(sa_type=enum_text(Preference))
    person: str | None = Field(foreign_key="person.id")
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str = Field(foreign_key="person.id")
    confirmed_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


PREFERENCE = SQLModel.metadata.tables["preference"]
