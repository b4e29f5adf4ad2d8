"""Rows of the figures: what each incident and each of its pages came to, read from the log, without a name.

Nobody enters one. They are made anew whenever their log has grown, and are gone with the record.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from crisis.policy.small_cells import ReportKind
from crisis.referral_words import Care, ReferralReason
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Mode, PageState, Urgency


class IncidentFigureRow(SQLModel, table=True):
    """`crisis.review.counted.Counted` says what each is. `seq`: how far the log was read."""

    __tablename__ = "incident_figure"
    __table_args__ = (
        CheckConstraint("kept <= due AND follow_kept <= follow_due", name="kept"),
        Index("ix_incident_figure_month", "district", "mode", "month", "school"),
    )

    incident: str = Field(primary_key=True, foreign_key="incident.id")
    district: str = Field(foreign_key="district.id")
    school: str = Field(foreign_key="school.id")
    mode: Mode = Field(sa_type=enum_text(Mode))
    month: str
    seq: int
    over: bool
    offered: bool
    paged: bool
    police: bool
    sent_home: bool
    wishes_met: int
    wishes_unmet: int
    gap: int
    due: int
    kept: int
    follow_due: int
    follow_kept: int
    to_supervised: int | None
    to_asked: int | None
    to_arrived: int | None
    to_tier: int | None
    to_guardian: int | None
    to_released: int | None
    to_handed_off: int | None
    to_settled: int | None
    to_closed: int | None


class PageFigureRow(SQLModel, table=True):
    """One page of an incident (`crisis.review.counted.CountedPage`)."""

    __tablename__ = "page_figure"
    __table_args__ = (Index("ix_page_figure_month", "district", "mode", "month", "school"),)

    incident: str = Field(primary_key=True, foreign_key="incident.id")
    page: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str = Field(foreign_key="school.id")
    mode: Mode = Field(sa_type=enum_text(Mode))
    month: str
    urgency: Urgency = Field(sa_type=enum_text(Urgency))
    state: PageState = Field(sa_type=enum_text(PageState))
    levels: int
    tries: int
    failed: int
    to_sent: int | None
    to_accepted: int | None
    to_arrived: int | None


class ReferralFigureRow(SQLModel, table=True):
    """One referral of an incident that was really asked for (`crisis.review.counted.CountedReferral`)."""

    __tablename__ = "referral_figure"
    __table_args__ = (Index("ix_referral_figure_month", "district", "mode", "month"),)

    incident: str = Field(primary_key=True, foreign_key="incident.id")
    referral: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    school: str = Field(foreign_key="school.id")
    mode: Mode = Field(sa_type=enum_text(Mode))
    month: str
    care: Care = Field(sa_type=enum_text(Care))
    days: int | None
    reason: ReferralReason | None = Field(sa_type=enum_text(ReferralReason))


class PublishedReportRow(SQLModel, table=True):
    """What was shown of some months, both inclusive: made once and never changed, so that no two of them differ by one.

    `body` holds sums of ten or more alone (PR-67).
    """

    __tablename__ = "published_report"
    __table_args__ = (CheckConstraint("since <= until", name="order"),)

    district: str = Field(primary_key=True, foreign_key="district.id")
    kind: ReportKind = Field(sa_type=enum_text(ReportKind), primary_key=True)
    since: str = Field(primary_key=True)
    until: str
    made_at: datetime = Field(sa_type=UtcTime)
    body: str = Field(sa_type=Text)


_TABLES = SQLModel.metadata.tables
INCIDENT_FIGURE, PAGE_FIGURE = _TABLES["incident_figure"], _TABLES["page_figure"]
REFERRAL_FIGURE, PUBLISHED = _TABLES["referral_figure"], _TABLES["published_report"]
