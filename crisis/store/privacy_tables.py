"""Rows of who must not be contacted about a student, and of what each adult asked for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import EmailOver, InstructionKind, InstructionSource, RestrictionKind
from crisis.store.columns import UtcTime, enum_text


class RestrictionRow(SQLModel, table=True):
    """`until` is an order's last day, by the school's calendar. Entered by one; checked and lifted by another each.

    `person` is NULL where the family was blocked in an incident that has closed since: everybody who is a guardian of
    the student, or may be one, also who comes onto the record later.
    """

    __tablename__ = "restriction"
    __table_args__ = (
        CheckConstraint("checked_by <> entered_by", name="checked_by_another"),
        CheckConstraint("lifted_by <> lift_asked_by", name="lifted_by_another"),
        CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="checked"),
        CheckConstraint("(lift_asked_by IS NULL) = (lift_asked_at IS NULL)", name="lift_asked"),
        CheckConstraint("(lifted_by IS NULL) = (lifted_at IS NULL)", name="lifted"),
        CheckConstraint("lifted_by IS NULL OR lift_asked_by IS NOT NULL", name="lifting_was_asked"),
        Index("ix_restriction_student", "student", "lifted_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    student: str = Field(foreign_key="student.id")
    person: str | None = Field(foreign_key="person.id", index=True)
    kind: RestrictionKind = Field(sa_type=enum_text(RestrictionKind))
    household: bool
    until: date | None
    entered_by: str = Field(foreign_key="person.id")
    entered_at: datetime = Field(sa_type=UtcTime)
    checked_by: str | None = Field(foreign_key="person.id")
    checked_at: datetime | None = Field(sa_type=UtcTime)
    lift_asked_by: str | None = Field(foreign_key="person.id")
    lift_asked_at: datetime | None = Field(sa_type=UtcTime)
    lifted_by: str | None = Field(foreign_key="person.id")
    lifted_at: datetime | None = Field(sa_type=UtcTime)


class RestrictionNumberRow(SQLModel, table=True):
    """A number or address that was theirs when it was entered: it stays barred, whoever is said to have it later."""

    __tablename__ = "restriction_number"

    restriction: str = Field(foreign_key="restriction.id", primary_key=True)
    number: str = Field(primary_key=True)  # E.164, or an address of e-mail in small letters


class ContactWishRow(SQLModel, table=True):
    """How one adult wants to be reached about one student. `household` is a label that people who live together share.

    `reads` are BCP 47 codes with blanks between, in the order of preference; empty where nobody asked. `email_id` is
    what orders and the log call the address, another one for each address that was ever given.
    """

    __tablename__ = "contact_wish"
    __table_args__ = (
        CheckConstraint("(email IS NULL) = (email_id IS NULL)", name="email_id"),
        CheckConstraint("email IS NOT NULL OR email_over IS NULL", name="email_over_of_one"),
    )

    student: str = Field(foreign_key="student.id", primary_key=True)
    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    household: str | None
    reads: str
    interpreter: bool
    voice_only: bool
    safe_to_leave_message: bool
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    short_text: bool = False
    email: str | None = Field(default=None, index=True)
    email_id: str | None = Field(default=None, index=True)
    email_over: EmailOver | None = Field(default=None, sa_type=enum_text(EmailOver))


class InstructionRow(SQLModel, table=True):
    """What to do for one student; its words are sealed under the student. Never changed, only confirmed and ended."""

    __tablename__ = "instruction"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_instruction_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    kind: InstructionKind = Field(sa_type=enum_text(InstructionKind))
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    words: str = Field(foreign_key="words.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str = Field(foreign_key="person.id")
    confirmed_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
RESTRICTION, RESTRICTION_NUMBER = _TABLES["restriction"], _TABLES["restriction_number"]
CONTACT_WISH, INSTRUCTION = _TABLES["contact_wish"], _TABLES["instruction"]
