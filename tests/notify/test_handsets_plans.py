"""The stand-in's plans: faults, fates, callbacks and people, in real and in virtual time, in both dialects."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.testclient import TestClient

from crisis import clock
from crisis.notify.handsets import Exchange, Order
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_calling import Account, override_of
from crisis.notify.handsets_plans import Callbacks, Delivery, Forgery, Habit, Plans
from crisis.notify.signature import genuine, genuine_by_key
from crisis.notify.telnyx_events import told
from crisis.notify.timeline import Timeline
from tests.notify.village import LIVE, PUBLIC, SECOND, a_network, served, wait_until

PHONE = "+16175550103"
STATUS = f"{PUBLIC}/status#rc=2&rp=all&ct=2000&rt=3000"
PAGE = "CRISIS page 47, now, site CHM. Reply 47A"
CALL = "<Response><Gather action='http://testserver/keys'><Say>Crisis page 47</Say></Gather></Response>"


@dataclass
class Listener:
    """The application's side: writes down what comes and whether it is genuine; may fail a few times first."""

    fails: int = 0
    heard: list[tuple[str, dict[str, str], bool]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/{path:path}", self.came, methods=["POST"], response_model=None)
        return app

    async def came(self, path: str, request: Request) -> Response:
        body, headers = await request.body(), request.headers
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        real = genuine([LIVE.secret], f"{PUBLIC}/{path}", form, headers.get("x-twilio-signature", ""))
        if "telnyx-timestamp" in headers:
            form = told(body) or form
            signature = headers["telnyx-signature-ed25519"]
            real = genuine_by_key(SECOND.public_key, headers["telnyx-timestamp"], body, signature, clock.now())
        self.tokens.append(headers.get("i-twilio-idempotency-token", ""))
        if self.fails:
            self.fails -= 1
            return Response(status_code=500)
        self.heard.append((path, form, real))
        return Response("<Response/>", media_type="application/xml")

    @property
    def statuses(self) -> list[str]:
        return [
            form.get("MessageStatus") or form.get("CallStatus") or form["AnsweredBy"] for _, form, _real in self.heard
        ]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def network(tmp_path: Path, listener: Listener) -> Iterator[Exchange]:
    """In virtual time: nothing happens but when the test says so."""
    with served(listener.app()) as target:
        yield replace(a_network(tmp_path, target), timeline=Timeline(virtual=True))


def a_text(account: Account = LIVE, **changes: object) -> Order:
    return replace(Order(what="messages", account=account, phone=PHONE, body=PAGE, status=STATUS), **changes)  # type: ignore[arg-type]


def a_call(account: Account = LIVE) -> Order:
    return Order(what="calls", account=account, phone=PHONE, body=CALL, status=STATUS, answered_by=STATUS)


def kinds(network: Exchange) -> list[str]:
    return [entry.kind for entry in network.ledger.entries]


@pytest.mark.parametrize("account", [LIVE, SECOND], ids=["first", "second"])
def test_a_text_is_sent_and_delivered_and_both_are_told_genuinely(
    network: Exchange, listener: Listener, account: Account
) -> None:
    network.take(a_text(account))
    network.timeline.advance(0)

    assert listener.statuses == ["sent", "delivered"]
    assert all(real for _path, _form, real in listener.heard)


@pytest.mark.parametrize("account", [LIVE, SECOND], ids=["first", "second"])
@pytest.mark.parametrize(
    ("end", "steps"),
    [
        ("completed", ["initiated", "ringing", "in-progress", "completed", "human"]),
        ("busy", ["initiated", "ringing", "busy"]),
        ("no-answer", ["initiated", "ringing", "no-answer"]),
        ("failed", ["initiated", "failed"]),
    ],
)
def test_a_call_goes_through_its_states(
    network: Exchange, listener: Listener, account: Account, end: str, steps: list[str]
) -> None:
    network.plan.deliveries.set(PHONE, "calls", Delivery(end=end))  # type: ignore[arg-type]  # one of the ends

    network.take(a_call(account))
    network.timeline.advance(0)

    assert listener.statuses == steps
    assert kinds(network) == ["call" if end == "completed" else "lost"]


def test_a_delivery_takes_the_time_it_is_given(network: Exchange) -> None:
    network.plan.deliveries.set(PHONE, "messages", Delivery(after=3.0))

    made = network.take(a_text())
    network.timeline.advance(2.9)
    before = (made.status, kinds(network))
    network.timeline.advance(0.2)

    assert before == ("queued", [])
    assert (made.status, kinds(network)) == ("delivered", ["text"])


@pytest.mark.parametrize(("end", "status"), [("silent", []), ("pretended", ["sent", "delivered"])])
def test_a_loss_that_nobody_is_told_of_f21(network: Exchange, listener: Listener, end: str, status: list[str]) -> None:
    network.plan.deliveries.set(PHONE, "messages", Delivery(end=end))  # type: ignore[arg-type]  # one of the ends

    network.take(a_text())
    network.timeline.advance(60)

    assert listener.statuses == status
    assert network.ledger.of_phone(PHONE) == []


def test_a_sender_says_one_segment_a_second_and_what_waits_too_long_expires_f23(
    network: Exchange, listener: Listener
) -> None:
    network.plan.seconds_a_segment = 1.0

    made = [network.take(a_text(valid=2)) for _number in range(4)]
    network.take(a_text(SECOND))
    network.timeline.advance(10)

    assert [each.status for each in made] == ["delivered", "delivered", "delivered", "undelivered"]
    assert made[3].code == 30036
    assert [entry.line for entry in network.ledger.of_phone(PHONE)].count(SECOND.number) == 1


def test_a_long_text_takes_the_time_of_its_segments(network: Exchange) -> None:
    network.plan.seconds_a_segment = 1.0
    network.take(a_text(body="x" * 161))

    second = network.take(a_text())
    network.timeline.advance(1.5)
    before = second.status
    network.timeline.advance(1)

    assert (before, second.status) == ("queued", "delivered")


@pytest.mark.parametrize(
    ("plan", "statuses"),
    [
        (Callbacks(copies=2), ["sent", "sent", "delivered", "delivered"]),  # F30
        (Callbacks(backwards=True), ["delivered", "sent"]),  # F31
        (Callbacks(dropped=True), []),  # F32
        (Callbacks(replayed_after=3600), ["sent", "delivered", "sent", "delivered"]),  # F35
    ],
)
def test_callbacks_go_astray_as_planned(
    network: Exchange, listener: Listener, plan: Callbacks, statuses: list[str]
) -> None:
    network.plan.callbacks.set(PHONE, "messages", plan)

    network.take(a_text())
    network.timeline.advance(4000)

    assert listener.statuses == statuses


def test_a_callback_may_be_late_and_another_before_the_answer_f33(network: Exchange, listener: Listener) -> None:
    network.plan.callbacks.set(PHONE, "messages", Callbacks(late=20))
    network.plan.callbacks.set(PHONE, "messages", Callbacks(early=True))
    network.take(a_text())
    network.timeline.advance(19)
    before = listener.statuses

    network.take(a_text())
    early = listener.statuses
    network.timeline.advance(1)

    assert (before, early, listener.statuses) == ([], ["sent", "delivered"], ["sent", "delivered"] * 2)


@pytest.mark.parametrize("account", [LIVE, SECOND], ids=["first", "second"])
@pytest.mark.parametrize("forged", ["secret", "missing", "altered"])
def test_a_forged_callback_is_not_genuine_f34(
    network: Exchange, listener: Listener, account: Account, forged: Forgery
) -> None:
    network.plan.callbacks.set(PHONE, "messages", Callbacks(forged=forged))

    network.take(a_text(account))
    network.timeline.advance(0)

    assert [real for _path, _form, real in listener.heard] == [False, False]


def test_what_the_application_could_not_take_is_told_again_with_the_same_token_f38(
    network: Exchange, listener: Listener
) -> None:
    listener.fails = 2

    network.take(a_text())
    network.timeline.advance(0)

    assert listener.statuses == ["sent", "delivered"]
    assert listener.tokens[0] == listener.tokens[1] == listener.tokens[2] != listener.tokens[3]


def test_without_a_wish_in_the_address_a_failed_callback_is_not_repeated(network: Exchange, listener: Listener) -> None:
    listener.fails = 1

    network.take(a_text(status=f"{PUBLIC}/status"))
    network.timeline.advance(0)

    assert listener.statuses == ["delivered"]


def test_the_wishes_in_an_address_are_those_of_the_provider() -> None:
    wished = override_of("https://x/y?a=1#rc=5&rp=all&ct=2000&rt=3000")
    none = override_of("https://x/y")

    assert (wished.tries, wished.on_anything, wished.connect, wished.read) == (6, True, 2.0, 3.0)
    assert (none.tries, none.on_anything, none.connect, none.read) == (2, False, 5.0, 15.0)


@pytest.mark.parametrize("account", [LIVE, SECOND], ids=["first", "second"])
def test_people_answer_as_they_are_planned_to(network: Exchange, listener: Listener, account: Account) -> None:
    network.plan.habits.set(PHONE, "messages", Habit(after=5, texts=("I am driving", "{code}A 12")))

    network.take(a_text(account, status=""))
    network.timeline.advance(9)
    first = [form["Body"] for _path, form, _real in listener.heard]
    network.timeline.advance(1)

    assert first == ["I am driving"]
    assert [form["Body"] for _path, form, _real in listener.heard] == ["I am driving", "47A 12"]
    assert {(path, real) for path, _form, real in listener.heard} == {("webhooks/text", True)}


def test_a_machine_presses_no_keys_and_a_person_does_f48(network: Exchange, listener: Listener) -> None:
    habit = Habit(after=1, keys=("9", "1"))
    network.plan.habits.set(PHONE, "calls", habit, 2)
    network.plan.deliveries.set(PHONE, "calls", Delivery(end="completed", answered_by="machine_start"))

    network.take(replace(a_call(), status=""))
    network.timeline.advance(10)
    by_machine = [form.get("AnsweredBy") or form.get("Digits") for _path, form, _real in listener.heard]
    network.take(replace(a_call(), status="", answered_by=""))
    network.timeline.advance(10)

    assert by_machine == ["machine_start"]
    assert [form.get("Digits") for _path, form, _real in listener.heard[1:]] == ["9", "1"]


def test_the_dice_of_a_seed_always_fall_the_same_way() -> None:
    def story(seed: int) -> list[bool]:
        plans: Plans[Habit] = Plans(seed)
        plans.set("*", "*", Habit(), 1000, chance=0.5)
        return [plans.take(PHONE, "messages") is not None for _turn in range(50)]

    assert story(7) == story(7)
    assert story(7) != story(8)
    assert 10 < sum(story(7)) < 40


def test_a_plan_for_one_provider_is_not_met_at_the_other() -> None:
    plans: Plans[Habit] = Plans()
    plans.set(PHONE, "messages", Habit(), at="second")

    assert plans.take(PHONE, "messages", "first") is None
    assert plans.take(PHONE, "messages", "second") == Habit()


def test_in_real_time_what_is_later_comes_by_itself(tmp_path: Path) -> None:
    network = a_network(tmp_path)
    network.plan.deliveries.set(PHONE, "messages", Delivery(after=0.05))

    network.take(a_text(status=""))
    before = kinds(network)

    wait_until(lambda: kinds(network) == ["text"], within=5)
    assert before == []


@pytest.fixture
def control(network: Exchange) -> Iterator[TestClient]:
    with TestClient(build_handsets(network)) as made:
        yield made


def test_plans_are_made_from_outside_and_time_is_moved(control: TestClient, network: Exchange) -> None:
    control.post("/control/plans/deliveries", params={"phone": PHONE, "what": "messages"}, json={"after": 60})
    control.post("/control/plans/habits", params={"phone": PHONE}, json={"texts": ["47A"]})
    network.take(a_text(status=""))

    passed = control.post("/control/advance", params={"seconds": 61}).json()

    assert passed == {"happened": 2, "now": 61}
    entries = control.get("/control/ledger", params={"since": 0}).json()["entries"]
    assert [(each["kind"], each["body"]) for each in entries] == [("text", PAGE), ("reply", "47A")]
    assert control.get("/control/ledger", params={"since": 2}).json() == {"entries": []}


def test_a_plan_that_is_none_is_refused_with_what_is_wrong(control: TestClient, network: Exchange) -> None:
    found = control.post("/control/plans/deliveries", json={"end": "eaten"})

    assert found.status_code == 422
    assert found.json()["detail"][0]["at"] == ["end"]
    assert network.plan.deliveries.planned == []


def test_real_time_is_not_moved(control: TestClient, network: Exchange) -> None:
    network.timeline.virtual = False

    assert control.post("/control/advance", params={"seconds": 1}).status_code == 409


def test_all_plans_are_cleared_at_once(control: TestClient, network: Exchange) -> None:
    control.post("/control/faults", params={"phone": PHONE, "what": "*", "fault": "busy", "at": "second"})
    control.post("/control/plans/callbacks", json={"copies": 2})
    control.post("/control/pace", params={"seconds_a_segment": 1})

    control.delete("/control/faults")

    plan = network.plan
    assert (plan.faults.planned, plan.callbacks.planned, plan.seconds_a_segment) == ([], [], 0.0)


@pytest.mark.parametrize(
    ("said", "key", "status", "code"),
    [
        ({}, "wrong", 401, "10009"),
        ({"to": "617"}, SECOND.secret, 422, "40310"),
        ({"from": LIVE.number}, SECOND.secret, 422, "40305"),
        ({"text": ""}, SECOND.secret, 422, "40316"),
    ],
)
def test_what_the_second_provider_would_refuse_is_refused_with_its_code(
    control: TestClient, network: Exchange, said: dict[str, str], key: str, status: int, code: str
) -> None:
    body = {"from": SECOND.number, "to": PHONE, "text": PAGE, **said}

    found = control.post("/v2/messages", json=body, headers={"Authorization": f"Bearer {key}"})

    assert (found.status_code, found.json()["errors"][0]["code"]) == (status, code)
    assert network.ledger.entries == []


def test_a_call_needs_the_account_and_its_application(control: TestClient, network: Exchange) -> None:
    call = {"From": SECOND.number, "To": PHONE, "Texml": CALL, "ApplicationSid": SECOND.application}
    auth = {"Authorization": f"Bearer {SECOND.secret}"}
    path = f"/v2/texml/Accounts/{SECOND.sid}/Calls"

    found = [
        control.post(path, json=call, headers=auth).status_code,
        control.post(path, json={**call, "ApplicationSid": "other"}, headers=auth).status_code,
        control.post(path.replace(SECOND.sid, "other"), json=call, headers=auth).status_code,
    ]

    assert found == [200, 404, 401]
    assert kinds(network) == ["call"]


def test_who_wrote_stop_to_one_provider_is_still_reached_by_the_other(control: TestClient, network: Exchange) -> None:
    auth = {"Authorization": f"Bearer {SECOND.secret}"}
    body = {"from": SECOND.number, "to": PHONE, "text": PAGE}
    control.post("/v2/messages", json=body, headers=auth)
    network.reply(PHONE, "cancel")

    found = control.post("/v2/messages", json=body, headers=auth)

    assert (found.status_code, found.json()["errors"][0]["title"]) == (400, "Blocked due to STOP message")
    assert not network.opted_out(PHONE, LIVE.number)


def test_a_text_of_the_second_provider_is_found_by_its_owner_only(control: TestClient) -> None:
    auth = {"Authorization": f"Bearer {SECOND.secret}"}
    body = {"from": SECOND.number, "to": PHONE, "text": PAGE}
    made = control.post("/v2/messages", json=body, headers=auth).json()["data"]["id"]

    found = control.get(f"/v2/messages/{made}", headers=auth)
    other = control.get(f"/v2/messages/{made}", headers={"Authorization": "Bearer KEY-drill"})

    assert (found.json()["data"]["to"][0]["status"], other.status_code) == ("delivered", 404)
