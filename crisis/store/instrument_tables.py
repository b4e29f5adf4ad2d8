"""Rows of the instruments that a district uses, and of the permissions under which it may show their words."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.instrument_words import PermissionBasis
from crisis.store.columns import UtcTime, enum_text


class InstrumentPermissionRow(SQLModel, table=True):
    """Never changed, only ended. `counts_until` is what its last day means by the district's clock; None: no end."""

    __tablename__ = "instrument_permission"
    __table_args__ = (
        CheckConstraint("(last_day IS NULL) = (counts_until IS NULL)", name="span"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_instrument_permission_district", "district", "instrument"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    instrument: str
    basis: PermissionBasis = Field(sa_type=enum_text(PermissionBasis))
    given_by: str
    paper: str
    notice: str
    last_day: date | None
    counts_until: datetime | None = Field(sa_type=UtcTime)
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class InstrumentUseRow(SQLModel, table=True):
    """An instrument that a district uses beside its protocols. `body` is the text pack that it brought, unchanged."""

    __tablename__ = "instrument_use"
    __table_args__ = (
        CheckConstraint("(body IS NULL) = (sha256 IS NULL)", name="pack"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_instrument_use_district", "district", "instrument"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    instrument: str
    language: str
    version: str
    body: str | None
    sha256: str | None
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


INSTRUMENT_PERMISSION = SQLModel.metadata.tables["instrument_permission"]
INSTRUMENT_USE = SQLModel.metadata.tables["instrument_use"]
