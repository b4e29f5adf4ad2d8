"""Can people be reached at this moment: who would be called, what came through lately, and what is waiting too long."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from crisis.delivery import AttemptState
from crisis.store import oncall, people, rotations
from crisis.store.channel_tables import OUTGOING
from crisis.store.people import SchoolView
from crisis.store.people_tables import PERSON
from crisis.store.tables import OUTBOX
from crisis.vocabulary import Channel, DistrictId, Mode, Role

LATELY = timedelta(hours=24)
ARRIVED = frozenset({AttemptState.ANSWERED, AttemptState.DELIVERED, AttemptState.HUMAN_ANSWERED})
NOT_ARRIVED = frozenset({AttemptState.MACHINE_ANSWERED, AttemptState.NO_ANSWER, AttemptState.BUSY, AttemptState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How many stand there, and how many of them have a telephone that a text or a call can reach."""

    role: Role
    level: int
    people: int
    reachable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSchool:
    school: SchoolView
    levels: tuple[Level, ...]

    @property
    def empty(self) -> tuple[Level, ...]:
        return tuple(each for each in self.levels if not each.reachable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Of one channel and mode, in the last 24 hours."""

    channel: Channel
    mode: Mode
    arrived: int
    on_the_way: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`oldest` is when the first of those that are due should have been done."""

    due: int
    oldest: datetime | None

    def behind(self, at: datetime) -> timedelta:
        return timedelta(0) if self.oldest is None else max(at - self.oldest, timedelta(0))


def at_schools(tx: Connection, district: DistrictId, at: datetime) -> list[AtSchool]:
    return [_at(tx, school, at) for school in people.schools(tx, district)]


def _at(tx: Connection, school: SchoolView, at: datetime) -> AtSchool:
    levels = []
    for role, level in rotations.slots(tx, school.district, school.id):
        found = oncall.on_call(tx, school.district, school.id, role, level, at=at)
        reachable = sum(any(each.texts or each.calls for each in one.numbers) for one in found)
        levels.append(Level(role=role, level=level, people=len(found), reachable=reachable))
    return AtSchool(school=school, levels=tuple(levels))


def sent_lately(tx: Connection, district: DistrictId, at: datetime) -> list[Sent]:
    ours = OUTGOING.c.person.in_(select(PERSON.c.id).where(PERSON.c.district == district))
    counted = (
        select(OUTGOING.c.channel, OUTGOING.c.mode, OUTGOING.c.state, func.count().label("n"))
        .where(OUTGOING.c.at > at - LATELY, ours)
        .group_by(OUTGOING.c.channel, OUTGOING.c.mode, OUTGOING.c.state)
    )
    found: dict[tuple[Channel, Mode], dict[AttemptState, int]] = {}
    for row in tx.execute(counted):
        found.setdefault((row.channel, row.mode), {})[row.state] = row.n
    return [
        Sent(
            channel=channel,
            mode=mode,
            arrived=_sum(counts, ARRIVED),
            on_the_way=_sum(counts, frozenset(AttemptState) - ARRIVED - NOT_ARRIVED),
            failed=_sum(counts, NOT_ARRIVED),
        )
        for (channel, mode), counts in sorted(found.items())
    ]


def _sum(counts: dict[AttemptState, int], states: Collection[AttemptState]) -> int:
    return sum(n for state, n in counts.items() if state in states)


def waiting(tx: Connection, district: DistrictId, at: datetime) -> Waiting:
    """What the worker should have done by now and has not."""
    due = (OUTBOX.c.district == district, OUTBOX.c.done_at.is_(None), OUTBOX.c.due_at <= at)
    number, oldest = tx.execute(select(func.count(), func.min(OUTBOX.c.due_at)).where(*due)).one()
    return Waiting(due=int(number), oldest=oldest)
