"""The stand-in is held to the provider's own client: what that sends is taken, what it reads is what was meant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from crisis.notify.calls import page_call
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Delivery, Fault
from crisis.notify.signature import genuine, signed
from crisis.notify.wording import Filling, PageCode, SiteCode
from crisis.vocabulary import Mode, Urgency
from tests.notify.village import DRILL, LIVE, a_network, served

PHONE = "+16175550103"
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


class ToTheStandIn(TwilioHttpClient):
    """The client knows the provider's own host only; nothing of it is changed but where its requests go."""

    def __init__(self, url: str) -> None:
        super().__init__(timeout=10, pool_connections=False)
        self.stand_in = urlsplit(url)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        asked = urlsplit(url)
        return super().request(
            method,
            urlunsplit((self.stand_in.scheme, self.stand_in.netloc, asked.path, asked.query, "")),
            *args,
            **kwargs,
        )


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network(tmp_path)


@pytest.fixture
def url(network: Exchange) -> Iterator[str]:
    with served(build_handsets(network)) as address:
        yield address


@pytest.fixture
def client(url: str) -> Client:
    return Client(LIVE.sid, LIVE.secret, http_client=ToTheStandIn(url))


def test_its_texts_are_taken_and_found_again(client: Client, network: Exchange) -> None:
    made = client.messages.create(to=PHONE, from_=LIVE.number, body="CRISIS page 47", validity_period=120)

    assert (made.status, made.error_code, made.direction) == ("queued", None, "outbound-api")
    assert client.messages(made.sid).fetch().status == "delivered"
    assert [each.body for each in client.messages.list(to=PHONE)] == ["CRISIS page 47"]
    assert [each.sid for each in network.ledger.of_phone(PHONE)] == [made.sid]


def test_a_text_whose_content_is_discarded_is_not_kept(client: Client, network: Exchange) -> None:
    made = client.messages.create(to=PHONE, from_=LIVE.number, body="CRISIS page 47", content_retention="discard")

    assert client.messages(made.sid).fetch().body == ""
    assert network.ledger.of_phone(PHONE)[-1].body == "CRISIS page 47"


def test_its_calls_are_taken_and_heard(client: Client, network: Exchange) -> None:
    filling = Filling(mode=Mode.LIVE, site=SiteCode("CHM"), code=PageCode("47"), urgency=Urgency.U1)

    made = client.calls.create(
        to=PHONE,
        from_=LIVE.number,
        twiml=page_call(filling, "https://crisis.example/keys?seal=a"),
        timeout=25,
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback="https://crisis.example/s",
        status_callback_event=["initiated", "completed"],
    )

    assert made.status == "queued"
    assert client.calls(made.sid).fetch().status == "completed"
    heard = network.ledger.of_phone(PHONE)[-1]
    assert (heard.kind, heard.action) == ("call", "https://crisis.example/keys?seal=a")
    assert heard.body.startswith("Crisis page 47")


def test_a_call_that_rings_is_ended_and_one_that_was_answered_is_left_alone(client: Client, network: Exchange) -> None:
    """`canceled` is for what nobody has picked up, `completed` cuts off, and neither is for a call that is over."""
    silence = "<Response><Say>Crisis</Say></Response>"
    fates = [Delivery(end="completed", after=60), Delivery(end="completed", lasts=60), Delivery(end="completed")]
    for fate in fates:
        network.plan.deliveries.set(PHONE, "calls", fate, 1)
    rings, talks, over = (client.calls.create(to=PHONE, from_=LIVE.number, twiml=silence) for _fate in fates)

    ended = client.calls(rings.sid).update(status="canceled")
    left = client.calls(talks.sid).update(status="canceled")
    cut = client.calls(talks.sid).update(status="completed")
    with pytest.raises(TwilioRestException) as caught:
        client.calls(over.sid).update(status="canceled")

    assert [each.status for each in (ended, left, cut)] == ["canceled", "in-progress", "completed"]
    assert (caught.value.status, caught.value.code) == (400, 21220)
    assert [each.kind for each in network.ledger.of_phone(PHONE)] == ["call", "call", "missed", "voice"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("busy", 429, 20429),
        ("opted_out", 400, 21610),
        ("bad_number", 400, 21211),
        ("landline", 400, 21614),
        ("unavailable", 503, 20503),
        ("error", 500, 20500),
        ("suspended", 403, 20005),
        ("no_content_privacy", 400, 30029),
    ],
)
def test_its_errors_carry_the_codes(client: Client, network: Exchange, fault: Fault, status: int, code: int) -> None:
    network.plan.set(PHONE, "messages", fault, 1)

    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(to=PHONE, from_=LIVE.number, body="CRISIS", content_retention="discard")

    assert (caught.value.status, caught.value.code) == (status, code)


def test_a_wrong_secret_is_20003(url: str) -> None:
    with pytest.raises(TwilioRestException) as caught:
        Client(LIVE.sid, DRILL.secret, http_client=ToTheStandIn(url)).calls("CA1").fetch()

    assert (caught.value.status, caught.value.code) == (401, 20003)


@given(st.dictionaries(TEXTS, TEXTS, max_size=6), TEXTS)
def test_its_signatures_are_ours_n27(form: dict[str, str], secret: str) -> None:
    url = "https://crisis.example.org/webhooks/text?a=1"

    assert signed(secret, url, form) == RequestValidator(secret).compute_signature(url, form)
    assert genuine([secret], url, form, RequestValidator(secret).compute_signature(url, form)) is bool(secret)


def test_what_it_is_told_to_delete_it_has_no_longer(client: Client, network: Exchange) -> None:
    text = client.messages.create(to=PHONE, from_=LIVE.number, body="CRISIS page 47")
    call = client.calls.create(to=PHONE, from_=LIVE.number, twiml="<Response><Say>CRISIS</Say></Response>")

    assert client.messages(text.sid).delete()
    assert client.calls(call.sid).delete()

    for gone in (client.messages(text.sid), client.calls(call.sid)):
        with pytest.raises(TwilioRestException) as none:
            gone.fetch()
        assert (none.value.status, none.value.code) == (404, 20404)
    with pytest.raises(TwilioRestException) as twice:
        client.messages(text.sid).delete()
    assert twice.value.status == 404
    assert client.messages.list(to=PHONE) == []


def test_what_came_in_is_kept_until_it_is_told_to_delete_it(client: Client, network: Exchange) -> None:
    network.reply(PHONE, "I am on my way")
    sid = next(iter(network.came))
    kept = client.messages(sid).fetch()

    assert (kept.direction, kept.from_, kept.to, kept.body) == ("inbound", PHONE, LIVE.number, "I am on my way")
    assert client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(sid).fetch()
    assert gone.value.status == 404
