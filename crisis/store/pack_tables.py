"""Rows of the policy packs of a district: proposed by one person, approved by another."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.store.columns import UtcTime


class PolicyPackRow(SQLModel, table=True):
    """`body` is the file as it was proposed, and `sha256` of it what counsel has read. Never changed, only ended."""

    __tablename__ = "policy_pack"
    __table_args__ = (
        CheckConstraint("approved_by <> proposed_by", name="approved_by_another"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
        CheckConstraint("(approved_by IS NULL) = (counsel IS NULL)", name="approved_with_counsel"),
        CheckConstraint("(counsel IS NULL) = (counsel_reviewed_on IS NULL)", name="counsel_with_a_day"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_policy_pack_district", "district", "effective_from"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    pack: str
    version: str
    body: str
    sha256: str
    effective_from: date
    expires_on: date | None
    proposed_by: str = Field(foreign_key="person.id")
    proposed_at: datetime = Field(sa_type=UtcTime)
    approved_by: str | None = Field(foreign_key="person.id")
    approved_at: datetime | None = Field(sa_type=UtcTime)
    counsel: str | None
    counsel_reviewed_on: date | None
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


POLICY_PACK = SQLModel.metadata.tables["policy_pack"]
