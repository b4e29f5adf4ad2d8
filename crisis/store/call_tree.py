"""Whom to call by hand when paging does not work: names and numbers of staff, and nothing of any student."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis.policy.sight import TEAM
from crisis.store import oncall, people
from crisis.store.people import SchoolView, StaffView
from crisis.store.phones import for_people
from crisis.vocabulary import DistrictId, PersonId, Role, SchoolId, StaffRole

ON_CALL = (Role.ONCALL_CLINICIAN, Role.DISTRICT_ONCALL)
LEVELS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`phones` are (to dial, to read); empty where nobody knows a number."""

    name: str
    posts: tuple[StaffRole, ...]
    phones: tuple[tuple[str, str], ...]
    role: Role | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    school: SchoolView
    on_call: tuple[Entry, ...]
    team: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTree:
    schools: tuple[Branch, ...]
    district: tuple[Entry, ...]


def call_tree(tx: Connection, district: DistrictId, schools: Collection[SchoolId] | None, at: datetime) -> CallTree:
    """`schools` None: all of the district."""
    staff = [each for each in people.staff(tx, district) if not each.missing]
    wanted = [each for each in people.schools(tx, district) if schools is None or each.id in schools]
    return CallTree(
        schools=tuple(
            Branch(school=school, on_call=_on_call(tx, school, at), team=_team(staff, school.id)) for school in wanted
        ),
        district=_leads(staff),
    )


def district_numbers(tx: Connection, district: DistrictId) -> tuple[Entry, ...]:
    """Of those who lead the district's response: they stay the same for long, so they stand on paper."""
    return _leads([each for each in people.staff(tx, district) if not each.missing])


def _leads(staff: Collection[StaffView]) -> tuple[Entry, ...]:
    return tuple(_entry(each) for each in staff if StaffRole.DISTRICT_LEAD in each.posts)


def _team(staff: Collection[StaffView], school: SchoolId) -> tuple[Entry, ...]:
    return tuple(_entry(each) for each in staff if school in each.schools and TEAM & set(each.posts))


def _entry(member: StaffView) -> Entry:
    return Entry(name=member.name, posts=member.posts, phones=_read(member.phones))


def _on_call(tx: Connection, school: SchoolView, at: datetime) -> tuple[Entry, ...]:
    found: list[tuple[Role, int, PersonId, tuple[str, ...]]] = []
    for role in ON_CALL:
        for level in range(LEVELS):
            asked = oncall.on_call(tx, school.district, school.id, role, level, at=at)
            found += [(role, level, each.person, each.phones) for each in asked]
    names = people.names(tx, [person for _, _, person, _ in found])
    return tuple(
        Entry(name=names.get(person, ""), posts=(), phones=_read(phones), role=role, level=level)
        for role, level, person, phones in found
    )


def _read(phones: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((number, for_people(number)) for number in phones)
