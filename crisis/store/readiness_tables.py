"""Rows of readiness: methods that were proved, errands, turns that were asked about, what planners were told."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from crisis.readiness_words import ErrandKind, Proof
from crisis.schedules.training import Training
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import AttemptOutcome

BY_TELEPHONE = "channel IN ('text', 'voice')"


class MethodRow(SQLModel, table=True):
    """What is known of one number of one person, by text or by voice. It outlives an import that drops the number."""

    __tablename__ = "method"
    __table_args__ = (
        CheckConstraint(BY_TELEPHONE, name="channel"),
        CheckConstraint("(proved_at IS NULL) = (proved_by IS NULL)", name="proved"),
        CheckConstraint("(bad_since IS NULL) = (bad_code IS NULL)", name="bad"),
    )

    person: str = Field(foreign_key="person.id", primary_key=True)
    number: str = Field(primary_key=True, index=True)  # E.164
    channel: str = Field(primary_key=True)
    district: str
    proved_at: datetime | None = Field(sa_type=UtcTime)
    proved_by: Proof | None = Field(sa_type=enum_text(Proof))
    bad_since: datetime | None = Field(sa_type=UtcTime)
    bad_code: str | None  # the provider's word for why
    opted_out_since: datetime | None = Field(sa_type=UtcTime)


class ErrandRow(SQLModel, table=True):
    """A text or call outside of any incident. `attempts` is the fence: it counts claims."""

    __tablename__ = "errand"
    __table_args__ = (
        CheckConstraint(BY_TELEPHONE, name="channel"),
        UniqueConstraint("number", "code"),
        Index("ix_errand_next", "due_at", sqlite_where=text("done_at IS NULL"),
              postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    kind: ErrandKind = Field(sa_type=enum_text(ErrandKind))
    person: str = Field(foreign_key="person.id", index=True)
    number: str  # E.164
    channel: str
    code: str | None  # three digits, by which it is answered; None where nothing is asked
    subject: str  # of the catalog of texts
    turn: str | None = Field(foreign_key="asked_turn.id")  # that it asks about
    amount: int | None  # minutes until the turn, or how many are missing
    asked_by: str | None  # None: the system
    made_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)  # neither sent nor answered after this
    attempts: int
    claimed_until: datetime | None = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(sa_type=UtcTime)
    outcome: AttemptOutcome | None = Field(sa_type=enum_text(AttemptOutcome))
    answered_at: datetime | None = Field(sa_type=UtcTime)
    wrong: int  # codes typed on the console that were not it


class AskedTurnRow(SQLModel, table=True):
    """Whether somebody confirmed that their turn can begin; asked once for each turn."""

    __tablename__ = "asked_turn"
    __table_args__ = (UniqueConstraint("person", "starts_at"),)

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    person: str = Field(foreign_key="person.id")
    starts_at: datetime = Field(sa_type=UtcTime)
    asked_at: datetime = Field(sa_type=UtcTime)
    confirmed_at: datetime | None = Field(sa_type=UtcTime)
    declined_at: datetime | None = Field(sa_type=UtcTime)
    told_at: datetime | None = Field(sa_type=UtcTime)  # that it was not confirmed


class PlanWatchRow(SQLModel, table=True):
    """What those who plan in a district were last told is missing; `news_since`: there is more than that."""

    __tablename__ = "plan_watch"

    district: str = Field(foreign_key="district.id", primary_key=True)
    told: str = Field(sa_type=Text)  # one key a line; ids and codes, no names
    told_at: datetime | None = Field(sa_type=UtcTime)
    news_since: datetime | None = Field(sa_type=UtcTime)


class TrainedRow(SQLModel, table=True):
    """What somebody has learned, and until when that counts; both days count. `until` None: it does not run out."""

    __tablename__ = "trained"
    __table_args__ = (CheckConstraint("until >= since", name="order"),)

    person: str = Field(foreign_key="person.id", primary_key=True)
    training: Training = Field(sa_type=enum_text(Training), primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    since: date
    until: date | None
    entered_by: str = Field(foreign_key="person.id")
    entered_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
METHOD, ERRAND = _TABLES["method"], _TABLES["errand"]
ASKED_TURN, PLAN_WATCH = _TABLES["asked_turn"], _TABLES["plan_watch"]
TRAINED = _TABLES["trained"]
