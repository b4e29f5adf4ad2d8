"""E-mail beside a page or a notice: one message over SMTP, under TLS, with a time limit, and never in a page's way."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path

from crisis import clock
from crisis.notify.bulkhead import NOTICE, Bulkhead
from crisis.settings import Settings
from crisis.vocabulary import AttemptOutcome

WITHIN = 8.0  # seconds, for each word of the talk
PLACES, PATIENCE = 4, 20.0  # talks at a time, and seconds for a place: a slow server holds up e-mail alone

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """`tls` is off on this machine alone; the settings see to it."""

    host: str
    port: int
    user: str = ""
    secret: str = ""
    ca: Path | None = None
    tls: bool = True


@contextmanager
def talk(server: Server, within: float) -> Iterator[smtplib.SMTP]:
    """Under TLS from the first byte on port 465, by STARTTLS on others; raises what smtplib raises."""
    implicit = server.tls and server.port == smtplib.SMTP_SSL_PORT
    trusted = ssl.create_default_context(cafile=server.ca) if server.tls else None
    opened = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=within, context=trusted)
        if implicit
        else smtplib.SMTP(server.host, server.port, timeout=within)
    )
    with opened as spoken:
        if server.tls and not implicit:
            spoken.starttls(context=trusted)
        if server.user:
            spoken.login(server.user, server.secret)
        yield spoken


@dataclass(slots=True)
class Mailer:
    """None of its ways raises for what a mail server does."""

    server: Server
    sender: str
    within: float = WITHIN
    patience: float = PATIENCE
    bulkhead: Bulkhead = field(default_factory=lambda: Bulkhead(at_once=PLACES, kept_for_pages=0))

    def send(self, to: str, subject: str, body: str, reference: str) -> AttemptOutcome:
        """Unknown where the talk broke off after the words were given over."""
        message = self._message(to, subject, body, reference)
        given = False
        with self.bulkhead.place(NOTICE, self.patience) as entered:
            if not entered:
                return AttemptOutcome.REFUSED
            try:
                with talk(self.server, self.within) as spoken:
                    given = True
                    spoken.send_message(message)
                    return AttemptOutcome.ACCEPTED
            except (OSError, smtplib.SMTPException) as error:
                log.warning("the mail server did not take an e-mail: %s", _why(error))
                said_no = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
                return AttemptOutcome.UNKNOWN if given and not said_no else AttemptOutcome.REFUSED

    def _message(self, to: str, subject: str, body: str, reference: str) -> EmailMessage:
        """The reference makes its name, so that a mail sent twice is one to those who look."""
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, self.sender, to
        message["Date"] = format_datetime(clock.now())
        message["Message-ID"] = f"<{reference}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(body)
        return message

    @property
    def _domain(self) -> str:
        return parseaddr(self.sender)[1].partition("@")[2]


def _why(error: Exception) -> str:
    """The kind and the number of the answer, never its words: they may repeat the address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def mailer(settings: Settings) -> Mailer | None:
    """None: no e-mail is set up."""
    if not settings.smtp_host:
        return None
    server = Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        secret=settings.smtp_secret.get_secret_value(),
        ca=settings.smtp_ca,
        tls=settings.smtp_tls,
    )
    return Mailer(server, settings.smtp_from)
