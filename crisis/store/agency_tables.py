"""Rows of the directory. Lists stand as codes with blanks between: few, short, always read whole."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from crisis.referral_words import AgencyKind, Capacity
from crisis.store.columns import UtcTime, enum_text


class AgencyRow(SQLModel, table=True):
    """Somebody outside the school who helps. `hours` as `opening_hours` writes them; None and empty: nobody asked."""

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint("youngest <= oldest", name="ages"),
        CheckConstraint("(capacity IS NULL) = (capacity_at IS NULL)", name="capacity_when"),
        CheckConstraint("(capacity IS NULL) = (capacity_by IS NULL)", name="capacity_who"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    name: str
    kind: AgencyKind = Field(sa_type=enum_text(AgencyKind))
    phone: str | None  # as written
    number: str | None  # E.164
    address: str | None
    how: str | None
    hours: str | None
    languages: str
    interpreters: bool | None
    youngest: int | None
    oldest: int | None
    care: str
    insurance: str
    capacity: Capacity | None = Field(sa_type=enum_text(Capacity))
    capacity_days: int | None
    capacity_at: datetime | None = Field(sa_type=UtcTime)
    capacity_by: str | None = Field(foreign_key="person.id")
    changed_by: str | None = Field(foreign_key="person.id")  # None: imported from the command line
    changed_at: datetime | None = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


AGENCY = SQLModel.metadata.tables["agency"]
