"""The short number by which a phone answers a page: unique for that phone, and not used again for seven days."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.store.tables import PAGE_CODE
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId

KEPT = timedelta(days=7)
TWO_DIGITS, THREE_DIGITS = range(10, 100), range(100, 1000)

_dice = random.SystemRandom()  # a code that cannot be foreseen is harder to answer from somebody else's number


class NoCodeLeft(Exception):
    """A phone with 990 pages in seven days: this is a fault somewhere else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    phone: str
    code: str
    incident: IncidentId
    page: PageId
    person: PersonId
    site: str
    mode: Mode
    given_at: datetime


# Built once: each text about a page asks them.
_CODED = [PAGE_CODE.c[each.name] for each in fields(Coded)]
_FIND: dict[tuple[str, ...], Select[Any]] = {
    names: select(*_CODED).where(*(PAGE_CODE.c[name] == bindparam(name) for name in names)).limit(1)
    for names in (("phone", "page"), ("page", "person"))
}
_USED = select(PAGE_CODE.c.code).where(PAGE_CODE.c.phone == bindparam("whose"))
_FORGET = delete(PAGE_CODE).where(PAGE_CODE.c.phone == bindparam("whose"), PAGE_CODE.c.given_at < bindparam("before"))
_GIVE = {  # another worker may give one to the same phone just now
    "postgresql": postgres_insert(PAGE_CODE).on_conflict_do_nothing().returning(*_CODED),
    "sqlite": sqlite_insert(PAGE_CODE).on_conflict_do_nothing().returning(*_CODED),
}


def give(tx: Connection, coded: Coded) -> Coded:
    """With the code of this phone for this page; the same one if it was given before."""
    known = _find(tx, phone=coded.phone, page=coded.page)
    if known is not None:
        return known
    tx.execute(_FORGET, {"whose": coded.phone, "before": coded.given_at - KEPT})
    used = set(tx.execute(_USED, {"whose": coded.phone}).scalars())
    for code in _codes(used):
        row = tx.execute(_GIVE[tx.dialect.name], _columns(replace(coded, code=code))).one_or_none()
        found = _find(tx, phone=coded.phone, page=coded.page) if row is None else Coded(**row._mapping)
        if found is not None:
            return found
    raise NoCodeLeft


def _codes(used: set[str]) -> Iterator[str]:
    """Two digits while there are any, in no order that can be foreseen. Mostly the first one is taken."""
    for digits in (TWO_DIGITS, THREE_DIGITS):
        free = [str(n) for n in digits if str(n) not in used]
        while free:
            yield free.pop(_dice.randrange(len(free)))


def _columns(coded: Coded) -> Mapping[str, object]:
    """The database takes a code of a drill only for a number on that drill's list (`crisis/store/drills.py`)."""
    known = {each.name: getattr(coded, each.name) for each in fields(Coded)}
    return {**known, "drill": coded.incident if coded.mode is Mode.DRILL else None}


def of_phone(tx: Connection, phone: str, at: datetime) -> list[Coded]:
    """The codes that this phone was given in the last seven days, the newest first."""
    query = select(*_CODED).where(PAGE_CODE.c.phone == phone, PAGE_CODE.c.given_at >= at - KEPT)
    return [Coded(**row._mapping) for row in tx.execute(query.order_by(PAGE_CODE.c.given_at.desc()))]


def of_person(tx: Connection, page: PageId, person: PersonId) -> Coded | None:
    """What a person was given for a page, on whichever of their phones."""
    return _find(tx, page=page, person=person)


def _find(tx: Connection, **columns: str) -> Coded | None:
    row = tx.execute(_FIND[*columns], columns).one_or_none()
    return None if row is None else Coded(**row._mapping)
