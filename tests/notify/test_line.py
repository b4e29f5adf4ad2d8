"""Two providers behind one line, over real HTTP: who is asked when the first is in trouble, how often, and how soon."""

import random
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from time import monotonic

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from crisis import clock
from crisis.notify.breaker import FAILURES, OPEN_FOR
from crisis.notify.bulkhead import Bulkhead
from crisis.notify.gateway import Lines, lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Fault
from crisis.notify.line import Line, Way
from crisis.notify.provider import Patience, Told
from crisis.notify.telnyx import Telnyx
from crisis.notify.twilio import Twilio
from crisis.vocabulary import AttemptOutcome, Channel, Mode, Urgency
from tests.notify.village import DRILL, LIVE, PUBLIC, SECOND, SECOND_DRILL, a_network, served, the_settings, with_second

PHONE = "+16175550103"
ACCEPTED, REFUSED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN
SHORT = Patience(connect=0.4, total=1.0, hedge=0.4, place=0.2)
U1 = Urgency.U1
SAY = "<Response><Say>Crisis</Say></Response>"
OURS: list[Fault] = ["busy", "unavailable", "wrong_secret", "suspended"]
THE_NUMBERS: list[Fault] = ["opted_out", "bad_number", "landline"]
NOBODY_KNOWS: list[Fault] = ["error", "bad_gateway", "gateway_timeout", "reset", "garbage", "truncated", "no_id"]
LOOPBACK = ip_address("127.0.0.1")
GONE = "http://127.0.0.1:9"


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network(tmp_path)


@pytest.fixture
def url(network: Exchange) -> Iterator[str]:
    with served(build_handsets(network)) as address:
        yield address


@pytest.fixture
def out(url: str) -> Iterator[Lines]:
    made = lines(with_second(the_settings(url), url), SHORT)
    yield made
    made.close()


@pytest.fixture
def line(out: Lines) -> Line:
    assert out.live is not None
    return out.live


def numbers(network: Exchange) -> list[str]:
    """From which numbers the telephone was reached, in order."""
    return [each.line for each in network.ledger.of_phone(PHONE)]


@pytest.mark.parametrize("fault", OURS)
@pytest.mark.parametrize("urgency", [U1, None])
def test_what_the_first_provider_refuses_for_its_own_reasons_goes_to_the_second_once_f15_f22(
    network: Exchange, line: Line, fault: Fault, urgency: Urgency | None
) -> None:
    network.plan.set(PHONE, "messages", fault, 9, at="first")

    outcome = line.sms(PHONE, "CRISIS", "1", urgency=urgency)

    assert outcome is ACCEPTED
    assert numbers(network) == [SECOND.number]


@pytest.mark.parametrize("fault", THE_NUMBERS)
@pytest.mark.parametrize("urgency", [U1, None])
def test_what_is_refused_because_of_the_number_is_not_asked_of_another_f27_f28(
    network: Exchange, line: Line, fault: Fault, urgency: Urgency | None
) -> None:
    network.plan.set(PHONE, "messages", fault, 1, at="first")

    outcome = line.sms(PHONE, "CRISIS", "1", urgency=urgency)

    assert outcome is REFUSED
    assert numbers(network) == []


@pytest.mark.parametrize("fault", NOBODY_KNOWS)
def test_a_page_of_which_nobody_knows_goes_out_by_the_second_provider_at_once_f14_f17(
    network: Exchange, line: Line, fault: Fault
) -> None:
    network.plan.set(PHONE, "messages", fault, 1, at="first")

    outcome = line.sms(PHONE, "CRISIS", "1", urgency=U1)

    assert outcome is ACCEPTED
    assert numbers(network)[-1] == SECOND.number


@pytest.mark.parametrize("fault", [*NOBODY_KNOWS, "accept_then_error", "hang"])
def test_a_notice_of_which_nobody_knows_is_not_sent_twice(network: Exchange, line: Line, fault: Fault) -> None:
    network.plan.set(PHONE, "messages", fault, 1, at="first")

    outcome = line.sms(PHONE, "CRISIS", "1")

    assert outcome is UNKNOWN
    assert SECOND.number not in numbers(network)


def test_calls_change_over_as_texts_do(network: Exchange, line: Line) -> None:
    network.plan.set(PHONE, "calls", "busy", 1, at="first")

    outcome = line.call(PHONE, SAY, "1", urgency=U1)

    assert outcome is ACCEPTED
    assert [(each.kind, each.line) for each in network.ledger.of_phone(PHONE)] == [("call", SECOND.number)]


