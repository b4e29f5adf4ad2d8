"""Rows of the sheet that a family fills in: who handed it over, until when, and what became of each answer."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.record_words import IntakeQuestion, Settled
from crisis.store.columns import UtcTime, enum_text


class IntakeSheetRow(SQLModel, table=True):
    """`digest` is of the token in the address, which is stored nowhere. `language` is that of the sheet, BCP 47."""

    __tablename__ = "intake_sheet"
    __table_args__ = (Index("ix_intake_sheet_student", "student", "made_at"),)

    id: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    language: str
    made_by: str = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(sa_type=UtcTime)


class IntakeAnswerRow(SQLModel, table=True):
    """`words` are the family's, sealed under the student until somebody has settled the answer; then they are gone."""

    __tablename__ = "intake_answer"
    __table_args__ = (
        CheckConstraint("(settled IS NULL) = (settled_by IS NULL)", name="settled_by"),
        CheckConstraint("(settled IS NULL) = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("(settled IS NULL) = (words IS NOT NULL)", name="words"),
    )

    sheet: str = Field(foreign_key="intake_sheet.id", primary_key=True)
    question: IntakeQuestion = Field(sa_type=enum_text(IntakeQuestion), primary_key=True)
    words: str | None = Field(foreign_key="words.id")
    settled: Settled | None = Field(sa_type=enum_text(Settled))
    settled_by: str | None = Field(foreign_key="person.id")
    settled_at: datetime | None = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
INTAKE_SHEET, INTAKE_ANSWER = _TABLES["intake_sheet"], _TABLES["intake_answer"]
