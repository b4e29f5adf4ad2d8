"""What telephones send in: over real HTTP from the stand-in, with the provider's signature, on both databases."""

from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from crisis import clock
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.notify import attempts, inbound
from crisis.notify.answers import Asked
from crisis.notify.calls import keys_path
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Callbacks
from crisis.notify.pacing import APART
from crisis.notify.signature import signed
from crisis.notify.standing import final
from crisis.store import inbox
from crisis.store.engine import Store
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, PageId, PageState, PersonId, Urgency
from tests.notify.village import (
    ANA,
    BEN,
    COUNSELOR,
    DRILL,
    LEVEL,
    LIVE,
    PHONES,
    PUBLIC,
    UNPACED,
    Village,
    a_network,
    served,
    the_settings,
    village,
    wait_until,
)
from tests.watch import Watch
from web.app import build_app

pytestmark = pytest.mark.page

STRANGER = "+16175550177"
HOSTILE = [
    "'; DROP TABLE incident; --",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\x1b[31mA",
    "47A\r\nTo: +1900",
    "=cmd|' /C calc'!A0",
    "A" * 1600,
    "\u202eABC",
    "👩‍👩‍👧",
    "\x00",
    "",
    "ok",
    "yes",
    "I am driving",
    "47 Avenue",
    "A B",
    "999999A",
]


@pytest.fixture
def town(store: Store, tmp_path: Path, watch: Watch) -> Iterator[Village]:
    """The village with its console: what telephones answer comes in by HTTP."""
    network = a_network(tmp_path)
    with served(build_handsets(network)) as url:
        settings = the_settings(url)
        with served(build_app(store, settings)) as console:
            object.__setattr__(network, "target", console)
            yield village(store, network, lines(settings, UNPACED), watch)


def paged(town: Village, urgency: Urgency = Urgency.U3) -> tuple[IncidentId, PageId]:
    incident, page = town.paged(urgency)
    town.worker.until_quiet()
    return incident, page


def paged_later(town: Village) -> tuple[IncidentId, PageId]:
    """Once more, when the pace of one telephone allows for another text."""
    town.watch.ahead += APART
    return paged(town)


def says(town: Village, body: str, phone: str = PHONES[ANA]) -> str | None:
    """Writes from a telephone; what came back at once."""
    before = len(town.network.ledger.of_phone(phone))
    assert town.network.reply(phone, body) == "sent"
    later = town.network.ledger.of_phone(phone)[before + 1 :]
    back = [each.body for each in later if (each.kind, each.reference) == ("text", "answer")]
    return back[0] if back else None


def answers(town: Village, incident: IncidentId) -> list[str]:
    """What happened, but for the receipts of providers, which come when they come."""
    names = [type(each.event).__name__ for each in town.log(incident)]
    return [name for name in names if name not in ("PageReceiptCame", "PageAttempted")]


def last_text(town: Village, person: PersonId) -> str:
    return [each.body for each in town.on(person) if each.kind == "text"][-1]


@pytest.mark.parametrize("written", ["{code}A 12", "a 12"])
def test_a_text_takes_the_page_and_the_confirmation_follows(town: Village, written: str) -> None:
    incident, page = paged(town)

    says(town, written.format(code=town.code(ANA)))
    town.worker.until_quiet()

    after = town.page(incident, page)
    assert (after.state, after.accepted_by, after.eta_minutes) == (PageState.ACCEPTED, ANA, 12)
    assert "you have it" in town.on(ANA)[-1].body


@pytest.mark.parametrize("written", ["{code}D", "{code}A NO"])
def test_a_no_calls_the_next_person_at_once(town: Village, written: str) -> None:
    incident, page = paged(town)

    says(town, written.format(code=town.code(ANA)))
    town.worker.until_quiet()

    assert town.page(incident, page).declined == (ANA,)
    assert town.kinds(BEN) == ["text"]
    assert "noted" in town.on(ANA)[-1].body


def test_whatever_else_is_written_changes_nothing_and_is_answered_neutrally_f47(town: Village) -> None:
    incident, page = paged(town)
    code = town.code(ANA)

    answers = [says(town, body) for body in HOSTILE]

    neutral = f"CRISIS page {code} is still open. Reply {code}A and minutes to accept, {code}D if you can't come."
    assert set(answers) == {neutral, None}
    assert town.page(incident, page).state is PageState.PAGING


def test_the_same_text_twice_is_one_answer_f40(town: Village) -> None:
    incident, page = paged(town)
    code = town.code(ANA)
    says(town, f"{code}A 5")
    events = answers(town, incident)

    again = says(town, f"{code}A 5")

    assert answers(town, incident) == events
    assert again is not None
    assert "you have it" in again
    assert town.page(incident, page).accepted_by == ANA


def test_the_loser_of_a_race_is_told_the_truth_f41(town: Village) -> None:
    incident, page = paged(town)
    town.later(LEVEL)
    says(town, f"{town.code(BEN)}A", PHONES[BEN])

    told = says(town, f"{town.code(ANA)}A")

    assert told is not None
    assert "somebody else has taken it" in told
    assert town.page(incident, page).accepted_by == BEN


def test_a_page_that_has_ended_is_not_taken_by_a_late_text_f42_f44(town: Village) -> None:
    incident, page = paged(town)
    town.gives(incident, pcmd.CancelPage(by=town.actor(COUNSELOR), page=page))

    told = says(town, f"{town.code(ANA)}A")

    assert told is not None
    assert "has ended" in told
    assert town.page(incident, page).state is PageState.CANCELLED


def test_who_holds_a_page_lets_go_of_it_by_text_and_the_next_is_paged_at_once(town: Village) -> None:
    incident, page = paged(town)
    code = town.code(ANA)
    says(town, f"{code}A")

    said_at_once = says(town, f"{code}D 2")
    town.worker.until_quiet()

    assert said_at_once is None  # the outbox confirms it, which outlives a crash
    open_again = town.page(incident, page)
    assert (open_again.state, open_again.level, open_again.accepted_by) == (PageState.PAGING, 1, None)
    assert "noted that you can't come" in last_text(town, ANA)
    assert f"page {town.code(BEN)}" in last_text(town, BEN)


@pytest.mark.parametrize(
    ("said", "fragment"),
    [("{code}H", "noted that you are here"), ("{code}M 10", "the team at site"), ("h", "noted that you are here")],
)
def test_whoever_has_it_says_that_they_are_here_or_late(town: Village, said: str, fragment: str) -> None:
    incident, page = paged(town, Urgency.U1)
    code = town.code(ANA)
    says(town, f"{code}A 5")

    says(town, said.format(code=code))
    town.worker.until_quiet()

    assert fragment in last_text(town, ANA)
    here = town.page(incident, page)
    assert (here.arrived_at is not None, here.delays) == ((True, 0) if "h" in said.lower() else (False, 1))


def test_another_stands_by_and_a_sign_of_life_stops_nothing(town: Village) -> None:
    incident, page = paged(town, Urgency.U1)
    code = town.code(ANA)

    told = says(town, "ok, on it!!")

    assert told is not None
    assert f"Reply {code}A" in told
    seen = town.page(incident, page)
    assert (seen.state, seen.seen) == (PageState.PAGING, (ANA,))
    town.later(LEVEL)
    says(town, f"{town.code(BEN)}A 5", PHONES[BEN])
    assert says(town, f"{code}B") is None
    assert town.page(incident, page).standing_by == (ANA,)


def test_with_two_open_pages_a_bare_letter_is_never_guessed_f43(town: Village) -> None:
    first, second = paged(town), paged_later(town)

    back = says(town, "A")

    assert back is not None
    assert "more than one page is open" in back
    assert {town.page(*first).state, town.page(*second).state} == {PageState.PAGING}


def test_two_pages_of_one_telephone_have_different_codes(town: Village) -> None:
    _first, second = paged(town), paged_later(town)

    says(town, f"{town.code(ANA)}A")

    assert town.page(*second).accepted_by == ANA
    assert town.page(*_first).state is PageState.PAGING


def test_a_code_of_another_telephone_answers_nothing_f51(town: Village) -> None:
    incident, page = paged(town)
    code = town.code(ANA)

    says(town, f"{code}A", PHONES[BEN])
    says(town, f"{code}A", STRANGER)

    assert town.page(incident, page).state is PageState.PAGING


def test_a_stranger_is_answered_once_an_hour_f45(town: Village) -> None:
    answers = [says(town, "hello", STRANGER) for _turn in range(3)]

    assert answers == [
        "This number takes answers to pages only. If somebody is in danger, call 911. In a crisis call or text 988.",
        None,
        None,
    ]


def test_two_machines_that_answer_each_other_come_to_an_end_f46(town: Village) -> None:
    paged(town)

    answers = [says(town, "I am driving and will answer later") for _turn in range(6)]

    assert [answer is None for answer in answers] == [False, False, False, True, True, True]


def test_the_providers_own_words_are_left_to_it(town: Village) -> None:
    paged(town)

    assert says(town, "stop") is None


def test_who_answers_cancel_is_cut_off_by_the_provider_and_called_instead_f27(town: Village) -> None:
    """At once for the page that waits, whatever its cadence says; the next page texts them no more."""
    incident, page = paged(town)
    says(town, "CANCEL")
    says(town, "cancel")  # once is enough
    town.worker.until_quiet()
    called = [each.body for each in town.on(ANA) if each.kind == "call"]

    later, _page = paged_later(town)

    assert len(called) == 1
    assert called[0].startswith("You have switched off our texts")
    assert "text the word START" in called[0]
    assert answers(town, incident).count("PageTextsStopped") == 1
    assert town.page(incident, page).state is PageState.PAGING
    tried = [each.event for each in town.log(later) if isinstance(each.event, pev.PageAttempted)]
    last_words = {each.attempt: (each.channel, each.outcome) for each in tried}  # a receipt may be first to say so
    assert list(last_words.values()) == [(Channel.VOICE, AttemptOutcome.ACCEPTED)]
    pressed(town, "1")
    assert town.page(later, _page).accepted_by == ANA


def pressed(town: Village, key: str) -> None:
    call = next(each for each in reversed(town.on(ANA)) if each.kind == "call")
    assert town.network.press(PHONES[ANA], call.sid, key) == "sent"


def test_key_1_takes_the_page_and_says_so(town: Village) -> None:
    incident, page = paged(town, Urgency.U1)

    pressed(town, "1")

    assert town.page(incident, page).accepted_by == ANA
    assert town.on(ANA)[-1].body.startswith("You have accepted. In how many minutes")


def test_key_2_is_a_no(town: Village) -> None:
    incident, page = paged(town, Urgency.U1)

    pressed(town, "2")

    assert town.page(incident, page).declined == (ANA,)
    assert town.on(ANA)[-1].body.startswith("Noted. The next person is paged.")


@pytest.mark.parametrize("key", ["9", "5", "*", ""])
def test_every_other_key_repeats_the_menu_f49(town: Village, key: str) -> None:
    incident, page = paged(town, Urgency.U1)

    pressed(town, key)

    assert "Press 1 to accept" in town.on(ANA)[-1].body
    assert town.page(incident, page).state is PageState.PAGING


def test_a_call_that_was_answered_by_a_machine_is_no_answer_f48(town: Village) -> None:
    incident, page = paged(town, Urgency.U1)
    wait_until(lambda: _receipts(town) >= 6)

    assert town.page(incident, page).state is PageState.PAGING
    town.later(LEVEL)
    assert "text" in town.kinds(BEN)


def _outcomes(town: Village, incident: IncidentId) -> list[AttemptOutcome]:
    return [each.event.outcome for each in town.log(incident) if isinstance(each.event, pev.PageAttempted)]


def _receipts(town: Village) -> int:
    """How many were dealt with."""
    with town.store.read() as tx:
        query = "SELECT count(*) FROM inbox WHERE source = 'status' AND done_at IS NOT NULL"
        return int(tx.exec_driver_sql(query).scalar_one())


@pytest.mark.parametrize(
    "told",
    [Callbacks(), Callbacks(backwards=True), Callbacks(early=True), Callbacks(early=True, backwards=True)],
    ids=str,
)
def test_a_text_that_did_not_arrive_is_followed_by_a_call_at_once_f31_f33(town: Village, told: Callbacks) -> None:
    """Whatever is heard first: that it failed, that it was sent, or that the provider took it."""
    town.network.plan.set(PHONES[ANA], "messages", "undelivered", 1)
    town.network.plan.callbacks.set(PHONES[ANA], "messages", told)
    incident, _page = paged(town, Urgency.U2)

    def was_called() -> bool:
        """The clock stands still meanwhile: it is at once, however late we hear of it."""
        town.worker.until_quiet()
        return town.kinds(ANA) == ["call"]

    wait_until(was_called)

    outcomes = _outcomes(town, incident)
    assert sorted(set(outcomes)) == [AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED]


def test_a_receipt_says_more_than_was_known_f33(town: Village) -> None:
    """The provider took the text, our call broke off, its receipt came: it is not sent again."""
    town.network.plan.set(PHONES[ANA], "messages", "accept_then_error", 1)
    incident, _page = paged(town, Urgency.U1)

    wait_until(lambda: _receipts(town) >= 6)
    town.worker.until_quiet()

    attempts = [each.event for each in town.log(incident) if isinstance(each.event, pev.PageAttempted)]
    texted = [each.outcome for each in attempts if each.channel == "text"]
    assert reduce(final, texted) is AttemptOutcome.ACCEPTED  # in whichever order the two were written down
    assert town.kinds(ANA).count("text") == 1


@pytest.mark.parametrize(
    "astray",
    [
        Callbacks(copies=5),  # F30
        Callbacks(backwards=True),  # F31
        Callbacks(dropped=True),  # F32
        Callbacks(early=True),  # F33
        Callbacks(forged="secret"),  # F34
        Callbacks(forged="address"),  # F36
        Callbacks(forged="altered"),
        Callbacks(replayed_after=0.01),  # F35
    ],
    ids=str,
)
def test_receipts_that_go_astray_change_nothing_that_is_known_n16(town: Village, astray: Callbacks) -> None:
    town.network.plan.callbacks.set("*", "*", astray, 9)
    incident, page = paged(town, Urgency.U1)

    if astray.replayed_after:
        wait_until(lambda: not town.network.timeline._due)
    town.network._callbacks.shutdown(wait=True)
    town.worker.until_quiet()

    attempts = [each.event for each in town.log(incident) if isinstance(each.event, pev.PageAttempted)]
    assert {each.attempt: each.outcome for each in attempts} == {  # the last word on each
        entry.reference: AttemptOutcome.ACCEPTED for entry in town.on(ANA)
    }
    assert sorted(town.kinds(ANA)) == ["call", "text"]
    assert town.page(incident, page).state is PageState.PAGING


def test_what_was_recorded_before_a_crash_is_dealt_with_after_it(town: Village) -> None:
    incident, page = paged(town)
    body = {"From": PHONES[ANA], "Body": f"{town.code(ANA)}A 7"}
    with town.store.write() as tx:
        inbox.receive(tx, town.store.keys, "text", "SM-before-the-crash", body, at=clock.now() - 2 * inbound.SETTLED)

    town.worker.catch_up()
    town.worker.catch_up()

    assert town.page(incident, page).eta_minutes == 7
    with town.store.read() as tx:
        left = [each.source for each in inbox.unanswered(tx, town.store.keys, 10)]
    assert "text" not in left  # a receipt of the page may be coming in just now


@pytest.mark.parametrize("written", ["A 9", "D"])
def test_who_answers_before_the_call_was_written_down_is_heard_f05(
    town: Village, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    """The provider took the text, and the worker died in that instant; the clinician answers at once."""
    incident, page = town.paged(Urgency.U3)

    def dies(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(attempts, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            town.worker.until_quiet()

    says(town, f"{town.code(ANA)}{written}")

    now = town.page(incident, page)
    assert (now.accepted_by, now.declined) == ((ANA, ()) if written == "A 9" else (None, (ANA,)))
    assert now.level == (0 if written == "A 9" else 1)


def test_a_text_that_is_dealt_with_again_after_a_crash_counts_once(town: Village) -> None:
    """The process died after the commit and before it could mark the text as dealt with."""
    incident, page = paged(town, Urgency.U2)
    says(town, f"{town.code(ANA)}A 5")
    says(town, f"{town.code(ANA)}M 10")
    with town.store.write() as tx:
        tx.exec_driver_sql("UPDATE inbox SET done_at = NULL WHERE source = 'text'")
    town.watch.ahead += 2 * inbound.SETTLED
    before = answers(town, incident)

    town.worker.catch_up()

    assert answers(town, incident) == before
    assert town.page(incident, page).delays == 1
    with town.store.read() as tx:
        assert inbox.unanswered(tx, town.store.keys, 10) == []


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with TestClient(build_app(store, the_settings("http://127.0.0.1:9")), base_url=PUBLIC) as made:
        yield made


TEXT = {"MessageSid": "SM" + "1" * 32, "From": STRANGER, "To": LIVE.number, "Body": "hello"}


def signature(form: dict[str, str], secret: str = LIVE.secret, url: str = f"{PUBLIC}/webhooks/text") -> dict[str, str]:
    return {"X-Twilio-Signature": signed(secret, url, form)}


@pytest.mark.parametrize("secret", [LIVE.secret, DRILL.secret])
def test_what_the_provider_signed_for_our_address_is_heard(client: TestClient, secret: str) -> None:
    found = client.post("/webhooks/text", data=TEXT, headers=signature(TEXT, secret))

    assert found.status_code == 200
    assert found.headers["content-type"] == "application/xml; charset=utf-8"


def test_while_the_secret_is_changed_either_may_sign(store: Store) -> None:
    changing = the_settings(None, provider_secondary_secret=SecretStr("the next secret"))
    with TestClient(build_app(store, changing), base_url=PUBLIC) as client:
        found = [
            client.post("/webhooks/text", data=TEXT, headers=signature(TEXT, secret)).status_code
            for secret in (LIVE.secret, "the next secret", "")
        ]

    assert found == [200, 200, 404]


def test_a_machine_that_took_the_call_is_noted_and_is_no_answer_f48(client: TestClient, store: Store) -> None:
    path = f"/webhooks/status/i-1/i-1-1/{ANA}/voice/1-p-ana-voice-1"
    form = {"CallSid": "CA" + "1" * 32, "AnsweredBy": "machine_start"}

    found = client.post(path, data=form, headers=signature(form, url=PUBLIC + path))

    assert found.status_code == 204


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "é".encode("latin-1").decode("latin-1")},
        signature(TEXT, "another secret"),
        signature(TEXT, ""),
        signature(TEXT, url=f"{PUBLIC}/webhooks/text/"),
        signature(TEXT, url=f"{PUBLIC}/webhooks/text?x=1"),
        signature(TEXT, url="https://testserver/webhooks/text"),
        signature(TEXT, url="http://testserver:8000/webhooks/text"),
        signature({**TEXT, "Body": "47A"}),
        signature({name: value for name, value in TEXT.items() if name != "To"}),
    ],
)
def test_everything_else_is_nobodys_f34_f36(client: TestClient, store: Store, headers: dict[str, str]) -> None:
    raw = {name: value.encode("latin-1") for name, value in headers.items()}

    found = client.post("/webhooks/text", data=TEXT, headers=raw)  # type: ignore[arg-type]  # bytes as they may come

    assert found.status_code == 404
    with store.read() as tx:
        assert inbox.unanswered(tx, store.keys, 10) == []


def test_the_host_a_request_claims_does_not_count_f36(client: TestClient) -> None:
    headers = {**signature(TEXT, url="http://evil.example/webhooks/text"), "X-Forwarded-Host": "evil.example"}

    assert client.post("/webhooks/text", data=TEXT, headers=headers).status_code == 404


def test_a_field_given_twice_makes_the_form_nobodys_f37(client: TestClient) -> None:
    twice = {**TEXT, "Body": "47A"}
    body = f"MessageSid={TEXT['MessageSid']}&From=%2B16175550177&To=%2B16175550190&Body=hello&Body=47A"
    headers = {**signature(twice), "Content-Type": "application/x-www-form-urlencoded"}

    assert client.post("/webhooks/text", content=body, headers=headers).status_code == 404


@pytest.mark.parametrize("body", [b"Body=%FF%FE&MessageSid=SM11", b"\xff\xfe\x00=1", b"&" * 5000, b"a=1&" * 60])
def test_a_body_that_is_no_form_of_the_providers_is_refused_f37(client: TestClient, body: bytes) -> None:
    headers = {**signature(TEXT), "Content-Type": "application/x-www-form-urlencoded"}

    assert client.post("/webhooks/text", content=body, headers=headers).status_code in (400, 404)


def test_the_words_of_a_call_say_in_which_letters_they_are(client: TestClient) -> None:
    """ASVS 4.1.1"""
    answer = client.post("/webhooks/text", data=TEXT, headers=signature(TEXT))

    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')


def test_a_replayed_text_is_not_dealt_with_again_f35(client: TestClient) -> None:
    first = client.post("/webhooks/text", data=TEXT, headers=signature(TEXT)).text

    again = client.post("/webhooks/text", data=TEXT, headers=signature(TEXT)).text

    assert "<Message>" in first
    assert again.endswith("<Response/>")


def test_without_a_secret_nobody_is_the_provider(store: Store) -> None:
    settings = the_settings(
        None,
        provider_secret=the_settings(
            None,
        ).provider_secret.__class__(""),
        drill_account="",
    )
    with TestClient(build_app(store, settings), base_url=PUBLIC) as client:
        assert client.post("/webhooks/text", data=TEXT, headers=signature(TEXT, "")).status_code == 404


def test_a_key_for_a_page_that_never_was_ends_the_call(client: TestClient) -> None:
    path = keys_path(Asked(IncidentId("i-1"), PageId("i-1-1"), ANA))
    form = {"CallSid": "CA" + "1" * 32, "Digits": "1"}
    headers = signature(form, url=PUBLIC + path)

    found = client.post(path, data=form, headers=headers)

    assert found.status_code == 200
    assert "no longer needed" in found.text
