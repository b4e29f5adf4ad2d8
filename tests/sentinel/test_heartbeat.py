"""Heartbeats are sent for a clean audit only, count once, and their absence is told to people by another way."""

import json
import os
import signal
import socketserver
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr, ValidationError

from crisis import clock
from crisis.errors import Refused
from crisis.sentinel import signing
from crisis.sentinel.beating import Heart, a_client
from crisis.sentinel.receiver import Receiver
from crisis.sentinel.receiver_app import build_receiver
from crisis.sentinel.telling import telling
from crisis.settings import ReceiverSettings, Settings
from tests.notify.village import served, wait_until
from tests.test_many_processes import free_port

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
SECRET = "a secret of two machines"
SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Hand:
    """A clock that is moved by hand, and everything that was told."""

    at: datetime = NOW
    told: list[bool] = field(default_factory=list)
    works: bool = True

    def now(self) -> datetime:
        return self.at

    def alarm(self, silent: bool) -> bool:
        self.told.append(silent)
        return self.works


def a_receiver(folder: Path, hand: Hand) -> Receiver:
    return Receiver(SECRET, folder / "state.json", hand.alarm, hand.now)


def heard(receiver: Receiver, sent_at: datetime, secret: str = SECRET) -> str | None:
    body = signing.beat(sent_at)
    return receiver.hear(body, signing.signature(secret, body))


def looked(receiver: Receiver, hand: Hand, seconds: int) -> list[bool]:
    """What was told while a second passed after the other."""
    before = len(hand.told)
    for _second in range(seconds):
        hand.at += SECOND
        receiver.look()
    return hand.told[before:]


def test_a_beat_needs_the_secret_the_time_and_to_be_new(tmp_path: Path) -> None:
    receiver = a_receiver(tmp_path, Hand())

    assert heard(receiver, NOW - SECOND) is None
    assert heard(receiver, NOW - SECOND) == "it was heard before"
    assert heard(receiver, NOW - 2 * SECOND) == "it was heard before"
    assert heard(receiver, NOW, "another secret") == "the signature is not right"
    assert "compare the clocks" in str(heard(receiver, NOW + 61 * SECOND))
    assert "compare the clocks" in str(heard(receiver, NOW - 61 * SECOND))
    body = b'{"sent_at": "soon"}'
    assert receiver.hear(body, signing.signature(SECRET, body)) == "it says no time"
    assert receiver.hear(signing.beat(NOW), "\xff") == "the signature is not right"


def test_after_ninety_seconds_of_silence_people_are_told_again_and_again_and_when_it_is_over(tmp_path: Path) -> None:
    hand = Hand()
    receiver = a_receiver(tmp_path, hand)
    heard(receiver, hand.at)

    assert looked(receiver, hand, 90) == []
    assert looked(receiver, hand, 1) == [True]
    assert looked(receiver, hand, 599) == []
    assert looked(receiver, hand, 1) == [True]
    heard(receiver, hand.at)
    assert looked(receiver, hand, 30) == [False]


def test_one_that_never_heard_anything_alarms_as_well(tmp_path: Path) -> None:
    hand = Hand()

    assert looked(a_receiver(tmp_path, hand), hand, 91) == [True]


def test_an_alarm_that_could_not_be_given_is_tried_again_soon(tmp_path: Path) -> None:
    hand = Hand(works=False)
    receiver = a_receiver(tmp_path, hand)

    assert looked(receiver, hand, 91 + 30) == [True, True]
    hand.works = True
    assert looked(receiver, hand, 30 + 599) == [True]


def test_what_it_knows_survives_a_restart_and_its_own_absence_counts_as_silence(tmp_path: Path) -> None:
    hand = Hand()
    heard(a_receiver(tmp_path, hand), hand.at)
    hand.at += 80 * SECOND

    again = a_receiver(tmp_path, hand)

    assert heard(again, NOW) is not None  # a replay, also after a restart
    assert looked(again, hand, 10) == []
    assert looked(again, hand, 1) == [True]
    third = a_receiver(tmp_path, hand)
    assert looked(third, hand, 20) == []  # it was told already


