"""The address by which one person answers one page: a random token, kept as a digest, dead after twelve hours."""

import hashlib
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store.answer_tables import PAGE_LINK
from crisis.store.sealed import KeyRing
from crisis.vocabulary import IncidentId, PageId, PersonId

LASTS = timedelta(hours=12)
LETTERS = string.ascii_letters + string.digits  # no sign on which a telephone would break the link off
KEPT = timedelta(days=7)  # then even that it was given is gone
LENGTH = 22  # 131 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Whose link it is, and until when."""

    incident: IncidentId
    page: PageId
    person: PersonId
    until: datetime


def give(tx: Connection, keys: KeyRing, incident: IncidentId, page: PageId, person: PersonId, *, at: datetime) -> str:
    """The token of this person for this page; the same one in every text about it."""
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    token = "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
    row = insert(PAGE_LINK).values(
        digest=_digest(token),
        sealed=keys.seal(place_of(page, person), token.encode()),
        incident=incident,
        page=page,
        person=person,
        given_at=at,
    )
    tx.execute(row.on_conflict_do_nothing())  # given before, or by another worker just now
    same = (PAGE_LINK.c.page == page, PAGE_LINK.c.person == person)
    sealed: bytes = tx.execute(select(PAGE_LINK.c.sealed).where(*same)).scalar_one()
    return keys.unseal(place_of(page, person), sealed).decode()


def of_token(tx: Connection, token: str, at: datetime) -> Linked | None:
    """None for a token that never was, is mistyped, or is too old: all the same to whoever shows it."""
    if len(token) != LENGTH:
        return None
    row = tx.execute(select(PAGE_LINK).where(PAGE_LINK.c.digest == _digest(token))).one_or_none()
    if row is None or at >= row.given_at + LASTS:
        return None
    return Linked(incident=row.incident, page=row.page, person=row.person, until=row.given_at + LASTS)


def forget(tx: Connection, at: datetime) -> None:
    """Links that have long been dead."""
    tx.execute(delete(PAGE_LINK).where(PAGE_LINK.c.given_at < at - KEPT))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def place_of(page: PageId, person: PersonId) -> str:
    return f"page_link|{page}|{person}"
