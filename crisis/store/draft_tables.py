"""Rows of the protocols that a district changes: drafts with all that was ever saved, checks, signatures, dates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from crisis.draft_words import ReviewKind
from crisis.store.columns import UtcTime, enum_text


class ProtocolDraftRow(SQLModel, table=True):
    """`came_from` is the published protocol that it is a copy of. Ended once it is thrown away or published."""

    __tablename__ = "protocol_draft"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_protocol_draft_district", "district", "ended_at"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    came_from: str = Field(foreign_key="protocol.hash")
    begun_by: str = Field(foreign_key="person.id")
    begun_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


class ProtocolEditionRow(SQLModel, table=True):
    """One saving of a draft, as it was typed; never changed. `hash` is of its content, where it is a whole protocol."""

    __tablename__ = "protocol_edition"
    __table_args__ = (
        UniqueConstraint("draft", "number"),
        CheckConstraint("number > 0", name="counted"),
    )

    id: str = Field(primary_key=True)
    draft: str = Field(foreign_key="protocol_draft.id")
    district: str = Field(foreign_key="district.id")
    number: int
    text: str = Field(sa_type=Text)
    hash: str | None
    saved_by: str = Field(foreign_key="person.id")
    saved_at: datetime = Field(sa_type=UtcTime)


class ProtocolCheckRow(SQLModel, table=True):
    """What the checker says of one content, and by which rules. `body` is what is walked; a lease says who walks."""

    __tablename__ = "protocol_check"
    __table_args__ = (
        UniqueConstraint("district", "hash"),
        CheckConstraint("(done_at IS NULL) = (findings IS NULL)", name="done"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    hash: str
    body: str = Field(sa_type=Text)
    rules: str
    asked_by: str = Field(foreign_key="person.id")
    asked_at: datetime = Field(sa_type=UtcTime)
    attempts: int
    claimed_by: str | None
    claimed_until: datetime | None = Field(sa_type=UtcTime)
    states: int
    findings: str | None = Field(sa_type=Text)
    done_at: datetime | None = Field(sa_type=UtcTime)


class ProtocolSignatureRow(SQLModel, table=True):
    """Who signed for one content. Either at the console themselves (`signed_by`), or on a paper that lies somewhere."""

    __tablename__ = "protocol_signature"
    __table_args__ = (
        CheckConstraint("(signed_by IS NULL) = (paper IS NOT NULL)", name="by_somebody"),
        CheckConstraint("holds_until > signed_on", name="holds"),
        Index("ix_protocol_signature_hash", "district", "hash"),
    )

    id: str = Field(primary_key=True)
    draft: str = Field(foreign_key="protocol_draft.id")
    district: str = Field(foreign_key="district.id")
    hash: str
    kind: ReviewKind = Field(sa_type=enum_text(ReviewKind))
    name: str
    qualification: str
    signed_on: date
    holds_until: date
    paper: str | None
    signed_by: str | None = Field(foreign_key="person.id")
    recorded_by: str = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_type=UtcTime)


class ProtocolPublicationRow(SQLModel, table=True):
    """From when on a district's own protocol answers. Ended: taken back before, or given up after; never changed."""

    __tablename__ = "protocol_publication"
    __table_args__ = (
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
        Index("ix_protocol_publication_district", "district", "counts_from"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    protocol: str
    hash: str = Field(foreign_key="protocol.hash")
    draft: str | None = Field(foreign_key="protocol_draft.id")
    first_day: date
    counts_from: datetime = Field(sa_type=UtcTime)
    published_by: str = Field(foreign_key="person.id")
    published_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
DRAFT, EDITION, CHECK = (_TABLES[name] for name in ("protocol_draft", "protocol_edition", "protocol_check"))
SIGNATURE, PUBLICATION = (_TABLES[name] for name in ("protocol_signature", "protocol_publication"))
