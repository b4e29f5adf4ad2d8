"""Secret addresses at which a calendar program finds one person's turns. What is stored of the secret is its digest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound
from crisis.store import audit
from crisis.store.passwords import secret_token, token_digest
from crisis.store.people_tables import ACCOUNT, PERSON
from crisis.store.rotation_tables import FEED
from crisis.vocabulary import DistrictId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose turns a feed shows."""

    person: PersonId
    district: DistrictId


def create(tx: Connection, district: DistrictId, person: PersonId, at: datetime) -> str:
    """The secret, shown this once. A new one ends the one before."""
    _end(tx, person, at)
    secret, feed = secret_token(), clock.new_id()
    values = {"id": feed, "digest": token_digest(secret), "district": district, "person": person}
    tx.execute(insert(FEED).values(**values, created_at=at))
    audit.record(tx, at=at, actor=person, action="feed created", subject=feed)
    return secret


def revoke(tx: Connection, person: PersonId, at: datetime) -> None:
    if _end(tx, person, at) == 0:
        raise NotFound
    audit.record(tx, at=at, actor=person, action="feed revoked", subject=person)


def _end(tx: Connection, person: PersonId, at: datetime) -> int:
    standing = (FEED.c.person == person, FEED.c.revoked_at.is_(None))
    return tx.execute(update(FEED).where(*standing).values(revoked_at=at)).rowcount


def stands(tx: Connection, person: PersonId) -> bool:
    query = select(FEED.c.id).where(FEED.c.person == person, FEED.c.revoked_at.is_(None))
    return tx.execute(query.limit(1)).first() is not None


def reader(tx: Connection, secret: str) -> Reader | None:
    """None for a wrong or revoked secret, and for somebody who was switched off or whose account has ended."""
    query = (
        select(FEED.c.person, FEED.c.district, PERSON.c.active, ACCOUNT.c.disabled_at)
        .join_from(FEED, PERSON, PERSON.c.id == FEED.c.person)
        .outerjoin(ACCOUNT, ACCOUNT.c.person == FEED.c.person)
        .where(FEED.c.digest == token_digest(secret), FEED.c.revoked_at.is_(None))
    )
    row = tx.execute(query).one_or_none()
    if row is None or not row.active or row.disabled_at is not None:
        return None
    return Reader(person=PersonId(row.person), district=DistrictId(row.district))
