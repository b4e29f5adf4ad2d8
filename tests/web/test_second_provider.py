"""What the second provider sends in: the same doors, its own signature, and our seal where it signs no address."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.notify.answers import Asked
from crisis.notify.calls import keys_path
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_plans import Callbacks
from crisis.notify.signature import bound, signed_by_key
from crisis.store import inbox
from crisis.store.engine import Store, open_store
from crisis.vocabulary import Channel, IncidentId, Mode, PageId, PageState, Urgency
from tests.notify.village import (
    ANA,
    PHONES,
    PUBLIC,
    SECOND,
    SECOND_DRILL,
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


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    """A village whose first provider is gone: everything goes by the second, in and out."""
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        settings = with_second(the_settings("http://127.0.0.1:9"), url)
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            out = lines(settings)
            yield village(store, network, out, watch)
            out.close()


def paged(town: Village, urgency: Urgency, mode: Mode = Mode.LIVE) -> tuple[IncidentId, PageId]:
    incident, page = town.paged(urgency, mode)
    town.worker.until_quiet()
    return incident, page


def test_a_text_takes_the_page_f13(town: Village) -> None:
    incident, page = paged(town, Urgency.U3)

    assert town.network.reply(PHONES[ANA], f"{town.code(ANA)}A 12") == "sent"
    town.worker.until_quiet()

    after = town.page(incident, page)
    assert (after.state, after.accepted_by, after.eta_minutes) == (PageState.ACCEPTED, ANA, 12)
    assert ("you have it" in town.on(ANA)[-1].body, town.on(ANA)[-1].line) == (True, SECOND.number)


def test_a_key_takes_the_page(town: Village) -> None:
    incident, page = paged(town, Urgency.U1)
    call = next(each for each in town.on(ANA) if each.kind == "call")

    assert town.network.press(PHONES[ANA], call.sid, "9") == "sent"
    repeated = town.on(ANA)[-1].body
    assert town.network.press(PHONES[ANA], call.sid, "1") == "sent"

    assert "Press 1 to accept" in repeated
    assert town.page(incident, page).accepted_by == ANA


def test_a_drill_goes_and_is_answered_on_its_own_number_i_22(town: Village) -> None:
    incident, page = paged(town, Urgency.U3, Mode.DRILL)

    town.network.reply(PHONES[ANA], f"{town.code(ANA)}A")
    town.worker.until_quiet()

    assert town.page(incident, page).accepted_by == ANA
    assert {each.line for each in town.on(ANA)} == {SECOND_DRILL.number}


def test_what_was_not_understood_is_answered_by_a_text_of_ours(town: Village) -> None:
    paged(town, Urgency.U3)
    code = town.code(ANA)

    town.network.reply(PHONES[ANA], "hello?")

    wait_until(lambda: "still open" in town.on(ANA)[-1].body)
    assert (code in town.on(ANA)[-1].body, town.on(ANA)[-1].line) == (True, SECOND.number)


def test_a_text_that_did_not_arrive_is_followed_by_a_call_at_once(town: Village) -> None:
    town.network.plan.set(PHONES[ANA], "messages", "undelivered", 1, at="second")
    paged(town, Urgency.U2)

    def was_called() -> bool:
        """The clock stands still meanwhile: it is at once, however late we hear of it."""
        town.worker.until_quiet()
        return town.kinds(ANA) == ["call"]

    wait_until(was_called)


@pytest.mark.parametrize("forged", ["secret", "missing", "altered"])
def test_a_forged_receipt_is_nobodys_f34(town: Village, forged: str) -> None:
    told = Callbacks(forged=forged)  # type: ignore[arg-type]  # one of the forgeries
    town.network.plan.callbacks.set(PHONES[ANA], "*", told, 9)

    paged(town, Urgency.U1)
    town.network._callbacks.shutdown(wait=True)

    assert _receipts(town) == 0


def _receipts(town: Village) -> int:
    with town.store.read() as tx:
        query = "SELECT count(*) FROM inbox WHERE source = 'status' AND done_at IS NOT NULL"
        return int(tx.exec_driver_sql(query).scalar_one())


ASKED = Asked(IncidentId("i-1"), PageId("i-1-1"), ANA)
KEYS = keys_path(ASKED)
PRESSED = b"CallSid=v3%3Aabc&Digits=1"


@pytest.fixture
def store_here(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """What is refused before it reaches a database needs one kind of it only."""
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def client(store_here: Store) -> Iterator[TestClient]:
    settings = with_second(the_settings("http://127.0.0.1:9"), "http://127.0.0.1:9")
    with TestClient(build_app(store_here, settings), base_url=PUBLIC) as made:
        yield made


def headers(body: bytes, private: str = SECOND.private_key, late: timedelta = timedelta(0)) -> dict[str, str]:
    timestamp = str(int((clock.now() - late).timestamp()))
    signature = signed_by_key(bytes.fromhex(private), timestamp, body)
    kind = "application/json" if body.startswith(b"{") else "application/x-www-form-urlencoded"
    return {"telnyx-timestamp": timestamp, "telnyx-signature-ed25519": signature, "Content-Type": kind}


def sealed(path: str = KEYS, secret: str = SECOND.secret) -> str:
    return f"{path}?seal={bound(secret, path)}"


@pytest.mark.parametrize("account", [SECOND, SECOND_DRILL])
def test_what_it_signed_for_an_address_of_ours_is_heard(client: TestClient, account: Account) -> None:
    found = client.post(sealed(), content=PRESSED, headers=headers(PRESSED, account.private_key))

    assert found.status_code == 200
    assert "no longer needed" in found.text


@pytest.mark.parametrize(
    ("path", "with_headers"),
    [
        (KEYS, headers(PRESSED)),
        (f"{KEYS}?seal=", headers(PRESSED)),
        (sealed(secret="another"), headers(PRESSED)),
        (sealed(KEYS + "x").replace(KEYS + "x", KEYS), headers(PRESSED)),
        (sealed(), headers(PRESSED, "3c" * 32)),
        (sealed(), headers(PRESSED + b"&x=1")),
        (sealed(), {**headers(PRESSED), "telnyx-signature-ed25519": ""}),
        (sealed(), {**headers(PRESSED), "telnyx-timestamp": "1"}),
        (sealed(), headers(PRESSED, late=timedelta(minutes=6))),  # F35
        (sealed(), {**headers(PRESSED), "Content-Type": "application/json"}),
    ],
)
def test_everything_else_is_nobodys_f34_f36(client: TestClient, path: str, with_headers: dict[str, str]) -> None:
    assert client.post(path, content=PRESSED, headers=with_headers).status_code == 404


@pytest.mark.parametrize("body", [b"CallSid=a&Digits=1&Digits=2", b"CallSid=%FF&Digits=1", b"a=1&" * 60, b""])
def test_a_body_that_is_no_form_of_the_providers_is_refused_f37(client: TestClient, body: bytes) -> None:
    assert client.post(sealed(), content=body, headers=headers(body)).status_code == 404


def test_a_text_is_signed_by_one_of_its_keys_and_its_receipt_is_no_text(client: TestClient, store_here: Store) -> None:
    receipt = {"data": {"event_type": "message.finalized", "payload": {"id": "m", "to": [{"status": "delivered"}]}}}
    body = json.dumps(receipt).encode()

    found = client.post("/webhooks/text", content=body, headers=headers(body))

    assert found.status_code == 404
    with store_here.read() as tx:
        assert inbox.unanswered(tx, store_here.keys, 10) == []


def test_the_channel_of_a_receipt_is_one_of_ours(client: TestClient) -> None:
    path = f"/webhooks/status/i-1/i-1-1/{ANA}/{Channel.TEXT}x/1-a"

    assert client.post(sealed(path), content=b"{}", headers=headers(b"{}")).status_code in (404, 422)
