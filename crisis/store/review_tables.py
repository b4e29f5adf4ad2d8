"""Rows of reviews that people write on top of the figures of one incident or drill."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Dialect, Index, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from crisis.review.written import Objective, ObjectiveId
from crisis.review_words import Capability, Element, EntryKind, ItemState, Rating, ReviewState
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Phase

_PHASES = frozenset(Phase)


class ObjectiveText(TypeDecorator[Objective]):
    """The word of a phase, or the id of an objective that a drill was planned with; that may be gone before this."""

    impl = String(40)
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Objective | None:
        if value is None:
            return None
        return Phase(value) if value in _PHASES else ObjectiveId(value)


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
    objective: str | None = Field(sa_type=ObjectiveText)
    words: str = Field(foreign_key="words.id")
    cause: str | None = Field(foreign_key="words.id")
    written_by: str = Field(foreign_key="person.id")
    written_at: datetime = Field(sa_type=UtcTime)


class ReviewRatingRow(SQLModel, table=True):
    """The last word on one objective counts."""

    __tablename__ = "review_rating"

    review: str = Field(foreign_key="after_action_review.id", primary_key=True)
    objective: str = Field(sa_type=ObjectiveText, primary_key=True)
    rating: Rating = Field(sa_type=enum_text(Rating))
    rated_by: str = Field(foreign_key="person.id")
    rated_at: datetime = Field(sa_type=UtcTime)


class ImprovementItemRow(SQLModel, table=True):
    """What somebody changes because of one entry of a review. Words are sealed with the incident.

    `evidence`: by what one sees that it is done, or why it was dropped. Who says it is done does not verify it.
    """

    __tablename__ = "improvement_item"
    __table_args__ = (
        CheckConstraint("due_on >= starts_on", name="order"),
        CheckConstraint("(state IN ('done', 'verified', 'dropped')) = (evidence IS NOT NULL)", name="evidence"),
        CheckConstraint("(state IN ('done', 'verified', 'dropped')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended_by"),
        CheckConstraint("(state = 'verified') = (verified_at IS NOT NULL)", name="verified"),
        CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_by"),
        CheckConstraint("verified_by <> ended_by", name="verified_by_another"),
        Index("ix_improvement_item_school", "district", "school", "state"),
        Index("ix_improvement_item_owner", "owner", "state"),
        Index("ix_improvement_item_review", "review"),
    )

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str = Field(foreign_key="school.id")
    incident: str = Field(foreign_key="incident.id")
    review: str = Field(foreign_key="after_action_review.id")
    entry: str = Field(foreign_key="review_entry.id")
    capability: Capability = Field(sa_type=enum_text(Capability))
    element: Element = Field(sa_type=enum_text(Element))
    words: str = Field(foreign_key="words.id")
    owner: str = Field(foreign_key="person.id")
    starts_on: date
    due_on: date
    state: ItemState = Field(sa_type=enum_text(ItemState))
    evidence: str | None = Field(foreign_key="words.id")
    made_by: str = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_type=UtcTime)
    ended_by: str | None = Field(foreign_key="person.id")
    ended_at: datetime | None = Field(sa_type=UtcTime)
    verified_by: str | None = Field(foreign_key="person.id")
    verified_at: datetime | None = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
REVIEW, ENTRY, RATING = (_TABLES[name] for name in ("after_action_review", "review_entry", "review_rating"))
ITEM = _TABLES["improvement_item"]