@pytest.mark.parametrize("fault", ["error", "garbage", "no_id", "error_in_success", "busy", "reset"])
def test_the_second_provider_in_trouble_is_as_well_understood(network: Exchange, url: str, fault: Fault) -> None:
    settings = with_second(the_settings(None, provider_account=""), url)
    line = lines(settings, SHORT).live
    assert line is not None
    network.plan.set(PHONE, "*", fault, 9, at="second")

    outcomes = {line.sms(PHONE, "CRISIS", "1", urgency=U1), line.call(PHONE, SAY, "1", urgency=U1)}

    assert outcomes == {REFUSED if fault == "busy" else UNKNOWN}


def test_a_page_to_a_silent_provider_is_given_to_the_other_too_f12(network: Exchange, url: str) -> None:
    line = lines(with_second(the_settings(url), url), Patience(hedge=0.4)).live
    assert line is not None
    network.plan.set(PHONE, "messages", "accept_then_hang", 1, at="first")
    began = monotonic()

    outcome = line.sms(PHONE, "CRISIS", "1", urgency=U1)

    assert outcome is ACCEPTED
    assert 0.4 <= monotonic() - began < 2.0  # the first would have been given up after two and a half
    assert sorted(numbers(network)) == [LIVE.number, SECOND.number]


def test_a_slow_yes_is_waited_for_when_the_other_says_no(network: Exchange, url: str) -> None:
    line = lines(with_second(the_settings(url), url), Patience(hedge=0.3)).live
    assert line is not None
    network.plan.set(PHONE, "messages", "slow", 1, at="first")
    network.plan.set(PHONE, "messages", "busy", 1, at="second")

    outcome = line.sms(PHONE, "CRISIS", "1", urgency=U1)

    assert outcome is ACCEPTED
    assert numbers(network) == [LIVE.number]


def test_all_at_once_are_accepted_within_two_seconds_where_the_first_refuses_f13_n7(
    network: Exchange, url: str
) -> None:
    line = lines(with_second(the_settings(GONE), url)).live
    assert line is not None

    took = how_long(40, lambda number: line.sms(PHONE, "CRISIS", str(number), urgency=U1))

    assert max(took) < 2.0
    assert numbers(network) == [SECOND.number] * 40


def test_all_at_once_are_accepted_within_six_seconds_where_the_first_hangs_f12_f16_n7(
    network: Exchange, url: str
) -> None:
    line = lines(with_second(the_settings(url), url)).live
    assert line is not None
    network.plan.set("*", "*", "hang", 99, at="first")

    took = how_long(40, lambda number: line.sms(PHONE, "CRISIS", str(number), urgency=U1))

    assert max(took) < 6.0
    assert set(numbers(network)) == {SECOND.number}


def how_long(times: int, send: Callable[[int], AttemptOutcome]) -> list[float]:
    def one(number: int) -> float:
        began = monotonic()
        assert send(number) is ACCEPTED
        return monotonic() - began

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_a_provider_that_fails_again_and_again_is_asked_last_until_a_try_shows_it_is_back(
    network: Exchange, line: Line
) -> None:
    at = 1000.0
    for breaker in line.ways[0].breakers.values():
        breaker.now = lambda: at
    network.plan.set(PHONE, "messages", "error", FAILURES, at="first")
    for number in range(FAILURES):
        line.sms(PHONE, "CRISIS", str(number), urgency=U1)

    line.sms(PHONE, "CRISIS", "while it is open", urgency=U1)
    line.call(PHONE, SAY, "calls are another matter", urgency=U1)
    at += OPEN_FOR
    line.sms(PHONE, "CRISIS", "half-open", urgency=U1)
    line.sms(PHONE, "CRISIS", "closed", urgency=U1)

    assert numbers(network)[-4:] == [SECOND.number, LIVE.number, LIVE.number, LIVE.number]


def test_both_in_trouble_are_asked_all_the_same_so_that_nothing_waits_when_one_is_back_f20_n7(
    network: Exchange, line: Line
) -> None:
    network.plan.set("*", "*", "unavailable", 2 * FAILURES)
    outcomes = [line.sms(PHONE, "CRISIS", str(number), urgency=U1) for number in range(FAILURES)]
    all_open = all(way.breakers[Channel.TEXT].open for way in line.ways)

    after = line.sms(PHONE, "CRISIS", "back", urgency=U1)

    assert (set(outcomes), all_open, after) == ({REFUSED}, True, ACCEPTED)


def test_a_number_that_cannot_be_reached_says_nothing_about_the_provider(network: Exchange, line: Line) -> None:
    network.plan.set(PHONE, "messages", "bad_number", 2 * FAILURES, at="first")

    for number in range(2 * FAILURES):
        line.sms(PHONE, "CRISIS", str(number), urgency=U1)

    assert not line.ways[0].breakers[Channel.TEXT].open


