"""A protocol is walked in a process of its own, and a process that is killed loses nothing."""

import os
import signal
import time
from datetime import timedelta

import pytest

from crisis import clock
from crisis.draft_words import CheckState
from crisis.notify.checking import Checking
from crisis.protocols.loader import content_hash
from crisis.protocols.schema import Protocol
from crisis.store import protocol_checks, roster
from crisis.store.engine import Store
from crisis.store.protocol_checks import Checked
from crisis.vocabulary import DistrictId, PersonId
from tests.protocols.small import a_protocol

HERE, ANN = DistrictId("d-1"), PersonId("p-ann")
SMALL = a_protocol()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One database is enough here: the rows are tested on both in tests/store."""
    return sqlite_url


@pytest.fixture
def place(store: Store) -> Store:
    with store.write() as tx:
        roster.add_district(tx, HERE, "Here")
        roster.add_person(tx, HERE, ANN, ("Given", "Ann"), staff=True)
        protocol_checks.ask(tx, HERE, SMALL, by=ANN, at=clock.now())
    return store


def known(place: Store, protocol: Protocol = SMALL) -> Checked:
    with place.read() as tx:
        return protocol_checks.known(tx, HERE, content_hash(protocol))


def until_done(place: Store, checking: Checking) -> Checked:
    for _ in range(600):
        checking.turn()
        if known(place).at is not None:
            return known(place)
        time.sleep(0.05)
    raise AssertionError("it does not come to an end")


def test_a_walk_whose_process_was_killed_begins_again(place: Store) -> None:
    at = clock.now()
    killed, next_one = Checking(place, lambda: at), Checking(place, lambda: at + timedelta(minutes=1))
    killed.turn()
    assert killed._process is not None
    os.kill(killed._process.child.pid, signal.SIGKILL)
    killed._process.child.wait()

    killed.turn()

    assert known(place).at is None
    found = until_done(place, next_one)
    assert found.state is CheckState.FAILS
    assert any(each.rule == "I-19" and each.story for each in found.findings)
    assert not next_one.turn()


def test_at_an_orderly_end_the_next_process_begins_at_once(place: Store) -> None:
    first, second = Checking(place), Checking(place)
    first.turn()

    assert not second.turn()
    first.close()

    assert known(place).state is CheckState.WAITING
    assert second.turn()
    second.close()
