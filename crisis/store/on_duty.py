"""Who would be called first at a school right now: names alone, for the side of the board."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis.store import oncall, people
from crisis.store.call_tree import ON_CALL
from crisis.vocabulary import DistrictId, PersonId, Role, SchoolId

LEVELS = 2  # the one who is called first, and the one after


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`people` are (who, name); empty where nobody is planned, which is to be said aloud. `level` counts from 0."""

    role: Role
    level: int
    people: tuple[tuple[PersonId, str], ...]


def on_duty(tx: Connection, district: DistrictId, school: SchoolId, at: datetime) -> tuple[Duty, ...]:
    """The first level of each role always, a later one where somebody is on it."""
    found = [
        (role, level, [each.person for each in oncall.on_call(tx, district, school, role, level, at=at)])
        for role in ON_CALL
        for level in range(LEVELS)
    ]
    names = people.names(tx, {person for _, _, those in found for person in those})
    return tuple(
        Duty(role=role, level=level, people=tuple((person, names.get(person, "")) for person in those))
        for role, level, those in found
        if those or level == 0
    )
