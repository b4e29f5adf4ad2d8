"""Whom a ladder would call, by the same code that calls; and which level would call nobody."""

from datetime import datetime, time, timedelta

import pytest

from crisis import clock
from crisis.errors import Refused
from crisis.ladders import Asks, Ladder
from crisis.schedules.rota import Rotation, Slot, daily
from crisis.simulating import ladders
from crisis.store import calendars, rotations
from crisis.store.engine import Store
from crisis.vocabulary import Role, Urgency
from tests.factories import DISTRICT, SCHOOL
from tests.notify.village import ANA, BEN, a_village

RUNG = (Role.ONCALL_CLINICIAN, Urgency.U1)
MINUTE = timedelta(minutes=1)
THIRD = Slot(school=SCHOOL, role=Role.ONCALL_CLINICIAN, level=2)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Who is on call is asked of both in `tests/store`."""
    return sqlite_url


@pytest.fixture
def at(store: Store) -> datetime:
    a_village(store)
    return clock.now()


def rota(levels: int) -> Ladder:
    return Ladder(answer_within=(2 * MINUTE,) * levels, repeat_alarm=MINUTE, asks=(Asks.ROTA,) * levels)


def in_three_days(at: datetime) -> Rotation:
    cycle, handovers = daily(time(8))
    first = at.date() + timedelta(days=3)
    return Rotation(
        id="r-3", people=(ANA,), zone="America/New_York", starts_on=first, cycle_days=cycle, handovers=handovers
    )


def test_each_level_names_whom_it_would_call_now(store: Store, at: datetime) -> None:
    with store.read() as tx:
        levels = ladders.asked_now(tx, DISTRICT, RUNG, rota(3), at)[SCHOOL]

    assert [(each.people, each.ever) for each in levels] == [((ANA,), True), ((BEN,), True), ((), False)]


def test_a_level_that_nobody_ever_answers_is_refused_and_one_that_begins_in_three_days_is_not(
    store: Store, at: datetime
) -> None:
    with store.write() as tx:
        with pytest.raises(Refused) as refused:
            ladders.put(tx, DISTRICT, RUNG, rota(3), at=at, by=None)
        rotations.add_rotation(tx, DISTRICT, THIRD, in_three_days(at), at=at, by=None)
        ladders.put(tx, DISTRICT, RUNG, rota(3), at=at, by=None)
        kept = calendars.ladders(tx, DISTRICT)[RUNG]

    assert "Level 3 would call nobody" in str(refused.value)
    assert len(kept.answer_within) == 3