def test_a_provider_that_has_enough_to_do_is_passed_over_and_not_blamed_f16(network: Exchange, line: Line) -> None:
    full = Line((replace(line.ways[0], bulkhead=Bulkhead(at_once=0)), line.ways[1]), PUBLIC, patience=SHORT)

    outcomes = {full.sms(PHONE, "CRISIS", str(number), urgency=U1) for number in range(FAILURES)}

    assert outcomes == {ACCEPTED}
    assert set(numbers(network)) == {SECOND.number}
    assert not full.ways[0].breakers[Channel.TEXT].open


def test_a_provider_whose_certificate_nobody_vouches_for_got_nothing_f19(network: Exchange, url: str) -> None:
    with behind_a_certificate_of_its_own() as dubious:
        line = lines(with_second(the_settings(dubious), url), SHORT).live
        assert line is not None

        outcome = line.sms(PHONE, "CRISIS", "1")

    assert outcome is ACCEPTED
    assert numbers(network) == [SECOND.number]


def test_a_name_that_leads_nowhere_is_surely_not_sent_f19(
    network: Exchange, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what only tells people goes to the other provider: it cannot come twice."""
    known = socket.getaddrinfo

    def nowhere(host: str, *args: object, **kwargs: object) -> object:
        if host == "provider.example":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return known(host, *args, **kwargs)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    line = lines(with_second(the_settings("https://provider.example"), url), SHORT).live
    assert line is not None

    assert (line.sms(PHONE, "CRISIS", "1"), line.sms(PHONE, "CRISIS", "2", urgency=U1)) == (ACCEPTED, ACCEPTED)
    assert numbers(network) == [SECOND.number] * 2


@contextmanager
def behind_a_certificate_of_its_own() -> Iterator[str]:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(clock.now()).not_valid_after(clock.now() + timedelta(days=1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False).sign(key, None)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(private + signed.public_bytes(Encoding.PEM))
        file.flush()
        context.load_cert_chain(file.name)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_shakes_hands, args=(listening, context))
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)


def _shakes_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    connection, _from = listening.accept()
    with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
        secured.recv(1)


@pytest.mark.parametrize("urgency", [U1, None])
def test_a_provider_that_says_a_little_now_and_then_is_not_waited_for_f16(urgency: Urgency | None) -> None:
    """Each byte of the headers comes in time, and they never end."""
    with trickling() as url:
        line = lines(the_settings(url), SHORT).live
        assert line is not None
        began = monotonic()

        outcome = line.sms(PHONE, "CRISIS", "1", urgency=urgency)

    assert outcome is UNKNOWN
    assert monotonic() - began < SHORT.total + SHORT.place + 1


def test_two_of_those_are_not_waited_for_one_after_the_other_f16() -> None:
    """A page keeps its lease: it is over before another worker takes it for lost."""
    with trickling() as first, trickling() as second:
        line = lines(with_second(the_settings(first), second), SHORT).live
        assert line is not None
        began = monotonic()

        outcome = line.sms(PHONE, "CRISIS", "1", urgency=U1)

    assert outcome is UNKNOWN
    assert monotonic() - began < SHORT.hedge + SHORT.total + SHORT.place + 0.5


@contextmanager
def trickling() -> Iterator[str]:
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        connection, _from = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 201 Created\r\nX-Slow: ")
            while not ended.wait(0.1):
                connection.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        ended.set()
        thread.join(5)


def test_a_drill_goes_out_on_its_own_accounts_at_both_providers_i_22(network: Exchange, out: Lines) -> None:
    drill = out.of(Mode.DRILL)
    assert drill is not None

    drill.sms(PHONE, "DRILL", "1", urgency=U1)
    network.plan.set(PHONE, "*", "busy", 2, at="first")
    drill.sms(PHONE, "DRILL", "2", urgency=U1)
    drill.call(PHONE, SAY, "3", urgency=U1)

    assert numbers(network) == [DRILL.number, SECOND_DRILL.number, SECOND_DRILL.number]


def test_whatever_goes_wrong_practice_and_reality_never_mix_i_22_n19(network: Exchange, out: Lines) -> None:
    dice = random.Random(22)
    faults: list[Fault] = [*OURS, *THE_NUMBERS, *NOBODY_KNOWS, "accept_then_error", "silent", "undelivered"]
    for number in range(150):
        mode, phone = dice.choice(list(Mode)), f"+1617555{1000 + number}"
        for at in dice.sample(["first", "second"], dice.randrange(3)):
            network.plan.set(phone, "*", dice.choice(faults), 1, at=at)  # type: ignore[arg-type]  # one of the two
        line = out.of(mode)
        assert line is not None
        urgency = dice.choice([U1, Urgency.U3, None])
        send = dice.choice([line.sms, line.call])
        send(phone, SAY, mode, urgency=urgency)

    from_where = {(each.reference, each.line) for each in network.ledger.entries}
    assert from_where == {
        ("live", LIVE.number),
        ("live", SECOND.number),
        ("drill", DRILL.number),
        ("drill", SECOND_DRILL.number),
    }


def test_who_wrote_to_a_number_is_answered_from_that_number(network: Exchange, out: Lines) -> None:
    for number in (SECOND.number, DRILL.number, "+16175550999"):
        out.answer(number, PHONE, "CRISIS", "1")

    assert numbers(network) == [SECOND.number, DRILL.number]


def test_an_account_that_cannot_have_its_texts_discarded_still_pages(network: Exchange, line: Line) -> None:
    network.plan.set(PHONE, "messages", "no_content_privacy", 9, at="first")

    outcome = line.sms(PHONE, "CRISIS", "1", urgency=U1)

    assert outcome is ACCEPTED
    assert numbers(network) == [LIVE.number]


def test_who_wrote_stop_is_refused_and_called_instead_f27(network: Exchange, line: Line) -> None:
    line.sms(PHONE, "CRISIS", "1", urgency=U1)
    network.reply(PHONE, "CANCEL")

    outcomes = (line.sms(PHONE, "CRISIS", "2", urgency=U1), line.call(PHONE, SAY, "3", urgency=U1))

    assert outcomes == (REFUSED, ACCEPTED)
    assert [(each.kind, each.line) for each in network.ledger.of_phone(PHONE)][-1] == ("call", LIVE.number)


def recording(answer: dict[str, object]) -> tuple[httpx2.Client, list[httpx2.Request]]:
    requests: list[httpx2.Request] = []

    def takes(request: httpx2.Request) -> httpx2.Response:
        request.read()
        requests.append(request)
        return httpx2.Response(201, json=answer)

    return httpx2.Client(transport=httpx2.MockTransport(takes), base_url="https://provider.example"), requests


def test_what_the_first_provider_is_asked_for() -> None:
    client, requests = recording({"sid": "SM" + "0" * 32})
    told = Told(status="https://crisis.example/s", answered_by="https://crisis.example/s")
    provider = Twilio(client, "AC1", LIVE.number, 4.0)

    provider.sms(PHONE, "CRISIS", "1", told, 120)
    provider.call(PHONE, SAY, "1", told)

    text, call = (dict(httpx2.QueryParams(request.content.decode())) for request in requests)
    retries = "#rc=5&rp=all&ct=2000&rt=3000"
    assert text == {
        "To": PHONE,
        "From": LIVE.number,
        "Body": "CRISIS",
        "ValidityPeriod": "120",
        "RiskCheck": "disable",
        "ContentRetention": "discard",
        "StatusCallback": f"https://crisis.example/s{retries}",
    }
    assert call == {
        "To": PHONE,
        "From": LIVE.number,
        "Twiml": SAY,
        "Timeout": "25",
        "TimeLimit": "180",
        "MachineDetection": "DetectMessageEnd",
        "AsyncAmd": "true",
        "AsyncAmdStatusCallback": f"https://crisis.example/s{retries}",
        "StatusCallback": f"https://crisis.example/s{retries}",
        "StatusCallbackEvent": call["StatusCallbackEvent"],
    }
    assert requests[1].content.count(b"StatusCallbackEvent=") == 4


def test_what_the_second_provider_is_asked_for() -> None:
    client, requests = recording({"data": {"id": "4" * 36}})
    told = Told(status="https://crisis.example/s", answered_by="https://crisis.example/s")
    provider = Telnyx(client, "KEY", "account", "app-1", SECOND.number, 4.0)

    provider.sms(PHONE, "CRISIS", "1", told)
    provider.call(PHONE, SAY, "1", told)

    assert [request.url.path for request in requests] == ["/v2/messages", "/v2/texml/Accounts/account/Calls"]
    assert {request.headers["authorization"] for request in requests} == {"Bearer KEY"}
    assert httpx2.Response(200, content=requests[0].content).json() == {
        "from": SECOND.number,
        "to": PHONE,
        "text": "CRISIS",
        "type": "SMS",
        "webhook_url": "https://crisis.example/s",
        "use_profile_webhooks": False,
    }
    assert httpx2.Response(200, content=requests[1].content).json()["Texml"] == SAY


def test_the_most_urgent_texts_are_valid_for_two_minutes_and_the_rest_for_five_pr_14() -> None:
    client, requests = recording({"sid": "SM" + "0" * 32})
    line = Line((Way(Twilio(client, "AC1", LIVE.number, 4.0)),), PUBLIC)

    for urgency in (Urgency.U1, Urgency.U2, Urgency.U3, None):
        line.sms(PHONE, "CRISIS", "1", urgency=urgency)

    valid = [httpx2.QueryParams(request.content.decode())["ValidityPeriod"] for request in requests]
    assert valid == ["120", "300", "300", "300"]
