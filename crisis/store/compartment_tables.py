"""Rows of the two sides of a Title IX matter: which incidents are kept apart, and who is admitted to which side."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from crisis.access_words import TitleIxSide
from crisis.store.columns import UtcTime, enum_text

_STANDING = text("ended_at IS NULL")


class CompartmentRow(SQLModel, table=True):
    """One incident on one side; those of one `matter` belong together, which its coordinator alone sees."""

    __tablename__ = "compartment"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_compartment_one", "incident", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
        Index("ix_compartment_matter", "matter"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    matter: str
    incident: str = Field(foreign_key="incident.id")
    side: TitleIxSide = Field(sa_type=enum_text(TitleIxSide))
    coordinator: str = Field(foreign_key="person.id")
    entered_by: str = Field(foreign_key="person.id")
    entered_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class AdmissionRow(SQLModel, table=True):
    """Somebody whom the coordinator put on one side; whoever stands on one is not on the other."""

    __tablename__ = "compartment_admission"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index(
            "ix_compartment_admission_one",
            "matter",
            "person",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    matter: str
    person: str = Field(foreign_key="person.id", index=True)
    side: TitleIxSide = Field(sa_type=enum_text(TitleIxSide))
    entered_by: str = Field(foreign_key="person.id")
    entered_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


COMPARTMENT = SQLModel.metadata.tables["compartment"]
ADMISSION = SQLModel.metadata.tables["compartment_admission"]
