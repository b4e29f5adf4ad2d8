"""Errands: texts and calls outside of any incident. The outbox belongs to incidents; these never go before a page.

An errand that asks something has a code of three digits: those of two digits belong to pages, so a reply cannot be
taken for the wrong one.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from crisis import clock
from crisis.readiness_words import ErrandKind
from crisis.store.people_tables import Found
from crisis.store.readiness_tables import ERRAND
from crisis.store.tables import PAGE_CODE
from crisis.vocabulary import AttemptOutcome, Channel, DistrictId, PersonId

KEPT = timedelta(days=30)
ANSWERABLE = timedelta(minutes=60)  # a test page
MOST_TRIES = 3
CODES = range(100, 1000)

_dice = random.SystemRandom()


class Subject(StrEnum):
    """Everything that an errand can be about."""

    TEST = "test"
    CONFIRM_TURN = "confirm_turn"
    TURN_UNCONFIRMED = "turn_unconfirmed"
    TURN_DECLINED = "turn_declined"
    PLAN = "plan"  # gaps, and people who are not ready
    STOPPED = "stopped"
    BAD_NUMBER = "bad_number"
    SECOND_LOOK = "second_look"  # entries of records that one person made
    RECORDS_DUE = "records_due"  # requests to see a record
    BREAK_GLASS = "break_glass"  # somebody opened an incident that is not theirs
    EMERGENCY_ACCOUNT = "emergency_account"  # an account on paper is used
    GATHERING = "gathering"  # somebody opens the records of many students
    SIGN_IN = "sign_in"  # there is a new way into somebody's account
    IMPROVEMENT_DUE = "improvement_due"  # items of an owner
    DRILL_COMING = "drill_coming"  # that somebody runs or takes part in
    DRILL_PARENTS = "drill_parents"  # have not been told
    DRILL_OWED = "drill_owed"  # by a school
    REVIEW_OWED = "review_owed"  # to be written
    REVIEW_TO_SIGN = "review_to_sign"
    ANCHOR = "anchor"  # where the audit chain stands could not be kept outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """`attempts` is the fence: it must still be the row's when the errand is finished."""

    id: str
    district: DistrictId
    kind: ErrandKind
    person: PersonId
    number: str
    channel: Channel
    code: str | None
    subject: Subject
    turn: str | None
    amount: int | None
    made_at: datetime
    expires_at: datetime
    attempts: int
    done_at: datetime | None
    outcome: AttemptOutcome | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be said to whom; `asks`: it is answered by a code or a key."""

    kind: ErrandKind
    subject: Subject
    person: PersonId
    number: str
    channel: Channel = Channel.TEXT
    asks: bool = False
    turn: str | None = None
    amount: int | None = None
    valid: timedelta = ANSWERABLE


def put(
    tx: Connection,
    district: DistrictId,
    wanted: Wanted,
    *,
    at: datetime,
    by: PersonId | None = None,
    wait: timedelta = timedelta(0),
) -> Errand:
    """Due after `wait`. What is older than a month is swept out."""
    tx.execute(delete(ERRAND).where(ERRAND.c.made_at < at - KEPT))
    values = {
        "id": clock.new_id(),
        "district": district,
        "kind": wanted.kind,
        "person": wanted.person,
        "number": wanted.number,
        "channel": wanted.channel.value,
        "code": _code(tx, wanted.number) if wanted.asks else None,
        "subject": wanted.subject.value,
        "turn": wanted.turn,
        "amount": wanted.amount,
        "made_at": at,
        "expires_at": at + wanted.valid,
        "attempts": 0,
    }
    tx.execute(insert(ERRAND).values(**values, asked_by=by, due_at=at + wait, wrong=0))
    return one(tx, str(values["id"]))


def _code(tx: Connection, number: str) -> str:
    used = set(tx.execute(select(ERRAND.c.code).where(ERRAND.c.number == number)).scalars())
    used |= set(tx.execute(select(PAGE_CODE.c.code).where(PAGE_CODE.c.phone == number)).scalars())
    return _dice.choice([str(each) for each in CODES if str(each) not in used])


def one(tx: Connection, errand: str) -> Errand:
    """Raises `NoResultFound` for one that was never made or was swept out."""
    return _errand(tx.execute(select(ERRAND).where(ERRAND.c.id == errand)).one())


def find(tx: Connection, errand: str) -> Errand | None:
    row = tx.execute(select(ERRAND).where(ERRAND.c.id == errand)).one_or_none()
    return None if row is None else _errand(row)


def _errand(row: Found) -> Errand:
    plain = {each.name: getattr(row, each.name) for each in fields(Errand)}
    return Errand(**plain | {"channel": Channel(row.channel), "subject": Subject(row.subject)})


def next_due(tx: Connection, at: datetime) -> bool:
    return tx.execute(select(ERRAND.c.id).where(*_due(at)).limit(1)).first() is not None


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(ERRAND.c.claimed_until.is_(None), ERRAND.c.claimed_until <= at)
    return (ERRAND.c.done_at.is_(None), ERRAND.c.due_at <= at, ERRAND.c.expires_at > at, free)


def claim(tx: Connection, at: datetime, *, lease: timedelta) -> Errand | None:
    """The one that is due longest; it is this worker's until the lease ends."""
    query = select(ERRAND).where(*_due(at)).order_by(ERRAND.c.due_at, ERRAND.c.id).limit(1)
    row = tx.execute(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    claimed = update(ERRAND).where(ERRAND.c.id == row.id)
    tx.execute(claimed.values(attempts=row.attempts + 1, claimed_until=at + lease))
    return one(tx, row.id)


def finish(tx: Connection, errand: Errand, outcome: AttemptOutcome | None, at: datetime) -> bool:
    """False if another worker has taken it over since. `outcome` None: there is no line, or no number."""
    mine = (ERRAND.c.id == errand.id, ERRAND.c.attempts == errand.attempts, ERRAND.c.done_at.is_(None))
    done = update(ERRAND).where(*mine).values(done_at=at, outcome=outcome, claimed_until=None)
    return tx.execute(done).rowcount == 1


def retry_at(tx: Connection, errand: Errand, when: datetime) -> None:
    mine = (ERRAND.c.id == errand.id, ERRAND.c.attempts == errand.attempts, ERRAND.c.done_at.is_(None))
    tx.execute(update(ERRAND).where(*mine).values(due_at=when, claimed_until=None))


def asking(tx: Connection, at: datetime, *, number: str | None = None, person: PersonId | None = None) -> list[Errand]:
    """What waits for an answer of a telephone, or of a person; the newest first."""
    query = select(ERRAND).where(ERRAND.c.code.is_not(None), ERRAND.c.answered_at.is_(None), ERRAND.c.expires_at > at)
    if number is not None:
        query = query.where(ERRAND.c.number == number)
    if person is not None:
        query = query.where(ERRAND.c.person == person)
    return [_errand(row) for row in tx.execute(query.order_by(ERRAND.c.made_at.desc(), ERRAND.c.id.desc()))]


def with_codes(tx: Connection, number: str) -> list[Errand]:
    """All that this telephone was asked in the last month, answered or not; the newest first."""
    query = select(ERRAND).where(ERRAND.c.number == number, ERRAND.c.code.is_not(None))
    return [_errand(row) for row in tx.execute(query.order_by(ERRAND.c.made_at.desc(), ERRAND.c.id.desc()))]


def mark_answered(tx: Connection, errand: str, at: datetime) -> bool:
    """False where it was answered before, or may not be any more."""
    waits = (ERRAND.c.id == errand, ERRAND.c.answered_at.is_(None), ERRAND.c.expires_at > at)
    return tx.execute(update(ERRAND).where(*waits).values(answered_at=at)).rowcount == 1


def count_wrong(tx: Connection, these: Sequence[str], at: datetime, most: int) -> None:
    """A code that was typed and is none of them; after `most` of these they take no answer any more."""
    tx.execute(update(ERRAND).where(ERRAND.c.id.in_(these)).values(wrong=ERRAND.c.wrong + 1))
    tx.execute(update(ERRAND).where(ERRAND.c.id.in_(these), ERRAND.c.wrong >= most).values(expires_at=at))


def lately(tx: Connection, person: PersonId, kind: ErrandKind, since: datetime) -> list[Errand]:
    """The newest first."""
    query = select(ERRAND).where(ERRAND.c.person == person, ERRAND.c.kind == kind, ERRAND.c.made_at >= since)
    return [_errand(row) for row in tx.execute(query.order_by(ERRAND.c.made_at.desc(), ERRAND.c.id.desc()))]
