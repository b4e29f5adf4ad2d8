"""Quick unlock on both databases: only a locked screen, only its owner, three tries, and nothing shown anew."""

from datetime import UTC, datetime, timedelta

import pytest

from crisis.errors import NotFound, Refused
from crisis.store import accounts, pins, second_factor, sessions, unlock
from crisis.store.engine import Store
from crisis.store.sessions import Device, SessionToken
from tests.cheap import HASHING
from tests.factories import DISTRICT
from tests.web.district import NURSE, TEACHER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PIN = "402817"


@pytest.fixture
def place(store: Store) -> Store:
    a_district(store)
    with store.write() as tx:
        for person in (NURSE, TEACHER):
            accounts.create_account(tx, person, person, "four good long words", at=AT, hashing=HASHING)
    with store.of(DISTRICT).write() as tx:
        unlock.set_pin(tx, NURSE, PIN, AT)
    return store


def signed_in(store: Store) -> SessionToken:
    with store.write() as tx:
        return sessions.begin(tx, NURSE, at=AT, device=Device(shared=True), factors=2)


def tried(store: Store, token: str, pin: str, at: datetime) -> SessionToken | None:
    with store.write() as tx:
        return unlock.unlock(tx, token, pin, at)


def test_it_opens_a_locked_screen_as_it_was_and_shows_nobody_anew(place: Store) -> None:
    token, late = signed_in(place), AT + 6 * MINUTE

    new = tried(place, token, PIN, late)

    assert new is not None
    with place.write() as tx:
        shown = sessions.shown(tx, new, AT)
        holders = [sessions.holder(tx, each, late) for each in (token, new)]
    assert holders == [None, NURSE]
    assert shown is not None
    assert (shown.proved_at, shown.factors) == (AT, 2)


def test_three_wrong_ones_end_the_whole_session_and_a_right_one_begins_anew(place: Store) -> None:
    token = signed_in(place)

    for at in (AT + 6 * MINUTE, AT + 12 * MINUTE):
        assert tried(place, token, "000111", at) is None
        assert tried(place, token, PIN + "0" * 100, at) is None
        new = tried(place, token, PIN, at)
        assert new is not None
        token = new
    wrong = [tried(place, token, "000111", AT + 20 * MINUTE) for _ in range(3)]

    assert wrong == [None] * 3
    with pytest.raises(NotFound):
        tried(place, token, PIN, AT + 20 * MINUTE)
    with place.read() as tx:
        assert sessions.locked_holder(tx, token, AT + 20 * MINUTE) is None


def test_it_begins_no_session_and_opens_none_that_is_over(place: Store) -> None:
    token = signed_in(place)
    with place.write() as tx:
        other = sessions.begin(tx, TEACHER, at=AT)

    for secret, at in (
        ("made up", AT),
        (token, AT + 4 * MINUTE),
        (token, AT + timedelta(hours=12)),
        (other, AT + 16 * MINUTE),
    ):
        with pytest.raises(NotFound):
            tried(place, secret, PIN, at)
    with place.write() as tx:
        accounts.disable(tx, NURSE, at=AT, by=None)
    with pytest.raises(NotFound):
        tried(place, token, PIN, AT + 6 * MINUTE)


def test_what_was_limited_stays_limited(place: Store) -> None:
    with place.write() as tx:
        token = sessions.begin(tx, NURSE, at=AT)
        second_factor.ask_of_all(tx, DISTRICT, True, at=AT, by=None)

    new = tried(place, token, PIN, AT + 16 * MINUTE)

    assert new is not None
    with place.write() as tx:
        assert sessions.holder(tx, new, AT + 16 * MINUTE) is None


def test_what_is_no_pin_for_a_screen_is_refused(place: Store) -> None:
    with place.write() as tx:
        pins.set_pin(tx, NURSE, "593026", AT)

        for pin in ("", "40281", "4028171234567", "40281a", "123456", "000000", "121212", "٤٠٢٨١٧", "593026"):
            with pytest.raises(Refused):
                unlock.set_pin(tx, NURSE, pin, AT)


def test_it_is_stored_slowly_hashed_and_is_gone_when_removed(place: Store) -> None:
    token = signed_in(place)
    with place.write() as tx:
        stored = str(tx.exec_driver_sql("SELECT * FROM unlock_pin").all())
        unlock.remove_pin(tx, NURSE, at=AT, by=NURSE)

    assert "argon2id" in stored
    assert PIN not in stored
    with pytest.raises(NotFound):
        tried(place, token, PIN, AT + 6 * MINUTE)
