"""Rows of reviews that people write on top of the figures of one incident or drill."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.review_words import EntryKind, Rating, ReviewState
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Phase

_BEGUN = "state IN ('draft', 'in_review', 'signed', 'closed')"


class AfterActionReviewRow(SQLModel, table=True):
    """One for each incident that somebody has looked at. `lead` is who led it at its close; `due_at` None: it is open.

    `written_by` is who changed it last: another one signs it.
    """

    __tablename__ = "after_action_review"
    __table_args__ = (
        CheckConstraint(f"({_BEGUN}) = (begun_at IS NOT NULL)", name="begun"),
        CheckConstraint("(begun_by IS NULL) = (begun_at IS NULL)", name="begun_by"),
        CheckConstraint("(state IN ('signed', 'closed')) = (signed_at IS NOT NULL)", name="signed"),
        CheckConstraint("(signed_by IS NULL) = (signed_at IS NULL)", name="signed_by"),
        CheckConstraint("signed_by <> written_by", name="signed_by_another"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("(closed_by IS NULL) = (closed_at IS NULL)", name="closed_by"),
        Index("ix_after_action_review_school", "district", "school", "state"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str = Field(foreign_key="school.id")
    incident: str = Field(foreign_key="incident.id", unique=True)
    lead: str | None = Field(foreign_key="person.id")
    state: ReviewState = Field(sa_type=enum_text(ReviewState))
    causes: str  # by spaces
    due_at: datetime | None = Field(sa_type=UtcTime)
    begun_by: str | None = Field(foreign_key="person.id")
    begun_at: datetime | None = Field(sa_type=UtcTime)
    written_by: str | None = Field(foreign_key="person.id")
    written_at: datetime | None = Field(sa_type=UtcTime)
    signed_by: str | None = Field(foreign_key="person.id")
    signed_at: datetime | None = Field(sa_type=UtcTime)
    closed_by: str | None = Field(foreign_key="person.id")
    closed_at: datetime | None = Field(sa_type=UtcTime)


class ReviewEntryRow(SQLModel, table=True):
    """What somebody wrote; words are sealed with the incident. `cause` is why what should get better was so."""

    __tablename__ = "review_entry"
    __table_args__ = (
        CheckConstraint("(kind IN ('strength', 'area')) = (objective IS NOT NULL)", name="objective"),
        CheckConstraint("(kind = 'area') = (cause IS NOT NULL)", name="cause"),
        Index("ix_review_entry_review", "review"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    review: str = Field(foreign_key="after_action_review.id")
    kind: EntryKind = Field(sa_type=enum_text(EntryKind))
    objective: Phase | None = Field(sa_type=enum_text(Phase))
    words: str = Field(foreign_key="words.id")
    cause: str | None = Field(foreign_key="words.id")
    written_by: str = Field(foreign_key="person.id")
    written_at: datetime = Field(sa_type=UtcTime)


class ReviewRatingRow(SQLModel, table=True):
    """The last word on one objective counts."""

    __tablename__ = "review_rating"

    review: str = Field(foreign_key="after_action_review.id", primary_key=True)
    objective: Phase = Field(sa_type=enum_text(Phase), primary_key=True)
    rating: Rating = Field(sa_type=enum_text(Rating))
    rated_by: str = Field(foreign_key="person.id")
    rated_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
REVIEW, ENTRY, RATING = (_TABLES[name] for name in ("after_action_review", "review_entry", "review_rating"))
