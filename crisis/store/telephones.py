"""The numbers of one person by what the roster calls each, so that an order and its event name none."""

from collections import defaultdict

from sqlalchemy import Connection, select

from crisis.message_words import PhoneId
from crisis.store.people import full_name
from crisis.store.people_tables import PERSON, PHONE
from crisis.vocabulary import DistrictId, PersonId, PhoneKind

_MOBILE_FIRST = {PhoneKind.MOBILE: 0, PhoneKind.UNKNOWN: 1, PhoneKind.HOME: 2, PhoneKind.WORK: 3}


def of_person(tx: Connection, person: PersonId) -> dict[PhoneId, str]:
    """Those that can be dialled, E.164, each once, a mobile first."""
    rows = tx.execute(select(PHONE).where(PHONE.c.person == person, PHONE.c.number.is_not(None))).all()
    found: dict[str, PhoneId] = {}
    for row in sorted(rows, key=lambda row: (_MOBILE_FIRST[row.kind], row.position, row.id)):
        found.setdefault(row.number, PhoneId(row.id))
    return {phone: number for number, phone in found.items()}


def of_families(tx: Connection, district: DistrictId) -> dict[str, list[str]]:
    """Of each number, the names of those who share it."""
    query = (
        select(PHONE.c.number, PERSON.c.given, PERSON.c.family)
        .join_from(PHONE, PERSON, PERSON.c.id == PHONE.c.person)
        .where(PERSON.c.district == district, PERSON.c.staff.is_(False), PHONE.c.number.is_not(None))
        .order_by(PHONE.c.number, PERSON.c.given)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in tx.execute(query):
        found[row.number].append(full_name(row.given, row.family))
    return dict(found)


def language_at(tx: Connection, number: str) -> str | None:
    """Of whoever has this telephone (E.164), as a BCP 47 tag; None where the roster knows none, or several."""
    query = (
        select(PERSON.c.language)
        .join_from(PHONE, PERSON, PERSON.c.id == PHONE.c.person)
        .where(PHONE.c.number == number, PERSON.c.active, PERSON.c.language.is_not(None))
        .distinct()
    )
    known = tx.execute(query).scalars().all()
    return str(known[0]) if len(known) == 1 else None
