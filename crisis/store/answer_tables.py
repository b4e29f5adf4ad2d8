"""The rows behind answers: links, calls that may have to be ended, how often something was done, forms that were sent.

Rows stay in the store.
"""

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from crisis.call_words import CallState
from crisis.store.columns import UtcTime, enum_text
from crisis.vocabulary import Mode


class PageLinkRow(SQLModel, table=True):
    """By which address one person answers one page. Looked up by digest; sealed for the second text about it."""

    __tablename__ = "page_link"
    __table_args__ = (UniqueConstraint("page", "person"),)

    digest: str = Field(primary_key=True)  # SHA-256 of the token, hex
    sealed: bytes = Field(sa_type=LargeBinary)
    incident: str = Field(foreign_key="incident.id")
    page: str
    person: str
    given_at: datetime = Field(sa_type=UtcTime)


class CallOutRow(SQLModel, table=True):
    """A call of a page as its provider names it: whoever still rings when the page is taken is spared the rest."""

    __tablename__ = "call_out"

    account: str = Field(primary_key=True)
    sid: str = Field(primary_key=True)
    attempt: str
    incident: str = Field(foreign_key="incident.id")
    page: str = Field(index=True)
    person: str
    mode: Mode = Field(sa_type=enum_text(Mode))
    state: CallState = Field(sa_type=enum_text(CallState))
    made_at: datetime = Field(sa_type=UtcTime)


class AllowanceRow(SQLModel, table=True):
    """How often something was done for one telephone or person since a time."""

    __tablename__ = "allowance"

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)  # SHA-256, hex: it may be of a telephone number
    since: datetime = Field(primary_key=True, sa_type=UtcTime)
    used: int


class PressRow(SQLModel, table=True):
    """One form that was sent by one session; `location` is None while its work is being done."""

    __tablename__ = "press"

    digest: str = Field(primary_key=True)  # SHA-256 of session, path and all that was in it, hex
    at: datetime = Field(sa_type=UtcTime, index=True)
    location: str | None


_TABLES = SQLModel.metadata.tables
PAGE_LINK, CALL_OUT, ALLOWANCE, PRESS = (_TABLES[name] for name in ("page_link", "call_out", "allowance", "press"))
