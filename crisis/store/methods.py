"""What is known of each number: that it reaches its person, that it does not, or that they wrote STOP."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from crisis.readiness_words import Proof
from crisis.schedules.readiness import Method
from crisis.store import audit, people
from crisis.store.people_tables import PERSON, PHONE, Found
from crisis.store.readiness_tables import METHOD
from crisis.vocabulary import Channel, DistrictId, PersonId

BY_TELEPHONE = (Channel.TEXT, Channel.VOICE)
NOT_THEIRS = "not_theirs"  # the code of a number that belongs to somebody else
_METHODS = select(METHOD).where(METHOD.c.person.in_(bindparam("people", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """A number as a page uses it. `texts`, `calls`: whether anything is known against it."""

    number: str  # E.164
    texts: bool
    calls: bool


@dataclass(frozen=True, slots=True)
class Holder:
    person: PersonId
    district: DistrictId
    staff: bool


def of(tx: Connection, persons: Iterable[PersonId]) -> dict[PersonId, tuple[Method, ...]]:
    """Of each number that is on record now, both ways; the number that is paged first stands first."""
    named = list(persons)
    if not named:
        return {}
    numbers = people.dialled(tx, named)
    rows = {(row.person, row.number, row.channel): row for row in tx.execute(_METHODS, {"people": named})}
    return {
        person: tuple(
            _method(number, channel, rows.get((person, number, channel)))
            for number in in_order(numbers.get(person, ()), rows, person)
            for channel in BY_TELEPHONE
        )
        for person in named
    }


def in_order(numbers: Iterable[str], rows: dict[tuple[str, str, str], Found], person: PersonId) -> list[str]:
    """What is known not to ring comes last; it is still tried where there is nothing else."""

    def rings(number: str) -> bool:
        row = rows.get((person, number, Channel.VOICE))
        return row is None or row.bad_since is None

    return sorted(numbers, key=lambda number: not rings(number))


def _method(number: str, channel: Channel, row: Found | None) -> Method:
    if row is None:
        return Method(number=number, channel=channel)
    return Method(
        number=number,
        channel=channel,
        proved_at=row.proved_at,
        proved_by=row.proved_by,
        bad_since=row.bad_since,
        bad_code=row.bad_code,
        opted_out_since=row.opted_out_since,
    )


def dialled(tx: Connection, persons: Iterable[PersonId]) -> dict[PersonId, tuple[Dialled, ...]]:
    """For each person the numbers in the order in which they are used, with what each can be used for (F27, F28)."""
    return {person: tuple(_dialled(methods)) for person, methods in of(tx, persons).items()}


def _dialled(methods: Collection[Method]) -> Iterator[Dialled]:
    for number in dict.fromkeys(each.number for each in methods):
        usable = {each.channel for each in methods if each.number == number and each.usable}
        yield Dialled(number=number, texts=Channel.TEXT in usable, calls=Channel.VOICE in usable)


def prove(tx: Connection, person: PersonId, number: str, channel: Channel, by: Proof, *, at: datetime) -> None:
    """It reached them just now, so whatever was said against it is over; that they wrote STOP is theirs to end."""
    holder = next((each for each in _holders(tx, number) if each.person == person), None)
    if holder is None:
        return  # the number was taken off the record meanwhile
    _put(tx, holder, number, channel, proved_at=at, proved_by=by, bad_since=None, bad_code=None)
    audit.record(tx, at=at, actor=person, action="method proved", subject=person, detail={"channel": channel.value})


def opt_out(tx: Connection, number: str, *, at: datetime) -> list[Holder]:
    """They wrote STOP: from now on no text goes to this number, and a page calls at once (F27).

    Whose number it is and was not marked before; empty where it is nobody's, or was marked.
    """
    return _mark(tx, number, Channel.TEXT, METHOD.c.opted_out_since, at=at, action="texts stopped", opted_out_since=at)


def opt_in(tx: Connection, number: str, *, at: datetime) -> list[PersonId]:
    """They wrote START."""
    theirs = and_(METHOD.c.number == number, METHOD.c.opted_out_since.is_not(None))
    found = [PersonId(person) for person in tx.execute(select(METHOD.c.person).where(theirs)).scalars()]
    tx.execute(update(METHOD).where(theirs).values(opted_out_since=None))
    for person in found:
        audit.record(tx, at=at, actor=None, action="texts wanted again", subject=person)
    return found


def mark_bad(tx: Connection, number: str, channel: Channel, code: str, *, at: datetime) -> list[Holder]:
    """A provider says that this number cannot be reached so. Whose it is and was not marked before."""
    values = {"bad_since": at, "bad_code": code}
    return _mark(tx, number, channel, METHOD.c.bad_since, at=at, action="method does not work", **values)


def mark_wrong(tx: Connection, person: PersonId, number: str, *, at: datetime) -> None:
    """Whoever has this number is somebody else, and said so: of this person alone, for every way."""
    holder = next((each for each in _holders(tx, number) if each.person == person), None)
    if holder is None:
        return  # taken off the record meanwhile
    for channel in BY_TELEPHONE:
        _put(tx, holder, number, channel, bad_since=at, bad_code=NOT_THEIRS)
    audit.record(tx, at=at, actor=None, action="number is somebody else's", subject=person)


def is_opted_out(tx: Connection, number: str) -> bool:
    theirs = (METHOD.c.number == number, METHOD.c.opted_out_since.is_not(None))
    return tx.execute(select(METHOD.c.person).where(*theirs).limit(1)).first() is not None


def _mark(
    tx: Connection,
    number: str,
    channel: Channel,
    since: ColumnElement[datetime],
    *,
    at: datetime,
    action: str,
    **values: object,
) -> list[Holder]:
    marked = select(METHOD.c.person).where(
        METHOD.c.number == number, METHOD.c.channel == channel.value, since.is_not(None)
    )
    known = set(tx.execute(marked).scalars())
    new = [each for each in _holders(tx, number) if each.person not in known]
    for each in new:
        _put(tx, each, number, channel, **values)
        audit.record(tx, at=at, actor=None, action=action, subject=each.person, detail={"channel": channel.value})
    return new


def _holders(tx: Connection, number: str) -> list[Holder]:
    query = (
        select(PHONE.c.person, PERSON.c.district, PERSON.c.staff)
        .join_from(PHONE, PERSON, PERSON.c.id == PHONE.c.person)
        .where(PHONE.c.number == number, PERSON.c.active)
        .distinct()
        .order_by(PHONE.c.person)
    )
    return [Holder(PersonId(row.person), DistrictId(row.district), row.staff) for row in tx.execute(query)]


def _put(tx: Connection, holder: Holder, number: str, channel: Channel, **values: object) -> None:
    insert = postgres_insert if tx.dialect.name == "postgresql" else sqlite_insert
    key = {"person": holder.person, "number": number, "channel": channel.value}
    row = insert(METHOD).values(**key, district=holder.district, **values)
    tx.execute(row.on_conflict_do_update(index_elements=list(key), set_=values))


def by_district(found: Iterable[Holder]) -> dict[DistrictId, int]:
    """How many members of staff of each district: families are not paged."""
    counted: defaultdict[DistrictId, int] = defaultdict(int)
    for each in (one for one in found if one.staff):
        counted[each.district] += 1
    return dict(counted)
