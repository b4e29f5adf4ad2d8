"""A made-up district: schools with their clocks, staff with telephones, who is on call, protocols and ladders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random

from crisis.commands import Actor, ActorKind
from crisis.ladders import Asks, Cadence, Ladder, problems
from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.schedules.rota import Absence, Handover, Override, Plan, Rotation, Slot, Turn
from crisis.schedules.school_time import merged
from crisis.statemachine.ground import Ground, SchoolCalendar
from crisis.store.calendars import Calendar
from crisis.store.people import SchoolView, StaffView, roles_of
from crisis.store.rotations import Book
from crisis.vocabulary import (
    Covers,
    DistrictId,
    OverrideKind,
    PersonId,
    ProtocolHash,
    Role,
    SchoolId,
    StaffRole,
    Urgency,
)

DISTRICT = DistrictId("d-1")
STEPS = ((0,), (0, 45), (10,), (0, 20, 50), (5, 100))  # seconds from the beginning of a level
SKILLS = ("sign_language", "language:es", "grief")
ZONES = ("America/New_York", "America/Chicago", "America/Phoenix", "America/Anchorage", "Australia/Lord_Howe")
CHANGES = (date(2026, 3, 8), date(2026, 11, 1), date(2026, 4, 5), date(2026, 10, 4))  # days on which clocks change
FIRST, SECOND = PersonId("first"), PersonId("second")  # who works through the protocol on the console
PLANNED = (Role.ONCALL_CLINICIAN, Role.INCIDENT_LEAD, Role.DISTRICT_ONCALL, Role.ADMIN, Role.NURSE)
SCHOOL_POSTS = (StaffRole.COUNSELOR, StaffRole.PRINCIPAL, StaffRole.NURSE, StaffRole.TEACHER, StaffRole.PSYCHOLOGIST)
DISTRICT_POSTS = (StaffRole.CLINICIAN, StaffRole.CLINICIAN, StaffRole.DISTRICT_LEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """Nothing in it changes while a universe runs, but the schedules by the clock."""

    starts: datetime
    schools: Mapping[SchoolId, SchoolView]
    staff: Mapping[PersonId, StaffView]  # in the order of their names
    languages: Mapping[PersonId, str]
    skills: Mapping[PersonId, tuple[str, ...]]
    book: Book
    ladders: Mapping[tuple[Role, Urgency], Ladder]
    protocols: Mapping[ProtocolHash, Protocol]
    grounds: Mapping[SchoolId, Ground] = field(default_factory=dict)
    actors: Mapping[PersonId, Actor] = field(default_factory=dict)
    in_force: Mapping[str, ProtocolHash] = field(default_factory=dict)


@cache
def library() -> tuple[Mapping[ProtocolHash, Protocol], ...]:
    """Every built-in protocol, under each overlay."""
    found = [[loader.protocol(name, overlay) for name in loader.names()] for overlay in loader.overlays()]
    return tuple({loader.content_hash(each): each for each in together} for together in found)


def begins(chance: Random) -> datetime:
    """A moment of the year, often near a change of clocks."""
    day = chance.choice(CHANGES) if chance.random() < 0.4 else date(2026, 1, 1) + timedelta(chance.randrange(365))
    return datetime.combine(day, time(chance.randrange(24), chance.randrange(60)), UTC) - timedelta(hours=6)


def a_district(chance: Random, start: datetime, staff: int) -> District:
    schools = _schools(chance, 1 if staff < 10 else chance.randint(1, 3))
    people = _staff(chance, list(schools), staff)
    zones = {school: view.zone for school, view in schools.items()}
    calendars = {school: _calendar(chance, zone) for school, zone in zones.items()}
    protocols = chance.choice(library())
    ladders = _ladders(chance)
    book = _book(chance, start, people, (schools, calendars))
    return District(
        starts=start,
        schools=schools,
        staff=dict(sorted(people.items(), key=lambda each: each[1].name)),
        languages={person: chance.choice(("en", "es")) for person in people},
        skills={person: (chance.choice(SKILLS),) for person in people if chance.random() < 0.2},
        book=book,
        ladders=ladders,
        protocols=protocols,
        grounds={school: Ground(calendar=merged(calendars[school]), ladders=ladders) for school in schools},
        actors={person: _actor(view) for person, view in people.items()},
        in_force={kind: hashed for hashed, protocol in protocols.items() for kind in protocol.crisis_types},
    )


def _schools(chance: Random, number: int) -> dict[SchoolId, SchoolView]:
    names = [SchoolId(f"s-{each}") for each in range(number)]
    zone = chance.choice(ZONES)
    return {
        each: SchoolView(id=each, district=DISTRICT, name=f"School {each}", zone=zone, hours_checked=True)
        for each in names
    }


def _calendar(chance: Random, zone: str) -> Calendar:
    return Calendar(school=SchoolCalendar(zone=zone, opens=time(chance.choice((7, 8, 9))), closes=time(15)))


def _staff(chance: Random, schools: list[SchoolId], number: int) -> dict[PersonId, StaffView]:
    """The two who may do everything are of the school and district, and have no telephone."""
    everything = tuple(sorted(frozenset(StaffRole) - {StaffRole.OPERATOR}))
    found = {person: _view(person, everything, frozenset(schools), ()) for person in (FIRST, SECOND)}
    posts = [*DISTRICT_POSTS[: 1 + number // 4], *SCHOOL_POSTS]
    for each in range(number):
        person = PersonId(f"p-{each:02}")
        post = posts[each % len(posts)]
        where = frozenset() if post in DISTRICT_POSTS else frozenset({schools[each % len(schools)]})
        phones = () if chance.random() < 0.06 else (f"+1617555{each:04}",)
        found[person] = _view(person, (post,), where, phones)
    return found


def _view(
    person: PersonId, posts: tuple[StaffRole, ...], schools: frozenset[SchoolId], phones: tuple[str, ...]
) -> StaffView:
    return StaffView(
        id=person,
        name=f"Given {person}",
        posts=posts,
        roles=roles_of(posts),
        schools=schools,
        phones=phones,
        missing=False,
    )


def _actor(view: StaffView) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        id=view.id,
        district=DISTRICT,
        schools=view.schools,
        posts=frozenset(view.posts),
        roles=view.roles,
    )


def _ladders(chance: Random) -> dict[tuple[Role, Urgency], Ladder]:
    """Some are the district's own; where there is none the built-in one counts."""
    found = {}
    for role in PLANNED:
        for urgency in Urgency:
            if chance.random() < 0.4:
                found[role, urgency] = _ladder(chance, urgency)
    return found


