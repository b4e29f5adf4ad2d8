"""The stand-in is held to what it stands in for: signatures, statuses, errors; and its ledger survives a kill."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis.notify.handsets import Exchange, Owner
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account
from crisis.notify.handsets_main import OWNERS, Config, config_from, exchange_from
from crisis.notify.ledger import Ledger
from crisis.notify.signature import genuine, signed
from crisis.notify.twiml import heard, said_back
from tests.notify.village import DRILL, LIVE, a_network

PHONE = "+16175550103"
MESSAGES, CALLS = (f"/2010-04-01/Accounts/{LIVE.sid}/{kind}.json" for kind in ("Messages", "Calls"))
AUTH = (LIVE.sid, LIVE.secret)
TEXT = {"To": PHONE, "From": LIVE.number, "Body": "CRISIS page 47"}
CALL = {"To": PHONE, "From": LIVE.number, "Twiml": "<Response><Say>Crisis</Say></Response>"}


@pytest.fixture
def network(tmp_path: Path) -> Exchange:
    return a_network(tmp_path)


@pytest.fixture
def client(network: Exchange) -> Iterator[TestClient]:
    with TestClient(build_handsets(network), follow_redirects=False) as made:
        yield made


def test_the_signature_is_the_providers_own_published_example() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"

    assert signed("12345", url, form) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert genuine(["12345"], url, form, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


@pytest.mark.parametrize("signature", ["", "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "é"])
def test_any_other_signature_is_not_genuine(signature: str) -> None:
    assert not genuine(["12345"], "https://mycompany.com/", {}, signature)


def test_a_message_that_was_taken_is_queued_and_then_delivered(client: TestClient, network: Exchange) -> None:
    made = client.post(MESSAGES, data=TEXT, auth=AUTH)
    found = client.get(f"/2010-04-01/Accounts/{LIVE.sid}/Messages/{made.json()['sid']}.json", auth=AUTH)

    assert made.status_code == 201
    assert (made.json()["status"], made.json()["error_code"]) == ("queued", None)
    assert (made.json()["to"], made.json()["from"], made.json()["body"]) == (PHONE, LIVE.number, "CRISIS page 47")
    assert found.json()["status"] == "delivered"
    assert [entry.sid for entry in network.ledger.of_phone(PHONE)] == [made.json()["sid"]]


def test_a_call_that_was_taken_has_an_id_of_its_own_kind(client: TestClient) -> None:
    made = client.post(CALLS, data=CALL, auth=AUTH).json()

    assert made["sid"].startswith("CA")
    assert len(made["sid"]) == 34


@pytest.mark.parametrize(
    ("path", "form", "code"),
    [
        (MESSAGES, {**TEXT, "To": ""}, 21604),
        (MESSAGES, {**TEXT, "To": "617-555-0103"}, 21211),
        (MESSAGES, {**TEXT, "From": DRILL.number}, 21606),
        (MESSAGES, {**TEXT, "Body": ""}, 21602),
        (CALLS, {**CALL, "Twiml": ""}, 21205),
    ],
)
def test_what_the_provider_would_refuse_is_refused_with_its_code(
    client: TestClient, network: Exchange, path: str, form: dict[str, str], code: int
) -> None:
    answer = client.post(path, data=form, auth=AUTH)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert network.ledger.entries == []


@pytest.mark.parametrize(
    "auth", [None, (LIVE.sid, "wrong"), ("wrong", LIVE.secret), (DRILL.sid, DRILL.secret), (LIVE.sid, DRILL.secret)]
)
def test_nobody_sends_on_an_account_that_is_not_theirs(client: TestClient, auth: tuple[str, str] | None) -> None:
    answer = client.post(MESSAGES, data=TEXT, **({} if auth is None else {"auth": auth}))

    assert answer.status_code == 401


def test_a_message_of_another_account_is_not_found(client: TestClient) -> None:
    sid = client.post(MESSAGES, data=TEXT, auth=AUTH).json()["sid"]

    found = client.get(f"/2010-04-01/Accounts/{DRILL.sid}/Messages/{sid}.json", auth=(DRILL.sid, DRILL.secret))

    assert (found.status_code, found.json()["code"]) == (404, 20404)


def test_the_list_of_a_number_holds_what_was_sent_to_it_newest_first(client: TestClient, network: Exchange) -> None:
    for body in ("one", "two"):
        client.post(MESSAGES, data={**TEXT, "Body": body}, auth=AUTH)
    client.post(MESSAGES, data={**TEXT, "To": "+16175550104"}, auth=AUTH)
    network.reply(PHONE, "47A")

    listed = client.get(MESSAGES, params={"To": PHONE}, auth=AUTH).json()["messages"]

    assert [each["body"] for each in listed] == ["two", "one"]


def test_who_wrote_stop_gets_nothing_until_they_write_start(client: TestClient, network: Exchange) -> None:
    statuses = []
    for word in ("hello", "Stop", "yes", "START"):
        network.reply(PHONE, word)
        answer = client.post(MESSAGES, data=TEXT, auth=AUTH)
        statuses.append((answer.status_code, answer.json().get("code")))

    assert statuses == [(201, None), (400, 21610), (400, 21610), (201, None)]


def test_a_fault_is_for_one_number_and_counted_down(client: TestClient) -> None:
    client.post("/control/faults", params={"phone": PHONE, "what": "messages", "fault": "busy", "times": 2})

    statuses = [client.post(MESSAGES, data=TEXT, auth=AUTH).status_code for _turn in range(3)]
    other = client.post(MESSAGES, data={**TEXT, "To": "+16175550104"}, auth=AUTH).status_code

    assert (statuses, other) == ([429, 429, 201], 201)


def test_what_was_taken_and_lost_never_reached_a_telephone(client: TestClient, network: Exchange) -> None:
    network.plan.set(PHONE, "messages", "undelivered", 1)

    sid = client.post(MESSAGES, data=TEXT, auth=AUTH).json()["sid"]

    found = client.get(f"/2010-04-01/Accounts/{LIVE.sid}/Messages/{sid}.json", auth=AUTH).json()
    assert (found["status"], found["error_code"]) == ("undelivered", 30005)
    assert network.ledger.of_phone(PHONE) == []


def test_a_ledger_whose_last_line_was_cut_short_is_whole_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    first = ledger.add("text", PHONE, "one", "SM1")
    with ledger.path.open("a") as file:
        file.write('{"number": 2, "at": "2026')

    again = Ledger(ledger.path).load()
    second = again.add("text", PHONE, "two", "SM2")

    assert Ledger(ledger.path).load().entries == [first, second]


def test_a_call_is_heard_once_and_keeps_where_its_keys_go() -> None:
    ask = '<Gather action="/keys?a=1&amp;b=2"><Say>Crisis</Say></Gather>'

    assert heard(f"<Response>{ask}{ask}</Response>") == ("Crisis", "/keys?a=1&b=2")
    assert heard("<Response>") == ("(silence)", "")


def test_an_answer_is_texts_or_a_sentence() -> None:
    assert said_back("<Response><Message>a &amp; b</Message></Response>") == [("text", "a & b")]
    assert said_back("<Response><Say>Bye</Say><Hangup/></Response>") == [("voice", "Bye")]
    assert said_back("<Response/>") == said_back("<html>") == []


def test_the_page_shows_each_telephone_and_escapes_what_was_written(client: TestClient, network: Exchange) -> None:
    client.post(MESSAGES, data={**TEXT, "Body": "<b>47A</b>"}, auth=AUTH)

    page = client.get("/")

    assert "&lt;b&gt;47A" in page.text
    assert PHONE in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_a_reply_is_written_from_the_page_without_script(client: TestClient, network: Exchange) -> None:
    client.post(MESSAGES, data=TEXT, auth=AUTH)

    answer = client.post("/reply", data={"phone": PHONE, "body": "47A 12"}, headers={"Origin": "http://testserver"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/#p16175550103")
    assert [(each.kind, each.body) for each in network.ledger.of_phone(PHONE)][-1] == ("reply", "47A 12")


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
def test_another_site_in_the_same_browser_answers_for_nobody(
    client: TestClient, network: Exchange, headers: dict[str, str]
) -> None:
    answer = client.post("/reply", data={"phone": PHONE, "body": "47A"}, headers=headers)

    assert answer.status_code == 403
    assert network.ledger.entries == []


def test_it_starts_from_a_file_and_knows_whose_telephone_is_whose(tmp_path: Path) -> None:
    accounts = (Account(sid="AC1", secret="s", number="+16175550190"),)
    config = Config(folder=tmp_path, port=8001, accounts=accounts, target="http://127.0.0.1:1", public_url="http://x")
    (tmp_path / OWNERS).write_text('{"+16175550103": {"name": "Ana", "post": "clinician"}}')

    network = exchange_from(config_from(config.text()))

    assert network.accounts == accounts
    assert list(network.phones()) == [(PHONE, Owner(name="Ana", post="clinician"), [])]
