"""Time in a running process does not go back, whatever is done to the machine's clock (F65, F66)."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis import clock
from crisis.clock import Steady

BEGAN = datetime(2026, 11, 1, 5, 59, tzinfo=UTC)


class Machine:
    """A clock that can be put, and a count of seconds that cannot."""

    def __init__(self) -> None:
        self.wrong, self.passed = timedelta(), 0.0

    def wall(self) -> datetime:
        return BEGAN + timedelta(seconds=self.passed) + self.wrong

    def monotonic(self) -> float:
        return self.passed


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_put_back_by_an_hour_time_goes_on_at_its_own_pace_f66(machine: Machine) -> None:
    steady = Steady(machine.wall, machine.monotonic)
    machine.passed, machine.wrong = 10.0, timedelta(hours=-1)

    first = steady()
    machine.passed = 25.0

    assert first == BEGAN + timedelta(seconds=10)
    assert steady() == BEGAN + timedelta(seconds=25)


def test_put_forward_it_is_believed_at_once_f65(machine: Machine) -> None:
    steady = Steady(machine.wall, machine.monotonic)
    machine.passed, machine.wrong = 10.0, timedelta(hours=1)

    assert steady() == BEGAN + timedelta(hours=1, seconds=10)


def test_put_forward_and_back_again_time_stays_where_it_was_and_goes_on_f66(machine: Machine) -> None:
    steady = Steady(machine.wall, machine.monotonic)
    machine.wrong = timedelta(hours=1)
    ahead = steady()
    machine.passed, machine.wrong = 2.0, timedelta()

    assert steady() == ahead + timedelta(seconds=2)


def test_once_the_clock_is_right_and_later_again_it_is_believed_again_f66(machine: Machine) -> None:
    steady = Steady(machine.wall, machine.monotonic)
    machine.passed, machine.wrong = 10.0, timedelta(seconds=-3)
    steady()
    machine.passed, machine.wrong = 20.0, timedelta(seconds=0.5)

    assert steady() == machine.wall()


def test_ids_of_one_process_come_in_the_order_in_which_they_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of one millisecond are listed as they were said: `recorded_at`, then the id. Also when the clock is put."""
    monkeypatch.setattr(clock, "_ids", clock.Ids())
    made = []
    for at in (BEGAN, BEGAN + timedelta(hours=1), BEGAN):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        made += [clock.new_id() for _ in range(1_000)]

    assert made == sorted(set(made))
