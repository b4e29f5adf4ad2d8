"""The console says of each person who was called how far it came, and why not further."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Callbacks, Delivery
from crisis.notify.pacing import APART
from crisis.store import queries
from crisis.store.engine import Store, open_store
from crisis.vocabulary import Channel, IncidentId, PageId, Urgency
from tests.notify.village import (
    ANA,
    COUNSELOR,
    PHONES,
    Village,
    a_network,
    served,
    the_settings,
    village,
    wait_until,
)
from tests.watch import Watch
from web.app import build_app
from web.pages.called import Called, called


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        settings = the_settings(url)
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            yield village(store, network, lines(settings), watch)


def shown(town: Village, incident: IncidentId, page: PageId) -> dict[str, tuple[str, dict[str, str]]]:
    """By person: the standing, and what became of each channel."""
    with town.store.read() as tx:
        view = queries.incident_view(tx, town.store.keys, town.actor(COUNSELOR), incident, town.watch())
    found: list[Called] = called(view, "en")[page]
    return {each.person: (each.standing, {t.channel.value: t.said for t in each.tried}) for each in found}


def test_from_the_first_call_to_being_here(town: Village) -> None:
    town.network.plan.callbacks.set(PHONES[ANA], "*", Callbacks(dropped=True), 2)
    incident, page = town.paged(Urgency.U1)
    queued = shown(town, incident, page)
    town.worker.until_quiet()

    sent = shown(town, incident, page)[ANA]
    says(town, "ok")
    seen = shown(town, incident, page)[ANA][0]
    says(town, f"{town.code(ANA)}A 5")
    accepted = shown(town, incident, page)[ANA][0]
    says(town, f"{town.code(ANA)}H")

    taken = "handed to the phone company"
    assert queued == {}
    assert sent == ("on its way", {"text": taken, "voice": taken})
    assert (seen, accepted, shown(town, incident, page)[ANA][0]) == ("has seen it", "has accepted", "is here")


def says(town: Village, body: str) -> None:
    assert town.network.reply(PHONES[ANA], body) == "sent"


def test_receipts_and_reasons(town: Village) -> None:
    """Delivered, picked up by a machine, refused because of the number, undelivered with the carrier's code."""
    machine = Delivery(end="completed", answered_by="machine_start")
    town.network.plan.deliveries.set(PHONES[ANA], "calls", machine, 9)
    incident, page = town.paged(Urgency.U1)
    town.worker.until_quiet()
    wait_until(lambda: shown(town, incident, page)[ANA][1] == {"text": "delivered", "voice": "a machine picked up"})
    waiting = shown(town, incident, page)[ANA][0]

    town.network.plan.set(PHONES[ANA], "messages", "landline", 9)
    town.watch.ahead += APART
    other, page_2 = town.paged(Urgency.U3)
    town.worker.until_quiet()
    refused = shown(town, other, page_2)[ANA][1]["text"]
    town.network.plan.clear()
    town.network.plan.set(PHONES[ANA], "messages", "undelivered", 1)
    town.watch.ahead += APART
    third, page_3 = town.paged(Urgency.U3)
    town.worker.until_quiet()
    code = "(this number cannot be reached so, 30005)"
    wait_until(lambda: code in shown(town, third, page_3)[ANA][1][Channel.TEXT.value])

    assert waiting == "no answer yet"
    assert refused == "refused by the phone company (this number cannot be reached so, 21614)"
    says(town, f"{town.code(ANA)}D 2")
    assert "cannot come: Too far away" in str(
        [shown(town, incident, page), shown(town, other, page_2), shown(town, third, page_3)]
    )


def test_who_switched_texts_off_is_shown_to_be_called_instead(town: Village) -> None:
    """F27: whatever became of the text before."""
    incident, page = town.paged(Urgency.U3)
    town.worker.until_quiet()
    wait_until(lambda: shown(town, incident, page)[ANA][1] == {"text": "delivered"})

    says(town, "STOP")
    town.worker.until_quiet()

    wait_until(lambda: "voice" in shown(town, incident, page)[ANA][1])
    assert shown(town, incident, page)[ANA][1]["text"] == "switched off by their STOP: called instead"
