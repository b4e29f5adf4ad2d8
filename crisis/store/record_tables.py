"""Rows of requests to see a record, of what was decided about each part, and of what the family says about it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.disclosure_words import RequestEnd, WithholdBasis
from crisis.store.columns import UtcTime, enum_text


class RecordsRequestRow(SQLModel, table=True):
    """`person` None: the student asks. `due_on` by the pack that was in force then; `prepared` and `checked` by two."""

    __tablename__ = "records_request"
    __table_args__ = (
        CheckConstraint("checked_by <> prepared_by", name="checked_by_another"),
        CheckConstraint("checked_by IS NULL OR prepared_by IS NOT NULL", name="checked_what_was_prepared"),
        CheckConstraint("(ended_as IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("due_on >= asked_on", name="order"),
        Index("ix_records_request_open", "district", "ended_at"),
        Index("ix_records_request_student", "student"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    person: str | None = Field(foreign_key="person.id")
    asked_on: date
    due_on: date
    pack: str
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    prepared_by: str | None = Field(foreign_key="person.id")
    checked_by: str | None = Field(foreign_key="person.id")
    ended_as: RequestEnd | None = Field(sa_type=enum_text(RequestEnd))
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class RecordsChoiceRow(SQLModel, table=True):
    """`basis` None: they get it. `quiet`: that it was kept back is not said either."""

    __tablename__ = "records_choice"
    __table_args__ = (CheckConstraint("basis IS NOT NULL OR NOT quiet", name="quiet_about_something"),)

    request: str = Field(foreign_key="records_request.id", primary_key=True)
    part: str = Field(primary_key=True)
    basis: WithholdBasis | None = Field(sa_type=enum_text(WithholdBasis))
    quiet: bool


class StatementRow(SQLModel, table=True):
    """What a parent or the student says about the record (34 CFR 99.21). Added, never changed; words are sealed."""

    __tablename__ = "record_statement"
    __table_args__ = (Index("ix_record_statement_student", "student"),)

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    person: str | None = Field(foreign_key="person.id")  # None: the student
    words: str = Field(foreign_key="words.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
RECORDS_REQUEST, RECORDS_CHOICE = _TABLES["records_request"], _TABLES["records_choice"]
STATEMENT = _TABLES["record_statement"]
