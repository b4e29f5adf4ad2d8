"""The rows of incidents: state, log, outbox, inbox, sealed words, audit chain, keys, protocols, signs of life.

Rows stay in the store. `table=True` validates nothing: what comes in was validated before, what must hold is a CHECK.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Custody, Emergency, Mode, Phase, Tier

BigKey = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER key


class IncidentRow(SQLModel, table=True):
    """Current state: the columns that lists and constraints need, and the whole of it as JSON."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("(custody IN ('held', 'offered')) = (adult IS NOT NULL)", name="one_adult"),
        CheckConstraint("(phase = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("mode = 'live' OR student IS NULL", name="drill_without_student"),
        Index("ix_incident_open", "district", "school", sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        Index("ix_incident_closed", "district", "closed_at"),
        Index("ix_incident_id_mode", "id", "mode", unique=True),  # what refers to it cannot be of another mode
    )  # fmt: skip

    id: str = Field(primary_key=True)
    district: str
    school: str
    mode: Mode = Field(sa_type=enum_text(Mode))
    crisis_type: str
    protocol: str
    version: str
    protocol_hash: str
    student: str | None = Field(index=True)
    phase: Phase = Field(sa_type=enum_text(Phase))
    custody: Custody = Field(sa_type=enum_text(Custody))
    emergency: Emergency = Field(sa_type=enum_text(Emergency))
    tier: Tier | None = Field(sa_type=enum_text(Tier))
    adult: str | None
    seq: int
    opened_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(sa_type=UtcTime)
    state: str = Field(sa_type=Text)


class EventRow(SQLModel, table=True):
    """Append-only. `position` is dense and in the order of commits; `(incident, seq)` is the lock and the order."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("incident", "seq"),)

    position: int = Field(primary_key=True, sa_type=BigKey)
    incident: str = Field(foreign_key="incident.id")
    seq: int
    name: str
    district: str
    school: str
    mode: Mode = Field(sa_type=enum_text(Mode))
    at: datetime = Field(sa_type=UtcTime)
    body: str = Field(sa_type=Text)


class OutboxRow(SQLModel, table=True):
    """What must be done, now or at `due_at`. `fence` counts claims: a late worker cannot finish what another took."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("incident", "seq", "turn"),
        # By time alone: few rows are due, however many wait; with an index by urgency a claim read them all
        Index("ix_outbox_next", "due_at", sqlite_where=text("done_at IS NULL"),
              postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    id: int = Field(primary_key=True, sa_type=BigKey)
    incident: str = Field(foreign_key="incident.id")
    district: str
    seq: int  # the event that obliges it
    turn: int  # which of that event's effects
    mode: Mode = Field(sa_type=enum_text(Mode))
    urgency: int  # 0 is the most urgent
    kind: str
    body: str = Field(sa_type=Text)
    due_at: datetime = Field(sa_type=UtcTime)
    attempts: int = 0
    fence: int = 0
    claimed_by: str | None = None
    claimed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


class InboxRow(SQLModel, table=True):
    """What came from outside, once each, before anything else happens with it."""

    __tablename__ = "inbox"

    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=UtcTime)
    body: bytes = Field(sa_type=LargeBinary)  # sealed: it holds numbers and what people typed
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    kept_by: str | None = None  # the provider's account that still has a copy of the text; None: nobody does


class SealRow(SQLModel, table=True):
    """The key of one incident or student, itself sealed by a key that is kept outside the database."""

    __tablename__ = "seal"
    __table_args__ = (CheckConstraint("(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="destroyed"),)

    subject: str = Field(primary_key=True)
    wrapped: bytes | None = Field(sa_type=LargeBinary)
    destroyed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class WordsRow(SQLModel, table=True):
    __tablename__ = "words"

    id: str = Field(primary_key=True)
    subject: str = Field(foreign_key="seal.subject", index=True)
    sealed: bytes = Field(sa_type=LargeBinary)


class AuditRow(SQLModel, table=True):
    """Append-only chain: `digest` covers the row, the one before it, and the events written with it."""

    __tablename__ = "audit"

    number: int = Field(primary_key=True, sa_type=BigKey)
    at: datetime = Field(sa_type=UtcTime)
    actor: str | None
    action: str
    subject: str = Field(index=True)
    detail: str = Field(sa_type=Text)
    digest: str


class HeadRow(SQLModel, table=True):
    """How far the log and the chain go; an end that was cut off does not match it.

    Whoever writes to either locks this row first, so events are numbered in the order in which they commit; without
    that a reader would miss those of slower writers.
    """

    __tablename__ = "head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(primary_key=True)
    position: int = Field(sa_type=BigInteger)
    log_digest: str
    audit_number: int = Field(sa_type=BigInteger)
    audit_digest: str


class DrillPhoneRow(SQLModel, table=True):
    """Whom a drill may reach; written when it is opened."""

    __tablename__ = "drill_phone"

    incident: str = Field(primary_key=True, foreign_key="incident.id")
    phone: str = Field(primary_key=True)  # E.164


class PageCodeRow(SQLModel, table=True):
    """By which number a phone answers a page. Nobody is paged without one, so a drill pages its list alone (F75)."""

    __tablename__ = "page_code"
    __table_args__ = (
        UniqueConstraint("phone", "page"),
        CheckConstraint("(mode = 'drill') = (drill IS NOT NULL)", name="drill_has_a_list"),
        CheckConstraint("drill IS NULL OR drill = incident", name="drill_is_its_own"),
        ForeignKeyConstraint(["drill", "phone"], ["drill_phone.incident", "drill_phone.phone"]),
        ForeignKeyConstraint(["incident", "mode"], ["incident.id", "incident.mode"]),
    )

    phone: str = Field(primary_key=True)  # E.164
    code: str = Field(primary_key=True)
    incident: str
    page: str
    person: str
    site: str
    mode: Mode = Field(sa_type=enum_text(Mode))
    drill: str | None  # the incident once more, where it is a drill: without it there is no list
    given_at: datetime = Field(sa_type=UtcTime)


class SignRow(SQLModel, table=True):
    """That one of our own parts is alive: the latest word of each, never a history."""

    __tablename__ = "sign_of_life"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    good_at: datetime | None = Field(sa_type=UtcTime)  # when it last was as it should be; None: never
    detail: str = Field(sa_type=Text)


class IdempotencyRow(SQLModel, table=True):
    __tablename__ = "idempotency"

    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str
    incident: str
    position: int = Field(sa_type=BigInteger)


class ProtocolRow(SQLModel, table=True):
    """A composed protocol by its content hash; incidents pin it for ever."""

    __tablename__ = "protocol"

    hash: str = Field(primary_key=True)
    id: str
    version: str
    jurisdiction: str
    body: str = Field(sa_type=Text)
    published_at: datetime = Field(sa_type=UtcTime)


class ProtocolInForceRow(SQLModel, table=True):
    """Which protocol answers for a kind of crisis, by district; `*` is every district without its own."""

    __tablename__ = "protocol_in_force"

    district: str = Field(primary_key=True)
    crisis_type: str = Field(primary_key=True)
    hash: str = Field(foreign_key="protocol.hash")


_TABLES = SQLModel.metadata.tables
INCIDENT, EVENT, OUTBOX, INBOX = (_TABLES[name] for name in ("incident", "event", "outbox", "inbox"))
SEAL, WORDS, AUDIT, HEAD = (_TABLES[name] for name in ("seal", "words", "audit", "head"))
PAGE_CODE, DRILL_PHONE, SIGN = (_TABLES[name] for name in ("page_code", "drill_phone", "sign_of_life"))
IDEMPOTENCY, PROTOCOL, IN_FORCE = (_TABLES[name] for name in ("idempotency", "protocol", "protocol_in_force"))
