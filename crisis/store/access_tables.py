"""Rows of access: whom each incident names, as lists ask for it, and who must see nothing of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.access_words import BreakGlassReason, ConflictKind, IncidentMark, Involvement
from crisis.store.columns import UtcTime, enum_text


class IncidentPersonRow(SQLModel, table=True):
    """What the state of an incident makes of a person, written with it. `until` None: as long as nothing changes.

    What the incident ended stays, with the time of its end, so that an open console can be told.
    """

    __tablename__ = "incident_person"
    __table_args__ = (Index("ix_incident_person_person", "person", "until"),)

    incident: str = Field(foreign_key="incident.id", primary_key=True)
    person: str = Field(primary_key=True)
    how: Involvement = Field(sa_type=enum_text(Involvement), primary_key=True)
    until: datetime | None = Field(sa_type=UtcTime)


class ConflictRow(SQLModel, table=True):
    """A conflict of interest: of a student's relative, for all their incidents, or of whom one report names."""

    __tablename__ = "conflict_of_interest"
    __table_args__ = (
        CheckConstraint("(kind = 'related') = (student IS NOT NULL)", name="related"),
        CheckConstraint("(kind = 'named') = (incident IS NOT NULL)", name="named"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("ended_by <> person AND ended_by <> entered_by", name="ended_by_another"),
        Index("ix_conflict_of_interest_person", "person", "ended_at"),
        Index("ix_conflict_of_interest_student", "student"),
        Index("ix_conflict_of_interest_incident", "incident"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    person: str = Field(foreign_key="person.id")
    kind: ConflictKind = Field(sa_type=enum_text(ConflictKind))
    student: str | None = Field(foreign_key="student.id")
    incident: str | None = Field(foreign_key="incident.id")
    entered_by: str = Field(foreign_key="person.id")
    entered_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class BreakGlassRow(SQLModel, table=True):
    """One person, one incident, until `ends_at`. `over_at`: it ended, and that is on record."""

    __tablename__ = "break_glass"
    __table_args__ = (
        CheckConstraint("began_at < ends_at", name="order"),
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="reviewed"),
        CheckConstraint("(reviewed_by IS NULL) = (justified IS NULL)", name="judged"),
        CheckConstraint("reviewed_by <> person", name="reviewed_by_another"),
        Index("ix_break_glass_incident", "incident", "over_at"),
        Index("ix_break_glass_person", "person", "reviewed_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    incident: str = Field(foreign_key="incident.id")
    person: str = Field(foreign_key="person.id")
    reason: BreakGlassReason = Field(sa_type=enum_text(BreakGlassReason))
    words: str = Field(foreign_key="words.id")
    began_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    over_at: datetime | None = Field(sa_type=UtcTime)
    review_due_at: datetime = Field(sa_type=UtcTime)
    reviewed_by: str | None = Field(foreign_key="person.id")
    reviewed_at: datetime | None = Field(sa_type=UtcTime)
    justified: bool | None


class IncidentMarkRow(SQLModel, table=True):
    """What was said of a closed incident, and by whom; `words` are why, sealed under the incident."""

    __tablename__ = "incident_mark"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_incident_mark_incident", "incident", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    incident: str = Field(foreign_key="incident.id")
    kind: IncidentMark = Field(sa_type=enum_text(IncidentMark))
    words: str = Field(foreign_key="words.id")
    made_by: str = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
INCIDENT_PERSON, CONFLICT = _TABLES["incident_person"], _TABLES["conflict_of_interest"]
BREAK_GLASS, INCIDENT_MARK = _TABLES["break_glass"], _TABLES["incident_mark"]
