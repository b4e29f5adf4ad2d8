"""Rows of the directory and of agreements. Lists stand as codes with blanks between: few, short, always read whole."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
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


class AgreementRow(SQLModel, table=True):
    """What was signed with an agency; never changed, only ended and followed by another one.

    The days are the paper's; `counts_from` and `counts_until` are what they mean by the clock of the district.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("counts_from < counts_until", name="span"),
        CheckConstraint("direct_control AND redisclosure_ban", name="official"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_agreement_agency", "agency", "counts_until"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    agency: str = Field(foreign_key="agency.id")
    data_points: str
    uses: str
    direct_control: bool
    redisclosure_ban: bool
    first_day: date
    last_day: date
    counts_from: datetime = Field(sa_type=UtcTime)
    counts_until: datetime = Field(sa_type=UtcTime)
    signed_for_district: str
    signed_for_agency: str
    paper: str
    sha256: str | None
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class AgencyMemberRow(SQLModel, table=True):
    """Somebody with a post here who works for an agency: they are let in as long as its agreement is in force."""

    __tablename__ = "agency_member"

    person: str = Field(foreign_key="person.id", primary_key=True)
    agency: str = Field(foreign_key="agency.id", index=True)
    district: str = Field(foreign_key="district.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
AGENCY, AGREEMENT, AGENCY_MEMBER = _TABLES["agency"], _TABLES["agreement"], _TABLES["agency_member"]
