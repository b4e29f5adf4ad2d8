"""E-mail addresses of families, as they gave them: by what the log calls each, so that no order or event names one.

An address is kept in small letters and compared so. It is barred like a number: who comes back under another id is
known by it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.message_words import PhoneId
from crisis.policy.contact import Adult
from crisis.privacy_words import EmailOver
from crisis.store import audit
from crisis.store.extra_ways import ADDRESS, LONGEST
from crisis.store.privacy_tables import CONTACT_WISH
from crisis.vocabulary import PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyAddress:
    """One address of an adult on the record of one student."""

    id: PhoneId
    student: StudentId
    address: str
    over: EmailOver | None


def of(tx: Connection, persons: Collection[PersonId]) -> dict[PersonId, list[FamilyAddress]]:
    """Of each person on whatever record: two children may have been given two."""
    query = select(CONTACT_WISH).where(CONTACT_WISH.c.person.in_(persons), CONTACT_WISH.c.email.is_not(None))
    found: dict[PersonId, list[FamilyAddress]] = {person: [] for person in persons}
    for row in tx.execute(query.order_by(CONTACT_WISH.c.email_id)):
        one = FamilyAddress(
            id=PhoneId(row.email_id), student=StudentId(row.student), address=row.email, over=row.email_over
        )
        found[PersonId(row.person)].append(one)
    return found


def of_student(tx: Connection, student: StudentId, person: PersonId) -> dict[PhoneId, str]:
    """The address at which this adult is reached about this student."""
    return {each.id: each.address for each in of(tx, [person])[person] if each.student == student}


def with_addresses(adult: Adult, theirs: Iterable[FamilyAddress]) -> Adult:
    """As the decision takes it: all of theirs, so that a shared or a barred one is known wherever it was given."""
    kept = list(theirs)
    stopped = {each.address for each in kept if each.over is EmailOver.STOPPED}
    wrong = {each.address for each in kept if each.over is EmailOver.NOT_THEIRS}
    return replace(
        adult,
        addresses=frozenset(each.address for each in kept),
        stopped=adult.stopped | stopped,
        not_theirs=adult.not_theirs | wrong,
    )


def columns(tx: Connection, student: StudentId, person: PersonId, email: str | None) -> Mapping[str, object]:
    """What the row of a wish holds of it: the same address keeps its id, and that they asked for no more.

    Raises `Refused` for what is no address.
    """
    if email is None:
        return {"email": None, "email_id": None, "email_over": None}
    address = email.strip().lower()
    if len(address) > LONGEST or not ADDRESS.fullmatch(address):
        raise Refused(Reason("EMAIL", "This is not an e-mail address; write it as name@example.org", at="email"))
    for each in of(tx, [person])[person]:
        if each.student == student and each.address == address:
            return {"email": address, "email_id": each.id, "email_over": each.over}
    return {"email": address, "email_id": clock.new_id(), "email_over": None}


def over(tx: Connection, person: PersonId, address: PhoneId, why: EmailOver, *, at: datetime) -> None:
    """Nothing goes to it any more, on whatever record it stands for this person."""
    row = select(CONTACT_WISH.c.email).where(CONTACT_WISH.c.person == person, CONTACT_WISH.c.email_id == address)
    known = tx.execute(row).scalar_one_or_none()
    if known is None:
        return  # taken off the record meanwhile
    same = (CONTACT_WISH.c.person == person, CONTACT_WISH.c.email == known)
    tx.execute(update(CONTACT_WISH).where(*same).values(email_over=why))
    audit.record(tx, at=at, actor=None, action="address of a family is over", subject=person, detail={"why": why.value})
