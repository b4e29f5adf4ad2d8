"""What a text to a family may name of a school: the number that is answered there, and where families come to."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound, Reason, Refused
from crisis.protocols import loader
from crisis.protocols.languages import SOURCE
from crisis.store import as_seen, audit
from crisis.store.message_tables import SCHOOL_LINE
from crisis.store.people_tables import SCHOOL, Found
from crisis.store.phones import phone_number
from crisis.vocabulary import DistrictId, PersonId, SchoolId

LONGEST_PLACE = 40  # letters: a text stays within its segments


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolLine:
    """`callback` is E.164. None: nobody has given it."""

    callback: str | None = None
    place: str | None = None
    recorded_at: datetime | None = field(default=None, compare=False)

    @property
    def version(self) -> int:
        return as_seen.version(self.recorded_at)


def of_school(tx: Connection, school: SchoolId) -> SchoolLine:
    row = tx.execute(select(SCHOOL_LINE).where(SCHOOL_LINE.c.school == school)).one_or_none()
    return SchoolLine() if row is None else _line(row)


def of_district(tx: Connection, district: DistrictId) -> dict[SchoolId, SchoolLine]:
    rows = tx.execute(select(SCHOOL_LINE).where(SCHOOL_LINE.c.district == district))
    return {SchoolId(row.school): _line(row) for row in rows}


def _line(row: Found) -> SchoolLine:
    return SchoolLine(callback=row.callback, place=row.place, recorded_at=row.recorded_at)


def set_line(
    tx: Connection,
    district: DistrictId,
    school: SchoolId,
    new: SchoolLine,
    *,
    by: PersonId,
    at: datetime,
    seen: int | None = None,
) -> None:
    """As it was written. `seen`: the version that was changed. Raises `NotFound` for another district's school."""
    callback, place = new.callback or "", new.place or ""
    theirs = select(SCHOOL.c.id).where(SCHOOL.c.id == school, SCHOOL.c.district == district)
    if tx.execute(theirs).first() is None:
        raise NotFound
    last = select(SCHOOL_LINE.c.recorded_at, SCHOOL_LINE.c.recorded_by).where(SCHOOL_LINE.c.school == school)
    as_seen.must_be_current(seen, tx.execute(last).one_or_none(), by)
    number, address = phone_number(callback).number, " ".join(place.split())
    if callback.strip() and number is None:
        raise Refused(Reason("PR-8", "This is no number that can be called; write it with its area code"))
    if len(address) > LONGEST_PLACE:
        raise Refused(Reason("PR-77", "The address is too long for a text; 40 letters at most"))
    if loader.neutral()[SOURCE].found_in(address):
        raise Refused(Reason("PR-8", "Only an address: a word of health or of a child may not stand in a text"))
    tx.execute(delete(SCHOOL_LINE).where(SCHOOL_LINE.c.school == school))
    values = {"callback": number, "place": address or None, "recorded_by": by, "recorded_at": at}
    tx.execute(insert(SCHOOL_LINE).values(school=school, district=district, **values))
    audit.record(tx, at=at, actor=by, action="number for families recorded", subject=school)
