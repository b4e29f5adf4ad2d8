"""What Twilio's answers mean: each of its codes, and everything that is no proper answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.notify import twilio
from crisis.notify.failures import ACCEPTED, Answer, Failure, refused, unknown
from crisis.notify.provider import Reply
from crisis.notify.twilio import answer_of
from crisis.vocabulary import AttemptOutcome

ADDRESS, TEMPORARY, BLOCKED = Failure.ADDRESS, Failure.TEMPORARY, Failure.BLOCKED
CONFIGURATION = Failure.CONFIGURATION
SID = "SM" + "0" * 32
GOOD = f'{{"sid": "{SID}", "status": "queued", "error_code": null}}'.encode()
EACH_CODE = {
    ADDRESS: (13223, 13224, 21211, 21214, 21217, 21220, 21610, 21614, 30004, 30005, 30006),
    TEMPORARY: (20429, 20500, 20503, 21611, 22005, 30001, 30003, 30008, 30022, 30410, 30500),
    BLOCKED: (21612, 30007, 30034, 30036, 30450),
    CONFIGURATION: (
        *(20003, 20005, 21205, 21212, 21215, 21216, 21219, 21408, 21602, 21603, 21604, 21606, 21609, 21617, 21659),
        *(30002, 30029),
    ),
}


def said(status: int, body: bytes, *, retry_after: bool = False) -> Answer:
    return answer_of(Reply(status, body, retry_after))


@pytest.mark.parametrize(("failure", "code"), [(failure, code) for failure, of in EACH_CODE.items() for code in of])
def test_each_code_says_what_is_to_be_done(failure: Failure, code: int) -> None:
    answer = said(400, json.dumps({"code": code, "message": "no", "status": 400}).encode())

    assert answer == refused(failure, str(code))
    assert answer.for_another == (failure is not ADDRESS)


def test_no_code_of_the_table_is_untested() -> None:
    assert {code for of in EACH_CODE.values() for code in of} == set(twilio.CODES)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422])
def test_a_no_with_a_code_that_we_do_not_know_is_for_another_provider(status: int) -> None:
    assert said(status, b'{"code": 29999}') == refused(CONFIGURATION, "29999")
    assert said(status, b"<html>") == refused(CONFIGURATION, str(status))


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (201, GOOD, ACCEPTED),
        (200, GOOD, ACCEPTED),
        (201, GOOD.replace(b"SM", b"CA"), ACCEPTED),
        (202, GOOD, unknown("202")),
        (429, b'{"code": 20429}', refused(TEMPORARY, "20429")),  # F15
        (429, b"", refused(TEMPORARY, "429")),
        (500, b"", unknown("500")),  # F14
        (500, b'{"code": 20500}', unknown("20500")),
        (502, b"", unknown("502")),
        (503, b"", unknown("503")),
        (504, b"", unknown("504")),
        (302, b"", unknown("302")),  # F17
        (201, b"", unknown("201")),
        (201, GOOD[:-2], unknown("201")),
        (201, b"<html>gateway", unknown("201")),
        (201, b"[]", unknown("201")),
        (201, b"\xff\xfe", unknown("201")),
        (201, b"[" * 60_000, unknown("201")),
        (201, GOOD.replace(b"null", b"30001"), unknown("30001")),  # F18
        (201, b'{"sid": null}', unknown("201")),
        (201, b'{"sid": "SM1"}', unknown("201")),
        (201, b'{"sid": 7}', unknown("201")),
    ],
)
def test_what_an_answer_means(status: int, body: bytes, answer: Answer) -> None:
    assert said(status, body) == answer


def test_a_provider_that_says_when_to_come_back_did_nothing() -> None:
    assert said(503, b"", retry_after=True) == refused(TEMPORARY, "503")


@given(st.integers(100, 599), st.binary(max_size=200))
def test_nothing_but_a_proper_answer_is_taken_for_acceptance_f17(status: int, body: bytes) -> None:
    assert said(status, body).outcome is not AttemptOutcome.ACCEPTED
