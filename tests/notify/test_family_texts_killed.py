"""The worker is killed when the carrier has a text to a guardian and nobody has written that down: it goes out once."""

from pathlib import Path

import pytest

from crisis import commands as cmd
from crisis.message_words import SendState
from crisis.notify.gateway import Lines
from crisis.notify.handsets_app import build_handsets
from crisis.store import incidents
from crisis.store.engine import open_store
from tests.factories import STUDENT
from tests.notify.family import HERS, MOTHER, Home, a_family
from tests.notify.test_worker_killed import a_worker
from tests.notify.village import COUNSELOR, a_network, served, village, wait_until


@pytest.mark.full
def test_a_worker_killed_with_a_text_at_the_carrier_sends_no_second_one_f05(
    sqlite_url: str, key_file: Path, tmp_path: Path
) -> None:
    store, network = open_store(sqlite_url, key_file), a_network(tmp_path)
    home = Home(village(store, network, Lines(None, None)), [], incident=None)  # type: ignore[arg-type]  # next line
    a_family(store, home.at)
    home.incident = home.village.opened().id
    by = home.village.actor(COUNSELOR)
    for order in (
        cmd.TakeCustody(by=by),
        cmd.IdentifyStudent(by=by, student=STUDENT),
        cmd.RaiseEmergency(by=by, dangers=frozenset({"weapon"}), called_911=False),
    ):
        home.village.gives(home.incident, order)
    home.work()
    text = home.ordered(MOTHER)
    store.close()

    def state() -> SendState:
        again = open_store(sqlite_url, key_file, readonly=True)
        with again.read() as tx:
            found = incidents.load(tx, home.incident).texts[text].state
        again.close()
        return found

    with served(build_handsets(network)) as provider:
        with a_worker(sqlite_url, key_file, provider, "send.after_reply#1") as killed:
            assert killed.wait(60) == 137
        before = state()
        with a_worker(sqlite_url, key_file, provider):
            wait_until(lambda: state() is SendState.TAKEN, within=30)

    assert before is SendState.GIVEN
    assert [each.kind for each in network.ledger.of_phone(HERS)] == ["text"]
