"""Rows of how an adult wants to be interpreted for."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from crisis.message_words import InterpreterNeed
from crisis.store.columns import UtcTime, enum_text


class InterpreterWishRow(SQLModel, table=True):
    """The last word counts. `words` are the names of whom they do not want, sealed under the student."""

    __tablename__ = "interpreter_wish"

    student: str = Field(foreign_key="student.id", primary_key=True)
    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    need: InterpreterNeed = Field(sa_type=enum_text(InterpreterNeed))
    woman: bool
    man: bool
    not_own_community: bool
    words: str | None = Field(foreign_key="words.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


INTERPRETER_WISH = SQLModel.metadata.tables["interpreter_wish"]
