"""What a text to a family may name of a school: the number that is answered there, and where families come to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound, Reason, Refused
from crisis.protocols import loader
from crisis.protocols.languages import SOURCE
from crisis.store import audit
from crisis.store.message_tables import SCHOOL_LINE
from crisis.store.people_tables import SCHOOL
from crisis.store.phones import phone_number
from crisis.vocabulary import DistrictId, PersonId, SchoolId

LONGEST_PLACE = 40  # letters: a text stays within its segments


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolLine:
    """`callback` is E.164. None: nobody has given it."""

    callback: str | None = None
    place: str | None = None


def of_school(tx: Connection, school: SchoolId) -> SchoolLine:
    row = tx.execute(select(SCHOOL_LINE).where(SCHOOL_LINE.c.school == school)).one_or_none()
    return SchoolLine() if row is None else SchoolLine(callback=row.callback, place=row.place)


def of_district(tx: Connection, district: DistrictId) -> dict[SchoolId, SchoolLine]:
    rows = tx.execute(select(SCHOOL_LINE).where(SCHOOL_LINE.c.district == district))
    return {SchoolId(row.school): SchoolLine(callback=row.callback, place=row.place) for row in rows}


def set_line(
    tx: Connection, district: DistrictId, school: SchoolId, new: SchoolLine, *, by: PersonId, at: datetime
) -> None:
    """As it was written; the last word counts. Raises `NotFound` for another district's school."""
    callback, place = new.callback or "", new.place or ""
    theirs = select(SCHOOL.c.id).where(SCHOOL.c.id == school, SCHOOL.c.district == district)
    if tx.execute(theirs).first() is None:
        raise NotFound
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
