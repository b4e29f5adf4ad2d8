"""Those who plan who is on call in a district, and what they are told: one text without a name."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from crisis.readiness_words import ErrandKind
from crisis.store import errands, methods, people
from crisis.store.errands import Subject, Wanted
from crisis.vocabulary import DistrictId, PersonId, StaffRole

VALID = timedelta(hours=12)  # what could not be sent in that time stands on the console


def of(tx: Connection, district: DistrictId) -> list[PersonId]:
    """The district crisis leads: they may plan everywhere."""
    return [each.id for each in people.staff(tx, district) if StaffRole.DISTRICT_LEAD in each.posts]


def tell(
    tx: Connection,
    district: DistrictId,
    subject: Subject,
    *,
    at: datetime,
    amount: int | None = None,
    also: Iterable[PersonId] = (),
    but: PersonId | None = None,
) -> int:
    """One text to each who can be texted; `also` others, `but` not to one. How many texts that are."""
    told = [each for each in dict.fromkeys([*of(tx, district), *also]) if each != but]
    return text(tx, district, subject, told, at=at, amount=amount)


def text(
    tx: Connection,
    district: DistrictId,
    subject: Subject,
    told: Sequence[PersonId],
    *,
    at: datetime,
    amount: int | None = None,
) -> int:
    """One to each of them who can be texted; how many that are."""
    numbers = methods.dialled(tx, told)
    texted = [(each, numbers[each][0].number) for each in told if numbers[each] and numbers[each][0].texts]
    for person, number in texted:
        wanted = Wanted(
            kind=ErrandKind.NOTICE, subject=subject, person=person, number=number, amount=amount, valid=VALID
        )
        errands.put(tx, district, wanted, at=at)
    return len(texted)