def _ladder(chance: Random, urgency: Urgency) -> Ladder:
    waits = tuple(timedelta(seconds=chance.choice((60, 120, 180, 240, 300))) for _ in range(chance.randint(1, 5)))
    made = Ladder(
        answer_within=waits,
        repeat_alarm=timedelta(minutes=chance.choice((2, 5))),
        asks=tuple(chance.choice(tuple(Asks)) for _ in range(chance.randint(0, len(waits)))),
    )
    texts, calls = (tuple(timedelta(seconds=each) for each in chance.choice(STEPS)) for _ in range(2))
    own = replace(
        made, cadence=Cadence(texts=texts, calls=calls, ring_again=timedelta(seconds=chance.choice((30, 90))))
    )
    sound = [each for each in (own, made) if not list(problems(each))]
    return chance.choice(sound)


def _book(
    chance: Random,
    start: datetime,
    people: Mapping[PersonId, StaffView],
    places: tuple[Mapping[SchoolId, SchoolView], Mapping[SchoolId, Calendar]],
) -> Book:
    """For each role and level a plan, or none: a gap is a story as well."""
    schools, calendars = places
    plans: dict[Slot, Plan] = {}
    for role in PLANNED:
        fit = [person for person, view in people.items() if role in view.roles and view.phones]
        for level in range(4):
            for school in (None, *schools):
                if fit and chance.random() < (0.75 if school is None else 0.3):
                    plans[Slot(school=school, role=role, level=level)] = _plan(chance, start, fit, schools)
    named = [person for person in people if person not in (FIRST, SECOND)]
    absent = chance.sample(named, chance.randint(0, len(named) // 6))
    absences = tuple(
        Absence(person=person, starts_at=start, ends_at=start + timedelta(hours=chance.randint(1, 24)))
        for person in absent
    )
    gone = frozenset(chance.sample(named, chance.choice((0, 0, 1))))
    return Book(plans=plans, absences=absences, gone=gone, calendars=calendars)


def _plan(chance: Random, start: datetime, fit: list[PersonId], schools: Mapping[SchoolId, SchoolView]) -> Plan:
    zone = next(iter(schools.values())).zone
    turning = tuple(chance.sample(fit, min(len(fit), chance.randint(1, 3))))
    rotation = Rotation(
        id=f"r-{chance.randrange(10**9)}",
        people=turning,
        zone=zone,
        starts_on=start.date() - timedelta(days=chance.randint(2, 40)),
        cycle_days=chance.choice((1, 7)),
        handovers=(Handover(0, time(chance.choice((1, 2, 8, 20)), chance.choice((0, 30)))),),
        covers=chance.choice((Covers.ALWAYS, Covers.ALWAYS, Covers.SCHOOL_HOURS, Covers.OUT_OF_HOURS)),
    )
    shifts = (_turn(chance, start, chance.choice(fit)),) if chance.random() < 0.3 else ()
    overrides = (_override(chance, start, fit),) if chance.random() < 0.2 else ()
    return Plan(rotations=(rotation,), shifts=shifts, overrides=overrides)


def _turn(chance: Random, start: datetime, person: PersonId) -> Turn:
    at = start + timedelta(minutes=chance.randint(-600, 1200))
    length = timedelta(hours=chance.randint(1, 12))
    return Turn(id=f"t-{chance.randrange(10**9)}", person=person, starts_at=at, ends_at=at + length)


def _override(chance: Random, start: datetime, fit: list[PersonId]) -> Override:
    turn = _turn(chance, start, chance.choice(fit))
    return Override(
        id=turn.id,
        kind=OverrideKind.ADD,
        incoming=turn.person,
        outgoing=None,
        starts_at=turn.starts_at,
        ends_at=turn.ends_at,
    )
