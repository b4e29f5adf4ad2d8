"""Rows of who has signed for which text to families, of a district's interpreter line, of where a school is called."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from crisis.message_words import TextState
from crisis.store.columns import UtcTime, enum_text

ONCE = ("district", "message", "language", "stage", "source", "text")


class MessageSignatureRow(SQLModel, table=True):
    """Append-only. `who` did it, a name a line; `source` and `text` are the digests of what they read."""

    __tablename__ = "message_signature"
    __table_args__ = (
        UniqueConstraint(
            "district", "message", "language", "stage", "source", "text", name="uq_message_signature_once"
        ),
        CheckConstraint("stage NOT IN ('empty', 'draft', 'stale')", name="stage_is_signed_for"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    message: str
    language: str  # BCP 47
    stage: TextState = Field(sa_type=enum_text(TextState))
    who: str
    source: str
    text: str
    signed_by: str = Field(foreign_key="person.id")
    signed_at: datetime = Field(sa_type=UtcTime)


class InterpreterLineRow(SQLModel, table=True):
    """The number that staff call for an interpreter, as E.164; none: nobody has given one."""

    __tablename__ = "interpreter_line"

    district: str = Field(foreign_key="district.id", primary_key=True)
    number: str
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class SchoolLineRow(SQLModel, table=True):
    """What a text to a family may name of a school. `callback` is E.164; `place` an address, or nothing."""

    __tablename__ = "school_line"

    school: str = Field(foreign_key="school.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    callback: str | None
    place: str | None
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
MESSAGE_SIGNATURE, INTERPRETER_LINE = _TABLES["message_signature"], _TABLES["interpreter_line"]
SCHOOL_LINE = _TABLES["school_line"]
