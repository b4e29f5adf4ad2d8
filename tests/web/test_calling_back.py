"""Calls to our numbers, and calls that a machine takes, at both providers."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import page_commands as pcmd
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_plans import Delivery
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId, Mode, PageId, PageState, Urgency
from tests.notify.village import (
    ANA,
    COUNSELOR,
    DRILL,
    LIVE,
    PHONES,
    SECOND,
    UNPACED,
    Village,
    a_network,
    served,
    the_settings,
    village,
    wait_until,
    with_second,
)
from tests.watch import Watch
from web.app import build_app

pytestmark = pytest.mark.page

STRANGER = "+16175550177"
BOTH = pytest.mark.parametrize("account", [LIVE, SECOND], ids=["first", "second"])


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        settings = with_second(the_settings(url), url)
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            out = lines(settings, UNPACED)
            yield village(store, network, out, watch)
            out.close()


def paged(town: Village, urgency: Urgency = Urgency.U3, mode: Mode = Mode.LIVE) -> tuple[IncidentId, PageId]:
    incident, page = town.paged(urgency, mode)
    town.worker.until_quiet()
    return incident, page


def calls(town: Village) -> list[str]:
    return [each.sid for each in town.on(ANA) if each.kind == "call"]


@BOTH
def test_who_calls_our_number_is_called_back_with_their_live_page(town: Village, account: Account) -> None:
    incident, page = paged(town)

    town.network.ring(PHONES[ANA], account.number)

    wait_until(lambda: len(calls(town)) == 1)
    heard = next(each.body for each in town.on(ANA) if each.kind == "voice")
    assert heard.startswith("Crisis. Hang up, please.")
    assert town.network.press(PHONES[ANA], calls(town)[0], "1") == "sent"
    assert town.page(incident, page).accepted_by == ANA


def test_a_drill_calls_back_from_its_own_number_i_22(town: Village) -> None:
    paged(town, mode=Mode.DRILL)

    town.network.ring(PHONES[ANA], DRILL.number)

    wait_until(lambda: len(calls(town)) == 1)
    call = next(each for each in town.on(ANA) if each.kind == "call")
    assert (call.line, call.body.startswith("DRILL. ")) == (DRILL.number, True)


@BOTH
def test_a_stranger_hears_where_help_is_and_is_not_called(town: Village, account: Account) -> None:
    paged(town)

    town.network.ring(STRANGER, account.number)

    heard = town.network.ledger.of_phone(STRANGER)
    assert [(each.kind, "call or text 988" in each.body) for each in heard] == [("voice", True)]


def test_a_page_that_has_ended_calls_nobody_back(town: Village) -> None:
    incident, page = paged(town)
    town.gives(incident, pcmd.CancelPage(by=town.actor(COUNSELOR), page=page))

    town.network.ring(PHONES[ANA], LIVE.number)

    assert "No page is open" in town.on(ANA)[-1].body
    assert calls(town) == []


def test_who_forges_a_number_cannot_have_it_rung_without_end_f51(town: Village) -> None:
    incident, page = paged(town)

    for _turn in range(6):
        town.network.ring(PHONES[ANA], LIVE.number)

    wait_until(lambda: len(calls(town)) == 3)
    assert town.page(incident, page).state is PageState.PAGING


@BOTH
def test_a_machine_is_left_one_message_and_is_no_answer_f48(town: Village, account: Account) -> None:
    if account.second:
        town.network.plan.set("*", "*", "busy", 99, at="first")
    machine = Delivery(end="completed", answered_by="machine_end_beep")
    town.network.plan.deliveries.set(PHONES[ANA], "calls", machine, 9)
    incident, page = paged(town, Urgency.U1)

    wait_until(lambda: "voice" in town.kinds(ANA))
    town.worker.until_quiet()

    left = [each for each in town.on(ANA) if each.kind == "voice"]
    assert [(each.body, each.sid) for each in left] == [
        ("A crisis team page for you. Call this number back now, or answer the text message.", calls(town)[0])
    ]
    assert town.page(incident, page).state is PageState.PAGING


def test_the_second_machine_of_a_page_is_left_no_message(town: Village) -> None:
    machine = Delivery(end="completed", answered_by="machine_end_beep")
    town.network.plan.deliveries.set(PHONES[ANA], "calls", machine, 9)
    paged(town, Urgency.U1)
    wait_until(lambda: "voice" in town.kinds(ANA))

    town.later(timedelta(seconds=46))
    town.network._callbacks.shutdown(wait=True)

    assert (len(calls(town)), town.kinds(ANA).count("voice")) == (2, 1)