def a_heart(url: str | None, secret: str = SECRET) -> Heart:
    return Heart(url, secret, a_client())


def test_a_heart_beats_every_thirty_seconds_and_only_after_a_clean_audit(tmp_path: Path) -> None:
    hand = Hand()
    receiver = a_receiver(tmp_path, hand)
    with served(build_receiver(receiver)) as url:
        heart = a_heart(f"{url}/beat")

        assert heart.beat(None, hand.at) is None
        assert heart.beat(hand.at - 31 * SECOND, hand.at) is None
        assert receiver.state.heard_at is None
        assert heart.beat(hand.at - 10 * SECOND, hand.at) is True
        assert receiver.state.heard_at == hand.at
        hand.at += 10 * SECOND
        assert heart.beat(hand.at, hand.at) is None
        hand.at += 20 * SECOND
        assert heart.beat(hand.at, hand.at) is True
        assert receiver.state.heard_at == hand.at


def test_a_beat_that_was_not_heard_is_tried_again_at_the_next_look(tmp_path: Path) -> None:
    hand = Hand()
    with served(build_receiver(a_receiver(tmp_path, hand))) as url:
        stranger = a_heart(f"{url}/beat", "not the secret of this one")

        assert [stranger.beat(NOW, NOW), stranger.beat(NOW, NOW + 10 * SECOND)] == [False, False]
    assert a_heart("http://127.0.0.1:9").beat(NOW, NOW) is False


def test_without_a_secret_it_is_a_plain_get_as_watchmen_on_the_web_want_it(tmp_path: Path) -> None:
    with served(build_receiver(a_receiver(tmp_path, Hand()))) as url:
        assert a_heart(f"{url}/", "").beat(NOW, NOW) is True


