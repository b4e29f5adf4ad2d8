"""The short number by which a phone answers a page: unique for that phone, and not used again for seven days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound
from crisis.statemachine.incident import Page
from crisis.store import incidents
from crisis.store.tables import PAGE_CODE
from crisis.vocabulary import IncidentId, Mode, PageId, PersonId

KEPT = timedelta(days=7)
FIRST, LAST = 10, 999


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


def give(tx: Connection, coded: Coded) -> str:
    """The code of this phone for this page; the same one if it was given before."""
    mine = (PAGE_CODE.c.phone == coded.phone, PAGE_CODE.c.page == coded.page)
    known = tx.execute(select(PAGE_CODE.c.code).where(*mine)).scalar_one_or_none()
    if known is not None:
        return str(known)
    old = (PAGE_CODE.c.phone == coded.phone, PAGE_CODE.c.given_at < coded.given_at - KEPT)
    tx.execute(delete(PAGE_CODE).where(*old))
    used = set(tx.execute(select(PAGE_CODE.c.code).where(PAGE_CODE.c.phone == coded.phone)).scalars())
    code = next(str(number) for number in range(FIRST, LAST + 1) if str(number) not in used)
    row = {name: getattr(coded, name) for name in ("phone", "incident", "page", "person", "site", "mode", "given_at")}
    tx.execute(insert(PAGE_CODE).values(**row, code=code))
    return code


def of_phone(tx: Connection, phone: str, at: datetime) -> list[Coded]:
    """The codes that this phone can still answer by, the newest first."""
    query = select(PAGE_CODE).where(PAGE_CODE.c.phone == phone, PAGE_CODE.c.given_at >= at - KEPT)
    return [Coded(**row._mapping) for row in tx.execute(query.order_by(PAGE_CODE.c.given_at.desc()))]


def page_of(tx: Connection, coded: Coded) -> Page | None:
    try:
        return incidents.load(tx, coded.incident).pages.get(coded.page)
    except NotFound:
        return None
