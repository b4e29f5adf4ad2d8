"""What Telnyx's answers and events mean, and its signature, with real keys."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.notify import telnyx
from crisis.notify.failures import ACCEPTED, Answer, Failure, refused, unknown
from crisis.notify.provider import Reply
from crisis.notify.signature import bound, genuine_by_key, is_bound, public_of, signed_by_key
from crisis.notify.telnyx import answer_of
from crisis.notify.telnyx_events import told
from crisis.vocabulary import AttemptOutcome

ADDRESS, TEMPORARY, BLOCKED = Failure.ADDRESS, Failure.TEMPORARY, Failure.BLOCKED
CONFIGURATION = Failure.CONFIGURATION
GOOD = b'{"data": {"id": "40385f64-5717-4562-b3fc-2c963f66afa6", "to": [{"status": "queued"}], "errors": []}}'
CALL = b'{"from": "+16175550192", "to": "+16175550103", "status": "queued"}'
EACH_CODE = {
    ADDRESS: ("10002", "10016", "40001", "40012", "40301", "40310", "40319", "90018"),
    TEMPORARY: ("10007", "10008", "10011", "40004", "40005", "40006", "40011", "40014", "40318", "40320"),
    BLOCKED: ("40002", "40003", "40008", "40010", "40015", "40315", "40322"),
    CONFIGURATION: (
        *("10001", "10004", "10005", "10009", "10010", "10015", "20012", "20015", "20016", "20017", "20100", "40009"),
        *("40013", "40100", "40150", "40151", "40302", "40305", "40306", "40309", "40312", "40314", "40316", "40321"),
    ),
}
PRIVATE = bytes(range(32))
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
STAMP = str(int(AT.timestamp()))


def said(status: int, body: bytes, *, retry_after: bool = False) -> Answer:
    return answer_of(Reply(status, body, retry_after))


def fault(code: str, title: str = "no") -> bytes:
    return json.dumps({"errors": [{"code": code, "title": title, "detail": "why"}]}).encode()


@pytest.mark.parametrize(("failure", "code"), [(failure, code) for failure, of in EACH_CODE.items() for code in of])
def test_each_code_says_what_is_to_be_done(failure: Failure, code: str) -> None:
    assert said(422, fault(code)) == refused(failure, code)


def test_no_code_of_the_table_is_untested() -> None:
    assert {code for of in EACH_CODE.values() for code in of} | {telnyx.STOPPED} == set(telnyx.CODES)


def test_who_wrote_stop_is_told_apart_from_a_sender_that_is_set_up_wrongly_f27() -> None:
    assert said(403, fault("40300", "Blocked due to STOP message")) == refused(ADDRESS, "40300")
    assert said(403, fault("40300", "Not on a messaging profile")) == refused(CONFIGURATION, "40300")


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, GOOD, ACCEPTED),
        (200, CALL, ACCEPTED),
        (202, GOOD, unknown("202")),
        (429, fault("10011"), refused(TEMPORARY, "10011")),  # F15
        (401, b"", refused(CONFIGURATION, "401")),  # F22
        (402, fault("20100"), refused(CONFIGURATION, "20100")),
        (500, fault("10007"), unknown("10007")),  # F14
        (503, b"", unknown("503")),
        (302, b"", unknown("302")),  # F17
        (200, b"", unknown("200")),
        (200, GOOD[:-2], unknown("200")),
        (200, b"<html>", unknown("200")),
        (200, b"[]", unknown("200")),
        (200, b'{"data": []}', unknown("200")),
        (200, b'{"data": {"id": null}}', unknown("200")),
        (200, CALL.replace(b"queued", b"failed"), unknown("200")),
        (200, GOOD.replace(b'"errors": []', b'"errors": [{"code": "40008"}]'), unknown("40008")),  # F18
        (200, GOOD.replace(b'"errors": []', b'"errors": [7]'), unknown("?")),
        (422, fault("a\nline of a log"), refused(CONFIGURATION, "?")),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, answer: Answer) -> None:
    assert said(status, body) == answer


def test_a_provider_that_says_when_to_come_back_did_nothing() -> None:
    assert said(503, b"", retry_after=True) == refused(TEMPORARY, "503")


@given(st.integers(100, 599), st.binary(max_size=200))
def test_nothing_but_a_proper_answer_is_taken_for_acceptance_f17(status: int, body: bytes) -> None:
    assert said(status, body).outcome is not AttemptOutcome.ACCEPTED


def test_a_signature_is_over_the_time_and_the_body_as_it_came() -> None:
    signature = signed_by_key(PRIVATE, STAMP, b'{"a": 1}')

    assert genuine_by_key(public_of(PRIVATE), STAMP, b'{"a": 1}', signature, AT)


def test_the_public_key_is_that_of_rfc_8032() -> None:
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")

    assert public_of(private) == "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


@pytest.mark.parametrize(
    ("timestamp", "body", "signature", "at"),
    [
        (STAMP, b'{"a": 2}', None, AT),
        (str(int(STAMP) + 1), b'{"a": 1}', None, AT),
        (STAMP, b'{"a": 1}', None, AT + timedelta(minutes=5, seconds=1)),  # F35
        (STAMP, b'{"a": 1}', None, AT - timedelta(minutes=5, seconds=1)),
        ("", b'{"a": 1}', None, AT),
        ("now", b'{"a": 1}', None, AT),
        ("9" * 400, b'{"a": 1}', None, AT),
        (STAMP, b'{"a": 1}', "", AT),
        (STAMP, b'{"a": 1}', "AAAA", AT),
        (STAMP, b'{"a": 1}', "no base64, é", AT),
        (STAMP, b'{"a": 1}', signed_by_key(bytes(32), STAMP, b'{"a": 1}'), AT),
    ],
)
def test_everything_else_is_not_genuine_f34(timestamp: str, body: bytes, signature: str | None, at: datetime) -> None:
    given_signature = signed_by_key(PRIVATE, STAMP, b'{"a": 1}') if signature is None else signature

    assert not genuine_by_key(public_of(PRIVATE), timestamp, body, given_signature, at)


@pytest.mark.parametrize("public", ["", "AAAA", "?"])
def test_without_a_proper_key_nobody_is_trusted(public: str) -> None:
    assert not genuine_by_key(public, STAMP, b"", signed_by_key(PRIVATE, STAMP, b""), AT)


def test_an_address_is_bound_to_its_path_by_a_secret_of_ours() -> None:
    seal = bound("secret", "/webhooks/keys/i/p/ana")

    assert is_bound(["other", "secret"], "/webhooks/keys/i/p/ana", seal)
    assert not is_bound(["secret"], "/webhooks/keys/i/p/ben", seal)
    assert not is_bound([""], "/webhooks/keys/i/p/ana", bound("", "/webhooks/keys/i/p/ana"))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data": 7}', b'{"data": {"payload": {"id": 1}}}', b"\xff"])
def test_what_is_no_event_of_a_text_is_not_told(body: bytes) -> None:
    assert told(body) is None


def test_an_event_of_another_kind_is_not_told() -> None:
    assert told(b'{"data": {"event_type": "call.initiated", "payload": {"id": "x"}}}') is None


@pytest.mark.parametrize(
    ("status", "in_our_words"),
    [("delivered", "delivered"), ("delivery_failed", "undelivered"), ("sending_failed", "failed"), ("new", "unknown")],
)
def test_a_receipt_is_told_in_the_words_of_the_first_provider(status: str, in_our_words: str) -> None:
    payload = {"id": "m-1", "to": [{"status": status}], "errors": [{"code": "40001"}]}
    event = {"data": {"event_type": "message.finalized", "payload": payload}}

    assert told(json.dumps(event).encode()) == {
        "MessageSid": "m-1",
        "MessageStatus": in_our_words,
        "ErrorCode": "40001",
    }
