"""Quick unlock: six digits that open again a screen which nobody touched for a while, for whoever was signed in there.

It never begins a session and shows nobody anew: what is dangerous still asks for all factors (SP 800-63B-4, 2.2.3: at
this level one factor is enough beside a session's secret after it was idle). It is not the PIN of the telephone: that
one is spoken to machines, may have four digits, and is guarded by a lock, not by the end of a session.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from crisis.errors import NotFound, Reason, refuse_if
from crisis.store import audit, pins, sessions
from crisis.store.passwords import secret_token, token_digest
from crisis.store.people_tables import PERSON, PIN, SESSION
from crisis.store.sessions import SessionToken
from crisis.store.sign_in_tables import UNLOCK_PIN
from crisis.vocabulary import PersonId

SHORTEST, LONGEST = 6, 12  # digits
TRIES = 3


def set_pin(tx: Connection, person: PersonId, pin: str, at: datetime) -> None:
    """Sets or replaces it. Raises `Refused` for what is none, is guessed first, or is the telephone's PIN too."""
    digits = pin.strip()
    fits = SHORTEST <= len(digits) <= LONGEST and digits.isascii() and digits.isdigit()
    spoken = tx.execute(select(PIN.c.digest).where(PIN.c.person == person)).scalar_one_or_none()
    same = fits and spoken is not None and pins.HASHING.verify(digits, spoken)
    refuse_if(
        None if fits else Reason("UNLOCK", "A PIN for the screen has six to twelve digits"),
        Reason("UNLOCK", "This PIN is guessed first; use no row such as 123456 and no repeats such as 000000")
        if fits and pins.obvious(digits)
        else None,
        Reason("UNLOCK", "This is your PIN for the telephone; take another one for the screen") if same else None,
    )
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one_or_none()
    if district is None:
        raise NotFound
    values = {"digest": pins.HASHING.hashed(digits), "set_at": at}
    if tx.execute(update(UNLOCK_PIN).where(UNLOCK_PIN.c.person == person).values(**values)).rowcount == 0:
        tx.execute(insert(UNLOCK_PIN).values(person=person, district=district, **values))
    audit.record(tx, at=at, actor=person, action="unlock pin set", subject=person)


def is_set(tx: Connection, person: PersonId) -> bool:
    return tx.execute(select(UNLOCK_PIN.c.person).where(UNLOCK_PIN.c.person == person)).first() is not None


def remove_pin(tx: Connection, person: PersonId, *, at: datetime, by: PersonId | None) -> None:
    """Raises `NotFound` where there is none."""
    if tx.execute(delete(UNLOCK_PIN).where(UNLOCK_PIN.c.person == person)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="unlock pin removed", subject=person)


def unlock(tx: Connection, token: str, pin: str, at: datetime) -> SessionToken | None:
    """The same session under a new secret (F115), as it was: not proved anew. None for a wrong PIN.

    The third wrong one ends the session, so commit whatever the answer. Raises `NotFound` where nothing is locked, is
    over, or has no PIN.
    """
    person = sessions.locked_holder(tx, token, at)
    if person is None or sessions.limited_holder(tx, token, at, used=False) is not None:
        raise NotFound
    kept = tx.execute(select(UNLOCK_PIN.c.digest).where(UNLOCK_PIN.c.person == person)).scalar_one_or_none()
    if kept is None:
        raise NotFound
    mine = SESSION.c.digest == token_digest(token)
    row = tx.execute(select(SESSION.c.wrong_pins).where(mine).with_for_update()).one()
    digits = pin.strip()
    if len(digits) <= LONGEST and pins.HASHING.verify(digits, kept):
        new = SessionToken(secret_token())
        tx.execute(update(SESSION).where(mine).values(digest=token_digest(new), seen_at=at, wrong_pins=0))
        audit.record(tx, at=at, actor=person, action="screen unlocked", subject=person)
        return new
    if row.wrong_pins + 1 < TRIES:
        tx.execute(update(SESSION).where(mine).values(wrong_pins=row.wrong_pins + 1))
        return None
    sessions.sign_out(tx, token)
    audit.record(tx, at=at, actor=None, action="session ended by wrong pins", subject=person)
    return None
