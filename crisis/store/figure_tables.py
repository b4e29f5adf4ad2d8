"""Rows of the figures: what each incident and each of its pages came to, read from the log, without a name.

Nobody enters one. They are made anew whenever their log has grown, and are gone with the record.
"""

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from crisis.store.columns import enum_text
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


_TABLES = SQLModel.metadata.tables
INCIDENT_FIGURE, PAGE_FIGURE = _TABLES["incident_figure"], _TABLES["page_figure"]
