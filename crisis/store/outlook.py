"""What people see of the schedules: who is on call now and in the coming days, gaps, their own turns, open offers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from crisis.errors import NotFound
from crisis.schedules.ahead import LOOKED_AHEAD, stretches, turns_of
from crisis.schedules.rota import Plan, Slot, Stretch, Swap
from crisis.store import overrides, people, rotations
from crisis.store.overrides import Away, Change
from crisis.store.people import SchoolView
from crisis.store.rotations import Book, Gap
from crisis.vocabulary import DistrictId, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A role and level at the school: the first stretch is now."""

    role: Role
    level: int
    ahead: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTurn:
    """A time for which one person is on call; `slot.school` None is for the whole district."""

    slot: Slot
    person: PersonId
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    school: SchoolView
    schools: tuple[SchoolView, ...]
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    turns: tuple[OwnTurn, ...]  # the viewer's
    others: tuple[OwnTurn, ...]  # of the same slots: what can be wanted in return
    swaps: tuple[Swap, ...]
    absences: tuple[Away, ...]
    changes: tuple[Change, ...]
    names: dict[PersonId, str]


def outlook(tx: Connection, district: DistrictId, school: SchoolId, viewer: PersonId, at: datetime) -> Outlook:
    """The coming two weeks at one school. Raises `NotFound` for a school of another district (F118)."""
    schools = people.schools(tx, district)
    here = next((each for each in schools if each.id == school), None)
    if here is None:
        raise NotFound
    until, slots = at + LOOKED_AHEAD, rotations.slots(tx, district, school)
    book = rotations.read(tx, district, at, until)
    every = list(turns(book, at, until))
    own = [each for each in every if each.person == viewer]
    mine = {each.slot for each in own}
    lines = tuple(_line(book, Slot(school=school, role=role, level=level), at, until) for role, level in slots)
    return Outlook(
        school=here,
        schools=tuple(schools),
        lines=lines,
        gaps=tuple(rotations.gaps_in(tx, district, book, at, until)),
        turns=tuple(own),
        others=tuple(each for each in every if each.slot in mine and each.person != viewer),
        swaps=tuple(overrides.open_swaps(tx, district, viewer, at)),
        absences=tuple(overrides.coming_absences(tx, district, at)),
        changes=tuple(overrides.coming_overrides(tx, district, at)),
        names={each.id: each.name for each in people.staff(tx, district)} | _gone(tx, book),
    )


def _gone(tx: Connection, book: Book) -> dict[PersonId, str]:
    return people.names(tx, book.gone)


def _line(book: Book, slot: Slot, at: datetime, until: datetime) -> Line:
    return Line(role=slot.role, level=slot.level, ahead=tuple(stretches(book.schedule(slot), at, until)))


def turns(book: Book, since: datetime, until: datetime) -> Iterator[OwnTurn]:
    """By the plan that somebody is in: who only stands in from the district's is not in the school's."""
    for slot in book.plans:
        found = stretches(replace(book.schedule(slot), district=Plan()), since, until)
        for person in dict.fromkeys(person for each in found for person in each.answer.people):
            for starts_at, ends_at in turns_of(person, found):
                yield OwnTurn(slot=slot, person=person, starts_at=starts_at, ends_at=ends_at)


def turns_of_person(
    tx: Connection, district: DistrictId, person: PersonId, since: datetime, until: datetime
) -> list[OwnTurn]:
    """The earliest first."""
    book = rotations.read(tx, district, since, until)
    found = [each for each in turns(book, since, until) if each.person == person]
    return sorted(found, key=lambda each: (each.starts_at, each.slot.role, each.slot.level, each.slot.school or ""))
