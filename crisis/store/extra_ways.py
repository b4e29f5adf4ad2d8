"""The extra ways to a person: one e-mail address that they have shown to be theirs, and browsers that show messages."""

import hashlib
import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from crisis.errors import NotFound, Reason, Refused
from crisis.store import audit
from crisis.store.channel_tables import EMAIL, PUSH
from crisis.store.people_tables import PERSON
from crisis.vocabulary import DistrictId, PersonId

CODE_LASTS = timedelta(minutes=30)
MOST_CODES, MOST_TRIES = 3, 5  # codes in an hour; wrong ones
MOST_BROWSERS = 5
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
LONGEST = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    address: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A browser, as it made itself known; `key` and `auth` are base64url."""

    id: str
    person: PersonId
    endpoint: str
    key: str
    auth: str
    language: str
    added_at: datetime


def email(tx: Connection, person: PersonId) -> Address | None:
    row = tx.execute(select(EMAIL).where(EMAIL.c.person == person, EMAIL.c.address != "")).one_or_none()
    return None if row is None else Address(address=row.address, verified=row.verified_at is not None)


def give_email(tx: Connection, person: PersonId, address: str, at: datetime) -> str:
    """Keeps the address and returns the code that has to be sent there; until it comes back nothing else is."""
    if len(address) > LONGEST or not ADDRESS.fullmatch(address):
        raise Refused(Reason("EMAIL", "This is not an e-mail address; write it as name@example.org"))
    known = tx.execute(select(EMAIL).where(EMAIL.c.person == person).with_for_update()).one_or_none()
    fresh = known is None or known.hour_at <= at - timedelta(hours=1)
    sent = 0 if known is None or fresh else known.codes_sent
    if sent >= MOST_CODES:
        raise Refused(Reason("EMAIL", "Three codes were sent in this hour; wait an hour, then ask for a new one"))
    code = f"{secrets.randbelow(1_000_000):06}"
    values = {
        "address": address,
        "verified_at": None,
        "code": _digest(person, address, code),
        "code_until": at + CODE_LASTS,
        "tries": 0,
        "codes_sent": sent + 1,
        "hour_at": at if known is None or fresh else known.hour_at,
    }
    if known is None:
        tx.execute(insert(EMAIL).values(person=person, district=_district(tx, person), **values))
    else:
        tx.execute(update(EMAIL).where(EMAIL.c.person == person).values(**values))
    audit.record(tx, at=at, actor=person, action="e-mail address given", subject=person, detail={})
    return code


def confirm_email(tx: Connection, person: PersonId, code: str, at: datetime) -> bool:
    """Whether the code is right; a wrong one is counted, so the caller commits in any case."""
    row = tx.execute(select(EMAIL).where(EMAIL.c.person == person).with_for_update()).one_or_none()
    if row is None or row.code is None:
        raise Refused(Reason("EMAIL", "No code waits for an answer; write down your address first"))
    if row.code_until <= at or row.tries >= MOST_TRIES:
        raise Refused(Reason("EMAIL", "This code is no longer valid; ask for a new one"))
    mine = EMAIL.c.person == person
    if not hmac.compare_digest(row.code, _digest(person, row.address, code)):
        tx.execute(update(EMAIL).where(mine).values(tries=row.tries + 1))
        return False
    tx.execute(update(EMAIL).where(mine).values(verified_at=at, code=None, code_until=None))
    audit.record(tx, at=at, actor=person, action="e-mail address confirmed", subject=person, detail={})
    return True


def drop_email(tx: Connection, person: PersonId, at: datetime) -> None:
    """The count of codes stays: whoever begins anew does not begin with a clean slate."""
    if email(tx, person) is None:
        return
    gone = {"address": "", "verified_at": None, "code": None, "code_until": None}
    tx.execute(update(EMAIL).where(EMAIL.c.person == person).values(**gone))
    audit.record(tx, at=at, actor=person, action="e-mail address removed", subject=person, detail={})


def emails(tx: Connection, people: Iterable[PersonId]) -> dict[PersonId, str]:
    """Of those who have one and have shown that it is theirs."""
    query = select(EMAIL.c.person, EMAIL.c.address).where(
        EMAIL.c.person.in_(list(people)), EMAIL.c.verified_at.is_not(None)
    )
    return {PersonId(row.person): row.address for row in tx.execute(query)}


def subscribe(tx: Connection, subscription: Subscription) -> None:
    """A browser that was somebody else's is now this person's; the oldest goes where there are too many."""
    tx.execute(delete(PUSH).where(PUSH.c.endpoint == subscription.endpoint))
    mine = subscriptions(tx, [subscription.person]).get(subscription.person, [])
    for old in mine[: max(0, len(mine) - MOST_BROWSERS + 1)]:
        tx.execute(delete(PUSH).where(PUSH.c.id == old.id))
    values = {name: getattr(subscription, name) for name in ("id", "person", "endpoint", "key", "auth", "language")}
    district = _district(tx, subscription.person)
    tx.execute(insert(PUSH).values(**values, district=district, added_at=subscription.added_at))
    audit.record(
        tx,
        at=subscription.added_at,
        actor=subscription.person,
        action="push messages switched on",
        subject=subscription.person,
        detail={},
    )


def unsubscribe(tx: Connection, person: PersonId, subscription: str, at: datetime) -> None:
    gone = tx.execute(delete(PUSH).where(PUSH.c.id == subscription, PUSH.c.person == person)).rowcount
    if gone:
        audit.record(tx, at=at, actor=person, action="push messages switched off", subject=person, detail={})


def browser_gone(tx: Connection, subscription: str) -> None:
    """Its maker's server says that it has taken the subscription back."""
    tx.execute(delete(PUSH).where(PUSH.c.id == subscription))


def subscriptions(tx: Connection, people: Iterable[PersonId]) -> dict[PersonId, list[Subscription]]:
    """The oldest first."""
    found: defaultdict[PersonId, list[Subscription]] = defaultdict(list)
    query = select(PUSH).where(PUSH.c.person.in_(list(people))).order_by(PUSH.c.added_at, PUSH.c.id)
    for row in tx.execute(query):
        found[PersonId(row.person)].append(
            Subscription(
                id=row.id,
                person=PersonId(row.person),
                endpoint=row.endpoint,
                key=row.key,
                auth=row.auth,
                language=row.language,
                added_at=row.added_at,
            )
        )
    return dict(found)


def _digest(person: PersonId, address: str, code: str) -> str:
    return hashlib.sha256(f"{person}|{address}|{code}".encode()).hexdigest()


def _district(tx: Connection, person: PersonId) -> DistrictId:
    found = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return DistrictId(found)
