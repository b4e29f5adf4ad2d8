"""Who is behind a role at this moment: picked when the message goes out, so that a change made in between counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis.notify.wording import SiteCode, language_of, site_code
from crisis.statemachine.incident import Incident
from crisis.store import methods, oncall, people
from crisis.store.methods import Dialled
from crisis.vocabulary import PersonId, Role


@dataclass(frozen=True, slots=True)
class Reachable:
    """`phone` is E.164; None for somebody who has no number that works, who is told on the console alone.

    `texts` False: they wrote STOP, or it takes no texts; a page calls at once (F27, F28).
    """

    person: PersonId
    phone: str | None
    language: str
    texts: bool = True


def of_level(tx: Connection, incident: Incident, role: Role, level: int, at: datetime) -> list[Reachable]:
    """Who is on call at a level of the ladder; the school's staff stand in where the rota names nobody at first."""
    found = oncall.on_call(tx, incident.district, incident.school, role, level, at=at)
    if found:
        return _reachable(tx, (each.person for each in found))
    return _at_school(tx, incident, role) if level == 0 else []


def of_role(tx: Connection, incident: Incident, role: Role, at: datetime) -> list[Reachable]:
    """Whom a notice to a role reaches: the one who has it in this incident, else who is on call, else the school's."""
    holder = {Role.INCIDENT_LEAD: incident.lead, Role.SUPERVISING_ADULT: incident.adult}.get(role)
    if holder is not None:
        return [one(tx, holder)]
    return of_level(tx, incident, role, 0, at)


def one(tx: Connection, person: PersonId) -> Reachable:
    return _reachable(tx, [person])[0]


def site(tx: Connection, incident: Incident) -> SiteCode:
    return site_code(people.school(tx, incident.school).name)


def _at_school(tx: Connection, incident: Incident, role: Role) -> list[Reachable]:
    staff = people.staff(tx, incident.district)
    fitting = (each for each in staff if role in each.roles and incident.school in each.schools and not each.missing)
    return _reachable(tx, (each.id for each in fitting))


def _reachable(tx: Connection, persons: Iterable[PersonId]) -> list[Reachable]:
    named = list(persons)
    phones = methods.dialled(tx, named)
    return [_one(tx, person, next(iter(phones[person]), None)) for person in named]


def _one(tx: Connection, person: PersonId, phone: Dialled | None) -> Reachable:
    language = language_of(people.language(tx, person))
    if phone is None:
        return Reachable(person, None, language)
    return Reachable(person, phone.number, language, texts=phone.texts)
