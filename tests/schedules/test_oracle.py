"""The schedules against brute force: around every change of clocks of ten years, and for ten thousand rotas (N10)."""

import random
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from crisis.schedules.ahead import stretches
from crisis.schedules.answering import who
from crisis.schedules.rota import Absence, Calendar, Handover, Override, Plan, Rotation, Schedule, Turn
from crisis.statemachine.ground import SchoolCalendar
from crisis.vocabulary import Covers, OverrideKind, PersonId
from tests.schedules.by_the_minute import DAY, FIRST, LAST, MINUTE, ZONES, ByTheMinute, Wall, changes_of_clocks

AROUND = 3 * 60  # minutes
ROTATIONS = 10_000
PEOPLE = [PersonId(f"p-{name}") for name in "abcdef"]


def crossing(zone: str, change: datetime) -> tuple[Schedule, Wall]:
    """Turns that are handed over before, at, within and after what the clocks skip or show twice."""
    wall = Wall(zone, change - (AROUND + 60) * MINUTE, 2 * (AROUND + 60))
    before = wall.shown[wall.number(change) - 1]
    times = sorted({(before + minutes * MINUTE).time() for minutes in (-80, -19, 1, 31, 62)})
    rotation = Rotation(
        id="r",
        people=tuple(PEOPLE[:3]),
        zone=zone,
        starts_on=before.date() - 2 * DAY,
        cycle_days=1,
        handovers=tuple(Handover(0, at) for at in times),
    )
    calendar = Calendar(school=SchoolCalendar(zone=zone, opens=time(8), closes=time(15)))
    return Schedule(own=Plan(rotations=(rotation,)), calendar=calendar), wall


@pytest.mark.slow
def test_every_minute_around_every_change_of_clocks_of_ten_years_n10_f60() -> None:
    wrong, checked, gaps = [], 0, 0
    for zone in ZONES:
        for change in changes_of_clocks(zone, FIRST, LAST):
            schedule, wall = crossing(zone, change)
            expected = ByTheMinute(schedule, wall)
            for minute in range(60, len(wall.shown) - 60):
                found, wanted = who(schedule, wall.first + minute * MINUTE), expected(minute)
                checked, gaps = checked + 1, gaps + (not found.people)
                if (list(found.people), found.layer) != wanted:
                    wrong.append((zone, change, minute, found, wanted))

    assert wrong == []
    assert checked >= 200_000
    assert gaps == 0


