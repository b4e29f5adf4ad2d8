"""Who on the rota is ready to be paged and who is not, and where a level has nobody in the coming 14 days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crisis.readiness_words import Lack
from crisis.schedules.ahead import LOOKED_AHEAD
from crisis.schedules.readiness import Method, lacks
from crisis.schedules.rota import Slot, Stretch
from crisis.store import asked_turns, calendars, outlook, people, rotations, standing
from crisis.store.asked_turns import AskedTurn
from crisis.store.people import SchoolView
from crisis.store.rotations import Book, Gap
from crisis.vocabulary import DistrictId, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRota:
    """One person who is on call in the coming 14 days; `next_at` is when their next turn begins, or now."""

    person: PersonId
    name: str
    lacks: tuple[Lack, ...]
    methods: tuple[Method, ...]
    tested_at: datetime | None
    slots: tuple[Slot, ...]
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelLack:
    lack: Lack
    schools: tuple[SchoolId, ...]
    role: Role
    level: int
    stretch: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`people`: whom a page would not reach stand first. `unconfirmed`: turns that nobody has confirmed."""

    people: tuple[OnRota, ...]
    levels: tuple[LevelLack, ...]
    unconfirmed: tuple[AskedTurn, ...]
    schools: tuple[SchoolView, ...]
    names: dict[PersonId, str]

    @property
    def red(self) -> tuple[OnRota, ...]:
        return tuple(each for each in self.people if each.lacks)

    @property
    def is_ready(self) -> bool:
        return not self.red and not self.levels


def report(tx: Connection, district: DistrictId, at: datetime) -> Report:
    until = at + LOOKED_AHEAD
    book = rotations.read(tx, district, at, until)
    gaps = rotations.gaps_in(tx, district, book, at, until)
    unconfirmed = asked_turns.unconfirmed(tx, district, at)
    found = _on_rota(tx, book, at)
    return Report(
        people=tuple(found),
        levels=tuple(_levels(tx, district, gaps)),
        unconfirmed=tuple(unconfirmed),
        schools=tuple(people.schools(tx, district)),
        names={each.person: each.name for each in found} | people.names(tx, [each.person for each in unconfirmed]),
    )


def _on_rota(tx: Connection, book: Book, at: datetime) -> list[OnRota]:
    slots: dict[PersonId, list[Slot]] = {}
    begins: dict[PersonId, datetime] = {}
    for turn in outlook.turns(book, at, at + LOOKED_AHEAD):
        slots.setdefault(turn.person, []).append(turn.slot)
        begins[turn.person] = min(turn.starts_at, begins.get(turn.person, turn.starts_at))
    for person, named in _gone(book).items():
        slots[person], begins[person] = named, at
    standings, names = standing.of(tx, slots), people.names(tx, slots)
    found = [
        OnRota(
            person=person,
            name=names.get(person, ""),
            lacks=lacks(standings[person], at),
            methods=standings[person].methods,
            tested_at=standings[person].tested_at,
            slots=tuple(dict.fromkeys(theirs)),
            next_at=begins[person],
        )
        for person, theirs in slots.items()
    ]
    return sorted(found, key=lambda each: (_worst(each.lacks), each.next_at, -len(each.lacks), each.name, each.person))


def _worst(lacking: tuple[Lack, ...]) -> int:
    """The words of `Lack` stand in this order."""
    order = list(Lack)
    return min((order.index(each) for each in lacking), default=len(order))


def _gone(book: Book) -> dict[PersonId, list[Slot]]:
    """Who was switched off and is still named; the schedules skip them, which leaves a gap (F56)."""
    return {
        person: [slot for slot, plan in book.plans.items() if person in rotations.named(plan)] for person in book.gone
    }


def _levels(tx: Connection, district: DistrictId, gaps: Collection[Gap]) -> Iterable[LevelLack]:
    last = dict.fromkeys(Role, 0)
    for (role, _), ladder in calendars.ladders(tx, district).items():
        last[role] = max(last[role], len(ladder.answer_within) - 1)
    for gap in gaps:
        empty = gap.level >= last[gap.role] and not gap.stretch.answer.people
        yield LevelLack(
            lack=Lack.EMPTY_LAST_LEVEL if empty else Lack.EMPTY_LEVEL,
            schools=gap.schools,
            role=gap.role,
            level=gap.level,
            stretch=gap.stretch,
        )
