"""Whom of the staff a student trusts, as they said, and who of them can be asked to come now (2.3, field 25)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crisis.policy.preferences import COMPANY
from crisis.record_words import Preference
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.store import conflicts, people, preferences, restrictions, rotations
from crisis.vocabulary import DistrictId, PersonId, StudentId


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """`at_once`: the student wants them asked without anybody pressing. `away`: they said that they are not here."""

    person: PersonId
    at_once: bool
    away: bool


def of_incident(tx: Connection, incident: Incident, at: datetime) -> tuple[Trusted, ...]:
    if incident.student is None:
        return ()
    whose = (incident.district, incident.student)
    return _of_student(tx, whose, conflicts.people(tx, incident), at)


def ground_of(tx: Connection, ground: Ground, incident: Incident, at: datetime) -> Ground:
    return _with(ground, of_incident(tx, incident, at))


def ground_for(tx: Connection, ground: Ground, whose: tuple[DistrictId, StudentId], at: datetime) -> Ground:
    """Where there is no incident about this student yet."""
    return _with(ground, _of_student(tx, whose, conflicts.related(tx, whose[1]), at))


def _with(ground: Ground, named: Collection[Trusted]) -> Ground:
    here = [each for each in named if not each.away]
    at_once = frozenset(each.person for each in here if each.at_once)
    return replace(ground, trusted=tuple(each.person for each in here), trusted_at_once=at_once)


def _of_student(
    tx: Connection, whose: tuple[DistrictId, StudentId], conflicted: Collection[PersonId], at: datetime
) -> tuple[Trusted, ...]:
    """In the order of the record; nobody who is kept out or has left, and no word why."""
    district, student = whose
    kept = [each for each in preferences.of_student(tx, student) if each.preference in COMPANY]
    if not kept:
        return ()
    barred = {each.entry.person for each in restrictions.of_student(tx, student) if each.lifted_at is None}
    staff = {each.id for each in people.staff(tx, district) if not each.missing} - barred - set(conflicted)
    away = {each.person for each in rotations.absences(tx, district, at, at + rotations.MOMENT)}
    at_once = {each.person for each in kept if each.preference is Preference.TRUSTED_ADULT_AT_ONCE}
    return tuple(
        Trusted(person=person, at_once=person in at_once, away=person in away)
        for person in dict.fromkeys(each.person for each in kept)
        if person is not None and person in staff
    )