@pytest.mark.parametrize("url", ["http://example.org/beat", "ftp://127.0.0.1/", "http://127.0.0.1.example.org/"])
def test_a_heartbeat_leaves_this_machine_only_over_https(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(heartbeat_url=url)
    assert Settings(heartbeat_url="https://example.org/beat").heartbeat_url == "https://example.org/beat"
    assert Settings(heartbeat_url="").heartbeat_url is None


def test_the_page_says_how_it_stands(tmp_path: Path) -> None:
    hand = Hand()
    receiver = a_receiver(tmp_path, hand)
    with served(build_receiver(receiver)) as url:
        waiting = httpx2.get(url)
        looked(receiver, hand, 91)
        silent = httpx2.get(url)
        heard(receiver, hand.at)
        well = httpx2.get(url)

    assert (waiting.status_code, silent.status_code, well.status_code) == (200, 503, 200)
    assert "No heartbeat has come yet" in waiting.text
    assert "Crisis has gone silent" in silent.text
    assert "People were told." in silent.text
    assert "0 seconds ago" in well.text


def test_one_that_could_tell_nobody_does_not_start() -> None:
    well = {"heartbeat_secret": SecretStr("x" * 16), "receiver_command": "true"}

    telling(ReceiverSettings(**well))  # type: ignore[arg-type]
    for wrong in (
        {"receiver_command": ""},
        {"heartbeat_secret": SecretStr("short")},
        {"receiver_mail_to": "a@example.org"},
    ):
        with pytest.raises(Refused):
            telling(ReceiverSettings(**{**well, **wrong}))  # type: ignore[arg-type]


def a_certificate(folder: Path) -> tuple[Path, Path]:
    cert, key = folder / "cert.pem", folder / "key.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    subprocess.run([*make.split(), "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key


class MailServer(socketserver.StreamRequestHandler):
    """As much of SMTP as it takes to get one mail, after STARTTLS only."""

    letters: list[str]
    context: ssl.SSLContext

    def handle(self) -> None:
        self.say("220 localhost")
        secure = False
        while line := self.rfile.readline():
            word = line.decode().strip().split(" ")[0].upper()
            if word == "STARTTLS":
                self.say("220 go on")
                self.connection = self.context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                secure = True
            elif word == "EHLO":
                self.say("250 localhost" if secure else "250-localhost\r\n250 STARTTLS")
            elif word == "DATA":
                self.say("354 go on")
                self.letters.append(self.letter())
                self.say("250 taken" if secure else "530 no")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 yes" if secure else "530 STARTTLS first")

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def letter(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)


def test_a_mail_goes_out_under_tls_to_a_server_that_is_who_it_says(tmp_path: Path) -> None:
    cert, key = a_certificate(tmp_path)
    MailServer.letters, MailServer.context = [], ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    MailServer.context.load_cert_chain(cert, key)
    with socketserver.ThreadingTCPServer(("localhost", 0), MailServer) as server:
        threading.Thread(target=server.serve_forever).start()
        mail = ReceiverSettings(
            heartbeat_secret=SecretStr("x" * 16),
            receiver_mail_to="operator@example.org, second@example.org",
            receiver_mail_from="crisis@example.org",
            receiver_smtp_host="localhost",
            receiver_smtp_port=server.server_address[1],
        )
        trusting = telling(mail.model_copy(update={"receiver_smtp_ca": cert}))(True)
        stranger = telling(mail)(True)
        server.shutdown()

    assert (trusting, stranger) == (True, False)
    (letter,) = MailServer.letters
    assert "Subject: Crisis has gone silent" in letter
    assert "operator@example.org" in letter


@dataclass(slots=True)
class Started:
    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def heard(self, sent_at: datetime) -> int:
        body = signing.beat(sent_at)
        headers = {signing.SIGNATURE: signing.signature(SECRET, body)}
        return httpx2.post(f"{self.url}/beat", content=body, headers=headers).status_code

    def answers(self) -> bool:
        try:
            return httpx2.get(self.url).status_code in (200, 503)
        except httpx2.HTTPError:
            return False

    def told(self) -> str:
        file = self.folder / "told"
        return file.read_text() if file.exists() else ""


@contextmanager
def a_process(folder: Path) -> Iterator[Started]:
    """`crisis heartbeat-receiver` as an operator starts it."""
    port = free_port()
    tell = folder / "tell.sh"
    tell.write_text(f"echo $CRISIS_HEARTBEAT >> {folder}/told")
    environment = {
        **os.environ,
        "CRISIS_HEARTBEAT_SECRET": SECRET,
        "CRISIS_RECEIVER_PORT": str(port),
        "CRISIS_RECEIVER_STATE": str(folder / "state.json"),
        "CRISIS_RECEIVER_COMMAND": f"sh {tell}",
    }
    command = [sys.executable, "-c", "from crisis.start import main; main()", "heartbeat-receiver"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    started = Started(f"http://127.0.0.1:{port}", folder, process)
    try:
        wait_until(started.answers, 60)
        yield started
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.slow
def test_as_a_process_it_may_be_killed_and_alarms_for_what_it_missed(tmp_path: Path) -> None:
    at = clock.now()
    with a_process(tmp_path) as first:
        assert first.heard(at) == 200
        assert first.heard(at) == 403
        first.process.send_signal(signal.SIGKILL)
    earlier = json.loads((tmp_path / "state.json").read_text())
    earlier["heard_at"] = (at - timedelta(seconds=100)).isoformat()  # as if it had been away for so long
    (tmp_path / "state.json").write_text(json.dumps(earlier))

    with a_process(tmp_path) as second:
        wait_until(lambda: second.told() == "silent\n", 30)
        assert second.heard(at) == 403
        assert second.heard(clock.now()) == 200
        wait_until(lambda: second.told() == "silent\nback\n", 30)
