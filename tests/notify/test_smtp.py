"""E-mail to a real mail server on this machine: under TLS or not at all, within its time, and beside pages only."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from crisis.notify.smtp import Mailer, Server
from crisis.vocabulary import AttemptOutcome
from tests.notify.certificates import Certificate, a_certificate

ACCEPTED, REFUSED, UNKNOWN, _SILENT = AttemptOutcome
TO, FROM = "ana@example.org", "crisis@school.example"


class Mailbox:
    """What the server took. A name that begins with `nobody` has no box."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


def known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"crisis", b"a secret")
    return AuthResult(success=right, handled=not right)


@contextmanager
def a_mail_server(box: Mailbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return a_certificate(tmp_path_factory.mktemp("tls"))


def a_mailer(port: int, ca: Path | None, **changes: Any) -> Mailer:
    known = {"host": "127.0.0.1", "port": port, "user": "crisis", "secret": "a secret", "ca": ca}
    return Mailer(Server(**(known | changes)), FROM, within=2.0)


@pytest.fixture
def server(certificate: Certificate) -> Iterator[tuple[int, Mailbox]]:
    """It speaks to those alone who begin TLS and sign in."""
    box = Mailbox()
    options = {"tls_context": certificate.server, "require_starttls": True}
    with a_mail_server(box, **options, authenticator=known, auth_required=True) as port:
        yield port, box


def test_it_arrives_over_tls_and_says_that_a_machine_wrote_it(
    server: tuple[int, Mailbox], certificate: Certificate
) -> None:
    port, box = server

    outcome = a_mailer(port, certificate.file).send(TO, "Crisis page", "CRISIS page, now, site CHM.\n", "41-p-ana")

    assert outcome is ACCEPTED
    mail = box.mails[0]
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Crisis page", FROM, TO)
    assert mail["Message-ID"] == "<41-p-ana@school.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_payload().strip() == "CRISIS page, now, site CHM."


def test_a_server_that_nobody_vouches_for_gets_nothing(server: tuple[int, Mailbox]) -> None:
    port, box = server

    assert a_mailer(port, None).send(TO, "s", "b", "1") is REFUSED
    assert box.mails == []


def test_a_server_without_tls_gets_nothing_unless_it_was_switched_off() -> None:
    box = Mailbox()
    with a_mail_server(box) as port:
        required = a_mailer(port, None, user="").send(TO, "s", "b", "1")
        off = a_mailer(port, None, user="", tls=False).send(TO, "s", "b", "2")

    assert (required, off, len(box.mails)) == (REFUSED, ACCEPTED, 1)


def test_tls_from_the_first_byte_on_its_own_port(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Mailbox()
    with a_mail_server(box, ssl_context=certificate.server) as port:
        monkeypatch.setattr(smtplib, "SMTP_SSL_PORT", port)

        assert a_mailer(port, certificate.file, user="").send(TO, "s", "b", "1") is ACCEPTED


def test_a_wrong_secret_and_a_box_that_is_none_are_refused(
    server: tuple[int, Mailbox], certificate: Certificate, caplog: pytest.LogCaptureFixture
) -> None:
    port, box = server

    wrong = a_mailer(port, certificate.file, secret="wrong").send(TO, "s", "b", "1")
    nobody = a_mailer(port, certificate.file).send("nobody@example.org", "s", "b", "2")

    assert (wrong, nobody, box.mails) == (REFUSED, REFUSED, [])
    assert "@" not in caplog.text


def test_a_subject_cannot_bring_a_line_of_its_own(server: tuple[int, Mailbox], certificate: Certificate) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        a_mailer(server[0], certificate.file).send("a@b.org\r\nBcc: c@d.org", "s", "b", "1")


@pytest.mark.parametrize("greets", [False, True])
def test_a_server_that_falls_silent_is_given_up(greets: bool) -> None:
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        connection, _from = listening.accept()
        with connection:
            connection.sendall(b"220 hello\r\n" if greets else b"")
            ended.wait(10)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        mailer, began = a_mailer(listening.getsockname()[1], None), monotonic()
        mailer.within = 0.3

        outcome = mailer.send(TO, "s", "b", "1")
        ended.set()
        thread.join()

    assert outcome is REFUSED
    assert monotonic() - began < 2


def test_a_server_that_is_not_there_is_refused() -> None:
    assert a_mailer(9, None).send(TO, "s", "b", "1") is REFUSED
