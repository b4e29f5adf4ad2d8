"""The PIN by which a person says on a telephone that it is them: a caller's number is easily forged (`paging.md` 6.7).

It protects what is said after a page was accepted. It never stands between a page and the person who takes it, and
never between anybody and raising an incident.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import Connection, insert, select, update

from crisis.errors import NotFound, Reason, Refused
from crisis.store import audit
from crisis.store.passwords import FLOOR, Hashing
from crisis.store.people_tables import PERSON, PIN
from crisis.vocabulary import PersonId

SHORTEST, LONGEST = 4, 6  # digits
TRIES = 3
LOCKED = timedelta(minutes=15)  # after the first three wrong ones; each three more double it
LOCKED_AT_MOST = timedelta(hours=24)
HASHING = Hashing(FLOOR)  # checked inside a transaction, while a call waits: it must be over in a few hundredths


class PinCheck(StrEnum):
    """What a try came to. Only `RIGHT` is a yes."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"  # not even looked at
    NOT_SET = "not_set"


def set_pin(tx: Connection, person: PersonId, pin: str, at: datetime) -> None:
    """Sets or replaces it, and ends a lock. Raises `Refused` for what is no PIN or is guessed first."""
    digits = pin.strip()
    if not _fits(digits):
        raise Refused(Reason("PIN", "A PIN has four to six digits"))
    if obvious(digits):
        raise Refused(Reason("PIN", "This PIN is guessed first; use no row such as 1234 and no repeats such as 0000"))
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one_or_none()
    if district is None:
        raise NotFound
    values = {"digest": HASHING.hashed(digits), "set_at": at, "wrong": 0, "locked_until": None}
    if tx.execute(update(PIN).where(PIN.c.person == person).values(**values)).rowcount == 0:
        tx.execute(insert(PIN).values(person=person, district=district, **values))
    audit.record(tx, at=at, actor=person, action="pin set", subject=person)


def check(tx: Connection, person: PersonId, pin: str, at: datetime) -> PinCheck:
    """Counts a wrong try, so it needs a transaction that writes, and that is committed whatever the answer.

    Three wrong tries lock it for a quarter of an hour, three more for twice as long, up to a day; a right one, or a new
    PIN set on the console, begins anew.
    """
    row = tx.execute(select(PIN).where(PIN.c.person == person).with_for_update()).one_or_none()
    if row is None:
        return PinCheck.NOT_SET
    if row.locked_until is not None and at < row.locked_until:
        return PinCheck.LOCKED
    mine = update(PIN).where(PIN.c.person == person)
    digits = pin.strip()
    if _fits(digits) and HASHING.verify(digits, row.digest):
        tx.execute(mine.values(wrong=0, locked_until=None))
        return PinCheck.RIGHT
    wrong = row.wrong + 1
    tx.execute(mine.values(wrong=wrong, locked_until=at + _locked_for(wrong) if wrong % TRIES == 0 else None))
    if wrong % TRIES == 0:
        audit.record(tx, at=at, actor=None, action="pin locked", subject=person)
    return PinCheck.WRONG


def is_set(tx: Connection, person: PersonId) -> bool:
    return tx.execute(select(PIN.c.person).where(PIN.c.person == person)).first() is not None


def _locked_for(wrong: int) -> timedelta:
    doubled = min(wrong // TRIES - 1, 10)
    return min(LOCKED * (1 << doubled), LOCKED_AT_MOST)


def _fits(digits: str) -> bool:
    return SHORTEST <= len(digits) <= LONGEST and digits.isascii() and digits.isdigit()


def obvious(digits: str) -> bool:
    """One step all along: 0000, 1234, 9876; or two digits in turn: 1212."""
    steps = {(int(later) - int(earlier)) % 10 for earlier, later in pairwise(digits)}
    return (len(steps) == 1 and steps <= {0, 1, 9}) or len(set(digits)) <= 2
