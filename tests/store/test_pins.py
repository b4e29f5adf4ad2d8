"""The PIN for the telephone. On both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crisis.errors import NotFound, Refused
from crisis.store import pins, roster
from crisis.store.engine import Store
from crisis.store.people_tables import PIN
from crisis.store.pins import PinCheck
from crisis.vocabulary import DistrictId, PersonId

AT = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)
CLINICIAN = PersonId("p-clinician")
RIGHT, WRONG = "408215", "408216"


@pytest.fixture
def district(store: Store) -> Store:
    with store.write() as tx:
        roster.add_district(tx, DistrictId("d-1"), "Somewhere")
        roster.add_person(tx, DistrictId("d-1"), CLINICIAN, ("Given", "Family"), staff=True)
    return store


def checked(store: Store, pin: str, at: datetime = AT) -> PinCheck:
    with store.write() as tx:
        return pins.check(tx, CLINICIAN, pin, at)


def test_the_pin_that_was_set_is_right_and_is_stored_nowhere(district: Store) -> None:
    before = checked(district, RIGHT)
    with district.write() as tx:
        unset = pins.is_set(tx, CLINICIAN)
        pins.set_pin(tx, CLINICIAN, f" {RIGHT} ", AT)

    with district.read() as tx:
        row, is_set = tx.execute(select(PIN)).one(), pins.is_set(tx, CLINICIAN)
    assert (before, unset, is_set) == (PinCheck.NOT_SET, False, True)
    assert [checked(district, pin) for pin in (RIGHT, WRONG, "", "*")] == [PinCheck.RIGHT] + [PinCheck.WRONG] * 3
    assert RIGHT not in str(row)


def test_three_wrong_tries_lock_it_and_three_more_for_twice_as_long(district: Store) -> None:
    with district.write() as tx:
        pins.set_pin(tx, CLINICIAN, RIGHT, AT)

    first = [checked(district, WRONG) for _ in range(3)]
    locked = [checked(district, RIGHT, AT + timedelta(minutes=minutes)) for minutes in (0, 14)]
    again = [checked(district, WRONG, AT + timedelta(minutes=15)) for _ in range(3)]
    still = checked(district, RIGHT, AT + timedelta(minutes=15 + 29))
    open_again = checked(district, RIGHT, AT + timedelta(minutes=15 + 30))

    assert (first, locked) == ([PinCheck.WRONG] * 3, [PinCheck.LOCKED] * 2)
    assert (again, still, open_again) == ([PinCheck.WRONG] * 3, PinCheck.LOCKED, PinCheck.RIGHT)


def test_a_right_try_forgives_the_wrong_ones_and_a_new_pin_ends_a_lock(district: Store) -> None:
    with district.write() as tx:
        pins.set_pin(tx, CLINICIAN, RIGHT, AT)

    forgiven = [checked(district, pin) for pin in (WRONG, WRONG, RIGHT, WRONG, WRONG, RIGHT)]
    for _ in range(3):
        checked(district, WRONG)
    with district.write() as tx:
        pins.set_pin(tx, CLINICIAN, "7391", AT)

    assert forgiven[-1] is PinCheck.RIGHT
    assert checked(district, "7391") is PinCheck.RIGHT


NO_PINS = ("", "123", "1234567", "12a4", "٤٠٨٢", "0000", "1234", "9876", "890123", "1212", "121212")


@pytest.mark.parametrize("pin", NO_PINS)
def test_what_is_no_pin_or_is_guessed_first_is_refused(district: Store, pin: str) -> None:
    with district.write() as tx, pytest.raises(Refused):
        pins.set_pin(tx, CLINICIAN, pin, AT)

    assert checked(district, pin) is PinCheck.NOT_SET


def test_nobody_unknown_gets_a_pin(district: Store) -> None:
    with district.write() as tx, pytest.raises(NotFound):
        pins.set_pin(tx, PersonId("p-nobody"), RIGHT, AT)
