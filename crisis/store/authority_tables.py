"""Rows of what an adult may do for a student."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import Authority, AuthorityPaper
from crisis.store.columns import UtcTime, enum_text


class AuthorityRow(SQLModel, table=True):
    """Entered by one, checked by another; it gives a right only then. `until` is the paper's last day."""

    __tablename__ = "authority"
    __table_args__ = (
        CheckConstraint("checked_by <> entered_by", name="checked_by_another"),
        CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="checked"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("authority <> 'adult_guardian' OR paper = 'court_order'", name="by_court"),
        Index("ix_authority_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    student: str = Field(foreign_key="student.id")
    person: str = Field(foreign_key="person.id")
    authority: Authority = Field(sa_type=enum_text(Authority))
    paper: AuthorityPaper = Field(sa_type=enum_text(AuthorityPaper))
    until: date | None
    entered_by: str = Field(foreign_key="person.id")
    entered_at: datetime = Field(sa_type=UtcTime)
    checked_by: str | None = Field(foreign_key="person.id")
    checked_at: datetime | None = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


AUTHORITY = SQLModel.metadata.tables["authority"]
