"""Rows of the ways to people and of what goes out on them; none holds a name, and no text but what was refused why."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from crisis.delivery import AttemptState, ProviderFault, Purpose
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Channel, Mode, Urgency


class LeaseRow(SQLModel, table=True):
    """What only one process may do at a time."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    holder: str
    fence: int
    until: datetime = Field(sa_type=UtcTime)


class OutgoingRow(SQLModel, table=True):
    """A text or a call as it was given to providers; kept for as long as its page code, and then deleted.

    `asked` holds, by provider, its name for it or why not. `look_at`: when its provider is to be asked about it.
    """

    __tablename__ = "outgoing"
    __table_args__ = (
        Index("ix_outgoing_look", "look_at", sqlite_where=text("look_at IS NOT NULL"),
              postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_outgoing_phone", "phone", "at"),
        Index("ix_outgoing_at", "at"),
    )  # fmt: skip

    reference: str = Field(primary_key=True)
    purpose: Purpose = Field(sa_type=enum_text(Purpose))
    channel: Channel = Field(sa_type=enum_text(Channel))
    mode: Mode = Field(sa_type=enum_text(Mode))
    urgency: Urgency | None = Field(sa_type=enum_text(Urgency))
    incident: str | None
    page: str | None
    person: str
    phone: str  # E.164
    at: datetime = Field(sa_type=UtcTime)
    state: AttemptState = Field(sa_type=enum_text(AttemptState))
    state_at: datetime = Field(sa_type=UtcTime)
    asked: str = Field(sa_type=Text)
    look_at: datetime | None = Field(default=None, sa_type=UtcTime)
    tries: int = 0


class CanaryRow(SQLModel, table=True):
    """A text to a machine number of ours, one for each provider and period."""

    __tablename__ = "canary"
    __table_args__ = (UniqueConstraint("provider", "slot_at"),)

    id: str = Field(primary_key=True)
    provider: str
    slot_at: datetime = Field(sa_type=UtcTime)  # when its period began
    period: int  # seconds
    sent_at: datetime = Field(sa_type=UtcTime)
    accepted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    back_at: datetime | None = Field(default=None, sa_type=UtcTime)
    fault: str | None = None  # the provider's own code


class ProviderAlarmRow(SQLModel, table=True):
    """What is wrong with a provider, told once and on record until it has ended."""

    __tablename__ = "provider_alarm"

    id: str = Field(primary_key=True)
    provider: str
    channel: Channel = Field(sa_type=enum_text(Channel))
    fault: ProviderFault = Field(sa_type=enum_text(ProviderFault))
    since: datetime = Field(sa_type=UtcTime, index=True)
    last_at: datetime = Field(sa_type=UtcTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class EmailRow(SQLModel, table=True):
    """One address a person; nothing is sent to it before they have typed the code that was. `code` is a digest."""

    __tablename__ = "email_address"
    __table_args__ = (CheckConstraint("(code IS NULL) = (code_until IS NULL)", name="code"),)

    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    address: str
    verified_at: datetime | None = Field(default=None, sa_type=UtcTime)
    code: str | None = None
    code_until: datetime | None = Field(default=None, sa_type=UtcTime)
    tries: int = 0  # wrong codes
    codes_sent: int = 0  # in this hour
    hour_at: datetime = Field(sa_type=UtcTime)


class PushRow(SQLModel, table=True):
    """A browser that shows pages; `endpoint` and `auth` are secrets between it, its maker's server and us."""

    __tablename__ = "push_subscription"

    id: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id", index=True)
    person: str = Field(foreign_key="person.id", index=True)
    endpoint: str = Field(sa_type=Text, unique=True)
    key: str  # P-256 point, base64url
    auth: str  # base64url
    language: str
    added_at: datetime = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
LEASE, OUTGOING, CANARY = (_TABLES[name] for name in ("lease", "outgoing", "canary"))
PROVIDER_ALARM = _TABLES["provider_alarm"]
EMAIL, PUSH = _TABLES["email_address"], _TABLES["push_subscription"]
