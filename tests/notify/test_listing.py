"""Both dialects say what they were given for a telephone: to the first provider's own client, and to ours."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from twilio.rest import Client

from crisis import clock
from crisis.notify.gateway import Lines, lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.provider import Provider
from crisis.vocabulary import Channel, Mode, Urgency
from tests.notify.test_conformance import PHONE, ToTheStandIn
from tests.notify.village import LIVE, PUBLIC, SECOND, a_network, served, the_settings, with_second

SAY = "<Response><Say>Crisis</Say></Response>"
KEY = {"Authorization": f"Bearer {SECOND.secret}"}


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network(tmp_path)


@pytest.fixture
def url(network: Exchange) -> Iterator[str]:
    with served(build_handsets(network)) as address:
        yield address


@pytest.fixture
def out(url: str) -> Iterator[Lines]:
    made = lines(with_second(the_settings(url), url))
    yield made
    made.close()


def providers(out: Lines) -> tuple[Provider, Provider]:
    line = out.of(Mode.LIVE)
    assert line is not None
    first, second = line.provider("twilio"), line.provider("telnyx")
    assert first is not None
    assert second is not None
    return first, second


def test_the_first_providers_own_client_lists_by_telephone_sender_and_day(url: str, network: Exchange) -> None:
    client = Client(LIVE.sid, LIVE.secret, http_client=ToTheStandIn(url))
    made = [client.messages.create(to=PHONE, from_=LIVE.number, body=f"CRISIS {number}") for number in range(3)]
    client.messages.create(to="+16175550104", from_=LIVE.number, body="CRISIS")
    called = client.calls.create(to=PHONE, from_=LIVE.number, twiml=SAY)
    today, tomorrow = clock.now(), clock.now() + timedelta(days=1)

    newest_first = [each.sid for each in reversed(made)]
    assert [each.sid for each in client.messages.list(to=PHONE, limit=10)] == newest_first
    assert [each.sid for each in client.messages.list(to=PHONE, date_sent_after=today)] == newest_first
    assert client.messages.list(to=PHONE, date_sent_after=tomorrow) == []
    assert client.messages.list(to=PHONE, from_="+16175550999") == []
    assert [each.sid for each in client.calls.list(to=PHONE, start_time_after=today.date())] == [called.sid]
    created = client.messages.list(to=PHONE, limit=1)[0].date_created
    assert created is not None
    assert abs(created - clock.now()) < timedelta(minutes=1)


def test_ours_reads_the_same_of_it_one_by_one_and_all_together(out: Lines, network: Exchange, url: str) -> None:
    client = Client(LIVE.sid, LIVE.secret, http_client=ToTheStandIn(url))
    first, _second = providers(out)
    network.plan.set(PHONE, "messages", "undelivered", 1)
    client.messages.create(to=PHONE, from_=LIVE.number, body="CRISIS page 47")
    client.calls.create(to=PHONE, from_=LIVE.number, twiml=SAY, machine_detection="Enable")

    texts, calls = first.listed(Channel.TEXT, PHONE), first.listed(Channel.VOICE, PHONE)

    assert texts is not None
    assert calls is not None
    assert [(each.body, each.status, each.code) for each in texts] == [("CRISIS page 47", "undelivered", "30005")]
    assert [each.status for each in calls] == ["human"]
    assert first.found(Channel.TEXT, texts[0].sid) == texts[0]
    assert first.found(Channel.VOICE, calls[0].sid) == calls[0]


def test_the_second_shows_the_address_that_is_called_back(out: Lines) -> None:
    _first, second = providers(out)
    line = out.of(Mode.LIVE)
    assert line is not None
    only_second = lines(with_second(the_settings(None, provider_account=""), str(second.client.base_url))).live  # type: ignore[attr-defined]
    assert only_second is not None
    for path in ("/webhooks/status/1/a", "/webhooks/status/1/b"):
        only_second.sms(PHONE, "CRISIS", path, path, Urgency.U1)
        only_second.call(PHONE, SAY, path, path, Urgency.U1)

    texts, calls = second.listed(Channel.TEXT, PHONE), second.listed(Channel.VOICE, PHONE)

    assert texts is not None
    assert calls is not None
    assert [each.callback.partition("?")[0] for each in texts] == [
        f"{PUBLIC}/webhooks/status/1/b",
        f"{PUBLIC}/webhooks/status/1/a",
    ]
    assert {each.status for each in texts} == {"delivered"}
    assert len(calls) == 2
    assert second.found(Channel.TEXT, texts[0].sid) == texts[0]
    assert second.found(Channel.VOICE, calls[0].sid) == calls[0]
    only_second.close()


def test_the_second_asks_which_kind_of_record_and_for_the_key(url: str) -> None:
    """As its documentation has it; there is no client of its own to hold the stand-in to."""
    without = httpx2.get(f"{url}/v2/detail_records", headers=KEY)
    a_stranger = httpx2.get(f"{url}/v2/detail_records?filter[record_type]=messaging")
    foreign = httpx2.get(f"{url}/v2/texml/Accounts/somebody/Calls", headers=KEY)

    assert [each.status_code for each in (without, a_stranger, foreign)] == [422, 401, 401]


@pytest.mark.parametrize("fault", ["error", "garbage", "truncated", "endless", "redirect", "reset"])
def test_an_odd_answer_says_nothing_f17(out: Lines, network: Exchange, fault: str) -> None:
    network.plan.lookups.set("*", "*", fault, 9)  # type: ignore[arg-type]  # one of the faults

    for provider in providers(out):
        assert provider.listed(Channel.TEXT, PHONE) is None
        assert provider.listed(Channel.VOICE, PHONE) is None


def test_a_name_that_the_provider_never_gave_is_not_found(out: Lines) -> None:
    assert [each.found(Channel.TEXT, "SM/../..") for each in providers(out)] == [None, None]
