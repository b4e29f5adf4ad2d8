"""What somebody had typed when their session ran out: sealed, for half an hour, for the same person in that browser.

It is found by the session that ran out, whose secret the browser still has; nothing is kept in the browser for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from crisis.store.passwords import token_digest
from crisis.store.people_tables import PERSON
from crisis.store.sealed import KeyRing
from crisis.store.sign_in_tables import KEPT_FORM
from crisis.vocabulary import PersonId

KEPT_FOR = timedelta(minutes=30)
Fields = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Where it was sent, and the fields as they came."""

    path: str
    fields: Fields


def keep(tx: Connection, keys: KeyRing, session: str, person: PersonId, form: KeptForm, *, at: datetime) -> None:
    """In the place of one that was kept before in this session."""
    forget(tx, at)
    mine = KEPT_FORM.c.digest == token_digest(session)
    tx.execute(delete(KEPT_FORM).where(mine))
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one()
    content = orjson.dumps({"path": form.path, "fields": {name: list(each) for name, each in form.fields.items()}})
    row = {"digest": token_digest(session), "district": district, "person": person, "ends_at": at + KEPT_FOR}
    tx.execute(insert(KEPT_FORM).values(**row, sealed=keys.seal(place_of(person), content), shown=False))


def waits(tx: Connection, session: str, at: datetime) -> bool:
    """And was not shown yet."""
    return tx.execute(select(KEPT_FORM.c.digest).where(*_of(session, at), ~KEPT_FORM.c.shown)).first() is not None


def move(tx: Connection, before: str, after: str, person: PersonId, at: datetime) -> bool:
    """To the session that begins now. Whoever else signs in in that browser erases it; False where there is none."""
    forget(tx, at)
    mine = (*_of(before, at), KEPT_FORM.c.person == person, ~KEPT_FORM.c.shown)
    moved = tx.execute(update(KEPT_FORM).where(*mine).values(digest=token_digest(after))).rowcount == 1
    tx.execute(delete(KEPT_FORM).where(*_of(before, at)))
    return moved


def show(tx: Connection, keys: KeyRing, session: str, person: PersonId, at: datetime) -> KeptForm | None:
    """As long as it is kept: a page that broke off on its way is loaded again."""
    mine = (*_of(session, at), KEPT_FORM.c.person == person)
    sealed = tx.execute(select(KEPT_FORM.c.sealed).where(*mine)).scalar_one_or_none()
    if sealed is None:
        return None
    tx.execute(update(KEPT_FORM).where(*mine).values(shown=True))
    read = orjson.loads(keys.unseal(place_of(person), sealed))
    return KeptForm(read["path"], {name: tuple(each) for name, each in read["fields"].items()})


def forget(tx: Connection, at: datetime) -> None:
    tx.execute(delete(KEPT_FORM).where(KEPT_FORM.c.ends_at <= at))


def is_due(tx: Connection, at: datetime) -> bool:
    return tx.execute(select(KEPT_FORM.c.digest).where(KEPT_FORM.c.ends_at <= at).limit(1)).first() is not None


def place_of(person: PersonId) -> str:
    return f"kept_form|{person}"


def _of(session: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return KEPT_FORM.c.digest == token_digest(session), KEPT_FORM.c.ends_at > at
