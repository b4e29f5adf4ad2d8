"""Rows of whom to call first about a student, what must be so first, and who answers where the parents do not."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.privacy_words import InstructionSource
from crisis.record_words import ContactCondition, FamilyStatus, TribalWish
from crisis.store.columns import UtcTime, enum_text


class ContactTurnRow(SQLModel, table=True):
    """The order in which the adults are called, as the student or the family said it; kept as a whole."""

    __tablename__ = "contact_turn"
    __table_args__ = (CheckConstraint("turn >= 0", name="turn"),)

    student: str = Field(foreign_key="student.id", primary_key=True)
    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    turn: int
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class ContactConditionRow(SQLModel, table=True):
    """What must be so first when `person` is told; `beside` is with them. Never changed, only confirmed and ended."""

    __tablename__ = "contact_condition"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(condition = 'with_adult') = (beside IS NOT NULL)", name="beside_whom"),
        CheckConstraint("beside <> person", name="beside_another"),
        Index("ix_contact_condition_student", "student", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    student: str = Field(foreign_key="student.id")
    person: str = Field(foreign_key="person.id")
    condition: ContactCondition = Field(sa_type=enum_text(ContactCondition))
    beside: str | None = Field(foreign_key="person.id")
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    confirmed_by: str = Field(foreign_key="person.id")
    confirmed_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class FamilyStatusRow(SQLModel, table=True):
    """Who answers where the parents do not. `first`: an adult of the record, or one of the staff. No row: the usual."""

    __tablename__ = "family_status"

    student: str = Field(foreign_key="student.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    status: FamilyStatus = Field(sa_type=enum_text(FamilyStatus))
    first: str | None = Field(foreign_key="person.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class TribalWishRow(SQLModel, table=True):
    """What they want of their tribe; of which one nobody is asked. `source` is the student or the family alone."""

    __tablename__ = "tribal_wish"
    __table_args__ = (CheckConstraint("source <> 'staff'", name="asked"),)

    student: str = Field(foreign_key="student.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    wish: TribalWish = Field(sa_type=enum_text(TribalWish))
    source: InstructionSource = Field(sa_type=enum_text(InstructionSource))
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class OwnCareRow(SQLModel, table=True):
    """The student agreed to their own care. Which care it is stands nowhere. No row: nobody has said so."""

    __tablename__ = "own_care"

    student: str = Field(foreign_key="student.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
CONTACT_TURN, CONTACT_CONDITION = _TABLES["contact_turn"], _TABLES["contact_condition"]
FAMILY_STATUS, TRIBAL_WISH = _TABLES["family_status"], _TABLES["tribal_wish"]
OWN_CARE = _TABLES["own_care"]
