"""Who is behind a role at this moment: picked when the message goes out, so that a change made in between counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection

from crisis.ladders import LADDERS, Asks
from crisis.notify.wording import SiteCode, language_of, site_code
from crisis.statemachine.company import COMES
from crisis.statemachine.incident import Incident, Page
from crisis.store import asked_for, conflicts, drills, methods, oncall, people, rotations
from crisis.store.methods import Dialled
from crisis.vocabulary import Mode, PersonId, Role


@dataclass(frozen=True, slots=True)
class Reachable:
    """`phone` is E.164; None for somebody who has no number that works, who is told on the console alone.

    `texts` False: they wrote STOP, or it takes no texts; a page calls at once (F27, F28).
    """

    person: PersonId
    phone: str | None
    language: str
    texts: bool = True


def of_page(tx: Connection, incident: Incident, page: Page, level: int, at: datetime) -> list[Reachable]:
    """Whom a level of this page asks; first those who have what was asked for, and nobody is left out for it (PR-16).

    For each wish that nobody of the first level has, the first of the next one who does is asked with it: sooner,
    never later.
    """
    ladder, conflicted = page.ladder or LADDERS[page.urgency], conflicts.people(tx, incident)
    asked = _without(conflicted, _asked(tx, incident, page.role, level, asks=ladder.asked_at(level), at=at))
    wishes = asked_for.of_page(tx, incident, page.role, page.prefers)
    if wishes.none:
        return asked
    if level == 0 and ladder.asked_at(1) is Asks.ROTA:
        after = _without(conflicted, of_level(tx, incident, page.role, 1, at))
        sooner = wishes.sooner([each.person for each in asked], [each.person for each in after])
        asked = [*asked, *(each for each in after if each.person in sooner)]
    return sorted(asked, key=lambda each: len(wishes.unmet(each.person)))


def _without(conflicted: frozenset[PersonId], asked: Sequence[Reachable]) -> list[Reachable]:
    """Who is related to the student, or named in the report, is asked nothing; who they are is told to nobody."""
    return [each for each in asked if each.person not in conflicted]


def of_level(tx: Connection, incident: Incident, role: Role, level: int, at: datetime) -> list[Reachable]:
    """Who is on call at a level of the rota; the school's staff stand in where it names nobody at first."""
    found = oncall.on_call(tx, incident.district, incident.school, role, level, at=at)
    asked = _with(tx, incident, {each.person: each.numbers for each in found}) if found else []
    if asked or level > 0:
        return asked
    return _at_school(tx, incident, role) or _enrolled_with(tx, incident, role)


def _asked(tx: Connection, incident: Incident, role: Role, level: int, *, asks: Asks, at: datetime) -> list[Reachable]:
    planned = of_level(tx, incident, role, level, at)
    match asks:
        case Asks.ROTA:
            return planned
        case Asks.POOL:
            others = _here_now(tx, incident, role, at)
        case Asks.SUPERVISORS:
            leads = of_level(tx, incident, Role.DISTRICT_ONCALL, 0, at)
            others = [*leads, *_here_now(tx, incident, Role.ADMIN, at)]
        case _:
            assert_never(asks)
    return list(dict.fromkeys((*planned, *others)))


def _here_now(tx: Connection, incident: Incident, role: Role, at: datetime) -> list[Reachable]:
    """Everybody with the role for this school or for the whole district, but those who said that they are away."""
    away = {each.person for each in rotations.absences(tx, incident.district, at, at + rotations.MOMENT)}
    fitting = [
        each.id
        for each in people.staff(tx, incident.district)
        if role in each.roles and (not each.schools or incident.school in each.schools)
        if not each.missing and each.id not in away
    ]
    return _reachable(tx, incident, fitting)


def of_role(tx: Connection, incident: Incident, role: Role, at: datetime) -> list[Reachable]:
    """Whom a notice to a role reaches: the one who has it in this incident, else who is on call, else the school's.

    Nobody who must see nothing of it (PR-54); where nobody else is left, the district's on-call hears of it.
    """
    holder = {Role.INCIDENT_LEAD: incident.lead, Role.SUPERVISING_ADULT: incident.adult}.get(role)
    told = of_level(tx, incident, role, 0, at) if holder is None else [one(tx, incident, holder)]
    conflicted = conflicts.people(tx, incident)
    left = _without(conflicted, told)
    if left or not told:
        return left
    return _without(conflicted, of_level(tx, incident, Role.DISTRICT_ONCALL, 0, at))


def one(tx: Connection, incident: Incident, person: PersonId) -> Reachable:
    """Also who takes no part in a drill: without a telephone, they are told on the console alone."""
    found = _reachable(tx, incident, [person])
    return found[0] if found else _one(tx, person, None)


def person(tx: Connection, incident: Incident, who: PersonId, subject: str) -> list[Reachable]:
    """Nobody is asked to come who has been kept out since; what somebody owes they are told all the same (I-11)."""
    if subject == COMES and who in conflicts.people(tx, incident):
        return []
    return [one(tx, incident, who)]


def site(tx: Connection, incident: Incident) -> SiteCode:
    return site_code(people.school(tx, incident.school).name)


def _at_school(tx: Connection, incident: Incident, role: Role) -> list[Reachable]:
    return _reachable(tx, incident, people.present(tx, incident.district, incident.school, role))


def _reachable(tx: Connection, incident: Incident, persons: Iterable[PersonId]) -> list[Reachable]:
    return _with(tx, incident, methods.dialled(tx, persons))


def _with(tx: Connection, incident: Incident, numbers: Mapping[PersonId, Sequence[Dialled]]) -> list[Reachable]:
    found = [_one(tx, person, next(iter(dialled), None)) for person, dialled in numbers.items()]
    return found if incident.mode is Mode.LIVE else _within_the_drill(tx, incident, found)


def _within_the_drill(tx: Connection, incident: Incident, found: Sequence[Reachable]) -> list[Reachable]:
    """Who takes no part in a planned drill is asked nothing; who is not on its list, on the console alone (F75)."""
    members = drills.enrolled(tx, incident.id)
    asked = [each for each in found if members is None or each.person in members]
    listed = drills.within(tx, incident.id, [each.phone for each in asked if each.phone is not None])
    return [each if each.phone in listed else replace(each, phone=None) for each in asked]


def _enrolled_with(tx: Connection, incident: Incident, role: Role) -> list[Reachable]:
    """In a drill of people who are not on call today, those who could hold the role."""
    members = drills.enrolled(tx, incident.id) if incident.mode is Mode.DRILL else None
    if not members:
        return []
    fitting = [each.id for each in people.staff(tx, incident.district) if each.id in members and role in each.roles]
    return _reachable(tx, incident, fitting)


def _one(tx: Connection, person: PersonId, phone: Dialled | None) -> Reachable:
    language = language_of(people.language(tx, person))
    if phone is None:
        return Reachable(person, None, language)
    return Reachable(person, phone.number, language, texts=phone.texts)
