"""Waves, the pace of one telephone, lanes: a page before everything, and nobody buried in texts."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.effects import NotifyPerson
from crisis.notify.gateway import lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.pace import Pace
from crisis.notify.provider import Patience
from crisis.notify.worker import Worker
from crisis.store import incidents, oncall, outbox, roster
from crisis.store.engine import Store, open_store
from crisis.vocabulary import IncidentId, Mode, PersonId, Role, Urgency
from tests.factories import DISTRICT
from tests.notify.village import (
    ANA,
    COUNSELOR,
    LIVE,
    PRINCIPAL,
    UNPACED,
    Village,
    a_network,
    a_shift,
    a_village,
    served,
    the_settings,
    wait_until,
)
from tests.watch import Watch

SECONDS = timedelta(seconds=1)
SPARE = "+16175550194"


@contextmanager
def with_a_spare(store: Store, folder: Path, patience: Patience = UNPACED) -> Iterator[Village]:
    """The village, with a second number of its account."""
    watch = Watch()
    made = a_network(folder, now=watch)
    network = replace(made, accounts=(replace(LIVE, spare=SPARE), *made.accounts[1:]))
    with served(build_handsets(network)) as url:
        out = lines(the_settings(url, provider_spare=SPARE), patience)
        yield Village(store, a_village(store), network, Worker(store, out, "w-1", watch), watch)
        out.close()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_ways_out.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def large(store: Store, tmp_path: Path) -> Iterator[Village]:
    with with_a_spare(store, tmp_path) as made:
        yield made


def many(village: Village, count: int, role: Role) -> dict[PersonId, str]:
    """So many people on call at the first level of a role, and their telephones."""
    phones = {PersonId(f"p-many-{number:02}"): f"+1617555{2000 + number}" for number in range(count)}
    with village.store.write() as tx:
        tx.execute(sql("DELETE FROM shift WHERE level = 0"))
        for person, phone in phones.items():
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True, language="en")
            roster.add_phone(tx, person, phone)
        oncall.add_shifts(tx, [a_shift(person, 0, village.watch(), role) for person in phones])
    return phones


def texted(network: Exchange, phones: dict[PersonId, str]) -> dict[str, str]:
    """Which of these telephones had a text, and from which number."""
    got = [each for each in network.ledger.entries if each.kind == "text" and each.phone in phones.values()]
    return {each.phone: each.line for each in got}


def test_a_large_level_goes_out_in_waves_and_from_two_numbers(large: Village) -> None:
    phones = many(large, 25, Role.ONCALL_CLINICIAN)
    large.paged(Urgency.U3)
    large.worker.until_quiet()
    first = len(texted(large.network, phones))
    large.later(10 * SECONDS)
    second = len(texted(large.network, phones))
    large.later(10 * SECONDS)

    all_of_them = texted(large.network, phones)
    from_where = [all_of_them[phone] for phone in sorted(all_of_them)]

    assert (first, second, len(all_of_them)) == (10, 20, 25)
    assert {from_where.count(LIVE.number), from_where.count(SPARE)} == {12, 13}


def test_ten_are_one_wave_from_one_number(large: Village) -> None:
    phones = many(large, 10, Role.ONCALL_CLINICIAN)
    large.paged(Urgency.U3)
    large.worker.until_quiet()

    assert set(texted(large.network, phones).values()) == {LIVE.number}


def held_back(village: Village, incident: IncidentId) -> list[pev.PageHeldBack]:
    return [each.event for each in village.log(incident) if isinstance(each.event, pev.PageHeldBack)]


def test_a_second_page_to_one_telephone_waits_a_moment_is_called_at_once_and_says_so(village: Village) -> None:
    village.paged(Urgency.U1)
    village.worker.until_quiet()
    village.watch.ahead += 5 * SECONDS
    second, _page = village.paged(Urgency.U1)
    village.worker.until_quiet()
    at_once = village.kinds(ANA)

    village.later(4 * SECONDS)
    waiting = held_back(village, second)
    village.later(7 * SECONDS)

    assert at_once.count("call") == 2
    assert at_once.count("text") == 1
    assert [(each.person, each.channel) for each in waiting] == [(ANA, "text")]
    assert timedelta(0) < waiting[0].until - waiting[0].at <= 10 * SECONDS
    assert village.kinds(ANA).count("text") == 2


def told(village: Village, incident: IncidentId, subject: str) -> None:
    """Something waits for the principal."""
    with village.store.write() as tx:
        found = incidents.load(tx, incident)
        outbox.put_again(
            tx, found, found.seq, NotifyPerson(person=PRINCIPAL, subject=subject, mode=Mode.LIVE), village.watch()
        )
    village.worker.until_quiet()


def test_notices_to_one_telephone_are_minutes_apart_and_one_says_as_much_as_ten(village: Village) -> None:
    incident, page = village.paged(Urgency.U3)
    before = len(village.on(PRINCIPAL))
    village.watch.ahead += 20 * SECONDS
    village.gives(incident, pcmd.CancelPage(by=village.actor(COUNSELOR), page=page))
    for _number in range(3):
        told(village, incident, "something")
    soon = len(village.on(PRINCIPAL))
    village.later(timedelta(minutes=3))
    village.later(timedelta(minutes=3))

    assert (before, soon, len(village.on(PRINCIPAL))) == (1, 1, 2)


def test_an_emergency_does_not_wait_for_a_notice(village: Village) -> None:
    incident = village.opened().id
    village.worker.until_quiet()

    told(village, incident, "emergency")

    assert village.on(PRINCIPAL)[-1].body.startswith("CRISIS emergency")


def test_an_answer_to_what_somebody_did_never_waits(village: Village) -> None:
    incident, page = village.paged(Urgency.U3)
    village.worker.until_quiet()

    village.gives(incident, pcmd.AcceptPage(by=village.actor(ANA), page=page, eta_minutes=5))
    village.worker.until_quiet()

    assert "you have it" in village.on(ANA)[-1].body


def test_a_number_has_room_for_a_notice_once_what_it_was_given_has_gone_out() -> None:
    now = 100.0
    pace = Pace(1.0, lambda: now)
    pace.sent("+1")
    pace.sent("+1")
    busy = pace.take("+1"), pace.take("+2")
    now += 2.0

    assert (busy, pace.take("+1")) == ((False, True), True)


def test_a_page_does_not_wait_behind_forty_notices_where_a_number_sends_one_a_second_f23(
    sqlite_url: str, key_file: Path, tmp_path: Path
) -> None:
    store, stop = open_store(sqlite_url, key_file), threading.Event()
    with with_a_spare(store, tmp_path, Patience()) as village:
        phones = many(village, 40, Role.ADMIN)
        with store.write() as tx:
            oncall.add_shifts(tx, [a_shift(ANA, 0, village.watch())])
        village.network.plan.seconds_a_segment = 1.0
        incident = village.opened().id
        working = threading.Thread(target=village.worker.run, args=(stop,))
        working.start()
        wait_until(lambda: len(texted(village.network, phones)) >= 2)
        began = time.monotonic()
        village.gives(
            incident, pcmd.RequestPage(by=village.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1)
        )

        wait_until(lambda: "text" in village.kinds(ANA))
        took = time.monotonic() - began
        stop.set()
        working.join()
    store.close()

    assert took < 2.0
    assert len(texted(village.network, phones)) < 40  # they are still being told
