"""Rows of what keeps a record, and of what was destroyed: holds, days of leaving, and certificates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.retention_words import DestructionMethod
from crisis.store.columns import UtcTime, enum_text


class LegalHoldRow(SQLModel, table=True):
    """On a student's record, or on that of an incident without one. Placed by one, released by two."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(student IS NULL) <> (incident IS NULL)", name="of_one"),
        CheckConstraint("(release_asked_by IS NULL) = (release_asked_at IS NULL)", name="release_asked"),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="released"),
        CheckConstraint("released_by IS NULL OR release_asked_by IS NOT NULL", name="release_was_asked"),
        CheckConstraint("released_by <> release_asked_by", name="released_by_another"),
        Index("ix_legal_hold_student", "student", "released_at"),
        Index("ix_legal_hold_incident", "incident", "released_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    student: str | None = Field(foreign_key="student.id")
    incident: str | None = Field(foreign_key="incident.id")
    words: str = Field(foreign_key="words.id")
    placed_by: str = Field(foreign_key="person.id")
    placed_at: datetime = Field(sa_type=UtcTime)
    release_asked_by: str | None = Field(foreign_key="person.id")
    release_asked_at: datetime | None = Field(sa_type=UtcTime)
    released_by: str | None = Field(foreign_key="person.id")
    released_at: datetime | None = Field(sa_type=UtcTime)


class StudentLeftRow(SQLModel, table=True):
    """The last day on which somebody was at school here, as a person has found out. The last word counts."""

    __tablename__ = "student_left"

    student: str = Field(foreign_key="student.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    left_on: date
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class DestructionRow(SQLModel, table=True):
    """Asked for by one, done by another, and then its certificate: ids, codes, days and counts, no name.

    `asked_by` None: what nobody need ask for, destroyed by its time alone. `told_on`: when the student or the parents
    were told. `classes` are codes with blanks between.
    """

    __tablename__ = "destruction"
    __table_args__ = (
        CheckConstraint("(student IS NULL) <> (incident IS NULL)", name="of_one"),
        CheckConstraint("confirmed_by <> asked_by", name="confirmed_by_another"),
        CheckConstraint("(asked_by IS NULL) = (asked_at IS NULL)", name="asked"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        CheckConstraint("withdrawn_at IS NULL OR done_at IS NULL", name="one_end"),
        CheckConstraint("done_at IS NULL OR (asked_by IS NULL) = (confirmed_by IS NULL)", name="done_by_two"),
        CheckConstraint(
            "(done_at IS NULL) = (method IS NULL) AND (done_at IS NULL) = (due_on IS NULL)"
            " AND (done_at IS NULL) = (pack IS NULL) AND (done_at IS NULL) = (classes IS NULL)"
            " AND (done_at IS NULL) = (incidents IS NULL) AND (done_at IS NULL) = (keys IS NULL)"
            " AND (done_at IS NULL) = (records IS NULL)",
            name="certificate",
        ),
        Index("ix_destruction_student", "student"),
        Index("ix_destruction_incident", "incident"),
        Index("ix_destruction_district", "district", "done_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str | None = Field(foreign_key="student.id")
    incident: str | None = Field(foreign_key="incident.id")
    told_on: date | None
    asked_by: str | None = Field(foreign_key="person.id")
    asked_at: datetime | None = Field(sa_type=UtcTime)
    withdrawn_by: str | None = Field(foreign_key="person.id")
    withdrawn_at: datetime | None = Field(sa_type=UtcTime)
    confirmed_by: str | None = Field(foreign_key="person.id")
    done_at: datetime | None = Field(sa_type=UtcTime)
    method: DestructionMethod | None = Field(sa_type=enum_text(DestructionMethod))
    classes: str | None
    due_on: date | None
    pack: str | None
    incidents: int | None
    keys: int | None
    records: int | None  # rows that were deleted or emptied


class DistrictEndRow(SQLModel, table=True):
    """A district that leaves: what was given back, who asked and who did it; then its certificate, without a name.

    `content` is the digest of what was given back, `file` that of the file. People by id alone: they lose their names.
    """

    __tablename__ = "district_end"
    __table_args__ = (
        CheckConstraint("confirmed_by <> asked_by", name="confirmed_by_another"),
        CheckConstraint("(asked_by IS NULL) = (asked_at IS NULL)", name="asked"),
        CheckConstraint("(confirmed_by IS NULL) = (done_at IS NULL)", name="confirmed"),
        CheckConstraint("done_at IS NULL OR asked_by IS NOT NULL", name="done_by_two"),
        CheckConstraint(
            "(done_at IS NULL) = (students IS NULL) AND (done_at IS NULL) = (incidents IS NULL)"
            " AND (done_at IS NULL) = (keys IS NULL) AND (done_at IS NULL) = (records IS NULL)",
            name="certificate",
        ),
        Index("ix_district_end_district", "district", "given_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    content: str
    file: str
    given_by: str
    given_at: datetime = Field(sa_type=UtcTime)
    asked_by: str | None
    asked_at: datetime | None = Field(sa_type=UtcTime)
    confirmed_by: str | None
    done_at: datetime | None = Field(sa_type=UtcTime)
    students: int | None
    incidents: int | None
    keys: int | None
    records: int | None


_TABLES = SQLModel.metadata.tables
LEGAL_HOLD, STUDENT_LEFT, DESTRUCTION, DISTRICT_END = (
    _TABLES[name] for name in ("legal_hold", "student_left", "destruction", "district_end")
)
