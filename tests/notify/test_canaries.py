"""Canary pages: to a machine number by each provider and back, and what happens when they do not come (I17, F21)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from pathlib import Path

import pytest

from crisis.delivery import ProviderFault
from crisis.notify.canaries import ELSE, IN_SCHOOL, Canaries, is_silent, slot
from crisis.notify.gateway import Lines, lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Delivery
from crisis.notify.provider_faults import ProviderFaults
from crisis.notify.worker import Worker
from crisis.sentinel.auditor import Auditor
from crisis.store import calendars, canaries, oncall, outgoing, provider_alarms, roster, signs
from crisis.store.canaries import Canary
from crisis.store.engine import Store
from crisis.vocabulary import Channel, PersonId, StaffRole, Urgency
from tests.factories import DISTRICT, SCHOOL
from tests.notify.village import (
    ANA,
    PHONES,
    UNPACED,
    Village,
    a_network,
    a_shift,
    a_village,
    served,
    the_settings,
    wait_until,
    with_second,
)
from tests.watch import Watch
from web.app import build_app

FIRST, SECOND = "+16175550198", "+16175550199"
IN_CLASS = datetime(2026, 12, 1, 15, tzinfo=UTC)  # ten in the morning of a school day in New England
TECHNICIAN, TECHNICIANS_PHONE = PersonId("p-technician"), "+16175550109"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_ways_out.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Iterator[Village]:
    """Both providers, each with its machine number, and the console that texts come in to."""
    watch = Watch()
    network = replace(a_network(tmp_path, now=watch), machines=frozenset({FIRST, SECOND}))
    with served(build_handsets(network)) as url:
        settings = with_second(the_settings(url), url).model_copy(
            update={"provider_canary": FIRST, "second_canary": SECOND}
        )
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            out = lines(settings, replace(UNPACED, hedge=30.0))  # a slow machine is no silent provider
            made = Village(store, a_village(store), network, Worker(store, out, "w-1", watch), watch)
            with store.write() as tx:
                calendars.set_hours(
                    tx, SCHOOL, zone="America/New_York", opens=wall(8), closes=wall(15), weekdays=range(5)
                )
                roster.add_person(tx, DISTRICT, TECHNICIAN, ("Given", "Technician"), staff=True, language="es")
                roster.give_post(tx, DISTRICT, TECHNICIAN, StaffRole.OPERATOR, None)
                roster.add_phone(tx, TECHNICIAN, TECHNICIANS_PHONE)
            watch.ahead = IN_CLASS - watch()
            with store.write() as tx:
                oncall.add_shifts(tx, [a_shift(ANA, 0, watch())])
            yield made
            out.close()


def turn(town: Village) -> int:
    return Canaries(town.store, town.worker.lines, town.watch).turn()


def sent(town: Village) -> dict[str, list[Canary]]:
    with town.store.read() as tx:
        return canaries.latest(tx)


def back(town: Village) -> int:
    return sum(each.back_at is not None for of_one in sent(town).values() for each in of_one)


def alarms(town: Village) -> list[tuple[str, ProviderFault]]:
    with town.store.read() as tx:
        return [(each.provider, each.fault) for each in provider_alarms.standing(tx)]


def test_each_provider_brings_one_back_and_is_measured(town: Village) -> None:
    first, again = turn(town), turn(town)
    wait_until(lambda: back(town) == 2)
    wait_until(lambda: all(each[0].delivered_at for each in sent(town).values()))

    assert (first, again) == (2, 0)
    assert sorted(sent(town)) == ["telnyx", "twilio"]
    assert all(each[0].accepted_at and each[0].round_trip is not None for each in sent(town).values())
    assert alarms(town) == []


def test_it_comes_every_five_minutes_in_school_hours_and_every_thirty_else(town: Village) -> None:
    by_day = [turn(town)]
    for _turn in range(6):
        town.watch.ahead += timedelta(minutes=1)
        by_day.append(turn(town))
    town.watch.ahead += timedelta(hours=12)
    by_night = [turn(town)]
    for _turn in range(29):
        town.watch.ahead += timedelta(minutes=1)
        by_night.append(turn(town))

    assert (sum(by_day), sum(by_night)) == (4, 4)  # two periods of each, and two providers


def test_of_two_workers_one_sends_it(town: Village) -> None:
    at = town.watch()
    canary = Canary(id="a", provider="twilio", slot_at=slot(at, IN_SCHOOL), period=IN_SCHOOL, sent_at=at)
    with town.store.write() as tx:
        both = canaries.begin(tx, canary), canaries.begin(tx, replace(canary, id="b"))

    assert both == (True, False)


@pytest.mark.parametrize("end", ["silent", "pretended"])
def test_a_provider_that_delivers_nothing_is_told_within_three_periods_f21(town: Village, end: str) -> None:
    """Also where it says that it delivered. Technician and administrators are texted, by the other provider too."""
    turn(town)
    wait_until(lambda: back(town) == 2)
    town.network.plan.deliveries.set(FIRST, "messages", Delivery(end=end), 99)  # type: ignore[arg-type]  # one of two
    lost_since, told = town.watch(), 0
    while not alarms(town):
        town.watch.ahead += timedelta(minutes=1)
        turn(town)
        told = ProviderFaults(town.store, town.worker.lines, town.watch).turn()
        wait_until(lambda: all(each[-1].back_at for name, each in sent(town).items() if name == "telnyx"))
    took = town.watch() - lost_since

    assert alarms(town) == [("twilio", ProviderFault.SILENT)]
    assert took <= 3 * IN_SCHOOL
    assert told == 1
    assert "falla un proveedor" in town.network.ledger.of_phone(TECHNICIANS_PHONE)[-1].body

    town.network.plan.clear()
    town.watch.ahead += IN_SCHOOL
    turn(town)
    wait_until(lambda: sent(town)["twilio"][-1].back_at is not None)
    turn(town)
    assert alarms(town) == []


def test_a_provider_that_is_no_longer_set_up_is_nobodys_trouble(town: Village) -> None:
    with town.store.write() as tx:
        for fault in ProviderFault:
            provider_alarms.seen(tx, "telnyx", Channel.TEXT, fault, town.watch())
    live = town.worker.lines.live
    assert live is not None

    left = ProviderFaults(town.store, Lines(replace(live, ways=live.ways[:1]), None), town.watch).turn()

    assert (left, alarms(town)) == (0, [])


def test_i17_asks_for_one_that_came_back_in_three_periods(town: Village) -> None:
    """While another provider brings its own back, paging goes on, and so does the heartbeat."""
    with town.store.write() as tx:
        for name in (signs.WORKER, signs.WEB):
            signs.leave(tx, name, town.watch() + timedelta(days=1), good=True)
    turn(town)
    wait_until(lambda: back(town) == 2)
    fine = Auditor(town.store, now=town.watch, wall=town.watch).audit()
    town.network.plan.deliveries.set(FIRST, "messages", Delivery(end="silent"), 99)
    for _period in range(4):
        town.watch.ahead += IN_SCHOOL
        turn(town)
        wait_until(lambda: sent(town)["telnyx"][-1].back_at is not None)
    one_lost = Auditor(town.store, now=town.watch, wall=town.watch).audit()
    town.watch.ahead += 4 * IN_SCHOOL
    both_lost = Auditor(town.store, now=town.watch, wall=town.watch).audit()

    def i17(report: object) -> list[str]:
        return [each.subject for each in report.findings if each.invariant == "I17"]  # type: ignore[attr-defined]

    assert (i17(fine), i17(one_lost), i17(both_lost)) == ([], ["twilio"], ["telnyx", "twilio"])
    assert all(each.partial for each in one_lost.findings if each.invariant == "I17")
    assert not any(each.partial for each in both_lost.findings if each.invariant == "I17")


def test_a_text_of_somebody_who_guesses_is_no_canary(town: Village) -> None:
    town.network.reply("+16175550177", "CRISIS canary 01m8fv0501yzg7tb2j87t55jfz")

    assert back(town) == 0


def test_one_that_was_lost_is_no_alarm_and_two_are() -> None:
    at = IN_CLASS

    def a_canary(minutes: int, came: bool) -> Canary:
        when = at - timedelta(minutes=minutes)
        return Canary(
            id=str(minutes), provider="x", slot_at=when, period=ELSE, sent_at=when, back_at=when if came else None
        )

    assert not is_silent([], at)
    assert not is_silent([a_canary(10, False)], at)
    assert not is_silent([a_canary(10, False), a_canary(0, False)], at)  # the last one still has its time
    assert not is_silent([a_canary(10, False), a_canary(5, True)], at)
    assert is_silent([a_canary(15, True), a_canary(10, False), a_canary(5, False)], at)


def test_a_carrier_that_blocks_twice_in_ten_minutes_is_told_and_the_call_comes_at_once_f26(town: Village) -> None:
    """`paging.md` 6.9, CARRIER_BLOCK: by receipts of texts that were accepted. U2 would call after a minute."""
    town.network.plan.deliveries.set(PHONES[ANA], "messages", Delivery(end="undelivered", code=30007), 2)
    town.paged(Urgency.U2)
    town.worker.until_quiet()
    wait_until(lambda: blocks(town) == 1)
    once = alarms(town)
    wait_until(lambda: called(town) == ["call"])
    town.watch.ahead += timedelta(minutes=4)
    town.paged()
    town.worker.until_quiet()
    wait_until(lambda: blocks(town) == 2)

    assert once == []
    assert alarms(town) == [("twilio", ProviderFault.BLOCKED)]


def called(town: Village) -> list[str]:
    town.worker.until_quiet()
    return town.kinds(ANA)


def blocks(town: Village) -> int:
    with town.store.read() as tx:
        found = outgoing.recent(tx, town.watch() - timedelta(hours=1))
    return sum(said.failure == "blocked" for out in found for said in out.asked.values())


def test_an_account_that_does_not_fit_is_told_until_it_does_f22(town: Village) -> None:
    town.network.plan.faults.set(PHONES[ANA], "messages", "wrong_secret", 1, at="first")
    town.paged()
    town.worker.until_quiet()
    wait_until(lambda: alarms(town) != [])
    broken = alarms(town)
    told = ProviderFaults(town.store, town.worker.lines, town.watch).turn()
    soon = ProviderFaults(town.store, town.worker.lines, town.watch).turn()
    town.watch.ahead += timedelta(hours=1)
    later = ProviderFaults(town.store, town.worker.lines, town.watch).turn()
    town.network.plan.clear()
    turn(town)

    assert broken == [("twilio", ProviderFault.CONFIGURATION)]
    assert (told, soon, later) == (1, 0, 1)
    assert alarms(town) == []
