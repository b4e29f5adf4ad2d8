"""What one call of the first provider is known to have done, over real HTTP; and which lines there are at all."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from crisis.notify.gateway import Lines, NoGateway, lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Fault
from crisis.notify.line import Line
from crisis.notify.provider import Patience
from crisis.vocabulary import AttemptOutcome, Mode
from tests.notify.village import LIVE, a_network, served, the_settings

PHONE = "+16175550103"
ACCEPTED, REFUSED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN
SHORT = Patience(connect=0.4, total=1.0, hedge=0.5)  # a test needs not wait as long as a page may


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network(tmp_path)


@pytest.fixture
def line(network: Exchange) -> Iterator[Line]:
    with served(build_handsets(network)) as url:
        made = lines(the_settings(url), SHORT).of(Mode.LIVE)
        assert made is not None
        yield made


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("hang", UNKNOWN),  # F12
        ("reset", UNKNOWN),
        ("accept_then_reset", UNKNOWN),
        ("bad_gateway", UNKNOWN),  # F14
        ("gateway_timeout", UNKNOWN),
        ("truncated", UNKNOWN),  # F17
        ("landline", REFUSED),  # F28
        ("wrong_secret", REFUSED),  # F22
        ("suspended", REFUSED),
        ("accept_then_hang", UNKNOWN),
        ("error", UNKNOWN),
        ("accept_then_error", UNKNOWN),
        ("unavailable", REFUSED),
        ("busy", REFUSED),
        ("opted_out", REFUSED),
        ("bad_number", REFUSED),
        ("garbage", UNKNOWN),
        ("endless", UNKNOWN),
        ("redirect", UNKNOWN),
        ("no_id", UNKNOWN),
        ("error_in_success", UNKNOWN),
        ("undelivered", ACCEPTED),  # F21: what becomes of it later is for its receipt to say
        ("silent", ACCEPTED),
    ],
)
def test_every_trouble_of_a_provider_ends_in_time_and_in_an_outcome(
    network: Exchange, line: Line, fault: Fault, outcome: AttemptOutcome
) -> None:
    network.plan.set(PHONE, "messages", fault, 1)
    began = monotonic()

    found = line.sms(PHONE, "CRISIS", "1-p-text-1")

    assert found is outcome
    assert monotonic() - began < SHORT.total + 0.5


def test_a_text_and_a_call_arrive_as_they_were_sent(network: Exchange, line: Line) -> None:
    outcomes = (
        line.sms(PHONE, "CRISIS page 47", "1-p-text-1"),
        line.call(PHONE, "<Response><Gather action='x'><Say>Crisis</Say></Gather></Response>", "1-p-voice-1"),
    )

    assert outcomes == (ACCEPTED, ACCEPTED)
    received = [(each.kind, each.body, each.line, each.reference) for each in network.ledger.of_phone(PHONE)]
    assert received == [
        ("text", "CRISIS page 47", LIVE.number, "1-p-text-1"),
        ("call", "Crisis", LIVE.number, "1-p-voice-1"),
    ]


def test_a_provider_that_is_not_there_got_nothing_f13() -> None:
    line = lines(the_settings("http://127.0.0.1:9")).of(Mode.LIVE)
    assert line is not None

    assert line.sms(PHONE, "CRISIS", "1") is REFUSED


def test_a_wrong_secret_is_refused_f22(network: Exchange) -> None:
    with served(build_handsets(network)) as url:
        line = lines(the_settings(url, provider_account="AC" + "9" * 32)).of(Mode.LIVE)
        assert line is not None

        assert line.sms(PHONE, "CRISIS", "1") is REFUSED
    assert network.ledger.entries == []


@pytest.mark.parametrize("url", ["http://example.org", "http://10.0.0.1", "http://127.0.0.1.example.org", "ftp://x"])
def test_the_secret_of_the_account_goes_over_https_or_not_off_this_machine(url: str) -> None:
    with pytest.raises(NoGateway, match="https"):
        lines(the_settings(url))


def test_without_a_provider_there_are_no_lines() -> None:
    assert lines(the_settings(None)) == Lines(None, None)


def test_without_an_account_for_drills_they_have_no_line_i_22() -> None:
    made = lines(the_settings("http://127.0.0.1:9", drill_account=""))

    assert made.of(Mode.LIVE) is not None
    assert made.of(Mode.DRILL) is None
