"""What one provider call is known to have done: the table, and the same faults over real HTTP."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.notify.gateway import TOTAL, Gateway, Lines, NoGateway, lines, outcome_of
from crisis.notify.handsets import Exchange, Fault
from crisis.notify.handsets_app import build_handsets
from crisis.vocabulary import AttemptOutcome, Mode
from tests.notify.village import LIVE, a_network, served, the_settings

PHONE = "+16175550103"
ACCEPTED, REFUSED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN
SID = "SM" + "0" * 32
GOOD = f'{{"sid": "{SID}", "status": "queued", "error_code": null}}'.encode()


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (201, GOOD, ACCEPTED),
        (200, GOOD, ACCEPTED),
        (201, GOOD.replace(b"SM", b"CA"), ACCEPTED),
        (202, GOOD, UNKNOWN),
        (429, b'{"code": 20429}', REFUSED),  # F15
        (400, b'{"code": 21610}', REFUSED),  # F27
        (401, b'{"code": 20003}', REFUSED),  # F22
        (404, b"", REFUSED),
        (500, b"", UNKNOWN),  # F14
        (502, b"", UNKNOWN),
        (503, b"", UNKNOWN),
        (504, b"", UNKNOWN),
        (302, b"", UNKNOWN),  # F17
        (201, b"", UNKNOWN),
        (201, GOOD[:-2], UNKNOWN),
        (201, b"<html>gateway", UNKNOWN),
        (201, b"[]", UNKNOWN),
        (201, b"\xff\xfe", UNKNOWN),
        (201, b"[" * 60_000, UNKNOWN),
        (201, GOOD.replace(b"null", b"30001"), UNKNOWN),  # F18
        (201, b'{"sid": null}', UNKNOWN),
        (201, b'{"sid": "SM1"}', UNKNOWN),
        (201, b'{"sid": 7}', UNKNOWN),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, outcome: AttemptOutcome) -> None:
    assert outcome_of(status, body) is outcome


def test_a_provider_that_says_when_to_come_back_did_nothing() -> None:
    assert outcome_of(503, b"", retry_after=True) is REFUSED


@given(st.integers(100, 599), st.binary(max_size=200))
def test_nothing_but_a_proper_answer_is_taken_for_acceptance_f17(status: int, body: bytes) -> None:
    assert outcome_of(status, body) is not ACCEPTED


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network(tmp_path)


@pytest.fixture
def line(network: Exchange) -> Iterator[Gateway]:
    with served(build_handsets(network)) as url:
        made = lines(the_settings(url)).of(Mode.LIVE)
        assert made is not None
        yield made


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("hang", UNKNOWN),  # F12
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
    network: Exchange, line: Gateway, fault: Fault, outcome: AttemptOutcome
) -> None:
    network.plan.set(PHONE, "messages", fault, 1)
    began = monotonic()

    found = line.sms(PHONE, "CRISIS", "1-p-text-1")

    assert found is outcome
    assert monotonic() - began < TOTAL


def test_a_text_and_a_call_arrive_as_they_were_sent(network: Exchange, line: Gateway) -> None:
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