class Dice:
    """A made-up schedule, near a change of clocks, with everything that a schedule can have."""

    def __init__(self, seed: int, zone: str, wall: Wall) -> None:
        self.roll, self.zone, self.wall = random.Random(seed), zone, wall
        self.days = sorted({shown.date() for shown in wall.shown})

    def schedule(self) -> Schedule:
        roll = self.roll
        return Schedule(
            own=self.plan(),
            district=self.plan() if roll.random() < 0.3 else Plan(),
            absences=tuple(self.absence() for _ in range(roll.choice((0, 0, 1, 2)))),
            gone=frozenset(roll.sample(PEOPLE, roll.choice((0, 0, 0, 1)))),
            calendar=self.calendar(),
        )

    def plan(self) -> Plan:
        roll = self.roll
        covers = roll.choice(([Covers.ALWAYS], [Covers.ALWAYS], [*Covers], [Covers.SCHOOL_HOURS, Covers.OUT_OF_HOURS]))
        return Plan(
            rotations=tuple(self.rotation(f"r-{number}", each) for number, each in enumerate(covers)),
            shifts=tuple(Turn(id=f"s-{n}", person=self.person(), **self.span()) for n in range(roll.choice((0, 0, 1)))),
            overrides=tuple(self.override(number) for number in range(roll.choice((0, 1, 2, 4)))),
        )

    def rotation(self, name: str, covers: Covers) -> Rotation:
        roll, cycle = self.roll, self.roll.choice((1, 1, 2, 5, 7, 7))
        handovers = {Handover(roll.randrange(cycle), self.time()) for _ in range(roll.choice((1, 1, 2, 3)))}
        starts_on = self.days[0] + roll.randrange(-9, 5) * DAY
        return Rotation(
            id=name,
            people=tuple(roll.sample(PEOPLE, roll.randint(1, 4))),
            zone=self.zone,
            starts_on=starts_on,
            cycle_days=cycle,
            handovers=tuple(sorted(handovers)),
            covers=covers,
            ends_on=starts_on + roll.randint(1, 16) * DAY if roll.random() < 0.2 else None,
        )

    def override(self, number: int) -> Override:
        kind = self.roll.choice(list(OverrideKind))
        everybody = kind is OverrideKind.REPLACE and self.roll.random() < 0.3
        return Override(
            id=f"o-{number}",
            kind=kind,
            incoming=None if kind is OverrideKind.REMOVE else self.person(),
            outgoing=None if everybody or kind is OverrideKind.ADD else self.person(),
            **self.span(),
        )

    def absence(self) -> Absence:
        return Absence(person=self.person(), **self.span())

    def calendar(self) -> Calendar:
        roll, opens = self.roll, self.roll.choice((time(1, 30), time(2), time(8)))
        return Calendar(
            school=SchoolCalendar(
                zone=self.zone,
                opens=opens,
                closes=time(15),
                weekdays=frozenset(roll.sample(range(7), 6)),
                days_off=self.some_days(),
                early_close=dict.fromkeys(self.some_days(), time(11)),
                terms=((self.days[1], self.days[-3]),) if roll.random() < 0.3 else (),
                make_up_days=self.some_days(),
            ),
            holidays=self.some_days(),
            closures={day: roll.choice((None, time(2, 30), time(10))) for day in self.some_days()},
        )

    def some_days(self) -> frozenset[date]:
        return frozenset(self.roll.sample(self.days, self.roll.choice((0, 1, 2))))

    def person(self) -> PersonId:
        return self.roll.choice(PEOPLE)

    def time(self) -> time:
        return time(self.roll.choice((0, 1, 1, 2, 2, 3, 8, 20)), self.roll.choice((0, 0, 15, 30, 59)))

    def minute(self) -> int:
        """In the days around the change more often than elsewhere; never in the first days, which turns reach into."""
        middle, length = len(self.wall.shown) // 2, len(self.wall.shown)
        near = self.roll.random() < 0.6
        return middle + self.roll.randrange(-300, 300) if near else self.roll.randrange(60, length - 60)

    def edges(self, expected: ByTheMinute) -> list[int]:
        """Where a turn begins or ends, and the minute before."""
        ends = {edge for each in expected.turns.values() for first, after, _ in each for edge in (first, after)}
        inside = sorted(edge for edge in ends if 0 < edge < len(self.wall.shown))
        chosen = self.roll.choice(inside) if inside else 1
        return [chosen - 1, chosen]

    def span(self) -> dict[str, datetime]:
        first, last = sorted((self.minute(), self.minute()))
        return {"starts_at": self.wall.first + first * MINUTE, "ends_at": self.wall.first + (last + 1) * MINUTE}


@pytest.fixture(scope="module")
def walls() -> list[tuple[str, Wall]]:
    """Eleven days around one spring and one autumn in a dozen zones."""
    found = []
    for zone in ZONES[::3]:
        for change in changes_of_clocks(zone, FIRST.replace(year=2021), FIRST.replace(year=2022))[:2]:
            found.append((zone, Wall(zone, change - 5.5 * DAY, 11 * 1440)))
    return found


@pytest.mark.slow
def test_ten_thousand_rotas_with_overrides_absences_and_calendars_n10(walls: list[tuple[str, Wall]]) -> None:
    wrong = []
    for seed in range(ROTATIONS):
        zone, wall = walls[seed % len(walls)]
        dice = Dice(seed, zone, wall)
        schedule = dice.schedule()
        expected = ByTheMinute(schedule, wall)
        for minute in [*dice.edges(expected), dice.minute(), dice.minute()]:
            found, wanted = who(schedule, wall.first + minute * MINUTE), expected(minute)
            if (list(found.people), found.layer) != wanted:
                wrong.append((seed, minute, found, wanted))

    assert wrong == []


def test_between_two_edges_of_a_stretch_the_answer_never_changes(walls: list[tuple[str, Wall]]) -> None:
    for seed in range(150):
        zone, wall = walls[seed % len(walls)]
        dice = Dice(seed, zone, wall)
        schedule = dice.schedule()
        since, until = wall.first + 3 * DAY, wall.first + 8 * DAY

        found = stretches(schedule, since, until)

        assert [each.starts_at for each in found] == [since, *(each.ends_at for each in found[:-1])]
        assert found[-1].ends_at == until
        assert all(one.answer != other.answer for one, other in pairwise(found))
        for each in found:
            length = each.ends_at - each.starts_at
            for share in (0, dice.roll.random(), 1):
                at = min(each.starts_at + share * length, each.ends_at - timedelta(microseconds=1))
                assert who(schedule, at) == each.answer, seed
