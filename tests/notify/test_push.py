"""Push messages: encrypted as the standard has it, to the servers of browser makers alone, and nobody's business."""

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crisis import clock
from crisis.errors import Refused
from crisis.notify.push import KEY_FILE, MAKERS, Doors, Pushed, keys_at
from crisis.notify.push_crypto import LENGTH, PushKeys, b64, sealed_for, unb64
from crisis.vocabulary import PersonId
from tests.notify.certificates import Certificate
from tests.notify.pushing import CONTACT, Browser, Maker, a_maker, a_push

ANA = PersonId("p-ana")
NO_POINT = b64(b"\x04" + b"\x01" * 64)
WORDS = "Crisis page, open the console"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Maker, Certificate]]:
    with a_maker(tmp_path_factory.mktemp("maker")) as made:
        yield made


@pytest.fixture
def maker(started: tuple[Maker, Certificate]) -> Maker:
    started[0].received.clear()
    started[0].key, started[0].answer = "", 201
    return started[0]


def test_the_words_are_sealed_as_the_standards_example_is_rfc_8291_a() -> None:
    ours = PushKeys.from_text(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").hex()).private

    sealed = sealed_for(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        ours=ours,
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        length=0,
    )

    assert b64(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3j"
        "l7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_a_browser_reads_it_and_its_maker_knows_who_sent_it(started: tuple[Maker, Certificate], maker: Maker) -> None:
    browser, push = Browser(), a_push(maker, started[1])
    with closing(push.client):
        done = push.send(browser.subscription(f"{maker.url}/push/a", ANA), "Crisis", WORDS, urgent=True)

    received = maker.received[0]
    assert done is Pushed.ACCEPTED
    assert browser.read(received.body) == {"title": "Crisis", "body": WORDS}
    assert WORDS.encode() not in received.body
    assert received.claims["sub"] == CONTACT
    assert received.headers["content-encoding"] == "aes128gcm"
    assert (received.headers["urgency"], int(received.headers["ttl"])) == ("high", 300)


def test_every_message_has_the_same_length_and_another_key(started: tuple[Maker, Certificate], maker: Maker) -> None:
    browser, push = Browser(), a_push(maker, started[1])
    with closing(push.client):
        for words in ("a", "a", "á" * 20):
            push.send(browser.subscription(f"{maker.url}/push/a", ANA), "Crisis", words, urgent=False)

    bodies = [each.body for each in maker.received]
    assert {len(body) for body in bodies} == {86 + LENGTH + 17}
    assert len({body[:86] for body in bodies}) == 3


def test_another_key_than_people_subscribed_to_is_refused(started: tuple[Maker, Certificate], maker: Maker) -> None:
    push = a_push(maker, started[1])
    stranger = a_push(maker, started[1])
    with closing(push.client), closing(stranger.client):
        to = Browser().subscription(f"{maker.url}/push/a", ANA)

        assert (push.send(to, "t", "b", urgent=False), stranger.send(to, "t", "b", urgent=False)) == (
            Pushed.ACCEPTED,
            Pushed.REFUSED,
        )


@pytest.mark.parametrize(
    ("status", "known"),
    [(404, Pushed.GONE), (410, Pushed.GONE), (429, Pushed.REFUSED), (500, Pushed.REFUSED), (307, Pushed.REFUSED)],
)
def test_what_its_maker_says_is_understood(
    started: tuple[Maker, Certificate], maker: Maker, status: int, known: Pushed
) -> None:
    push = a_push(maker, started[1])
    maker.answer = status
    with closing(push.client):
        assert push.send(Browser().subscription(f"{maker.url}/push/a", ANA), "t", "b", urgent=False) is known


def test_a_server_that_is_gone_or_that_nobody_vouches_for_got_nothing(
    started: tuple[Maker, Certificate], maker: Maker, tmp_path: Path
) -> None:
    push = a_push(maker, started[1])
    with closing(push.client):
        gone = push.send(Browser().subscription("https://127.0.0.1:9/push/a", ANA), "t", "b", urgent=False)

    assert gone is Pushed.REFUSED


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com:port/x",
        "https://fcm.googleapis.com@169.254.169.254/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://push.services.mozilla.com.example.org/x",
        "https://examplepush.services.mozilla.com.evil/x",
        "https://notify.windows.com/x",
        "ftp://fcm.googleapis.com/x",
        "",
        "https://fcm.googleapis.com/" + "x" * 1000,
    ],
)
def test_nothing_goes_to_an_address_that_no_browser_maker_has(endpoint: str) -> None:
    with pytest.raises(Refused, match="not on the list"):
        Doors().must_be_open(endpoint)


@pytest.mark.parametrize(
    "host",
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", "wns2-by3p.notify.windows.com", "web.push.apple.com"],
)
def test_the_makers_of_browsers_are_on_the_list(host: str) -> None:
    Doors().must_be_open(f"https://{host}/wpush/v2/abc")


@pytest.mark.parametrize(
    ("found", "open_"),
    [
        (["142.250.1.1"], True),
        (["2a00:1450:4001::1"], True),
        (["10.0.0.1"], False),
        (["142.250.1.1", "192.168.0.5"], False),
        (["169.254.169.254"], False),
        (["::1"], False),
        (["fd00::1"], False),
        (["100.64.0.1"], False),
        ([], False),
    ],
)
def test_a_name_that_leads_inside_is_not_followed(found: list[str], open_: bool) -> None:
    doors = Doors(MAKERS, resolve=lambda _host: found)

    assert doors.leads_out("https://fcm.googleapis.com/x") is open_


@pytest.mark.parametrize(("key", "auth"), [("", ""), ("AAAA", "AAAA"), ("%", "%"), (NO_POINT, b64(b"x" * 16))])
def test_what_is_no_key_of_a_browser_is_refused(
    started: tuple[Maker, Certificate], maker: Maker, key: str, auth: str
) -> None:
    push, good = a_push(maker, started[1]), Browser().subscription(f"{maker.url}/push/a", ANA)
    with closing(push.client), pytest.raises(Refused, match="keys that cannot be used"):
        push.check(replace(good, key=key, auth=auth))


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = keys_at(tmp_path / "keys.json"), keys_at(tmp_path / "keys.json")

    assert first.public == second.public
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert len(base64.urlsafe_b64decode(first.public + "=")) == 65


def test_the_proof_of_who_we_are_ends_within_a_day(started: tuple[Maker, Certificate], maker: Maker) -> None:
    push = a_push(maker, started[1])
    with closing(push.client):
        push.send(Browser().subscription(f"{maker.url}/push/a", ANA), "t", "b", urgent=False)

    left = int(str(maker.received[0].claims["exp"])) - clock.now().timestamp()
    assert 0 < left <= 24 * 3600
